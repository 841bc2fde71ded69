"""The outbox as the author reads it: what each state of a mail means, and what he says of one that nobody knows about (R6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.errors import Refused
from aggregator.ports import Stores
from aggregator.records.digests import Mail, MailState

_STALE = 900.0
"""Seconds after which a mail that is being sent counts as one that a stopped program left behind; as when it is sent."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """name: a state in a word or two. words: what it means, and what comes next. again: he may have it sent now."""

    name: str
    words: str
    again: bool = False


_MEANINGS: Mapping[MailState, Meaning] = {
    MailState.RENDERED: Meaning("waiting", "It is ready; the daemon sends it within a minute.", again=True),
    MailState.SENDING: Meaning("leaving", "It is on its way to the mail server at this moment."),
    MailState.SENT: Meaning("sent", "The mail server took it."),
    MailState.WRITTEN: Meaning("written", "There is no mail server; it is a file in the outbox folder."),
    MailState.FAILED_TEMP: Meaning("not yet", "It did not leave. It is tried again by itself, for five days.", again=True),
    MailState.FAILED_PERM: Meaning(
        "refused", "It did not leave, and is not tried again by itself: mend the cause, then send it.", again=True
    ),
    MailState.UNKNOWN: Meaning("unsure", "It may have arrived, or not.", again=True),
    MailState.SUPERSEDED: Meaning("replaced", "A newer digest, with all that was in it, took its place before it left."),
}
_HELD = "Look into your mailbox: say that it arrived, or send it again."
_RESENT = "The very same mail is sent once more by itself; most mailboxes then show it once."


def meaning_of(mail: Mail) -> Meaning:
    """What a mail's state means, in plain words."""
    found = _MEANINGS[mail.state]
    if mail.state is not MailState.UNKNOWN:
        return found
    return Meaning(found.name, f"{found.words} {_HELD if mail.next_attempt_at is None else _RESENT}", again=True)


def arrived(stores: Stores, mail: Mail) -> None:
    """The author has it in his mailbox: it is sent, and is not sent again. Raises Refused unless nobody knew."""
    # Taken as for sending, so that the daemon cannot begin to send it meanwhile.
    now = stores.clock.now()
    if mail.state is not MailState.UNKNOWN or stores.outbox.claim(now, _STALE, mail.id) is None:
        raise Refused(meaning_of(mail).words, advice="Only of one that may have arrived can you say so.")
    stores.outbox.settle(mail.id, MailState.SENT, now)
