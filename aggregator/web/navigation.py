"""Where the bar on top of every page leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_OF_THE_ROUNDUP = (
    ("", "Edition"),
    ("bullets", "Bullets"),
    ("draft", "Draft"),
    ("held", "Held"),
    ("sections", "Sections"),
    ("feeds", "Feeds"),
    ("links", "Links"),
    ("archive", "Archive"),
    ("filing", "Filing"),
)
_OF_THE_MACHINE = (("/status", "Status"), ("/settings", "Settings"))


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the bar. apart: the first of those that belong to no roundup."""

    href: str
    words: str
    here: bool
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Navigation:
    """home: the open edition. others: roundups to go to instead, as (address, name)."""

    name: str
    number: int
    home: str
    search: str
    add: str
    places: tuple[Place, ...]
    others: tuple[tuple[str, str], ...]


def navigation(path: str, slug: str, number: int, roundups: Sequence[tuple[str, str]]) -> Navigation:
    """The bar of the page at `path`, about the roundup `slug`, whose edition `number` is open. roundups: (slug, name) of all."""
    home = f"/r/{slug}/"
    inner = [Place(home + name, words, _is_here(path, home + name, exact=not name)) for name, words in _OF_THE_ROUNDUP]
    outer = [Place(href, words, _is_here(path, href), apart=n == 0) for n, (href, words) in enumerate(_OF_THE_MACHINE)]
    return Navigation(
        name=dict(roundups)[slug],
        number=number,
        home=home,
        search=f"{home}archive",
        add=f"{home}add",
        places=(*inner, *outer),
        others=tuple((f"/r/{other}/", name) for other, name in roundups if other != slug),
    )


def _is_here(path: str, href: str, *, exact: bool = False) -> bool:
    return path == href or (not exact and path.startswith(f"{href}/"))
