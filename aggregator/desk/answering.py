"""Whether the mails can be answered from where they are read: by links to the desk, and by mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from aggregator.desk.doctor import Check
from aggregator.digest.answering import public_desk
from aggregator.errors import AggregatorError, shown
from aggregator.settings import Settings


def checks(settings: Settings, mailbox: Callable[[], str] | None) -> Iterator[Check]:
    """Findings for `doctor`. mailbox: opens the mailbox for answers, says what it found, changes nothing; None without it."""
    replies = settings.mail.replies
    if public_desk(settings.web.base_url) is None:
        instead = "are answered by mail" if replies else "say what to type on this machine"
        yield Check(
            "links in mails",
            ok=True,
            words=f"the desk answers on this machine only, so that mails have no links to it; they {instead}",
            advice="Set `base_url` under `web` to the address by which your phone reaches the desk.",
        )
    if replies is None or mailbox is None:
        return
    if settings.mail.host is None:
        yield Check(
            "answers by mail",
            ok=False,
            words="answers are read, but there is no mail server to send digests with",
            advice="Set `host` under `mail`, or take `replies` out.",
        )
    try:
        yield Check("answers by mail", ok=True, words=mailbox())
    except AggregatorError as error:
        where = f"{shown(error.resource)}: " if error.resource else ""
        yield Check("answers by mail", ok=False, words=f"{where}{error.message}", advice=error.advice)
    if replies.security == "none" and public_desk(f"imap://{replies.host}") is not None:
        yield Check(
            "privacy of answers",
            ok=False,
            words=f"the password goes to {replies.host} for everyone on the way to read",
            advice="Set `security` under `mail: replies:` to tls or starttls.",
        )
    unheard = [plan.name for plan in settings.roundups if not (replies.senders or plan.digest.to)]
    if unheard:
        yield Check(
            "answers by mail",
            ok=False,
            words=f"nobody's mails to {', '.join(unheard)} are listened to",
            advice="Set `from` under `mail: replies:`, or `to` under `digest`.",
        )
