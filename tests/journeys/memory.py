"""What the histories' test knows by heart: an author's memory of his candidates, and the moods of a mail server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aggregator.errors import DeliveryError, PageError
from aggregator.ports import Page
from aggregator.records.candidates import State
from aggregator.records.digests import Digest
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings


class NoPages:
    """Every page fails; it is added all the same, under its address."""

    def get(self, url: str) -> Page:
        raise PageError("nobody answers", resource=url)


@dataclass
class Postman:
    """A mail server as it is today: it takes a mail, refuses it for now or for good, or falls silent after the last byte."""

    mood: str = "takes"
    taken: list[bytes] = field(default_factory=list)

    def send(self, sender: str, recipients: Sequence[str], message: bytes) -> Mapping[str, str]:
        if self.mood == "busy":
            raise DeliveryError("come back later", stage="mail", code=451)
        if self.mood == "refuses":
            raise DeliveryError("never", stage="rcpt", code=550, permanent=True)
        self.taken.append(message)
        if self.mood == "silent":
            raise DeliveryError("no answer", stage="after_data")
        return {}

    def check(self) -> None:
        """Always there."""


@dataclass
class Known:
    """What the rules say of one candidate."""

    id: int
    address: str | None
    title: str
    state: State = State.NEW
    section: str | None = None
    counted: int = 0
    ended: bool = False

    @property
    def said(self) -> tuple[State, str | None]:
        return self.state, self.section


class Author:
    """One roundup and what its author remembers of it."""

    def __init__(self, plan: RoundupSettings, roundup: Roundup, feeds: tuple[str, ...]) -> None:
        self.plan, self.roundup, self.feeds = plan, roundup, feeds
        self.number = plan.next_number
        self.candidates: dict[int, Known] = {}
        self.gestures: list[dict[int, tuple[State, str | None]]] = []
        self.digests: dict[int, tuple[Digest, frozenset[int]]] = {}

    @property
    def open(self) -> dict[int, Known]:
        return {id_: one for id_, one in self.candidates.items() if not one.ended}

    def folded(self, one: Known) -> bool:
        return one.counted > 0 and one.counted >= self.plan.carry
