"""New candidates -> what they belong together with; the open ones anew once the archive changed. A crash only delays it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from aggregator.archive.memory import Memory
from aggregator.edition.relatives import relatives_among, relatives_in_archive
from aggregator.ports import Stores
from aggregator.records.candidates import Profile, Related, Relative
from aggregator.records.roundups import Roundup
from aggregator.text.canonical import host_of

LOOK_BACK = timedelta(days=90)
"""How far back candidates are compared with new ones."""
LOOK_FURTHER = timedelta(days=180)
"""And with an archive that changed: long enough for what he holds, not for all that he ever left undecided."""


class Memories:
    """Keeps each roundup's memory of its archive between rounds of one process."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[str, Memory]] = {}

    def of(self, stores: Stores, roundup_id: int, version: str) -> Memory:
        """The archive at this version."""
        kept = self._kept.get(roundup_id)
        if kept is None or kept[0] != version:
            kept = version, Memory.of(stores.archive.places(roundup_id))
            self._kept[roundup_id] = kept
        return kept[1]


def run_once(stores: Stores, roundup: Roundup, memories: Memories | None = None) -> int:
    """Relates candidates that were not related yet, and compares the open ones with an archive that changed. Returns how many
    of them have relatives now. Two processes that do this at once store it once."""
    was = stores.ledger.related(roundup.id)
    version = stores.archive.version(roundup.id)
    is_new_archive = version != was.archive
    if was.newest is None and not is_new_archive:
        return 0
    now = stores.clock.now()
    newest = was.newest or was.candidate_id
    since = now - (LOOK_FURTHER if is_new_archive else LOOK_BACK)
    profiles = stores.ledger.profiles(roundup.id, since, was.candidate_id)
    profiles = [one for one in profiles if one.candidate_id <= newest]
    fresh = [one for one in profiles if one.candidate_id > was.candidate_id]
    others = [one for one in profiles if one.candidate_id <= was.candidate_id]
    found = relatives_among(fresh, others)
    compared = profiles if is_new_archive else fresh
    memory = (memories or Memories()).of(stores, roundup.id, version)
    for profile in compared:
        if past := _in_archive(memory, profile):
            found.setdefault(profile.candidate_id, []).extend(past)
    ids = [one.candidate_id for one in compared]
    mark = Related(newest, version)
    return len(found) if stores.ledger.relate(roundup.id, found, compared=ids, mark=mark, was=was, at=now) else 0


def _in_archive(memory: Memory, profile: Profile) -> Sequence[Relative]:
    # At its own addresses the candidate knows of past uses itself.
    matches = memory.find(profile.title, (*profile.addresses, *profile.targets))
    same = [match.place for match in matches if match.place.canonical_url not in profile.addresses]
    linked = [place for link in profile.links for place in memory.at(link)]
    hosts = dict.fromkeys(host_of(address) for address in profile.addresses)
    return relatives_in_archive(profile, same, linked, [place for host in hosts for place in memory.at_host(host)])
