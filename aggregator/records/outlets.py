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
    changes with every edit. url: where he can look at it, None if it does not say."""

    id: str
    version: str
    draft: bool
    state: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class SentDraft:
    """The open edition's draft at another place, as we left it. outlet: names the place. The rest: `Remote`."""

    edition_id: int
    outlet: str
    remote_id: str
    version: str
    url: str | None
    at: datetime
