"""A new author's first steps: roundup, past editions, sections, feeds, mail, first poll; each may be left out, and done again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.edition import open_edition
from aggregator.desk.start import proposal
from aggregator.errors import AggregatorError, ArchiveError, UsageError
from aggregator.intake.files import read_list
from aggregator.jobs import cycle, publish
from aggregator.ports import Progress
from aggregator.settings import WEEKDAYS, RoundupSettings
from aggregator.settings.editing import Keys
from aggregator.settings.sources import ArchiveSource
from aggregator.web.desk import Desk, back
from aggregator.web.forms import heading, number, text
from aggregator.web.rewriting import write_values

_SHIPPED = "My Roundup"
"""What `aggregator init` calls a roundup."""
_READING, _POLLING = "reading", "polling"
_MOST_SECTIONS = 60


@dataclass(frozen=True, slots=True)
class Steps:
    """What is done. feeds: how many are listed; polled: whether any was."""

    named: bool
    editions: int
    sections: int
    feeds: int
    mail: bool
    polled: bool

    @property
    def left(self) -> int:
        """How many steps are not."""
        done = (self.named, bool(self.editions), bool(self.sections), bool(self.feeds), self.mail, self.polled)
        return sum(not one for one in done)


class _Start:
    """The page, and what is done on it, for the first roundup."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._installation = desk.installation

    @property
    def _plan(self) -> RoundupSettings:
        return self._installation.settings.roundups[0]

    def index(self, request: Request) -> Response:
        installation, plan = self._installation, self._plan
        roundup = installation.roundup(plan)
        past = installation.archive.editions(roundup.id)
        statuses = installation.feeds.statuses(roundup.id)
        try:
            listed = len(read_list(installation.settings.feeds_of(plan)).feeds)
        except AggregatorError:
            listed = 0
        settings = installation.settings
        values = {
            "title": "First steps",
            "roundup": roundup,
            "plan": plan,
            "settings": settings,
            "steps": Steps(
                named=plan.name != _SHIPPED,
                editions=len(past),
                sections=len(plan.sections),
                feeds=listed,
                mail=bool(plan.digest.to),
                polled=any(one.last_attempt for one in statuses),
            ),
            "links": sum(len(one.links) for one in past),
            "proposal": proposal(past, plan),
            "sources": [one.name for one in plan.archive],
            "days": [(day, day.capitalize()) for day in WEEKDAYS],
            "reading": self._desk.works.get(_READING),
            "polling": self._desk.works.get(_POLLING),
            "running": installation.is_running(),
        }
        return self._desk.page(request, "start.html", values)

    def name(self, _: Request, form: FormData) -> Response:
        name, title = heading(form, "name"), text(form, "title")
        installation, plan = self._installation, self._plan
        first = number(form, "number")
        values: dict[Keys, Any] = {
            ("roundups", 0, "name"): name,
            ("roundups", 0, "title"): title or f"{name} #{{number}}".replace("{name}", name),
            ("roundups", 0, "next_number"): first,
        }
        roundup = installation.roundup(plan)
        # The roundup that is there goes on under its new name; one that is only named in the file would be another.
        installation.ledger.rename(roundup.id, name)
        try:
            write_values(installation, name, values)
        except AggregatorError:
            installation.ledger.rename(roundup.id, plan.name)
            raise
        # This very page opened the edition, under the number of the shipped config.yaml.
        installation.ledger.renumber_first(roundup.id, first)
        return back(form, "/start#archive", f"{name} it is.")

    def archive(self, _: Request, form: FormData) -> Response:
        """Names a source of past editions in config.yaml and begins to read all of them."""
        installation, plan = self._installation, self._plan
        given = text(form, "where")
        if given:
            source = _source(given)
            if source.path is not None and not installation.settings.path(source.path).exists():
                raise ArchiveError(
                    "there is no such folder or file on this machine",
                    resource=str(installation.settings.path(source.path)),
                    advice="Give its whole path, or the address of your blog's feed, or of its git repository.",
                )
            if source.address not in [one.address for one in plan.archive]:
                known = [self._written(one) for one in plan.archive]
                plan = write_values(installation, plan.name, {("roundups", 0, "archive"): [*known, given]})
        if not plan.archive:
            raise UsageError("say where your past editions are", advice="Or leave this step out.")
        self._desk.works.begin(_READING, "Reading your past editions", self._read)
        return back(form, "/start#archive")

    @staticmethod
    def _written(source: ArchiveSource) -> Any:
        """As config.yaml has it."""
        return source.model_dump(mode="json", exclude_defaults=True)

    def _read(self, progress: Progress) -> tuple[str, object]:
        installation, plan = self._installation, self._plan
        roundup = installation.roundup(plan)
        told = publish.run_once(installation, installation.settings, roundup, plan, due_only=False, progress=progress)
        if told.archive is None:
            raise ArchiveError(" ".join(told.troubles) or "no past editions could be read")
        found = told.archive
        words = f"{found.editions:,} editions with {found.links:,} links. {' '.join(told.troubles)}"
        return words.strip(), found

    def take(self, _: Request, form: FormData) -> Response:
        """The name, title and number that the past editions tell."""
        installation, plan = self._installation, self._plan
        found = proposal(installation.archive.editions(installation.roundup(plan).id), plan)
        if found is None or found.title is None or found.number is None:
            raise UsageError("your past editions have no numbers in their titles", advice="Fill the fields in by hand.")
        form_of = FormData({"name": found.name or plan.name, "title": found.title, "number": str(found.number), "next": ""})
        self.name(_, form_of)
        return back(form, "/start#sections", f"The next one is {self._plan.edition_title(found.number)}.")

    def sections(self, _: Request, form: FormData) -> Response:
        """The ticked headings, under their new names, by the numbers beside them; a new name leaves the old as an alias."""
        installation, plan = self._installation, self._plan
        chosen: list[tuple[float, str, str]] = []
        for row in range(_MOST_SECTIONS):
            new = " ".join(text(form, f"name{row}").split())
            if new and form.get(f"use{row}"):
                chosen.append((_place(text(form, f"place{row}"), row), new, text(form, f"old{row}")))
        if not chosen:
            raise UsageError("no section is ticked", advice="Tick those that your next edition has.")
        told = {one.name: one for one in plan.sections}
        written, aliases = [], dict(plan.aliases)
        for new, old in (one[1:] for one in sorted(chosen, key=lambda one: one[0])):
            had = told.get(old) or told.get(new)
            written.append(
                {"name": new}
                | ({"keywords": list(had.keywords)} if had and had.keywords else {})
                | ({"usual": list(had.usual)} if had and had.usual else {})
            )
            if old and old.casefold() != new.casefold():
                aliases[old] = new
        names = {one["name"] for one in written}
        aliases = {old: new for old, new in aliases.items() if new in names and old not in names}
        values: dict[Keys, Any] = {("roundups", 0, "sections"): written}
        if aliases != plan.aliases:
            values[("roundups", 0, "aliases")] = aliases or None
        now = write_values(installation, plan.name, values)
        roundup = installation.roundup(now)
        if not installation.ledger.last_gestures(open_edition(installation, roundup, now).id, 1):
            # Nobody's fingers know a digit yet: the sections that `init` shipped have none to keep.
            installation.ledger.assign_section_keys(roundup.id, now.section_names, afresh=True)
        return back(form, "/start#feeds", f"{len(written)} sections. They are learnt from your past editions within the minute.")

    def mail(self, _: Request, form: FormData) -> Response:
        settings, plan = self._installation.settings, self._plan
        to = [one for one in re.split(r"[\s,;]+", text(form, "to")) if one]
        host = text(form, "host")
        values: dict[Keys, Any] = {
            ("roundups", 0, "digest", "to"): to,
            ("roundups", 0, "digest", "day"): text(form, "day") or plan.digest.day,
            ("roundups", 0, "digest", "time"): text(form, "time") or f"{plan.digest.time:%H:%M}",
            ("roundups", 0, "digest", "timezone"): text(form, "timezone") or plan.digest.timezone,
        }
        if host:
            values |= {
                ("mail", "host"): host,
                ("mail", "from"): text(form, "from") or next(iter(to), None),
                ("mail", "port"): number(form, "port"),
                ("mail", "security"): text(form, "security"),
                ("mail", "username"): text(form, "username") or None,
            }
        elif settings.mail.host is not None:
            values[("mail", "host")] = None
        write_values(self._installation, plan.name, values)
        return back(form, "/start#mail", "Saved. A test mail shows whether it arrives.")

    def poll(self, _: Request, form: FormData) -> Response:
        self._desk.works.begin(_POLLING, "Polling your feeds for the first time", self._poll)
        return back(form, "/start#poll")

    def _poll(self, progress: Progress) -> tuple[str, object]:
        installation = self._installation
        report = cycle.run_once(
            installation, installation.settings, installation.poller(), everything=True, progress=progress, train=True
        )
        if report.offline:
            return "There is no network here: nothing answered. Try again later.", None
        failed = report.counts["failed"]
        words = f"{len(report.outcomes):,} feeds polled, {report.new_entries:,} entries, {report.candidates:,} candidates."
        return words + (f" {failed:,} feeds failed; their page says why." if failed else ""), None


def routes(desk: Desk) -> list[BaseRoute]:
    """`/start`, and its steps."""
    pages = _Start(desk)
    return [
        desk.get("/start", pages.index, "start"),
        desk.post("/start/name", pages.name, "start-name"),
        desk.post("/start/archive", pages.archive, "start-archive"),
        desk.post("/start/take", pages.take, "start-take"),
        desk.post("/start/sections", pages.sections, "start-sections"),
        desk.post("/start/mail", pages.mail, "start-mail"),
        desk.post("/start/poll", pages.poll, "start-poll"),
    ]


def _source(given: str) -> ArchiveSource:
    try:
        return ArchiveSource.model_validate(given)
    except ValueError:
        raise UsageError(
            f"{given!r} is no place of past editions, or cannot be given to git", advice="Give a folder, or an address."
        ) from None


def _place(given: str, otherwise: int) -> float:
    return float(given) if re.fullmatch(r"[0-9]{1,3}", given) else float(otherwise)
