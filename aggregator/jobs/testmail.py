"""One mail that shows that mails arrive: sent at once, kept nowhere."""

from __future__ import annotations

from html import escape

from aggregator.delivery.files import write_mail
from aggregator.delivery.message import build, list_id
from aggregator.jobs.digest import recipients_of, sender_of
from aggregator.ports import MailSender, Stores
from aggregator.records.digests import RenderedDigest
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings, Settings


def run_once(stores: Stores, roundup: Roundup, plan: RoundupSettings, settings: Settings, sender: MailSender | None) -> str:
    """Hands a test mail to the server, as a digest would be; without a server it is written where digests are. Returns what came
    of it. Raises DeliveryError, StorageError."""
    now = stores.clock.now()
    words = f"This is a test of {plan.name}. If you read it, your weekly digest will arrive as well."
    rendered = RenderedDigest(f"{plan.initials}: a test", f"<!doctype html><p>{escape(words)}</p>", f"{words}\n")
    whence, whither = sender_of(settings, plan), recipients_of(settings, plan)
    domain = whence.rpartition("@")[2]
    message = build(
        rendered,
        sender=whence,
        recipients=whither,
        message_id=f"<test.{now:%Y%m%dT%H%M%S%f}@{domain}>",
        date=now,
        list_id=list_id(roundup.slug, domain),
        sender_name=plan.name,
    )
    if sender is None:
        folder = settings.path(settings.mail.outbox)
        write_mail(folder, "test", message=message, html=rendered.html, text=rendered.text)
        return f"There is no mail server, so the test was written to {folder}."
    refused = sender.send(whence, whither, message)
    if refused:
        return "; ".join(f"{address} was refused: {why}" for address, why in refused.items())
    return f"The test was handed to {settings.mail.host} for {', '.join(whither)}. Look into your mailbox, and among the spam."
