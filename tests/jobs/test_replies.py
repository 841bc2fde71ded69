"""Answers by mail, on a real database: what is his is done once and answered once; what proves nothing does nothing."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy

import pytest

from aggregator.desk.decide import decide
from aggregator.desk.replies import act
from aggregator.digest.spans import order
from aggregator.errors import DiskFull
from aggregator.jobs import replies
from aggregator.records.candidates import Action, State
from aggregator.records.editions import Closing
from tests.jobs.postbox import ME, NOW, NoPages, Post


def test_an_answer_is_done_once_and_answered_once(post: Post) -> None:
    first, second, third = post.ids
    mail = post.write(f"{first} keep; {second} hold until 2026-04-01\n{third} security\n")
    assert post.read(mail).words
    assert post.states == [State.KEPT, State.HELD, State.NEW]
    assert post.candidate(2).section == "Security"
    (answer,) = post.answers
    assert answer.recipients == (ME,)
    assert f"Kept: {first} “Piece 1”." in answer.text
    assert "until 1 April 2026" in answer.text
    assert "answer: undo" in answer.text
    post.read()
    assert len(post.answers) == 1
    assert len(post.stores.ledger.last_gestures(post.edition.id, 10)) == 3


def test_the_headers_of_an_answer(post: Post) -> None:
    post.read(post.write("help"))
    headers = message_from_bytes(post.answers[0].message, policy=policy.default)
    assert headers["Auto-Submitted"] == "auto-replied"
    assert headers["In-Reply-To"] == "<0@here>"
    assert headers["Reply-To"] == "digest@example.org"
    assert "whatever" not in headers["Subject"]


def test_an_answer_to_our_answer_works_too_and_can_take_it_back(post: Post) -> None:
    post.read(post.write(f"{post.ids[0]} keep"))
    post.read(post.write("undo", answers=post.answers[0].message_id))
    assert post.states[0] is State.NEW
    assert "Taken back" in post.answers[1].text


def test_an_undo_of_our_answer_takes_back_what_that_mail_did_and_nothing_since(post: Post) -> None:
    """It took back as many of the last things as the mail had done, whatever they were by then."""
    first, second, third = post.ids
    post.read(post.write(f"{first} keep; {second} hold"))
    decide(post.stores, post.roundup, post.plan, [third], Action.DROP)
    told = post.answers[0].message_id
    post.read(post.write("undo", answers=told))
    assert post.states == [State.NEW, State.NEW, State.DROPPED]
    post.read(post.write("undo", answers=told))
    assert "nothing left to take back" in post.answers[2].text
    post.read(post.write("undo"))
    assert post.states == [State.NEW] * 3, "of the digest, it is the last thing that he did"


def test_what_the_mail_quotes_is_never_done(post: Post) -> None:
    quoted = "\n".join(f"> {line}" for line in post.mail.text.splitlines())
    post.read(post.write(f"{post.ids[1]} drop\n\nOn Fri, 6 Mar 2026, Rack Notes wrote:\n{quoted}\n"))
    assert post.states == [State.NEW, State.DROPPED, State.NEW]
    post.read(post.write(f"{post.ids[1]} keep\n\n{post.mail.text}"))
    assert post.states == [State.NEW, State.KEPT, State.NEW]


def test_a_line_that_cannot_be_read_is_told_and_the_others_are_done(post: Post) -> None:
    post.read(post.write(f"{post.ids[0]} cooking\n{post.ids[1]} keep\nwarm regards\n99999 keep\n"))
    assert post.states == [State.NEW, State.KEPT, State.NEW]
    text = post.answers[0].text
    assert "cooking” was not done" in text
    assert "Networking, Security" in text
    assert "“warm regards” could not be read" in text
    assert "no candidate has the number 99999" in text


def test_a_note_keeps_and_a_name_is_remembered(post: Post) -> None:
    post.read(post.write(f"{post.ids[0]} note: Well said; and short.\n{post.ids[1]} keep via B. Someone\n"))
    assert post.candidate(0).standing.comment == "Well said; and short."
    assert post.states[:2] == [State.KEPT, State.KEPT]
    assert "Via B. Someone" in post.answers[0].text


def test_a_note_leaves_a_hold_as_it_is(post: Post) -> None:
    number = post.ids[0]
    post.read(post.write(f"{number} hold theme small offices until 2026-05-01"))
    before = post.candidate(0).standing.hold
    post.read(post.write(f"{number} note: with the printers"))
    assert post.candidate(0).standing.hold == before
    assert post.candidate(0).standing.comment == "with the printers"


def test_pause_and_resume(post: Post) -> None:
    post.read(post.write("pause 3 weeks"))
    assert "27 March" in post.answers[0].text
    post.read(post.write("resume"))
    assert post.stores.roundup(post.plan).paused_until is None


def test_a_mail_to_the_secret_address_adds_its_page(post: Post) -> None:
    to = replies.secret_address(post.stores, post.roundup, post.settings)
    assert to is not None
    forwarded = (
        "For the next one.\n\n---------- Forwarded message ---------\nFrom: B. Someone <b@example.net>\n"
        "Date: Thu, 5 Mar 2026 at 10:00\nSubject: look\nTo: <author@example.org>\n\n"
        "See https://example.net/unsubscribe?u=1 and https://example.net/good-page and https://example.net/other\n"
    )
    post.read(post.write(forwarded, to=to, answers=None))
    added = next(one for one in post.stores.ledger.candidates(post.roundup.id) if one.added)
    assert (added.url, added.thanks, added.note) == ("https://example.net/good-page", "B. Someone", "For the next one.")
    assert added.standing.state is State.KEPT
    assert "Thanks to B. Someone" in post.answers[0].text


def test_the_mark_of_the_secret_address_may_stand_in_the_subject(post: Post) -> None:
    to = replies.secret_address(post.stores, post.roundup, post.settings) or ""
    mark = to.partition("+")[2].partition("@")[0]
    post.read(post.write("https://example.net/page", answers=None, Subject=f"Look [{mark}]"))
    assert any(one.added for one in post.stores.ledger.candidates(post.roundup.id))


def test_an_answer_to_a_mail_of_a_closed_edition_decides_nothing_and_says_so(post: Post) -> None:
    post.stores.ledger.close(post.edition, Closing((), ()), NOW, None, "post.md", 2)
    post.read(post.write(f"{post.ids[0]} keep"))
    assert post.states[0] is State.NEW
    assert "is closed; nothing of it was decided" in post.answers[0].text


def test_what_was_begun_when_the_machine_stopped_is_not_done_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, _ = post.ids
    mail = post.write(f"{first} keep\n{second} keep\n")
    say, calls = post.stores.received.say, 0

    def stops(mail_id: int, said: list[str | None], gestures: list[str]) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise DiskFull("the power went")
        say(mail_id, said, gestures)

    with monkeypatch.context() as patch:
        patch.setattr(post.stores.received, "say", stops)
        with pytest.raises(DiskFull):
            post.read(mail)
    assert not post.answers
    post.read()
    (answer,) = post.answers
    assert "The machine stopped in the middle" in answer.text
    assert post.states[:2] == [State.KEPT, State.KEPT]
    assert len(post.stores.ledger.last_gestures(post.edition.id, 10)) == 2


def test_a_machine_that_stops_before_the_answer_answers_once_after(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(mail_id: int, at: datetime) -> None:
        raise DiskFull("the power went")

    mail = post.write(f"{post.ids[0]} keep")
    with monkeypatch.context() as patch:
        patch.setattr(post.stores.received, "answered", stops)
        with pytest.raises(DiskFull):
            post.read(mail)
    post.read()
    assert len(post.answers) == 1
    assert len(post.stores.ledger.last_gestures(post.edition.id, 10)) == 1


def test_what_no_edition_matters_for_is_done_after_it_closed_too(post: Post) -> None:
    post.stores.ledger.close(post.edition, Closing((), ()), NOW, None, "post.md", 2)
    post.read(post.write(f"pause 3 weeks\n{post.ids[0]} keep"))
    post.read(post.write("resume"))
    assert [("Paused" in one.text, "is closed" in one.text) for one in post.answers] == [(True, True), (False, False)]
    assert post.states[0] is State.NEW


def test_a_span_is_what_the_digest_lists_between(post: Post) -> None:
    first, second, third = order(post.mail.text, post.ids)
    post.read(post.write(f"{first}-{second} drop\n{third}-{first} keep"))
    found = {one: post.stores.ledger.candidates(post.roundup.id, [one])[0].standing.state for one in (first, second, third)}
    assert found == {first: State.DROPPED, second: State.DROPPED, third: State.NEW}
    assert "both must stand there" in post.answers[0].text
    post.read(post.write(f"{second}-{third} keep", answers=post.answers[0].message_id))
    assert post.stores.ledger.candidates(post.roundup.id, [third])[0].standing.state is State.KEPT


def test_a_mistyped_verb_is_no_section(post: Post) -> None:
    post.read(post.write(f"{post.ids[0]} kepe"))
    assert "did you mean 'keep'?" in post.answers[0].text


def test_the_same_mail_delivered_twice_is_done_once(post: Post) -> None:
    mail = post.write(f"{post.ids[0]} keep")
    post.read(mail, mail)
    assert len(post.answers) == len(post.stores.ledger.last_gestures(post.edition.id, 10)) == 1


def test_an_older_mail_of_the_open_edition_is_answered_as_well_as_the_last(post: Post) -> None:
    post.put()
    post.read(post.write(f"{post.ids[0]} keep"))
    assert post.states[0] is State.KEPT


def test_told_to_stop_it_finishes_the_mail_at_hand_and_leaves_the_others(post: Post) -> None:
    post.box.lies += [post.write(f"{post.ids[n]} keep", Message_ID=f"<{n}@stop>") for n in range(3)]
    asked = iter([False, True])
    pairs = [(post.roundup, post.plan)]
    done = replies.run_once(
        post.stores,
        post.settings,
        pairs,
        post.box,
        lambda roundup, plan, said: act(post.stores, roundup, plan, NoPages(), said),
        lambda: next(asked),
    )
    assert len(done.words) == 1
    assert post.states == [State.KEPT, State.NEW, State.NEW]
    assert len(post.read().words) == 2
