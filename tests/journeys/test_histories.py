"""Random histories of two roundups that share a feed, on a real SQLite file, against the contract's rules kept by hand.

Whatever he polls, decides, takes back, mails and closes, in whatever order, and however delivery fails: a candidate leads one
sent digest as new, nothing is lost, what was dropped or used is gone, the rest carries over, numbers are for life.
"""

from __future__ import annotations

import copy
import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from aggregator.archive.read import read_post
from aggregator.clock import ManualClock
from aggregator.desk.add import add
from aggregator.desk.close import close
from aggregator.desk.decide import decide, undo
from aggregator.errors import Refused
from aggregator.jobs import classify, digest, offer, send
from aggregator.records.candidates import Action, State
from aggregator.records.digests import Digest, Mail, MailState
from aggregator.records.editions import Outcome
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import ListedFeed, NewEntry, PolledFeed
from aggregator.records.reports import DigestReport
from aggregator.settings import parse_settings
from aggregator.text.canonical import canonical_url
from aggregator.wiring import Installation
from tests.journeys.memory import Author, Known, NoPages, Postman

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CONFIG = """
database: sqlite:///histories.db
roundups:
  - name: Rack Notes
    next_number: 7
    carry: 2
    sections: [{name: Networking, keywords: [switch]}, {name: Storage, keywords: [disk]}]
    digest: {day: friday, time: "07:00", to: [author@example.org]}
  - name: Disk Weekly
    next_number: 40
    sections: [{name: Disks, keywords: [disk]}, {name: Rest, keywords: [switch]}]
    digest: {day: sunday, time: "18:00", to: [author@example.org]}
"""
FEEDS = {"rack": ("rack", "shared"), "disk": ("shared", "disk")}
SEEN = (MailState.SENT, MailState.WRITTEN, MailState.UNKNOWN)


class Histories(RuleBasedStateMachine):
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="histories-"))
        shutil.copyfile(self.template, self.home / "histories.db")
        self.settings = parse_settings(CONFIG, self.home / "config.yaml")
        self.clock = ManualClock(START)
        self.stores = Installation(self.settings, self.clock)
        self.postman = Postman()
        self.files = classify.Files.empty()
        self.made = 0
        self.addresses: list[str] = []

    @initialize()
    def set_up(self) -> None:
        self.authors = {
            name: Author(plan, self.stores.roundup(plan), FEEDS[name])
            for name, plan in zip(FEEDS, self.settings.roundups, strict=True)
        }
        for author in self.authors.values():
            listed = [ListedFeed(f"http://{one}.example/feed", f"https://{one}.example/feed", one) for one in author.feeds]
            self.stores.feeds.sync(author.roundup.id, listed, self.clock.now(), 30, 7)
        self.feed_ids = {one.url.split(".")[0][7:]: one.id for one in self.stores.feeds.statuses()}

    def teardown(self) -> None:
        self.stores.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def tick(self) -> None:
        """No two gestures of one author in one microsecond."""
        self.clock.advance(timedelta(seconds=1))

    # What happens

    @rule(
        feed=st.sampled_from(("rack", "shared", "disk")),
        kinds=st.lists(st.sampled_from(("switch", "disk", "front", "bare", "again")), min_size=1, max_size=4),
    )
    def poll(self, feed: str, kinds: list[str]) -> None:
        self.tick()
        parsed = [self.entry(feed, kind) for kind in kinds]
        now = self.clock.now()
        new = tuple(NewEntry(one, offered=True) for one in parsed)
        polled = PolledFeed(self.feed_ids[feed], "changed", now, now + timedelta(hours=1), status=200, new=new)
        assert self.stores.feeds.save([polled]) == len(new)
        assert self.stores.feeds.save([polled]) == 0
        for author in self.authors.values():
            offer.run_once(self.stores, author.roundup)
            classify.run_once(self.stores, author.roundup, author.plan, self.files)
            if feed in author.feeds:
                self.expect(author, parsed)

    def entry(self, feed: str, kind: str) -> ParsedEntry:
        self.made += 1
        title = f"A {kind} in the {self.made}th rack"
        url: str | None = f"https://{feed}.example/{self.made}"
        if kind == "again" and self.addresses:
            url = self.addresses[self.made % len(self.addresses)]
        elif kind == "front":
            url = "https://front.example/"
        elif kind == "bare":
            url = None
        if kind not in ("front", "bare") and url:
            self.addresses.append(url)
        canonical = canonical_url(url) if url else None
        return ParsedEntry(f"key {self.made}", url, canonical, title, None, (), "", self.clock.now(), None, f"hash {self.made}")

    def expect(self, author: Author, parsed: list[ParsedEntry]) -> None:
        """A page is one candidate for the roundup's life; each entry without a page of its own is one."""
        found = {one.id: one for one in self.stores.ledger.candidates(author.roundup.id)}
        fresh = sorted(id_ for id_ in found if id_ not in author.candidates)
        known = {one.address for one in author.candidates.values()}
        wanted = []
        for one in parsed:
            own_page = one.canonical_url is not None and one.canonical_url != "https://front.example/"
            if not own_page or one.canonical_url not in known:
                wanted.append(one.title)
                known.add(one.canonical_url)
        assert sorted(found[id_].title for id_ in fresh) == sorted(wanted), "each new page is a candidate, once"
        nameless = [id_ for id_, known in author.candidates.items() if known.title.startswith("https://")]
        for added in self.stores.ledger.candidates(author.roundup.id, nameless):
            if added.title != author.candidates[added.id].title:
                assert added.title in [one.title for one in parsed if one.canonical_url == added.canonical_url]
                author.candidates[added.id].title = added.title
        for id_ in fresh:
            author.candidates[id_] = Known(id_, found[id_].canonical_url, found[id_].title)

    @rule(who=st.sampled_from(tuple(FEEDS)), again=st.booleans(), pick=st.integers(0, 99), keep=st.booleans())
    def add(self, who: str, again: bool, pick: int, keep: bool) -> None:
        self.tick()
        author = self.authors[who]
        self.made += 1
        url = self.addresses[pick % len(self.addresses)] if again and self.addresses else f"https://found.example/{self.made}"
        added = add(self.stores, author.roundup, author.plan, NoPages(), url, keep=keep)
        one = added.candidate
        here = [known for known in author.open.values() if known.address == canonical_url(url)]
        assert added.known == bool(here)
        if here:
            assert one.id in {known.id for known in here}
        else:
            assert one.id not in author.candidates, "what was used or dropped comes back under a new number"
            author.candidates[one.id] = Known(one.id, one.canonical_url, one.title)
        if url not in self.addresses:
            self.addresses.append(url)
        if keep:
            known = author.candidates[one.id]
            author.gestures.append({one.id: known.said})
            known.state = State.KEPT

    @rule(
        who=st.sampled_from(tuple(FEEDS)),
        action=st.sampled_from((Action.KEEP, Action.DROP, Action.HOLD, Action.MOVE)),
        picks=st.lists(st.integers(0, 99), min_size=1, max_size=3),
        place=st.sampled_from((None, 0, 1)),
    )
    def decide(self, who: str, action: Action, picks: list[int], place: int | None) -> None:
        self.tick()
        author = self.authors[who]
        if not author.candidates:
            return
        all_ids = sorted(author.candidates)
        ids = list(dict.fromkeys(all_ids[pick % len(all_ids)] for pick in picks))
        section = author.plan.section_names[place or 0] if place is not None or action is Action.MOVE else None
        gone = [id_ for id_ in ids if author.candidates[id_].ended]
        if gone:
            with pytest.raises(Refused):
                decide(self.stores, author.roundup, author.plan, ids, action, section=section)
            return
        author.gestures.append({id_: author.candidates[id_].said for id_ in ids})
        decide(self.stores, author.roundup, author.plan, ids, action, section=section)
        states = {Action.KEEP: State.KEPT, Action.DROP: State.DROPPED, Action.HOLD: State.HELD}
        for id_ in ids:
            one = author.candidates[id_]
            one.state = states.get(action, one.state)
            one.section = section or one.section

    @rule(who=st.sampled_from(tuple(FEEDS)), n=st.integers(1, 3))
    def undo(self, who: str, n: int) -> None:
        self.tick()
        author = self.authors[who]
        restored = undo(self.stores, author.roundup, author.plan, n)
        touched: set[int] = set()
        for gesture in [author.gestures.pop() for _ in range(min(n, len(author.gestures)))]:
            for id_, (state, section) in gesture.items():
                author.candidates[id_].state, author.candidates[id_].section = state, section
                touched.add(id_)
        assert {one.id for one in restored} == touched

    @rule(mood=st.sampled_from(("takes", "takes", "busy", "refuses", "silent")))
    def the_mail_server_changes(self, mood: str) -> None:
        self.postman.mood = mood

    @rule(days=st.integers(1, 9))
    def time_passes(self, days: int) -> None:
        self.clock.advance(timedelta(days=days))
        for author in self.authors.values():
            self.note(author, digest.run_once(self.stores, author.roundup, author.plan, self.settings))
        self.deliver()

    @rule(who=st.sampled_from(tuple(FEEDS)), again=st.booleans())
    def digest_by_hand(self, who: str, again: bool) -> None:
        self.tick()
        author = self.authors[who]
        self.note(author, digest.put(self.stores, author.roundup, author.plan, self.settings, again=again))
        self.deliver()

    @rule(minutes=st.integers(1, 100))
    def a_tick_of_the_daemon(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))
        self.deliver()

    def note(self, author: Author, report: DigestReport | None) -> None:
        """Compares what a new digest leads with, and what it says of the rest, with the rules."""
        if report is None or report.digest is None or report.mail is None:
            return
        said = report.digest
        seen = {id_ for mail in self.mails(author) if mail.slot != report.slot for id_ in self.offered(author, mail)}
        states = {state: {id_ for id_, one in author.open.items() if one.state is state} for state in State}
        folded = {id_ for id_ in states[State.NEW] if author.folded(author.open[id_])}
        new, waiting = states[State.NEW] - folded - seen, (states[State.NEW] & seen) - folded
        older = {one.id for part in said.sections for one in part.older} | {one.id for one in said.unsorted_older}
        if said.catch_up is None:
            assert (self.leading(said), older) == (new, waiting)
        else:
            assert self.leading(said) <= new
            assert older <= waiting
            assert (len(self.leading(said)), len(older)) == (min(30, len(new)), min(max(0, 30 - len(new)), len(waiting)))
        assert {one.id for one in said.kept} == states[State.KEPT]
        assert {one.id for one in said.due} <= states[State.HELD]
        assert said.number == author.number
        author.digests[report.mail.id] = said, frozenset(author.open) - states[State.DROPPED]

    def leading(self, said: Digest) -> set[int]:
        return {one.id for part in said.sections for one in part.new} | {one.id for one in said.unsorted}

    def mails(self, author: Author) -> list[Mail]:
        """Those that reached him, or may have."""
        return [one for one in self.stores.outbox.recent(999) if one.id in author.digests and one.state in SEEN]

    def offered(self, author: Author, mail: Mail) -> frozenset[int]:
        return author.digests[mail.id][1]

    def deliver(self) -> None:
        send.run_once(self.stores, self.postman, files=self.home / "outbox", on_unknown="resend")

    @rule(
        who=st.sampled_from(tuple(FEEDS)),
        links=st.lists(st.tuples(st.integers(0, 99), st.sampled_from((0, 1, None))), min_size=1, max_size=4),
        own=st.booleans(),
    )
    def publish(self, who: str, links: list[tuple[int, int | None]], own: bool) -> None:
        self.tick()
        author = self.authors[who]
        pages = sorted({one.address for one in author.candidates.values() if one.address})
        said = {pages[pick % len(pages)]: place for pick, place in links} if pages else {}
        if own or not said:
            said["https://mine.example/page"] = 0
        headings = [*author.plan.section_names]
        lines = [f"* [this]({url})" for url, place in said.items() if place is None]
        for number, heading in enumerate(headings):
            lines += ["", f"## {heading}", ""] + [f"* [this]({url})" for url, place in said.items() if place == number]
        title = f"---\ntitle: '{author.plan.edition_title(author.number)}'\ndate: {self.clock.now():%Y-%m-%d}\n---\n\n"
        post = read_post(title + "\n".join(lines) + "\n", f"posts/{who}-{author.number}.md", known=headings)
        before = copy.deepcopy(author.candidates)
        report = close(self.stores, author.roundup, author.plan, post)
        outcomes = {one.candidate_id: one.outcome for one in report.closing.outcomes}
        for id_, one in before.items():
            linked = one.address in said
            if one.ended and not linked:
                assert id_ not in outcomes
                continue
            if one.ended:
                continue  # he linked it after all; it had its number, and is no link of his own
            if id_ not in outcomes:
                assert one.state is State.NEW, "only what nothing was ever said on is passed over without a word"
                assert one.counted >= author.plan.carry
                continue
            if linked:
                assert outcomes[id_] in (Outcome.USED, Outcome.MOVED), "whatever its state"
            else:
                undecided = Outcome.WAITING if one.counted else Outcome.UNUSED
                wanted = {State.KEPT: Outcome.CARRIED, State.HELD: Outcome.HELD, State.DROPPED: Outcome.DROPPED}
                assert outcomes[id_] is wanted.get(one.state, undecided)
            known = author.candidates[id_]
            known.ended = linked or one.state is State.DROPPED
            known.counted += not linked and one.state is State.NEW
        addresses = {one.address for one in before.values()}
        assert {one.canonical_url for one in report.closing.added} == set(said) - addresses
        assert (report.closed.number, report.opened.number) == (author.number, author.number + 1)
        author.number += 1
        author.gestures.clear()

    @rule()
    def restart(self) -> None:
        self.stores.close()
        self.stores = Installation(self.settings, self.clock)
        self.files = classify.Files.empty()

    # What always holds

    @invariant()
    def the_open_edition_holds_what_it_should(self) -> None:
        for author in getattr(self, "authors", {}).values():
            found = {one.id: one for one in self.stores.ledger.candidates(author.roundup.id)}
            assert set(found) == set(author.open), "nothing is lost, nothing comes back"
            for id_, one in author.open.items():
                standing = found[id_].standing
                assert (standing.state, standing.section) == one.said
                assert (found[id_].title, found[id_].carried) == (one.title, one.counted)

    @invariant()
    def a_candidate_leads_one_slot_only(self) -> None:
        for author in getattr(self, "authors", {}).values():
            led: dict[int, set[datetime]] = {}
            for mail in self.mails(author):
                for id_ in self.leading(author.digests[mail.id][0]):
                    led.setdefault(id_, set()).add(mail.slot)
            assert all(len(slots) == 1 for slots in led.values())

    @invariant()
    def the_roundups_keep_to_themselves(self) -> None:
        ids = [set(author.candidates) for author in getattr(self, "authors", {}).values()]
        assert not ids or not ids[0] & ids[1]


def test_any_history_keeps_the_rules(sqlite_template: Path) -> None:
    """HISTORIES=1000 looks at so many, new ones each time."""
    wanted = int(os.environ.get("HISTORIES", "0"))
    Histories.template = sqlite_template
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=wanted or 10,
            stateful_step_count=40,
            derandomize=not wanted,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),  # shrinking would take minutes; forty steps can be read
        ),
    )
