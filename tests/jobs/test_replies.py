"""Answers by mail, on a real database: what is his is done once and answered once; what proves nothing does nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from aggregator.clock import ManualClock
from aggregator.desk.replies import act
from aggregator.digest.spans import order
from aggregator.errors import DiskFull, PageError
from aggregator.jobs import digest, replies
from aggregator.ports import Page
from aggregator.records.candidates import Candidate, NewCandidate, State
from aggregator.records.digests import Mail, MailKind
from aggregator.records.editions import Closing
from aggregator.records.received import ReceivedKind
from aggregator.settings import parse_settings
from aggregator.wiring import Installation

NOW = datetime(2026, 3, 6, 8, 0, tzinfo=UTC)
ME = "author@example.org"
CONFIG = f"""
roundups:
  - name: Rack Notes
    sections: [{{name: Networking}}, {{name: Security}}]
    digest: {{to: [{ME}]}}
mail:
  from: digest@example.org
  host: smtp.example.org
  replies: {{host: imap.example.org, username: digest}}
"""


class Box:
    """A mailbox that hands out what lies in it."""

    def __init__(self) -> None:
        self.lies: list[bytes] = []

    def check(self) -> str:
        return "it opens"

    @contextmanager
    def mails(self, since: datetime, senders: Collection[str]) -> Iterator[Iterator[bytes]]:
        yield iter(list(self.lies))


class NoPages:
    """A network on which nothing answers."""

    def get(self, url: str) -> Page:
        raise PageError("the server did not answer", resource=url)


class Post:
    """An author with two candidates, a digest in his mailbox, and ours."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(NOW)
        self.settings = parse_settings(CONFIG, folder / "config.yaml", {})
        self.stores = Installation(self.settings, self.clock)
        self.plan = self.settings.roundup()
        self.roundup = self.stores.roundup(self.plan)
        self.box = Box()
        self.edition = self.stores.ledger.open_edition(self.roundup.id, 1, NOW)
        new = [
            NewCandidate(f"https://blog.example/{n}", f"https://blog.example/{n}", f"Piece {n}", "", None, (), NOW, NOW)
            for n in (1, 2, 3)
        ]
        self.ids = self.stores.ledger.offer(self.roundup.id, new, [])
        self.mail = self.put()

    def put(self) -> Mail:
        made = digest.put(self.stores, self.roundup, self.plan, self.settings, again=True).mail
        assert made is not None
        return made

    def candidate(self, place: int) -> Candidate:
        return self.stores.ledger.candidates(self.roundup.id, [self.ids[place]])[0]

    @property
    def states(self) -> list[State]:
        return [self.candidate(place).standing.state for place in range(3)]

    def write(self, text: str, *, to: str = "digest@example.org", answers: str | None = "", **headers: str) -> bytes:
        """answers: a Message-ID, "" for the digest's, None for none."""
        mail = EmailMessage(policy=policy.SMTP)
        said = {"From": f"Somebody <{ME}>", "To": to, "Subject": "Re: whatever", "Message-ID": f"<{len(self.box.lies)}@here>"}
        if answers is not None:
            said["In-Reply-To"] = answers or self.mail.message_id
        for name, value in (said | {name.replace("_", "-"): value for name, value in headers.items()}).items():
            mail[name] = value
        mail.set_content(text)
        return mail.as_bytes()

    def read(self, *mails: bytes) -> replies.Read:
        self.box.lies += mails
        self.clock.advance(timedelta(minutes=5))
        return replies.run_once(
            self.stores,
            self.settings,
            [(self.roundup, self.plan)],
            self.box,
            lambda roundup, plan, said: act(self.stores, roundup, plan, NoPages(), said),
        )

    @property
    def answers(self) -> list[Mail]:
        """Ours, oldest first."""
        return [one for one in reversed(self.stores.outbox.recent(100)) if one.kind is MailKind.ANSWER]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    made = Post(tmp_path)
    yield made
    made.stores.close()


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
    assert "answer: undo 3" in answer.text
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


def test_an_answer_to_a_mail_of_a_closed_edition_decides_nothing_and_says_so(post: Post) -> None:
    post.stores.ledger.close(post.edition, Closing((), ()), NOW, None, "post.md", 2)
    post.read(post.write(f"{post.ids[0]} keep"))
    assert post.states[0] is State.NEW
    assert "is closed; nothing of it was decided" in post.answers[0].text


def test_two_programs_do_not_talk_for_ever(post: Post) -> None:
    post.read(post.write("I am away until Monday."))
    assert len(post.answers) == 1
    post.read(post.write("I am away until Monday.", answers=post.answers[0].message_id))
    assert len(post.answers) == 1


def test_what_was_begun_when_the_machine_stopped_is_not_done_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, _ = post.ids
    mail = post.write(f"{first} keep\n{second} keep\n")
    say, calls = post.stores.received.say, 0

    def stops(mail_id: int, said: list[str | None]) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise DiskFull("the power went")
        say(mail_id, said)

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


def test_who_answers_with_others_looking_on_is_told_what_they_have(post: Post) -> None:
    post.read(post.write(f"{post.ids[0]} keep", to="digest@example.org, b@example.net"))
    assert post.states[0] is State.KEPT
    assert "It went to b@example.net as well" in post.answers[0].text
    post.read(post.write(f"{post.ids[1]} keep", Delivered_To="digest+x@mail.example.org", Cc=ME))
    assert "as well" not in post.answers[1].text


def test_the_same_mail_delivered_twice_is_done_once(post: Post) -> None:
    mail = post.write(f"{post.ids[0]} keep")
    post.read(mail, mail)
    assert len(post.answers) == len(post.stores.ledger.last_gestures(post.edition.id, 10)) == 1


def test_an_older_mail_of_the_open_edition_is_answered_as_well_as_the_last(post: Post) -> None:
    post.put()
    post.read(post.write(f"{post.ids[0]} keep"))
    assert post.states[0] is State.KEPT


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
