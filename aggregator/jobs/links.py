"""Looks at the links that the author keeps and at those of past editions, and saves kept pages. Never at undecided ones (R36)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from aggregator.edition.links import judge, link_address, to_look_at, to_look_at_now
from aggregator.errors import NotFound, PageError
from aggregator.intake.bearing import read_bearing
from aggregator.intake.charset import decode_document
from aggregator.intake.page import PageFacts, read_page
from aggregator.intake.snapshots import copy_in, question
from aggregator.ports import LinkPages, Looker, PageFetcher, Progress, Stores
from aggregator.records.candidates import Candidate, State
from aggregator.records.links import Bearing, KeptPage, LinkCheck, LinkState, Looked
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.settings.links import LinkSettings
from aggregator.text.canonical import canonical_url, host_of

BATCH = 12
"""Links of one round of the daemon, so that it ends soon."""
SECONDS = 10.0
"""Of a look at the links of a draft that leaves."""
MONTH = timedelta(days=30)
"""What was looked at since then in the archive is not looked at again."""
_OFFLINE = ("dns", "network")
_MANY_HOSTS = 3


@dataclass(frozen=True, slots=True)
class LinksReport:
    """looked: links that were looked at; found: the words on them; saved: pages. left: links that wait for the next round.
    offline: nothing at all answered, and nobody is blamed for it."""

    looked: int
    found: tuple[LinkCheck, ...] = ()
    saved: int = 0
    left: int = 0
    offline: bool = False

    @property
    def words(self) -> str:
        """In one line for `status`; empty if nothing was looked at."""
        if not self.found:
            return ""
        counts = Counter(one.state for one in self.found)
        told = [f"{counts[state]} {state.word}" for state in LinkState if counts[state]]
        pages = f"; saved {self.saved} page{'' if self.saved == 1 else 's'}" if self.saved else ""
        return f"looked at {len(self.found)} link{'' if len(self.found) == 1 else 's'}: {', '.join(told)}{pages}"


def run_once(
    stores: Stores,
    pages: LinkPages,
    roundup: Roundup,
    plan: RoundupSettings,
    settings: LinkSettings,
    *,
    limit: int | None = BATCH,
    everything: bool = False,
    only: Sequence[int] | None = None,
    progress: Progress | None = None,
) -> LinksReport:
    """Looks at what is due of the open edition, at most `limit` links. everything: at each kept and held one, due or not; only:
    at those of these."""
    now = stores.clock.now()
    edition = stores.ledger.open_edition(roundup.id, plan.next_number, now)
    ids = stores.links.spoken_of(roundup.id)
    said = stores.ledger.candidates(roundup.id, ids) if ids else []
    checks = stores.links.checks([address for one in said if (address := link_address(one))])
    saved = stores.links.saved([one.id for one in said])
    today = plan.day_of(now)
    # Without a word on any of them every link is due.
    known: Mapping[str, LinkCheck] = {} if everything else checks
    check = settings.check or everything
    due = to_look_at(said, known, saved, edition, now, today, check=check, save=settings.save)
    due = [one for one in due if only is None or one.id in only]
    round_ = due[:limit]
    of: dict[str, list[Candidate]] = {}
    for one in round_:
        of.setdefault(str(one.url), []).append(one)
    count = 0

    def each(looked: Looked, html: str | None, found: LinkCheck) -> None:
        nonlocal count
        facts = read_page(html, looked.final or looked.url) if html is not None else None
        for one in of[looked.url]:
            kept = one.standing.state is State.KEPT and one.id not in saved
            if settings.save and kept and (page := kept_page(one, looked, facts, found, now)) is not None:
                stores.links.save_page(page)
                count += 1

    found = _look(stores, pages, list(of), each, progress)
    if found is None:
        return LinksReport(0, left=len(due), offline=True)
    if found:
        stores.links.forget_dropped()
    if settings.archive is not None:
        found = [with_copy(stores, pages, settings.archive, one, _day_of(of[one.url][0])) for one in found]
    return LinksReport(len(found), tuple(found), count, len(due) - len(round_))


def due_in_draft(stores: Stores, roundup: Roundup, settings: LinkSettings) -> list[str]:
    """Kept links that nobody looked at within a day; none where links are not to be checked."""
    if not settings.check:
        return []
    ids = stores.links.spoken_of(roundup.id)
    said = stores.ledger.candidates(roundup.id, ids) if ids else []
    checks = stores.links.checks([address for one in said if (address := link_address(one))])
    return list(dict.fromkeys(str(one.url) for one in to_look_at_now(said, checks, stores.clock.now())))


def look_at_draft(
    stores: Stores,
    pages: LinkPages,
    roundup: Roundup,
    settings: LinkSettings,
    *,
    seconds: float | None = SECONDS,
    progress: Progress | None = None,
) -> LinksReport:
    """Looks at `due_in_draft` as the draft leaves, for `seconds` at most: no draft waits for a slow server, and the daemon looks
    at what was not reached. left: how many those are. Saves nothing of the pages. Only without a limit copies are asked for."""
    urls = due_in_draft(stores, roundup, settings)
    if not urls:
        return LinksReport(0)
    found = _look(stores, pages, urls, lambda _looked, _html, _check: None, progress, seconds)
    if found is None:
        return LinksReport(0, left=len(urls), offline=True)
    if settings.archive is not None and seconds is None:
        found = [with_copy(stores, pages, settings.archive, one, None) for one in found]
    return LinksReport(len(found), tuple(found), left=len(urls) - len(found))


def check_archive(
    stores: Stores,
    pages: Looker,
    roundup: Roundup,
    *,
    limit: int | None,
    since: str | None,
    progress: Progress | None = None,
) -> LinksReport:
    """Looks at the links of past editions that nobody looked at for a month, newest edition first, at most `limit`. since: the
    name of the oldest edition that counts. Raises NotFound for one that there is not."""
    now = stores.clock.now()
    places = stores.archive.places(roundup.id)
    if since is not None:
        last = max((at for at, one in enumerate(places) if one.edition.lstrip("#") == since.lstrip("#")), default=-1)
        if last < 0:
            raise NotFound(f"no past edition with a link is called {since!r}", advice="Give its number, such as 40.")
        places = places[: last + 1]
    urls = {one.canonical_url: one.url for one in reversed(places)}
    checks = stores.links.checks(urls)
    due = [urls[one] for one in reversed(urls) if _is_old(checks.get(one), now)]
    asked = due[:limit]
    found = _look(stores, pages, asked, lambda _looked, _html, _check: None, progress)
    if found is None:
        return LinksReport(0, left=len(due), offline=True)
    return LinksReport(len(found), tuple(found), left=len(due) - len(asked))


def with_copy(stores: Stores, pages: PageFetcher, archive: str, check: LinkCheck, near: date | None) -> LinkCheck:
    """A dead link with the copy that the archive has of it, as near to a day as it has one; as it was where there is none, or the
    archive does not answer."""
    if check.state is not LinkState.DEAD or check.copy is not None:
        return check
    try:
        copy = copy_in(pages.get(question(archive, check.url, near)).body)
    except PageError:
        return check
    if copy is None:
        return check
    found = replace(check, copy=copy)
    stores.links.save_check(found)
    return found


def kept_page(candidate: Candidate, looked: Looked, facts: PageFacts | None, found: LinkCheck, now: datetime) -> KeptPage | None:
    """What is saved of a kept page: its own text or the feed's, whichever says more. None while a look could not tell."""
    if found.state is LinkState.UNCLEAR:
        return None
    facts = facts if found.state is not LinkState.DEAD else None
    own = facts.text if facts is not None else ""
    return KeptPage(
        candidate.id,
        looked.final or looked.url,
        (facts.title if facts is not None else None) or candidate.title,
        (facts.author if facts is not None else None) or candidate.author,
        (facts.published.date() if facts is not None and facts.published else None) or _day_of(candidate),
        max(own, candidate.text, key=len),
        now,
    )


def _look(
    stores: Stores,
    pages: Looker,
    urls: Sequence[str],
    each: Callable[[Looked, str | None, LinkCheck], None],
    progress: Progress | None,
    seconds: float | None = None,
) -> list[LinkCheck] | None:
    """Looks at every address and stores the words on them as they come; `each` sees them, and the page's HTML. None if nothing
    answered at all, as on a machine without network: what was seen then counts for nothing."""
    before = stores.links.checks([canonical_url(url) or url for url in urls])
    silent: list[Looked] = []
    found: list[LinkCheck] = []

    def settle(looked: Looked) -> None:
        html = _html(looked)
        bearing = read_bearing(html, looked.final or looked.url) if html is not None else Bearing()
        now = stores.clock.now()
        check = judge(looked, bearing, before.get(canonical_url(looked.url) or looked.url), now)
        each(looked, html, check)
        stores.links.save_check(check)
        if check.target is not None and (new := canonical_url(check.target)) is not None:
            stores.archive.remember({check.address: new}, now)
        found.append(check)

    def came(looked: Looked) -> None:
        if progress is not None:
            progress.step()
        if looked.fault in _OFFLINE and not found:
            silent.append(looked)
        else:
            settle(looked)

    if progress is not None:
        progress.start("looking at links", len(urls))
    pages.look(urls, came, seconds=seconds)
    if progress is not None:
        progress.stop()
    if not found and len({host_of(one.url) for one in silent}) >= _MANY_HOSTS:
        return None
    for looked in silent:
        settle(looked)
    return found


def _html(looked: Looked) -> str | None:
    if not looked.body or "html" not in (looked.content_type or "html"):
        return None
    return decode_document(looked.body, looked.content_type)[0]


def _is_old(check: LinkCheck | None, now: datetime) -> bool:
    if check is None:
        return True
    return now - check.at >= (timedelta(days=1) if check.state is LinkState.UNCLEAR else MONTH)


def _day_of(candidate: Candidate) -> date:
    return (candidate.published_at or candidate.first_seen).date()
