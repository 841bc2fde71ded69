"""The draft in pieces: bullets, and the author's words around them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from aggregator.records.candidates import Candidate, Verdict


class PieceKind(StrEnum):
    """bullet: one comment around any number of links. head: front matter as he changed it. intro, outro: before the first and
    after the last section. remark: a paragraph among the bullets of a section, such as why it is empty."""

    BULLET = "bullet"
    HEAD = "head"
    INTRO = "intro"
    OUTRO = "outro"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class NewPiece:
    """What a piece says from now on, whole. Appended, never overwritten.

    piece_id: None makes a new piece. section: None for what stands in none, and for a bullet whose links alone say where it
    goes. rank: its place among those of its section, ascending. text: his Markdown, in which `[words][2]` links to the second
    of `links`; empty where he wrote no words yet. links: candidates in the order of their numbers in the text. via: who pointed
    to it. thanks: whom he thanks for it. gone: it is no more. undoes: the state that this one takes back, whatever else it says.
    """

    piece_id: int | None
    kind: PieceKind
    at: datetime
    batch: str
    section: str | None
    rank: float
    text: str = ""
    links: tuple[int, ...] = ()
    via: str | None = None
    thanks: str | None = None
    gone: bool = False
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stored state of a piece; of a piece as it stands, the newest that was not taken back. id: of the state. The rest:
    `NewPiece`."""

    id: int
    piece_id: int
    edition_id: int
    kind: PieceKind
    at: datetime
    batch: str
    section: str | None
    rank: float
    text: str
    links: tuple[int, ...]
    via: str | None
    thanks: str | None
    gone: bool
    undoes: int | None

    def again(self, at: datetime, batch: str) -> NewPiece:
        """The same piece saying the same, to be changed with `dataclasses.replace`."""
        return NewPiece(
            self.piece_id, self.kind, at, batch, self.section, self.rank, self.text, self.links, self.via, self.thanks, self.gone
        )

    def undone(self, at: datetime, batch: str) -> NewPiece:
        """What takes this state back."""
        return replace(self.again(at, batch), undoes=self.id)


@dataclass(frozen=True, slots=True)
class Gesture:
    """One gesture of the author that stands: everything it said, in the order in which it said it."""

    batch: str
    at: datetime
    verdicts: tuple[Verdict, ...] = ()
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class BulletLink:
    """A link of a bullet. number: what the text calls it by, from 1."""

    number: int
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Bullet:
    """One bullet of the open edition as it stands, or a paragraph among them, which is written and moved like one.

    key: names it for faces, `b` and the piece's number, or `c` and the candidate's where he did nothing yet but keep it, or `r`
    and the number of a paragraph. piece: None for what he only kept. links: of kept candidates only; one that he dropped or
    held since leaves its number unused. The rest: `NewPiece`.
    """

    key: str
    piece: Piece | None
    section: str | None
    rank: float
    text: str
    links: tuple[BulletLink, ...]
    via: str | None = None
    thanks: str | None = None

    @property
    def has_words(self) -> bool:
        """He wrote something."""
        return bool(self.text.strip())

    @property
    def is_remark(self) -> bool:
        """A paragraph, and no bullet."""
        return self.piece is not None and self.piece.kind is PieceKind.REMARK


@dataclass(frozen=True, slots=True)
class Quote:
    """Exact words of a page. url: where they stand, None if that is the candidate's own address."""

    id: int
    candidate_id: int
    text: str
    url: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A draft outside. path: absolute; "" for one that he downloaded or pasted. text: as it was when desk and file last agreed,
    which a merge starts from. content_hash: sha256 hex of the bytes that were last written there or read there. waiting: what
    was read then, as long as it contradicts the desk; None if it does not. batch: the gesture that brought it in, None for what
    was written or changed nothing. undone: what was read there was taken back since, and `text` is what agreed before it."""

    edition_id: int
    path: str
    format: str
    text: str
    content_hash: str
    at: datetime
    waiting: str | None = None
    batch: str | None = None
    undone: bool = False


@dataclass(frozen=True, slots=True)
class NewConflict:
    """What file and desk say differently of one thing. what: in words ("a bullet in Storage"). base: what both came from. None
    for a side that has nothing there. words: it is about words, so that he may say a third thing; not about a place."""

    what: str
    base: str | None
    desk: str | None
    file: str | None
    words: bool = True


@dataclass(frozen=True, slots=True)
class Conflict:
    """A stored conflict. path: of the file, as in `DraftFile`. taken: "desk", "file" or "own" once it is settled, None before.
    own: what he said instead of both. The rest: `NewConflict`."""

    id: int
    edition_id: int
    path: str
    what: str
    base: str | None
    desk: str | None
    file: str | None
    words: bool
    at: datetime
    taken: str | None = None
    own: str | None = None

    @property
    def said(self) -> NewConflict:
        """What it is about, by which a later merge knows it again."""
        return NewConflict(self.what, self.base, self.desk, self.file, self.words)
