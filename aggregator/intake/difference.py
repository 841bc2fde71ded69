"""How another list of feeds differs from the author's, and his list made equal to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aggregator.intake.opml import revise
from aggregator.records.feeds import FeedRole, ListedFeed


@dataclass(frozen=True, slots=True)
class ListChange:
    """A feed that both lists have, and the other one has in another folder, under another title or as finds."""

    before: ListedFeed
    after: ListedFeed

    @property
    def words(self) -> tuple[str, ...]:
        """What changes, a phrase each."""
        phrases = []
        if self.after.title != self.before.title:
            phrases.append(f"title: {self.before.title or 'none'} -> {self.after.title}")
        if self.after.folders != self.before.folders:
            phrases.append(f"folder: {_folder(self.before)} -> {_folder(self.after)}")
        if self.after.role is not self.before.role:
            phrases.append(f"role: {self.before.role} -> {self.after.role}")
        return tuple(phrases)


@dataclass(frozen=True, slots=True)
class ListDifference:
    """What it takes to make the author's list equal to the other one. kept: feeds that stay as they are."""

    added: tuple[ListedFeed, ...]
    removed: tuple[ListedFeed, ...]
    changed: tuple[ListChange, ...]
    kept: int

    @property
    def is_none(self) -> bool:
        """The lists say the same."""
        return not (self.added or self.removed or self.changed)

    @property
    def loses_most(self) -> bool:
        """More than half of his feeds would go: the other list may be cut off, or of something else."""
        before = len(self.removed) + len(self.changed) + self.kept
        return len(self.removed) > before / 2

    @property
    def words(self) -> str:
        """ "3 new feeds, 1 fewer and 2 changed"; empty where there is no difference."""
        parts = []
        if self.added:
            parts.append(f"{len(self.added)} new feed{'s' if len(self.added) > 1 else ''}")
        if self.removed:
            parts.append(f"{len(self.removed)} fewer")
        if self.changed:
            parts.append(f"{len(self.changed)} changed")
        return " and ".join((", ".join(parts[:-1]), parts[-1]) if len(parts) > 1 else parts)


def difference(mine: Sequence[ListedFeed], other: Sequence[ListedFeed], former: Mapping[str, str]) -> ListDifference:
    """Compares two lists by canonical address.

    former: address that a feed has moved away from -> its address today; under either it is the same feed. A title that the other
    list lacks is kept, and so is a role: no other reader writes roles. Feeds of finds that only he has stay: his stars are
    no blog that another reader would list.
    """
    today = {former.get(one.canonical_url, one.canonical_url): one for one in reversed(other)}
    known = {former.get(one.canonical_url, one.canonical_url) for one in mine}
    removed: list[ListedFeed] = []
    changed: list[ListChange] = []
    kept = 0
    for one in mine:
        said = today.get(former.get(one.canonical_url, one.canonical_url))
        if said is None and one.role is not FeedRole.FINDS:
            removed.append(one)
            continue
        after = one if said is None else _as_said(one, said)
        if after == one:
            kept += 1
        else:
            changed.append(ListChange(one, after))
    added = tuple(one for address, one in reversed(today.items()) if address not in known)
    return ListDifference(added, tuple(removed), tuple(changed), kept)


def equalled(document: bytes, found: ListDifference) -> bytes:
    """The author's document with the difference made; whatever else stands in it stays. Raises OpmlError."""
    return revise(
        document,
        add=found.added,
        remove={one.canonical_url for one in found.removed},
        change={one.before.canonical_url: one.after for one in found.changed},
    )


def _as_said(mine: ListedFeed, said: ListedFeed) -> ListedFeed:
    role = FeedRole.FINDS if said.role is FeedRole.FINDS else mine.role
    return replace(mine, title=said.title or mine.title, folders=said.folders, role=role)


def _folder(feed: ListedFeed) -> str:
    return " / ".join(feed.folders) or "none"
