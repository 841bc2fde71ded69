"""How things stand: what wants the author, the last and next of everything, the outbox with each mail."""

from __future__ import annotations

from dataclasses import replace

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute

from aggregator.desk.outbox import arrived, meaning_of
from aggregator.desk.status import Status, Trouble
from aggregator.desk.status import status as read_status
from aggregator.desk.strays import advice, seems_renamed, strays
from aggregator.errors import NotFound, Refused
from aggregator.jobs import elsewhere, send, testmail
from aggregator.records.digests import Mail
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.web.desk import Desk, back
from aggregator.web.forms import number, text

_MAILS = 200
# A mail's page is ours, but its words are not: nothing in it may load, run, or know where it stands.
_SANDBOX = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'none'; frame-ancestors 'none'"
}


class _Status:
    """The pages, and what is done on them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._installation = desk.installation

    def index(self, request: Request) -> Response:
        installation = self._installation
        known = [(installation.roundup(plan), plan) for plan in installation.settings.roundups]
        values = {
            "title": "Status",
            "states": [(roundup, plan, self._of(roundup, plan)) for roundup, plan in known],
            "beats": installation.heartbeats.beats(),
            "mails": installation.outbox.recent(20),
            "names": {roundup.id: plan.name for roundup, plan in known},
            "meaning": meaning_of,
            "server": installation.settings.mail.host,
            "folder": installation.outbox_folder,
            "now": installation.clock.now(),
            "zone": installation.settings.roundups[0].digest.zone,
        }
        return self._desk.page(request, "status.html", values)

    def _of(self, roundup: Roundup, plan: RoundupSettings) -> Status:
        installation = self._installation
        found = read_status(
            installation, roundup, plan, mails=bool(installation.settings.mail.host), running=installation.is_running()
        )
        notes = list(found.notes)
        if not found.running:
            silent = "The daemon is not running: nothing is polled, and no mail leaves by itself."
            notes.insert(0, Trouble(silent, "`aggregator run` starts it, and the desk with it."))
        if installation.settings.feeds_from_of(plan) is not None:
            beats = (beat for beat in installation.heartbeats.beats() if beat.job == elsewhere.JOB and beat.ok and beat.words)
            notes += [Trouble(beat.words, "Compare the two on the page of your feeds.") for beat in beats]
        if stray := seems_renamed(installation, roundup, strays(installation, installation.settings)):
            notes.append(Trouble(f"The roundup {stray.name!r} is in the database and not in config.yaml.", advice(stray)))
        return replace(found, notes=tuple(notes))

    def mail(self, request: Request) -> Response:
        mail = self._mail(request.path_params["id"])
        values = {
            "title": f"{mail.kind.capitalize()} of {mail.slot:%d %b %Y}",
            "mail": mail,
            "meaning": meaning_of(mail),
            "zone": self._installation.settings.roundups[0].digest.zone,
        }
        return self._desk.page(request, "status_mail.html", values)

    def html(self, request: Request) -> Response:
        return HTMLResponse(self._mail(request.path_params["id"]).html, headers=_SANDBOX)

    def text(self, request: Request) -> Response:
        return PlainTextResponse(self._mail(request.path_params["id"]).text, headers=_SANDBOX)

    def _mail(self, wanted: int) -> Mail:
        for mail in self._installation.outbox.recent(_MAILS):
            if mail.id == wanted:
                return mail
        raise NotFound("there is no such mail", resource=str(wanted), advice="Older ones are no longer looked through.")

    def retry(self, _: Request, form: FormData) -> Response:
        mail = self._mail(number(form, "id"))
        if not meaning_of(mail).again:
            raise Refused(meaning_of(mail).words, advice="Only one that did not arrive can be sent again.")
        installation = self._installation
        settled = send.run_once(
            installation,
            installation.sender,
            files=installation.outbox_folder,
            on_unknown=installation.settings.mail.on_unknown,
            only=mail.id,
        )
        now = settled[0] if settled else mail
        said = meaning_of(now).words + (f" {now.error}" if now.error else "")
        return back(form, "/status#outbox", said)

    def arrived(self, _: Request, form: FormData) -> Response:
        arrived(self._installation, self._mail(number(form, "id")))
        return back(form, "/status#outbox", "It arrived, then: it is not sent again.")

    def test(self, _: Request, form: FormData) -> Response:
        installation = self._installation
        plan = installation.settings.roundup(text(form, "roundup") or None)
        said = testmail.run_once(installation, installation.roundup(plan), plan, installation.settings, installation.sender)
        return back(form, "/status#outbox", said)


def routes(desk: Desk) -> list[BaseRoute]:
    """`/status`, mails of the outbox, sending one again, a test mail."""
    pages = _Status(desk)
    return [
        desk.get("/status", pages.index, "status"),
        desk.get("/status/mails/{id:row}", pages.mail, "mail"),
        desk.get("/status/mails/{id:row}/html", pages.html, "mail-html"),
        desk.get("/status/mails/{id:row}/text", pages.text, "mail-text"),
        desk.post("/status/retry", pages.retry, "mail-retry"),
        desk.post("/status/arrived", pages.arrived, "mail-arrived"),
        desk.post("/status/test-mail", pages.test, "mail-test"),
    ]
