"""A new author's first steps: roundup, past editions, sections, feeds, mail, first poll; each may be left out, and done again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.edition import open_edition
from aggregator.desk.outbox import meaning_of
from aggregator.desk.pause import next_digest
from aggregator.desk.setup import shipped_roundup
from aggregator.desk.start import choices, proposal
from aggregator.errors import AggregatorError, ArchiveError, NotFound, Refused, UsageError
from aggregator.intake.files import read_list
from aggregator.jobs import cycle, digest, publish, send
from aggregator.ports import Progress
from aggregator.records.roundups import Roundup
from aggregator.settings import WEEKDAYS, RoundupSettings, Settings
from aggregator.settings.editing import Keys
from aggregator.settings.sources import ArchiveSource
from aggregator.web.desk import Desk, back
from aggregator.web.forms import number, one_line, text
from aggregator.web.rewriting import write_values

_POLLING = "polling"
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
    """The page, and what is done on it, for the roundup that `?roundup=` or the form names by its slug, else the first."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._installation = desk.installation

    def _meant(self, slug: str) -> tuple[Roundup, RoundupSettings]:
        """Raises NotFound."""
        installation = self._installation
        known = [(installation.roundup(plan), plan) for plan in installation.settings.roundups]
        found = next((one for one in known if one[0].slug == slug), None) if slug else known[0]
        if found is None:
            raise NotFound(f"no roundup is called {slug!r}", advice="It may have been renamed; begin at the first steps.")
        return found

    def _of(self, form: FormData) -> tuple[Roundup, RoundupSettings]:
        return self._meant(text(form, "roundup"))

    def _home(self, roundup: Roundup, step: str) -> str:
        """The page at a step; of the first roundup it needs no name."""
        first = self._installation.settings.roundups[0]
        return f"/start#{step}" if roundup.name == first.name else f"/start?roundup={roundup.slug}#{step}"

    def index(self, request: Request) -> Response:
        installation = self._installation
        roundup, plan = self._meant(request.query_params.get("roundup", ""))
        reading, polling = self._desk.works.get(_reading(roundup)), self._desk.works.get(_POLLING)
        past = installation.archive.editions(roundup.id)
        statuses = installation.feeds.statuses(roundup.id)
        try:
            listed = len(read_list(installation.settings.feeds_of(plan)).feeds)
        except AggregatorError:
            listed = 0
        settings, shipped = installation.settings, shipped_roundup()
        found, own = proposal(past, plan), plan.sections != shipped.sections
        values = {
            "title": "First steps",
            "roundup": roundup,
            "plan": plan,
            "settings": settings,
            "here": self._home(roundup, "").removesuffix("#"),
            "steps": Steps(
                named=plan.name != shipped.name,
                editions=len(past),
                sections=len(plan.sections) if own else 0,
                feeds=listed,
                mail=bool(plan.digest.to),
                polled=any(one.last_attempt for one in statuses),
            ),
            "links": sum(len(one.links) for one in past),
            "proposal": found,
            "choices": choices(found, plan, own=own),
            "sources": [one.name for one in plan.archive],
            "days": [(day, day.capitalize()) for day in WEEKDAYS],
            "reading": reading,
            "polling": polling,
            "running": installation.is_running(),
            "waiting": len(installation.ledger.candidates(roundup.id)),
            "digest_at": next_digest(roundup, plan, installation.clock.now()).astimezone(plan.digest.zone),
            "most": _MOST_SECTIONS,
            "known": [(installation.roundup(one).slug, one.name) for one in settings.roundups],
        }
        return self._desk.page(request, "start.html", values)

    def name(self, _: Request, form: FormData) -> Response:
        roundup, plan = self._of(form)
        name, title = one_line(form, "name", "a roundup"), text(form, "title")
        return self._named(form, roundup, plan, (name, title or f"{name} #{{number}}", number(form, "number")), "archive")

    def _named(self, form: FormData, roundup: Roundup, plan: RoundupSettings, told: tuple[str, str, int], step: str) -> Response:
        """told: the name, how an edition is titled, the next one's number."""
        installation = self._installation
        name, title, first = told
        # The roundup that is there goes on under its new name; one that is only named in the file would be another.
        installation.ledger.rename(roundup.id, name)

        def values(said: Settings) -> dict[Keys, Any]:
            at = _place_of(said, plan.name)
            return {(*at, "name"): name, (*at, "title"): title, (*at, "next_number"): first}

        try:
            now = write_values(installation, name, values)
        except AggregatorError:
            installation.ledger.rename(roundup.id, plan.name)
            raise
        # This very page opened the edition, under the number of the shipped config.yaml.
        installation.ledger.renumber_first(roundup.id, first)
        return back(form, self._home(installation.roundup(now), step), f"The next one is {now.edition_title(first)}.")

    def archive(self, _: Request, form: FormData) -> Response:
        """Names a source of past editions in config.yaml and begins to read all of them."""
        installation = self._installation
        roundup, plan = self._of(form)
        given = text(form, "where")
        if given:
            source = _source(given)
            if source.path is not None and not installation.settings.path(source.path).exists():
                raise ArchiveError(
                    "there is no such folder or file on this machine",
                    resource=str(installation.settings.path(source.path)),
                    advice="Give its whole path, or the address of your blog's feed, or of its git repository.",
                )

            def values(said: Settings) -> dict[Keys, Any]:
                known = said.roundup(plan.name).archive
                if source.address in [one.address for one in known]:
                    return {}
                return {(*_place_of(said, plan.name), "archive"): [*map(self._written, known), given]}

            plan = write_values(installation, plan.name, values)
        if not plan.archive:
            raise UsageError("say where your past editions are", advice="Or leave this step out.")
        name = plan.name
        self._desk.works.begin(_reading(roundup), "Reading your past editions", lambda progress: self._read(name, progress))
        return back(form, self._home(roundup, "archive"))

    @staticmethod
    def _written(source: ArchiveSource) -> Any:
        """As config.yaml has it."""
        return source.model_dump(mode="json", exclude_defaults=True)

    def _read(self, name: str, progress: Progress) -> tuple[str, object]:
        installation = self._installation
        plan = installation.settings.roundup(name)
        roundup = installation.roundup(plan)
        told = publish.run_once(installation, installation.settings, roundup, plan, due_only=False, progress=progress)
        if told.archive is None:
            raise ArchiveError(" ".join(told.troubles) or "no past editions could be read")
        found = told.archive
        words = f"{found.editions:,} editions with {found.links:,} links. {' '.join(told.troubles)}"
        return words.strip(), found

    def take(self, _: Request, form: FormData) -> Response:
        """The name, title and number that the past editions tell."""
        roundup, plan = self._of(form)
        found = proposal(self._installation.archive.editions(roundup.id), plan)
        if found is None or found.title is None or found.number is None:
            raise UsageError("your past editions have no numbers in their titles", advice="Fill the fields in by hand.")
        return self._named(form, roundup, plan, (found.name or plan.name, found.title, found.number), "sections")

    def sections(self, _: Request, form: FormData) -> Response:
        """The ticked headings, under their new names, by the numbers beside them; a new name leaves the old as an alias."""
        installation = self._installation
        roundup, plan = self._of(form)
        chosen: list[tuple[float, str, str]] = []
        for row in range(_MOST_SECTIONS):
            new = " ".join(text(form, f"name{row}").split())
            if new and form.get(f"use{row}"):
                chosen.append((_place(text(form, f"place{row}"), row), new, text(form, f"old{row}")))
        if not chosen:
            raise UsageError("no section is ticked", advice="Tick those that your next edition has.")
        chosen.sort(key=lambda one: one[0])

        def values(said: Settings) -> dict[Keys, Any]:
            return _sections(_place_of(said, plan.name), said.roundup(plan.name), [one[1:] for one in chosen])

        now = write_values(installation, plan.name, values)
        if not installation.ledger.last_gestures(open_edition(installation, roundup, now).id, 1):
            # Nobody's fingers know a digit yet: the sections that `init` shipped have none to keep.
            installation.ledger.assign_section_keys(roundup.id, now.section_names, afresh=True)
        words = f"{len(chosen)} sections. They are learnt from your past editions within the minute."
        return back(form, self._home(roundup, "feeds"), words)

    def mail(self, _: Request, form: FormData) -> Response:
        roundup, plan = self._of(form)
        to = [one for one in re.split(r"[\s,;]+", text(form, "to")) if one]
        host = text(form, "host")

        def values(said: Settings) -> dict[Keys, Any]:
            at = (*_place_of(said, plan.name), "digest")
            told: dict[Keys, Any] = {
                (*at, "to"): to,
                (*at, "day"): text(form, "day") or plan.digest.day,
                (*at, "time"): text(form, "time") or f"{plan.digest.time:%H:%M}",
                (*at, "timezone"): text(form, "timezone") or plan.digest.timezone,
            }
            if host:
                return told | {
                    ("mail", "host"): host,
                    ("mail", "from"): text(form, "from") or next(iter(to), None),
                    ("mail", "port"): number(form, "port"),
                    ("mail", "security"): text(form, "security"),
                    ("mail", "username"): text(form, "username") or None,
                }
            return told if said.mail.host is None else told | {("mail", "host"): None}

        write_values(self._installation, plan.name, values)
        return back(form, self._home(roundup, "mail"), "Saved. A test mail shows whether it arrives.")

    def poll(self, _: Request, form: FormData) -> Response:
        roundup, _plan = self._of(form)
        self._desk.works.begin(_POLLING, "Polling your feeds", self._poll)
        return back(form, self._home(roundup, "poll"))

    def _poll(self, progress: Progress) -> tuple[str, object]:
        installation = self._installation
        report = cycle.run_once(
            installation, installation.settings, installation.poller(), everything=True, progress=progress, train=True
        )
        if report.offline:
            return "There is no network here: nothing answered. Try again later.", None
        failed, feeds, entries = report.counts["failed"], len(report.outcomes), report.new_entries
        words = f"{feeds:,} feed{'s' if feeds != 1 else ''} polled, {entries:,} new entr{'ies' if entries != 1 else 'y'}."
        return words + (f" {failed:,} failed; the page of your feeds says why." if failed else ""), None

    def digest(self, _: Request, form: FormData) -> Response:
        """The digest as it is at this moment, mailed; the slot that comes is not used up by it."""
        installation = self._installation
        roundup, plan = self._of(form)
        report = digest.put(installation, roundup, plan, installation.settings, at=None, again=False)
        if report.mail is None or (report.repeated and report.mail.state.seen):
            return back(form, self._home(roundup, "poll"), "It went out before; the status page has it.")
        settled = send.run_once(
            installation,
            installation.sender,
            files=installation.outbox_folder,
            on_unknown=installation.settings.mail.on_unknown,
            only=report.mail.id,
        )
        mail = settled[0] if settled else report.mail
        return back(form, self._home(roundup, "poll"), meaning_of(mail).words + (f" {mail.error}" if mail.error else ""))


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
        desk.post("/start/digest", pages.digest, "start-digest"),
    ]


def _source(given: str) -> ArchiveSource:
    try:
        return ArchiveSource.model_validate(given)
    except ValueError:
        raise UsageError(
            f"{given!r} is no place of past editions, or cannot be given to git", advice="Give a folder, or an address."
        ) from None


def _place_of(said: Settings, name: str) -> tuple[str | int, ...]:
    """The way to a roundup in config.yaml. Raises Refused if it went meanwhile."""
    for place, one in enumerate(said.roundups):
        if one.name == name:
            return "roundups", place
    raise Refused("config.yaml has no such roundup any more", resource=name, advice="Load the page anew.")


def _reading(roundup: Roundup) -> str:
    return f"reading {roundup.id}"


def _sections(at: Keys, plan: RoundupSettings, chosen: Sequence[tuple[str, str]]) -> dict[Keys, Any]:
    """What config.yaml gets for these sections, as (new name, heading so far), in their order."""
    told = {one.name: one for one in plan.sections}
    written, aliases = [], dict(plan.aliases)
    for new, old in chosen:
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
    values: dict[Keys, Any] = {(*at, "sections"): written}
    if aliases != plan.aliases:
        values[*at, "aliases"] = aliases or None
    return values


def _place(given: str, otherwise: int) -> float:
    return float(given) if re.fullmatch(r"[0-9]{1,3}", given) else float(otherwise)
