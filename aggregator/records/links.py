"""Linked pages: what a look at one found, what that means, and what was kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from aggregator.records.candidates import Candidate


class LinkState(StrEnum):
    """How a link stands. moved: for good, to another address. paywalled: there, but not for every reader. unclear: a look could
    not tell."""

    SOUND = "sound"
    MOVED = "moved"
    DEAD = "dead"
    PAYWALLED = "paywalled"
    UNCLEAR = "unclear"

    @property
    def word(self) -> str:
        """As the author reads it."""
        return "could not tell" if self is LinkState.UNCLEAR else self.value


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of asking for one address. url: as asked. status: of the last answer, None without one; then fault says why in a
    short word (a kind of `FeedError`) and words in a sentence. final: the address that answered. permanent: where an unbroken
    chain of permanent redirects led, None if there was none. challenge: an anti-robot page answered in the site's place."""

    url: str
    status: int | None = None
    final: str | None = None
    permanent: str | None = None
    body: bytes = b""
    content_type: str | None = None
    challenge: bool = False
    fault: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a page's own words say of its being there for readers. paywalled: it says that it is not free. parked: its domain is
    for sale. missing: it says that there is no such page, whatever the status."""

    paywalled: bool = False
    parked: bool = False
    missing: bool = False


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """The last word on an address. address: canonical, names it. url: as linked. fault: what is wrong, in a short word, None if
    nothing is. status: the answer's, None without one. target: where it moved to. copy: an archived copy. words: for the
    author. since: it stands so; at: of the last look."""

    address: str
    url: str
    state: LinkState
    fault: str | None
    status: int | None
    target: str | None
    copy: str | None
    words: str
    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page as it was when its candidate was kept: private, text only. url: the address that answered."""

    candidate_id: int
    url: str
    title: str | None
    author: str | None
    published: date | None
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CheckedCandidate:
    """A candidate of the open edition with the last word on its link."""

    candidate: Candidate
    check: LinkCheck


@dataclass(frozen=True, slots=True)
class CheckedPlace:
    """A link of a past edition with the last word on it. edition: `edition_name`. anchor: the link's words."""

    edition: str
    anchor: str
    check: LinkCheck
