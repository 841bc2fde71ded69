"""Reads the author's mails to us, has done what they ask for, and answers each once (R6, R9).

From can be forged by anybody, so a name proves nothing. A mail is taken for his when it comes from an address on his list AND
carries what only he was sent: the Message-ID of a mail of ours, which nobody can guess, among those that it answers; or the
mark of his secret address, among its recipients or in its subject. Strangers are never answered and leave no trace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape

from aggregator.delivery.incoming import html_words, read_mail
from aggregator.delivery.message import build, list_id, message_id, plain_address
from aggregator.delivery.tokens import MailSigner
from aggregator.digest.forwarded import pages
from aggregator.digest.quoting import own_words
from aggregator.digest.replying import MOST_STATEMENTS, Add, Decide, Help, Pause, Resume, Statement, Undo, statements
from aggregator.digest.spans import order, spread
from aggregator.digest.words import count, listed
from aggregator.jobs.digest import ANSWER, answer_mark, sender_of
from aggregator.ports import Mailbox, Stores
from aggregator.records.digests import Mail, MailKind, NewMail, RenderedDigest
from aggregator.records.received import IncomingMail, NewReceived, Outcome, ReceivedKind, ReceivedMail
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings, Settings

JOB = "replies"
WINDOW = timedelta(days=14)
"""Mails older than this are left alone."""
KEPT, KEPT_UNPROVED = timedelta(days=365), timedelta(days=30)
"""How long is remembered what came, and what came in his name and proved nothing; longer than any mail is looked at."""
ADDING = "add"
MOST_ANSWERS = 30
"""In an hour: should two programs ever talk to each other, it ends here."""
_MARK = re.compile(r"\badd-([a-z2-7]{20})\b")
_INTERRUPTED = "The machine stopped in the middle of this one; look at your desk whether it was done:"


Act = Callable[[Roundup, RoundupSettings, Statement], Outcome]
"""Does one statement; raises StorageError only."""
Pair = tuple[Roundup, RoundupSettings]


@dataclass(frozen=True, slots=True)
class Read:
    """words: what was done with each mail that was his. doubtful: how many came in his name and prove nothing."""

    words: tuple[str, ...] = ()
    doubtful: int = 0


def secret_address(stores: Stores, roundup: Roundup, settings: Settings) -> str | None:
    """Where he sends pages to be added; None where no mails are read. It names no date: it holds until its key is gone."""
    to = settings.replies_to
    if to is None:
        return None
    local, _, domain = to.rpartition("@")
    return f"{local}+add-{MailSigner(stores.signing_keys()).mark(ADDING, roundup.slug)}@{domain}"


def senders(settings: Settings, plan: RoundupSettings) -> frozenset[str]:
    """Whose mails to a roundup are listened to, in small letters."""
    named = settings.mail.replies.senders if settings.mail.replies else ()
    return frozenset(one.casefold() for one in named or plan.digest.to)


def run_once(
    stores: Stores,
    settings: Settings,
    pairs: Sequence[Pair],
    mailbox: Mailbox,
    act: Act,
    is_over: Callable[[], bool] = lambda: False,
) -> Read:
    """Reads what came. One process at a time does; another finds nothing to do. is_over: asked before each mail; the others wait
    for the next time. Raises MailboxError."""
    words: list[str] = []
    doubtful = 0
    everybody = frozenset[str]().union(*(senders(settings, plan) for _, plan in pairs))
    with stores.received.reading() as mine:
        if not mine or not everybody:
            return Read()
        since = stores.clock.now() - WINDOW
        with mailbox.mails(since, everybody) as found:
            for data in found:
                if is_over():
                    break
                mail = read_mail(data, settings.mail.replies.authserv_id if settings.mail.replies else None)
                if mail.automatic or mail.sender not in everybody or stores.received.known([mail.message_id]):
                    continue
                taken = None if mail.doubt else _Desk(stores, settings, act).take(mail, pairs)
                if taken is None:
                    doubtful += 1
                else:
                    words.append(taken)
        if words or doubtful:
            now = stores.clock.now()
            stores.received.forget(now - KEPT_UNPROVED, now - KEPT)
    return Read(tuple(words), doubtful)


@dataclass(frozen=True, slots=True)
class _Proof:
    """Of which roundup a mail is, what it is, and which mail of ours it answers, None for a page to add or one long gone."""

    pair: Pair
    kind: ReceivedKind
    answered: Mail | None = None


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of a mail's statements. gestures: the names of those that an undo takes back. understood: at least one was."""

    said: tuple[str, ...]
    gestures: tuple[str, ...]
    understood: bool


class _Desk:
    def __init__(self, stores: Stores, settings: Settings, act: Act) -> None:
        self._stores, self._settings, self._act = stores, settings, act
        self._signer = MailSigner(stores.signing_keys())

    def take(self, mail: IncomingMail, pairs: Sequence[Pair]) -> str | None:
        """Deals with one mail from an address on the list; None if it proves nothing. Returns words for the log."""
        mine = [pair for pair in pairs if mail.sender in senders(self._settings, pair[1])]
        proof = self._proof(mail, mine)
        now = self._stores.clock.now()
        pair = proof.pair if proof else mine[0]
        new = NewReceived(
            mail.message_id,
            pair[0].id,
            mail.sender or "",
            mail.subject,
            proof.kind if proof else ReceivedKind.UNPROVED,
            now,
        )
        if proof is None:
            return self._refuse(new, mail, pair)
        received = self._stores.received.take(new)
        asked, opening = self._asked(mail, proof)
        done = self._done(received, pair, asked)
        lines = [*opening, *done.said]
        if not lines:
            lines = [
                "There was nothing in it to do." if proof.kind is ReceivedKind.ANSWER else "There is no address of a page in it."
            ]
        if done.gestures:
            lines.append("To take it back, answer: undo")
        lines += self._copied(mail, proof)
        is_echo = proof.answered is not None and proof.answered.kind is MailKind.ANSWER and not done.understood
        if not is_echo and self._may_answer(pair[0], now):
            self._answer(received, mail, pair, lines)
        self._stores.received.answered(received.id, now)
        return f"a mail of {mail.sender}: {count(len(done.said), 'statement')}"

    def _copied(self, mail: IncomingMail, proof: _Proof) -> list[str]:
        """What to say where others have his answer, and with it the identity of our mail, which is half of what proves one."""
        replies = self._settings.mail.replies
        mailbox = {self._settings.replies_to, self._settings.mail.sender, replies.username if replies else None}
        ours = {one.casefold() for one in mailbox if one} | senders(self._settings, proof.pair[1])
        others = [one for one in mail.openly if one not in ours]
        if proof.kind is not ReceivedKind.ANSWER or not others:
            return []
        who = f"{listed(others[:3])}{' and others' if len(others) > 3 else ''}"
        could = "Who has it and can write your name on a mail could answer that digest too, until its edition is closed."
        return [f"It went to {who} as well. {could} Whatever is done you are told here, and can take back."]

    def _proof(self, mail: IncomingMail, pairs: Sequence[Pair]) -> _Proof | None:
        for mark in dict.fromkeys(_MARK.findall(" ".join((*mail.recipients, mail.subject.casefold())))):
            for pair in pairs:
                if self._signer.is_mark(mark, ADDING, pair[0].slug):
                    return _Proof(pair, ReceivedKind.ADD)
        ours = [one for one in mail.references if self._is_ours(one)]
        if not ours:
            return None
        answered = self._stores.outbox.by_message_id(ours)
        slugs = {one.strip("<>").partition(".")[0] for one in ours}
        for pair in pairs:
            if answered.roundup_id == pair[0].id if answered else pair[0].slug in slugs:
                return _Proof(pair, ReceivedKind.ANSWER, answered)
        return None

    def _is_ours(self, identity: str) -> bool:
        words, _, mark = identity.strip("<>").rpartition("@")[0].rpartition(".")
        return bool(words) and self._signer.is_mark(mark, ANSWER, words)

    def _asked(self, mail: IncomingMail, proof: _Proof) -> tuple[list[Statement], list[str]]:
        """What it asks for; and what to say before that."""
        roundup, plan = proof.pair
        if proof.kind is ReceivedKind.ADD:
            return list(pages(mail)), []
        edition = self._stores.ledger.open_edition(roundup.id, plan.next_number, self._stores.clock.now())
        title = plan.edition_title(edition.number)
        closed = f"The edition of the mail that you answered is closed; nothing of it was decided. Answer a mail of {title}."
        answered = proof.answered
        if answered is None:
            return [], [closed]
        asked = statements(own_words(mail.text, f"{answered.text}\n{html_words(answered.html)}"))
        opening = [f"Only the first {MOST_STATEMENTS} statements were read."] if len(asked) == MOST_STATEMENTS else []
        if answered.edition_id != edition.id:
            timeless: list[Statement] = [one for one in asked if isinstance(one, Pause | Resume | Add | Help)]
            return timeless, opening if asked and len(timeless) == len(asked) else [closed, *opening]
        numbers = self._numbers(roundup, answered) if any(isinstance(one, Decide) and one.spans for one in asked) else []
        return [self._meant(spread(one, numbers), answered) for one in asked], opening

    def _meant(self, asked: Statement, answered: Mail) -> Statement:
        """An undo without a number, in an answer to our answer, means what the mail did that we answered there: since then he may
        have done other things at the desk."""
        if not isinstance(asked, Undo) or asked.n is not None or answered.kind is not MailKind.ANSWER:
            return asked
        before = self._stores.received.find(answered.repeat)
        return replace(asked, of=before.gestures) if before else asked

    def _numbers(self, roundup: Roundup, answered: Mail) -> list[int]:
        """What the digest that he has before him lists, from top to bottom: the one that he answers, else the edition's last."""
        digests = [answered] if answered.kind is MailKind.DIGEST else self._stores.outbox.in_edition(answered.edition_id)[-1:]
        known = {one.id for one in self._stores.ledger.candidates(roundup.id)}
        return [number for one in digests for number in order(one.text, known)]

    def _done(self, received: ReceivedMail, pair: Pair, asked: Sequence[Statement]) -> _Done:
        """Does each statement at most once, whatever happens to the machine meanwhile: that it begins is written down before, and
        what came of it after."""
        said = [one or "" for one in received.said]
        if received.said and received.said[-1] is None:
            line = asked[len(said) - 1].line if len(said) <= len(asked) else ""
            said[-1] = f"{_INTERRUPTED} “{line}”."
        gestures, understood = list(received.gestures), bool(said)
        edition = self._stores.ledger.open_edition(pair[0].id, pair[1].next_number, received.at)
        for statement in asked[len(said) :]:
            self._stores.received.say(received.id, [*said, None], gestures)
            outcome = self._act(*pair, statement)
            said.append(outcome.words)
            if outcome.gestures:
                made = self._stores.ledger.last_gestures(edition.id, outcome.gestures)
                gestures += [one.batch for one in reversed(made)]
            self._stores.received.say(received.id, said, gestures)
            understood = understood or outcome.understood
        return _Done(tuple(said), tuple(gestures), understood)

    def _refuse(self, new: NewReceived, mail: IncomingMail, pair: Pair) -> str | None:
        """A mail in his name that proves nothing. He is told once a day at most: he may have written it, and forgers must not be
        able to fill his mailbox."""
        roundup, _ = pair
        last = self._stores.received.last(roundup.id, ReceivedKind.UNPROVED, 1)
        received = self._stores.received.take(new)
        if not last or new.at - last[0].at > timedelta(days=1):
            to = secret_address(self._stores, roundup, self._settings)
            lines = [
                "A mail in your name is no answer to one of ours. Nothing was done, since anybody could have written it.",
                "To decide, answer a digest, or any mail like this one.",
                f"To add a page, send it to {to}",
            ]
            self._answer(received, mail, pair, lines)
        self._stores.received.answered(received.id, new.at)
        return None

    def _may_answer(self, roundup: Roundup, now: datetime) -> bool:
        # Only what was proved to be his counts: forgeries must not be able to silence us.
        proved = (ReceivedKind.ANSWER, ReceivedKind.ADD)
        last = [one for kind in proved for one in self._stores.received.last(roundup.id, kind, MOST_ANSWERS + 1)]
        return sum(now - one.at < timedelta(hours=1) for one in last) <= MOST_ANSWERS

    def _answer(self, received: ReceivedMail, mail: IncomingMail, pair: Pair, lines: Sequence[str]) -> None:
        """Into the outbox; doing it again adds nothing. Of his mail its headers have nothing but the identity that it answers."""
        roundup, plan = pair
        edition = self._stores.ledger.open_edition(roundup.id, plan.next_number, received.at)
        rendered = _rendered(f"{plan.initials} #{edition.number}: your mail", lines)
        sender = sender_of(self._settings, plan)
        domain = sender.rpartition("@")[2]
        mark = answer_mark(self._stores, self._settings)
        identity = message_id(roundup.slug, received.at, received.id, domain, MailKind.ANSWER, mark)
        to = (plain_address(received.sender),)
        message = build(
            rendered,
            sender=sender,
            recipients=to,
            message_id=identity,
            date=received.at,
            list_id=list_id(roundup.slug, domain),
            sender_name=plan.name,
            reply_to=self._settings.replies_to,
            in_reply_to=_safe_identity(mail.message_id),
            submitted="auto-replied",
        )
        self._stores.outbox.put(
            NewMail(
                roundup_id=roundup.id,
                edition_id=edition.id,
                slot=received.at,
                repeat=received.id,
                message_id=identity,
                sender=sender,
                recipients=to,
                message=message,
                html=rendered.html,
                text=rendered.text,
                made_at=received.at,
                shown=(),
                kind=MailKind.ANSWER,
            )
        )


def _safe_identity(identity: str) -> str | None:
    """A Message-ID of another's as it may stand in a header of ours (R10)."""
    is_safe = re.fullmatch(r"<[A-Za-z0-9.!#$%&'*+/?^_`{|}~=@-]{3,240}>", identity) and "=?" not in identity
    return identity if is_safe and not identity.endswith("@without.invalid>") else None


def _rendered(subject: str, lines: Sequence[str]) -> RenderedDigest:
    text = "\n\n".join(lines)
    paragraphs = "".join(f"<p>{escape(line).replace(chr(10), '<br>')}</p>" for line in lines)
    style = (
        "font:15px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;max-width:640px;margin:24px auto;padding:0 16px"
    )
    page = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(subject)}</title>'
    return RenderedDigest(subject, f'{page}</head><body><div style="{style}">{paragraphs}</div></body></html>', f"{text}\n")
