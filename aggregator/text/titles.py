"""What a roundup is called, from how its editions are titled."""

from __future__ import annotations

import re

_MARKS = re.compile(r"[\s#№:.,(–—-]+$")
_WORD_BEFORE_NUMBER = re.compile(r"[\s,:(–—-]+(?:no|nr|issue|edition|number|vol|volume|episode)$", re.IGNORECASE)


def roundup_name(head: str) -> str:
    """head: what stands before the number of an edition's title, such as "Desk Drawer, No. ". "" if nothing else is in it."""
    return _MARKS.sub("", _WORD_BEFORE_NUMBER.sub("", _MARKS.sub("", head)))
