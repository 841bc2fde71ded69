"""The draft at another place: what is sent there, and what is known of it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Post:
    """The draft as another place takes it. html: the body without the title. slug: the last part of its address."""

    title: str
    slug: str
    html: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to a site's interface. body: sent as JSON, None without one. headers: besides our own."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: object = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the interface answered, whatever its status. location: where a redirect would lead, None if it is none."""

    status: int
    body: bytes
    content_type: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Remote:
    """A post at the other place. draft: nobody but him sees it yet. state: the place's own word for how it stands. version:
    changes with every edit. content: what its title and words are known by, however the place writes them down. url: where he
    can look at it, None if it does not say. made: it was not there before."""

    id: str
    version: str
    draft: bool
    state: str
    content: str
    url: str | None = None
    made: bool = False


@dataclass(frozen=True, slots=True)
class SentDraft:
    """The open edition's draft at another place, as we left it. outlet: names the place. remote_id, version: `Remote`'s, None
    before the first answer told them. under_way: contents that were sent and of which no answer came, the newest last: what is
    there may be one of them, and is ours then."""

    edition_id: int
    outlet: str
    remote_id: str | None
    version: str | None
    url: str | None
    at: datetime
    under_way: tuple[str, ...] = ()
