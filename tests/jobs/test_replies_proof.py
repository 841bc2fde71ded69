"""Whose mail it is: what proves nothing does nothing, is told seldom, and is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from aggregator.jobs import replies
from aggregator.records.candidates import State
from aggregator.records.received import ReceivedKind
from tests.jobs.postbox import ME, Post


def unsigned(post: Post) -> bytes:
    return post.write(f"{post.ids[0]} keep", answers=None)


def guessed(post: Post) -> bytes:
    words = post.mail.message_id.strip("<>").rpartition("@")[0].rpartition(".")[0]
    return post.write(f"{post.ids[0]} keep", answers=f"<{words}.{'a' * 20}@example.org>")


def forged_address(post: Post) -> bytes:
    return post.write("https://evil.example/page", to=f"digest+add-{'a' * 20}@example.org", answers=None)


@pytest.mark.parametrize("mail", [unsigned, guessed, forged_address])
def test_a_mail_in_his_name_that_proves_nothing_does_nothing_and_is_told_once_a_day(
    post: Post, mail: Callable[[Post], bytes]
) -> None:
    assert post.read(mail(post)).doubtful == 1
    assert post.states == [State.NEW] * 3
    assert len(post.stores.ledger.candidates(post.roundup.id)) == 3
    assert post.answers[0].recipients == (ME,)
    post.read(mail(post))
    assert len(post.answers) == 1


def test_forgeries_without_end_keep_him_from_no_answer(post: Post) -> None:
    forged = [post.write("1 keep", answers=None, Message_ID=f"<forged{n}@evil.example>") for n in range(replies.MOST_ANSWERS + 1)]
    assert post.read(*forged).doubtful == len(forged)
    post.read(post.write(f"{post.ids[0]} keep"))
    assert post.states[0] is State.KEPT
    assert "Kept" in post.answers[-1].text


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "Stranger <stranger@example.net>"},
        {"From": f"{ME}, stranger@example.net"},
        {"Auto-Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X-Autoreply": "yes"},
        {"Return-Path": "<>"},
    ],
)
def test_strangers_and_machines_get_no_answer_and_leave_no_trace(post: Post, headers: dict[str, str]) -> None:
    assert post.read(post.write(f"{post.ids[0]} keep", **headers)) == replies.Read()
    assert post.states[0] is State.NEW
    assert not post.answers
    assert not post.stores.received.last(post.roundup.id)


def test_a_sender_that_a_server_doubted_is_not_believed(post: Post) -> None:
    mail = post.write(f"{post.ids[0]} keep", Authentication_Results="mx.example.org; dmarc=fail header.from=example.org")
    assert post.read(mail).doubtful == 1
    assert post.states[0] is State.NEW
    assert not post.answers


def test_two_programs_do_not_talk_for_ever(post: Post) -> None:
    post.read(post.write("I am away until Monday."))
    assert len(post.answers) == 1
    post.read(post.write("I am away until Monday.", answers=post.answers[0].message_id))
    assert len(post.answers) == 1


def test_who_answers_with_others_looking_on_is_told_what_they_have(post: Post) -> None:
    post.read(post.write(f"{post.ids[0]} keep", to="digest@example.org, b@example.net"))
    assert post.states[0] is State.KEPT
    assert "It went to b@example.net as well" in post.answers[0].text
    post.read(post.write(f"{post.ids[1]} keep", Delivered_To="digest+x@mail.example.org", Cc=ME))
    assert "as well" not in post.answers[1].text


def test_what_proved_nothing_is_forgotten_after_a_month_and_everything_after_a_year(post: Post) -> None:
    post.read(unsigned(post))
    post.read(post.write("help"))
    post.clock.advance(timedelta(days=31))
    post.box.lies.clear()
    post.read(post.write("help", Message_ID="<february@here>"))
    assert [one.kind for one in post.stores.received.last(post.roundup.id)] == [ReceivedKind.ANSWER] * 2
    post.clock.advance(timedelta(days=366))
    post.box.lies.clear()
    post.read(post.write("help", Message_ID="<a-year-later@here>"))
    assert len(post.stores.received.last(post.roundup.id)) == 1


def test_where_his_server_must_vouch_a_mail_that_it_does_not_vouch_for_does_nothing(post: Post) -> None:
    mail = post.settings.mail
    assert mail.replies is not None
    named = mail.replies.model_copy(update={"authserv_id": "mx.example.org"})
    post.settings = post.settings.model_copy(update={"mail": mail.model_copy(update={"replies": named})})
    assert post.read(post.write(f"{post.ids[0]} keep")).doubtful == 1
    vouched = "mx.example.org; dmarc=pass header.from=example.org"
    post.read(post.write(f"{post.ids[1]} keep", Authentication_Results=vouched))
    assert post.states == [State.NEW, State.KEPT, State.NEW]
