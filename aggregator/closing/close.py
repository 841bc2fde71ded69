"""What a published post does to its edition: closes it, closes it anew once it was edited, opens it again once withdrawn.

Each step may be cut off anywhere and be done again: what the archive and the labels say is written first, the edition last. Not
here: whether a post may close anything (`desk.close`, `closing.judge`), and training (`jobs.learn`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time

from aggregator.archive.labels import labels_of
from aggregator.archive.labels import origin_of as document_origin
from aggregator.archive.match import addresses_of, comment_on, linked, match_post
from aggregator.archive.renamed import follow_renamed
from aggregator.closing.follow import targets
from aggregator.edition.examples import example_of, verdict_origin
from aggregator.errors import Refused
from aggregator.ports import Follower, Stores
from aggregator.records.archive import PastEdition
from aggregator.records.candidates import Candidate
from aggregator.records.editions import Closing, Edition, Outcome
from aggregator.records.learning import LabelSource, NewLabel
from aggregator.records.reports import CloseReport
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings

_IN_POST = (Outcome.USED, Outcome.MOVED)


def close(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    post: PastEdition,
    *,
    follower: Follower | None = None,
    number: int | None = None,
) -> CloseReport:
    """Closes the open edition: writes each candidate's outcome, archives the post, adds its labels, opens the next.

    follower: asks where links lead; without it only what is known counts. number: what the edition is called from now on.
    Raises Refused for a post that closed an edition before.
    """
    now = stores.clock.now()
    edition = stores.ledger.open_edition(roundup.id, plan.next_number, now)
    for one in stores.ledger.editions(roundup.id):
        # One file may hold a new post each time; the same words twice are the same post.
        if (one.post, one.post_hash) == (post.path, post.content_hash):
            raise Refused(f"it closed edition {one.number} already", resource=post.path)
    # What editions have passed over until it folded has no further outcome, unless the post links it after all.
    candidates = stores.ledger.candidates(roundup.id, carry=plan.carry)
    offered = [*candidates, *_elsewhere(stores, roundup, post, candidates)]
    follow = targets(stores, follower, post, offered)
    offered += _elsewhere(stores, roundup, post, offered, follow)
    closing = match_post(post, offered, plan.canonical_section, follow, stores.ledger.noticed(edition, now))
    called = edition.number if number is None else number
    _archive(stores, roundup, post)
    _teach(stores, roundup, plan, called, post, offered, closing, follow, now)
    opened = stores.ledger.close(
        edition, closing, now, post.published, post.path, called + 1, post_hash=post.content_hash, number=number
    )
    return CloseReport(_as_stored(stores, edition), opened, closing, len(post.links))


def reapply(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    edition: Edition,
    post: PastEdition,
    *,
    follower: Follower | None = None,
) -> Closing:
    """Matches a closed edition with its post as it reads now, against the candidates as they stood at its close. What is newly
    used leaves the open edition, what is no longer used returns to it."""
    closed_at = edition.closed_at or stores.clock.now()
    before = stores.ledger.as_closed(edition)
    offered = [*before, *_elsewhere(stores, roundup, post, before)]
    follow = targets(stores, follower, post, offered)
    offered += _elsewhere(stores, roundup, post, offered, follow)
    there = linked(post, offered, follow)
    # Its post alone had brought these in: what an earlier edition had ended, and what came later.
    offered = [one for one in offered if one.id in there or (one.ended is None and one.first_seen <= closed_at)]
    closing = match_post(post, offered, plan.canonical_section, follow, stores.ledger.noticed(edition, closed_at))
    _archive(stores, roundup, post)
    taught = {one.candidate_id for one in closing.outcomes if one.section and plan.canonical_section(one.section)}
    _untaught(stores, roundup, edition, still=taught)
    _teach(stores, roundup, plan, edition.number, post, offered, closing, follow, closed_at)
    stores.ledger.reapply(edition, closing, post.published, post.path, post.content_hash)
    return closing


def reopen(stores: Stores, roundup: Roundup, edition: Edition) -> None:
    """Takes the close of the edition closed last back, with all that its post taught: it is open again, as if that had never been
    published. What the author decided since, and the mails since, are this edition's. Raises Refused for an older one."""
    _untaught(stores, roundup, edition, still=set())
    stores.ledger.reopen(edition)
    if edition.post is not None:
        forget(stores, roundup, edition.post)


def forget(stores: Stores, roundup: Roundup, path: str) -> None:
    """A document of the archive is no more: what it taught goes, then itself."""
    stores.learning.retract(roundup.id, [document_origin(path)])
    stores.archive.forget(roundup.id, [path])


def _archive(stores: Stores, roundup: Roundup, post: PastEdition) -> None:
    follow_renamed(stores, roundup.id, [post])
    stores.archive.save(roundup.id, [post], stores.clock.now())


def _elsewhere(
    stores: Stores,
    roundup: Roundup,
    post: PastEdition,
    known: Sequence[Candidate],
    follow: Mapping[str, str] | None = None,
) -> list[Candidate]:
    """Linked candidates beside the known ones: ended by an earlier edition and linked after all, or come since."""
    here = frozenset[str]().union(*(addresses_of(candidate) for candidate in known))
    led = follow or {}
    wanted = {led.get(link.canonical_url, link.canonical_url) for link in post.links} - here
    ids = set(stores.ledger.candidates_at(roundup.id, wanted).values()) - {one.id for one in known}
    return stores.ledger.candidates(roundup.id, ids) if ids else []


def _teach(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    number: int,
    post: PastEdition,
    candidates: Sequence[Candidate],
    closing: Closing,
    follow: Mapping[str, str],
    otherwise: datetime,
) -> None:
    """Each link of the post under its section; and of what was offered, its own title and text under the section he gave it.
    Where that differs from what he had said before, both would teach: the post is his last word."""
    at = datetime.combine(post.published, time(12), UTC) if post.published else otherwise
    labels: dict[int, NewLabel] = {}
    for candidate, outcome in zip(candidates, closing.outcomes, strict=True):
        section = plan.canonical_section(outcome.section) if outcome.section else None
        if section is not None:
            example = example_of(candidate, comment_on(post, candidate, follow))
            origin = _origin(number, candidate.id)
            labels[candidate.id] = NewLabel(example, section, LabelSource.PUBLISHED, at, origin, number)
    links = labels_of(post, plan.canonical_section, at)
    stores.learning.add_labels(roundup.id, [*links, *labels.values()])
    if not links:
        stores.learning.retract(roundup.id, [document_origin(post)])
    stores.learning.retract(roundup.id, [verdict_origin(one) for one in labels])


def _untaught(stores: Stores, roundup: Roundup, edition: Edition, still: set[int]) -> None:
    """What the post had taught of candidates, and does not `still`, is taken back; what the author had said of them teaches
    again."""
    gone = {one.candidate_id for one in stores.ledger.outcomes(edition.id) if one.outcome in _IN_POST} - still
    stores.learning.retract(roundup.id, [_origin(edition.number, one) for one in sorted(gone)])
    said = stores.ledger.candidates(roundup.id, gone) if gone else []
    stores.learning.revive(
        roundup.id, {verdict_origin(one.id): one.standing.section for one in said if one.standing.section is not None}
    )


def _origin(number: int, candidate_id: int) -> str:
    return f"edition:{number}:candidate:{candidate_id}"


def _as_stored(stores: Stores, edition: Edition) -> Edition:
    return next(one for one in stores.ledger.editions(edition.roundup_id) if one.id == edition.id)
