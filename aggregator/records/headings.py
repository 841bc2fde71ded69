"""What a heading is called, and when two of them are the same section's: emoji, attributes, letter case and the like aside."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# `{#react}` of Docusaurus and Hugo, `{: #react .big}` of kramdown.
_ATTRIBUTES = re.compile(r"\s*\{\s*(?::\s*|(?=[#.]))[^{}\n]{0,200}\}\s*$")
_SHORTCODE = re.compile(r"(?<!\w):[a-z][a-z0-9_+-]{1,40}:(?!\w)")
# What joins emoji, or changes how one looks: presentation, joiner, keycap, skin tones, flags of regions.
_EMOJI_PARTS = re.compile("[\u200d\u20e3\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
# "C#" and "C++" are not "C".
_EDGES = re.compile(r"^[^\w+#]+|[^\w+#]+$")
# No section has a longer name; what is longer is compared by its beginning.
_LONGEST = 300


def heading_name(text: str) -> str:
    """A heading as it is shown: without emoji, attributes and a colon at its end. One of emoji alone stays as it is."""
    plain = _SHORTCODE.sub(" ", _ATTRIBUTES.sub("", text))
    if not plain.isascii():
        plain = "".join(" " if unicodedata.category(one) == "So" else one for one in _EMOJI_PARTS.sub("", plain))
    return " ".join(plain.split()).rstrip(" :") or " ".join(text.split())


@lru_cache(maxsize=4096)
def heading_key(text: str) -> str:
    """Equal for headings that name one section: "⚛️ React {#react}", "React" and "REACT:"."""
    name = unicodedata.normalize("NFKC", heading_name(text[:_LONGEST])).casefold().replace(" & ", " and ")
    return _EDGES.sub("", name) or name
