"""Searched words where they stand in a text, so that the eye finds them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape


def marked(text: str, words: Sequence[str]) -> Markup:
    """The text, escaped, with every word of `words` in `<mark>`, in any letter case and inside longer words too."""
    # The longest first: of two that begin alike the whole is marked.
    wanted = "|".join(re.escape(one) for one in sorted(filter(None, words), key=len, reverse=True))
    if not wanted:
        return escape(text)
    parts = re.split(f"({wanted})", text, flags=re.IGNORECASE)
    return Markup("").join(Markup("<mark>{}</mark>").format(part) if n % 2 else part for n, part in enumerate(parts))
