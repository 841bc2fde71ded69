"""The loop closed by publishing: what a post does to its edition, from a folder, a repository and a feed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.archive.read import read_post
from aggregator.closing.close import close
from aggregator.desk.decide import decide
from aggregator.errors import Refused
from aggregator.jobs import archive, learn, offer, publish, report
from aggregator.records.candidates import Action, State
from aggregator.records.digests import MailKind
from aggregator.records.editions import Outcome
from aggregator.records.feeds import FeedRole, ListedFeed, NewEntry
from aggregator.records.learning import LabelSource
from aggregator.records.reports import PublishReport
from aggregator.settings import RoundupSettings
from aggregator.settings.sources import ArchiveSource
from tests.intake.test_poll import entry
from tests.jobs.conftest import Shop, changed
from tests.jobs.press import Press


@pytest.fixture
def press(shop: Shop) -> Press:
    return Press(shop)


def test_a_post_that_keeps_20_moves_3_adds_4_and_leaves_out_40_gives_exactly_those_labels(press: Press) -> None:
    press.old(4, 5, 6)
    ids = press.offer(*(f"n{n}" for n in range(67)))
    used, moved, left, held = ids[:20], ids[20:23], ids[23:63], ids[63:]
    decide(press.stores, press.roundup, press.plan, used, Action.KEEP, section="Networking")
    decide(press.stores, press.roundup, press.plan, moved, Action.KEEP, section="Networking")
    decide(press.stores, press.roundup, press.plan, held, Action.HOLD)
    assert press.run().closed == ()
    before = press.everything()
    added = [f"https://mine.example/{n}" for n in range(4)]
    post = press.write(
        7, {"Networking": [press.at(f"n{n}") for n in range(20)], "Storage": [press.at(f"n{n}") for n in (20, 21, 22)] + added}
    )
    (closed,) = press.run().closed
    assert (closed.closed.number, closed.opened.number, closed.closed.post) == (7, 8, "posts/7.md")
    outcomes = press.outcomes(closed.closed)
    assert Counter(outcomes.values()) == {Outcome.USED: 20, Outcome.MOVED: 3, Outcome.UNUSED: 40, Outcome.HELD: 4}
    assert {one for one, outcome in outcomes.items() if outcome is Outcome.UNUSED} == set(left)
    assert [one.url for one in closed.closing.added] == added
    said = press.stores.learning.labels(press.roundup.id)
    published = Counter(one.section for one in said if one.source is LabelSource.PUBLISHED)
    archived = Counter(one.section for one in said if one.origin == "archive:posts/7.md")
    assert published == {"Networking": 20, "Storage": 3}
    assert archived == {"Networking": 20, "Storage": 7}
    assert not [one for one in said if one.source is LabelSource.VERDICT]
    after = press.everything()
    assert {one.id for one in press.stores.ledger.candidates(press.roundup.id) if one.standing.state is State.HELD} == set(held)
    post.unlink()
    assert press.run().words == ("the post of Rack Notes #7 was withdrawn; the edition is open again",)
    assert press.everything() == before
    press.write(
        7, {"Networking": [press.at(f"n{n}") for n in range(20)], "Storage": [press.at(f"n{n}") for n in (20, 21, 22)] + added}
    )
    assert len(press.run().closed) == 1
    assert press.everything() == after


def test_what_was_there_at_the_first_look_closes_nothing(press: Press) -> None:
    press.old(5, 6, 7, 8)
    assert press.run().closed == ()
    assert press.edition().number == 7
    assert {one.baseline for one in press.stores.archive.documents(press.roundup.id)} == {True}


def test_an_older_number_a_draft_and_a_coming_date_close_nothing_until_the_date_comes(press: Press) -> None:
    press.old(5)
    press.run()
    press.old(6)
    press.write(7, {"Storage": ["https://x.example/1"]}, draft="true")
    assert press.run().closed == ()
    tomorrow = f"{press.shop.clock.now().date() + timedelta(days=1)}"
    press.write(7, {"Storage": ["https://x.example/1"]}, date=tomorrow)
    told = press.run()
    assert told.closed == ()
    assert told.archive is not None
    assert [one.reason for one in told.archive.skipped] == [f"dated {tomorrow}, which is still to come"]
    press.shop.clock.advance(timedelta(days=1))
    assert [one.closed.number for one in press.run().closed] == [7]


def test_a_post_without_a_number_closes_it_if_it_is_dated_after_the_edition_opened(press: Press) -> None:
    press.write(None, {"Storage": ["https://old.example/1"]}, slug="first", date="2026-01-01")
    press.run()
    press.write(None, {"Storage": ["https://old.example/2"]}, slug="late-find", date="2026-01-08")
    assert press.run().closed == ()
    press.write(None, {"Storage": ["https://new.example/1"]}, slug="new")
    (closed,) = press.run().closed
    assert closed.closed.post == "posts/new.md"
    assert press.run().closed == ()


def test_two_posts_in_one_reading_close_in_order_and_a_skipped_number_closes_nothing(press: Press) -> None:
    press.old(6)
    press.run()
    for number in (8, 7, 10):
        press.write(number, {"Storage": [f"https://x.example/{number}"]})
    assert [one.closed.number for one in press.run().closed] == [7, 8]
    assert press.edition().number == 9


def test_an_edited_post_is_matched_again_with_what_stood_at_its_close(press: Press) -> None:
    press.old(6)
    one, two, three = press.offer("one", "two", "three")
    press.run()
    press.write(7, {"Storage": [press.at("one"), press.at("two")]})
    (closed,) = press.run().closed
    decide(press.stores, press.roundup, press.plan, [three], Action.KEEP, section="Networking")
    press.write(7, {"Storage": [press.at("one"), press.at("three")]})
    assert press.run().words == ("the post of Rack Notes #7 was edited and is matched again",)
    outcomes = press.outcomes(closed.closed)
    assert outcomes.pop(three) in (Outcome.USED, Outcome.MOVED), "whatever he has said of it since"
    assert outcomes == {one: Outcome.MOVED, two: Outcome.UNUSED}
    assert [held.id for held in press.stores.ledger.candidates(press.roundup.id)] == [two]
    assert {url for source, _, url, _ in press.labels() if source == "published"} == {press.at("one"), press.at("three")}
    assert press.run().words == ()


def test_only_what_was_shown_before_he_decided_something_was_noticed(press: Press) -> None:
    press.old(6)
    shown, decided, late, counted = press.offer("shown", "decided", "late", "counted")
    press.run()
    press.mail(shown, decided, counted=(counted,))
    press.shop.clock.advance(timedelta(hours=1))
    decide(press.stores, press.roundup, press.plan, [decided], Action.KEEP)
    press.shop.clock.advance(timedelta(hours=1))
    press.mail(shown, decided, late, counted)
    press.write(7, {"Storage": [press.at("decided")]})
    (closed,) = press.run().closed
    noticed = {one.candidate_id: one.noticed for one in closed.closing.outcomes}
    assert noticed == {shown: True, decided: False, late: False, counted: False}


def test_finds_that_a_poll_keeps_are_no_sign_that_he_read_a_digest(press: Press) -> None:
    press.old(6)
    (shown,) = press.offer("shown")
    press.run()
    press.mail(shown)
    press.shop.clock.advance(timedelta(hours=1))
    stars = ListedFeed("http://stars.example/feed", "https://stars.example/feed", "My stars", role=FeedRole.FINDS)
    press.stores.feeds.sync(press.roundup.id, [stars], press.shop.clock.now(), 30, 7)
    (feed,) = press.stores.feeds.claim(press.shop.clock.now(), 9, 60, everything=True)
    press.stores.feeds.save([replace(changed(feed), new=(NewEntry(entry("starred"), offered=True),))])
    assert offer.run_once(press.stores, press.roundup) == 1
    press.write(7, {"Storage": [press.at("elsewhere")]})
    (closed,) = press.run().closed
    assert not any(one.noticed for one in closed.closing.outcomes)


def test_a_renamed_post_is_not_withdrawn_and_a_folder_out_of_reach_withdraws_nothing(press: Press) -> None:
    press.old(6)
    press.run()
    post = press.write(7, {"Storage": ["https://x.example/7"]})
    (closed,) = press.run().closed
    post.rename(press.folder / "2026-rack-notes-7.md")
    assert press.run().words == ()
    assert press.stores.ledger.editions(press.roundup.id)[0].post == "posts/2026-rack-notes-7.md"
    press.folder.rename(press.shop.folder / "elsewhere")
    (trouble,) = press.run().troubles
    assert "posts" in trouble
    (state,) = press.stores.archive.sources(press.roundup.id)
    assert state.error == trouble
    press.folder.mkdir()
    assert press.run().words == ()
    assert press.edition().number == closed.opened.number


def test_the_mails_and_words_since_are_the_reopened_edition_s(press: Press) -> None:
    press.old(6)
    one, two = press.offer("one", "two")
    press.run()
    post = press.write(7, {"Storage": [press.at("one")]})
    press.run()
    press.mail(two)
    decide(press.stores, press.roundup, press.plan, [two], Action.HOLD)
    post.unlink()
    press.run()
    edition = press.edition()
    assert edition.number == 7
    assert len(press.stores.outbox.in_edition(edition.id)) == 1
    held = {one.id: one.standing for one in press.stores.ledger.candidates(press.roundup.id)}
    assert held[two].held_in == edition.id
    assert held[one].state is State.NEW


def test_of_an_older_edition_only_the_post_goes(press: Press) -> None:
    press.old(6)
    press.run()
    first = press.write(7, {"Storage": ["https://x.example/7"]})
    press.run()
    press.write(8, {"Storage": ["https://x.example/8"]})
    press.run()
    first.unlink()
    assert press.run().words == ("the post of Rack Notes #7 is gone; the edition stays closed, its links teach no more",)
    assert press.edition().number == 9
    assert not [url for _, _, url, _ in press.labels() if url == "https://x.example/7"]


def test_reading_everything_again_prints_the_same_and_changes_nothing(press: Press) -> None:
    press.old(5, 6)
    first = press.run(due_only=False)
    watermark = press.stores.learning.watermark(press.roundup.id)
    second = press.run(due_only=False)
    assert first.archive is not None
    assert second.archive is not None
    assert (first.archive.editions, first.archive.links) == (second.archive.editions, second.archive.links) == (2, 4)
    assert press.stores.learning.watermark(press.roundup.id) == watermark
    assert press.run().archive is None


def test_what_he_imports_by_name_closes_nothing(press: Press) -> None:
    press.old(6)
    press.run()
    press.write(7, {"Storage": ["https://x.example/7"]})
    plan: RoundupSettings = press.plan
    archive.run_once(press.stores, press.roundup, plan, [press.folder], home=press.shop.folder)
    assert press.run().closed == ()
    assert press.edition().number == 7


def test_a_folder_that_he_imported_has_had_its_first_look(press: Press) -> None:
    """A post that came between the import and the daemon's first start was taken for a past edition."""
    press.old(4, 5, 6)
    archive.run_once(press.stores, press.roundup, press.plan, [press.folder], home=press.shop.folder)
    press.write(7, {"Storage": ["https://x.example/7"]})
    (closed,) = press.run().closed
    assert closed.closed.number == 7


def test_a_part_of_a_folder_that_he_imported_is_no_look_at_the_whole(press: Press) -> None:
    press.old(5, 6, 7)
    archive.run_once(press.stores, press.roundup, press.plan, [press.folder / "5.md"], home=press.shop.folder)
    assert press.run().closed == ()


def test_a_run_that_was_cut_off_after_the_close_is_made_up_for_with_its_report(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    press.old(6)
    press.run()
    press.write(7, {"Storage": ["https://x.example/7"]})

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(learn, "run_once", killed)
        with pytest.raises(KeyboardInterrupt):
            press.run()
    assert press.edition().number == 8
    assert press.run().closed == ()
    assert [one.kind for one in press.stores.outbox.recent(5)] == [MailKind.REPORT]
    press.run()
    assert len(press.stores.outbox.recent(5)) == 1


def test_a_close_by_hand_and_one_of_long_ago_are_not_reported_later(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    press.old(6)
    press.run()
    post = press.write(7, {"Storage": ["https://x.example/7"]})
    by_hand = read_post(post.read_text(), "posts/7.md")
    close(press.stores, press.roundup, press.plan, by_hand)
    press.run()
    press.write(8, {"Storage": ["https://x.example/8"]})
    with monkeypatch.context() as cut:
        cut.setattr(report, "put", lambda *_: None)
        assert [one.closed.number for one in press.run().closed] == [8]
    press.shop.clock.advance(timedelta(days=4))
    press.run()
    assert press.stores.outbox.recent(5) == []


def test_two_posts_that_are_withdrawn_together_open_both_editions_again(press: Press) -> None:
    press.old(5, 6)
    press.offer("one")
    press.run()
    before = press.everything()
    for number in (7, 8):
        press.write(number, {"Storage": [f"https://x.example/{number}"]})
    assert len(press.run().closed) == 2
    for number in (7, 8):
        (press.folder / f"{number}.md").unlink()
    assert press.run().words == (
        "the post of Rack Notes #8 was withdrawn; the edition is open again",
        "the post of Rack Notes #7 was withdrawn; the edition is open again",
    )
    assert press.everything() == before


def test_roundups_that_share_a_folder_take_only_their_own_posts(press: Press) -> None:
    tape = press.plan.model_copy(update={"name": "Tape Talk", "title": "Tape Talk #{number}"})
    press.shop.settings = press.shop.settings.model_copy(update={"roundups": (press.plan, tape)})
    other = press.stores.roundup(tape)
    press.old(4, 5, 6)

    def read() -> PublishReport:
        return publish.run_once(press.stores, press.shop.settings, other, tape, due_only=True)

    read()
    assert press.stores.archive.documents(other.id) == []
    press.write(7, {"Networking": ["https://x.example/7"], "Storage": ["https://y.example/7"]})
    assert read().closed == ()
    press.write(7, {"Networking": ["https://x.example/8"]}, title="'Tape Talk #7'", slug="tape-7")
    assert [one.closed.post for one in read().closed] == ["posts/tape-7.md"]
    press.run()
    assert press.edition().number == 7, "there at the first look"
    assert [one.path for one in press.stores.archive.documents(press.roundup.id)] == [f"posts/{n}.md" for n in (4, 5, 6, 7)]


def test_what_config_says_is_no_edition_teaches_no_more(press: Press) -> None:
    press.old(4, 5, 6)
    press.run()
    reading = press.plan.reading.model_copy(update={"not_editions": ("5.md",)})
    press.plan = press.plan.model_copy(update={"reading": reading})
    assert press.run().words == ("posts/5.md is none of your past editions any more, and teaches nothing",)
    assert {origin for _, _, _, origin in press.labels()} == {"archive:posts/4.md", "archive:posts/6.md"}


def test_no_post_closes_two_editions(press: Press) -> None:
    post = read_post(press.write(None, {"Storage": ["https://x.example/7"]}).read_text(), "posts/new.md")
    close(press.stores, press.roundup, press.plan, post)
    with pytest.raises(Refused, match="closed edition 7 already"):
        close(press.stores, press.roundup, press.plan, post)
    assert press.edition().number == 8


def test_a_call_that_comes_while_a_source_is_read_has_it_read_again(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    press.plan = press.plan.model_copy(update={"archive": (ArchiveSource(feed="https://author.example/feed"),)})
    asked = 0

    def ask(*_: object) -> None:
        nonlocal asked
        asked += 1
        press.shop.clock.advance(timedelta(seconds=2))
        if asked == 2:
            press.stores.archive.read_soon(press.shop.clock.now())

    monkeypatch.setattr(press.stores.pages, "ask", ask)
    press.run()
    press.shop.clock.advance(timedelta(minutes=61))
    for _ in range(3):
        press.run()
    assert asked == 3, "once more than is due, for the call"


def test_a_post_that_cannot_be_read_is_told_if_its_name_has_the_open_number(press: Press) -> None:
    press.old(4, 5, 6)
    press.run()
    path = press.write(7, {"Networking": ["https://switch.example/7"]})
    path.write_text(path.read_text().replace("title: ", "title: [", 1))
    (press.folder / "old.md").write_text("---\ntitle: [\n---\n")
    told = press.run()
    assert (told.closed, len(told.troubles)) == ((), 1)
    assert told.troubles[0].startswith("posts/7.md closes nothing: its front matter")
