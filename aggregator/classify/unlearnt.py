"""How many links must be known before anything is learnt from them, and which sections are still short of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# R26: below either, section keywords, folders and sources file better than anything learnt.
FEWEST_LABELS = 20
FEWEST_IN_SECTION = 5


def unlearnt(sections: Sequence[str], labels: Mapping[str, int]) -> dict[str, int]:
    """Sections with too few labels, in their order -> how many they have. labels: section -> how many, 0 where it is missing."""
    return {name: labels.get(name, 0) for name in sections if labels.get(name, 0) < FEWEST_IN_SECTION}


def new_section_words(name: str, known: int) -> str:
    """Why a section is not filed by what was learnt yet."""
    return f"{name} is new: {known} of {FEWEST_IN_SECTION} links known."


def fit_command(name: str) -> str:
    """What shows the author what would fit a section."""
    return f"aggregator sections fit {quoted(name)}"


def quoted(name: str) -> str:
    """A section's name as a shell takes it."""
    return name if name.isalnum() and name.isascii() else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
