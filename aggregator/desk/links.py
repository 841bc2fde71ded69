"""Links that want the author: what is dead, moved or paid for, and what he can do about each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from aggregator.desk.address import web_address
from aggregator.desk.edition import chosen
from aggregator.edition.links import is_trouble, link_address
from aggregator.errors import NotFound, PageError, Refused
from aggregator.intake.snapshots import copy_in, question
from aggregator.ports import PageFetcher, Stores
from aggregator.records.candidates import Candidate, State
from aggregator.records.links import CheckedCandidate, CheckedPlace, LinkCheck, LinkState
from aggregator.records.roundups import Roundup
from aggregator.text.canonical import canonical_url
from aggregator.text.tracking import without_tracking

_WORST = (LinkState.DEAD, LinkState.MOVED, LinkState.PAYWALLED, LinkState.UNCLEAR, LinkState.SOUND)


def checked(stores: Stores, roundup: Roundup) -> list[CheckedCandidate]:
    """What he kept or holds in the open edition and was looked at, in trouble or not, the worst first."""
    ids = stores.links.spoken_of(roundup.id)
    said = stores.ledger.candidates(roundup.id, ids) if ids else []
    wanted = [one for one in said if one.standing.state in (State.KEPT, State.HELD)]
    checks = stores.links.checks([address for one in wanted if (address := link_address(one))])
    found = [CheckedCandidate(one, check) for one in wanted if (check := checks.get(link_address(one) or "")) is not None]
    return sorted(found, key=lambda one: (_WORST.index(one.check.state), one.candidate.id))


def troubles(stores: Stores, roundup: Roundup) -> list[CheckedCandidate]:
    """Of these, what wants him."""
    return [one for one in checked(stores, roundup) if is_trouble(one.check)]


def archive_troubles(stores: Stores, roundup: Roundup, states: Sequence[LinkState] = (LinkState.DEAD,)) -> list[CheckedPlace]:
    """Links of past editions in these states, newest edition first."""
    places = stores.archive.places(roundup.id)
    checks = stores.links.checks([one.canonical_url for one in places])
    return [
        CheckedPlace(one.edition, one.anchor, check)
        for one in places
        if (check := checks.get(one.canonical_url)) is not None and check.state in states
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """How some links stand. dead, moved, paywalled: counts. unclear: those that could not be told of for more than a day.
    unchecked: nobody looked at them yet."""

    dead: int = 0
    moved: int = 0
    paywalled: int = 0
    unclear: int = 0
    unchecked: int = 0

    @property
    def troubles(self) -> int:
        """Links that want the author."""
        return self.dead + self.moved + self.paywalled + self.unclear

    @property
    def words(self) -> str:
        """ "1 dead, 2 moved, 3 not checked yet"; empty if all is well."""
        told = (
            (self.dead, LinkState.DEAD.word),
            (self.moved, LinkState.MOVED.word),
            (self.paywalled, LinkState.PAYWALLED.word),
            (self.unclear, LinkState.UNCLEAR.word),
            (self.unchecked, "not checked yet"),
        )
        return ", ".join(f"{count} {word}" for count, word in told if count)


def standing(stores: Stores, candidates: Iterable[Candidate], states: Collection[State] = (State.KEPT, State.HELD)) -> Standing:
    """How the links of these candidates stand, of those in these states. Asks nobody."""
    addresses = {address for one in candidates if one.standing.state in states and (address := link_address(one)) is not None}
    checks = stores.links.checks(addresses)
    counts = Counter(one.state for one in checks.values() if is_trouble(one))
    told = {state.value: counts[state] for state in LinkState if state is not LinkState.SOUND}
    return Standing(**told, unchecked=len(addresses) - len(checks))


def standing_of(stores: Stores, roundup: Roundup, states: Collection[State] = (State.KEPT, State.HELD)) -> Standing:
    """The same of the whole open edition."""
    ids = stores.links.spoken_of(roundup.id)
    return standing(stores, stores.ledger.candidates(roundup.id, ids) if ids else [], states)


def take_target(stores: Stores, roundup: Roundup, candidate_id: int) -> Candidate:
    """The candidate goes to where its page moved; number and history stay, and its old address leads to it. Raises NotFound,
    Refused."""
    candidate, check = _known(stores, roundup, candidate_id)
    new = canonical_url(check.target) if check.target is not None else None
    if check.target is None or new is None:
        raise Refused(f"number {candidate_id} has not moved, as far as is known", resource=candidate.url)
    stores.links.readdress(roundup.id, candidate_id, check.target, new)
    now = stores.clock.now()
    stores.archive.remember({check.address: new}, now)
    stores.links.save_check(_sound(check, check.target, new))
    return stores.ledger.candidates(roundup.id, [candidate_id])[0]


def take_address(stores: Stores, roundup: Roundup, candidate_id: int, typed: str) -> Candidate:
    """The candidate goes to an address that he found himself; number and history stay, and its old address leads to it. What was
    said of the old one is no word on this one. Raises UsageError for what is no address, NotFound, Refused."""
    (candidate,) = chosen(stores, roundup, [candidate_id])
    url = without_tracking(web_address(typed))
    new, old = canonical_url(url), link_address(candidate)
    assert new is not None  # of a web address
    stores.links.readdress(roundup.id, candidate_id, url, new)
    if old is not None and old != new:
        stores.archive.remember({old: new}, stores.clock.now())
    return stores.ledger.candidates(roundup.id, [candidate_id])[0]


def take_copy(stores: Stores, roundup: Roundup, candidate_id: int) -> Candidate:
    """The candidate links the archived copy of its page from now on; both addresses are one page. Raises NotFound, Refused."""
    candidate, check = _known(stores, roundup, candidate_id)
    copy = canonical_url(check.copy) if check.copy is not None else None
    if check.copy is None or copy is None:
        raise Refused(f"no archived copy of number {candidate_id} is known", resource=candidate.url, advice="Look for one first.")
    # By its own address it stays known, or the feed would offer it anew.
    stores.links.readdress(roundup.id, candidate_id, check.copy, candidate.canonical_url or check.address)
    stores.archive.remember({copy: candidate.canonical_url or check.address}, stores.clock.now())
    stores.links.save_check(_sound(check, check.copy, copy))
    return stores.ledger.candidates(roundup.id, [candidate_id])[0]


def look_for_copy(stores: Stores, pages: PageFetcher, archive: str | None, address: str) -> LinkCheck:
    """Asks the archive for a copy of an address that was looked at. Raises NotFound where it has none or the address was never
    looked at, Refused where nobody may be asked, PageError where the archive does not answer."""
    check = stores.links.checks([address]).get(address)
    if check is None:
        raise NotFound("this link was not looked at yet", resource=address, advice="`aggregator links check` looks at kept ones.")
    if archive is None:
        raise Refused("no archive may be asked", advice="Set `links: archive:` in config.yaml.")
    try:
        copy = copy_in(pages.get(question(archive, check.url, None)).body)
    except PageError as error:
        raise PageError(f"the archive does not answer: {error.message}", resource=archive, advice="Try again later.") from error
    if copy is None:
        raise NotFound("the archive has no copy of this page", resource=check.url)
    found = replace(check, copy=copy)
    stores.links.save_check(found)
    return found


def find_copy(stores: Stores, pages: PageFetcher, archive: str | None, roundup: Roundup, candidate_id: int) -> LinkCheck:
    """As `look_for_copy`, for a candidate; asks nobody where a copy is known."""
    _, check = _known(stores, roundup, candidate_id)
    return check if check.copy is not None else look_for_copy(stores, pages, archive, check.address)


def _known(stores: Stores, roundup: Roundup, candidate_id: int) -> tuple[Candidate, LinkCheck]:
    (candidate,) = chosen(stores, roundup, [candidate_id])
    address = link_address(candidate)
    check = stores.links.checks([address]).get(address) if address is not None else None
    if check is None:
        raise NotFound(f"the link of number {candidate_id} was not looked at yet", resource=candidate.url)
    return candidate, check


def _sound(check: LinkCheck, url: str, address: str) -> LinkCheck:
    """The word on an address that he took: it was just seen there."""
    return replace(
        check, address=address, url=url, state=LinkState.SOUND, fault=None, target=None, copy=None, words="it is there"
    )
