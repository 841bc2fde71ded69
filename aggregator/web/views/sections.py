"""The author's sections: how they stand, and adding, renaming, merging, splitting and ordering them in config.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.classify.unlearnt import FEWEST_IN_SECTION
from aggregator.desk import sections as verbs
from aggregator.desk.decide import known_section
from aggregator.desk.filing import filed
from aggregator.desk.splitting import divided
from aggregator.errors import UsageError
from aggregator.records.learning import SectionFigures
from aggregator.records.roundups import Roundup
from aggregator.records.sections import SectionStanding
from aggregator.settings import RoundupSettings, SectionSettings
from aggregator.settings.writing import AddAlias, AddSection, MergeSection, MoveSection, RenameSection, SetSection
from aggregator.web.desk import Desk, back
from aggregator.web.forms import chosen, one_line, text, words_of
from aggregator.web.rewriting import write_changes

_CLOSED = 10
"""Closed editions by which filing is judged."""


@dataclass(frozen=True, slots=True)
class Line:
    """One section of the list. key: its digit, None beyond the ninth. figures: None where nothing of it was published here."""

    plan: SectionSettings
    standing: SectionStanding
    key: int | None
    figures: SectionFigures | None


class _Sections:
    """The pages, and what is done on them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._installation = desk.installation

    def _lines(self, roundup: Roundup, plan: RoundupSettings) -> list[Line]:
        standings = verbs.standings(self._installation, roundup, plan)
        keys = self._installation.ledger.section_keys(roundup.id, plan.section_names, plan.aliases)
        figures = filed(self._installation.ledger.closings(roundup.id, _CLOSED), plan)
        return [
            Line(one, standing, keys.get(one.name), figures.get(one.name))
            for one, standing in zip(plan.sections, standings, strict=True)
        ]

    def index(self, request: Request) -> Response:
        roundup, plan = self._desk.roundup(request)
        found = self._lines(roundup, plan)
        values = {
            "title": "Sections",
            "roundup": roundup,
            "plan": plan,
            "lines": found,
            "strays": verbs.stray_headings(self._installation, roundup, plan),
            "judged": any(one.figures for one in found),
            "enough": FEWEST_IN_SECTION,
        }
        return self._desk.page(request, "sections.html", values)

    def one(self, request: Request) -> Response:
        roundup, plan = self._desk.roundup(request)
        name = known_section(plan, request.query_params.get("name", ""))
        line = next(one for one in self._lines(roundup, plan) if one.plan.name == name)
        values = {
            "title": name,
            "roundup": roundup,
            "plan": plan,
            "line": line,
            "fitting": verbs.fitting(self._installation, roundup, plan, name, most=12),
            "enough": FEWEST_IN_SECTION,
        }
        return self._desk.page(request, "section.html", values)

    def split(self, request: Request) -> Response:
        roundup, plan = self._desk.roundup(request)
        name = known_section(plan, request.query_params.get("name", ""))
        new, keywords = request.query_params.get("new", "").strip(), words_of(request.query_params.get("keywords", ""))
        taken = plan.canonical_section(new) if new else None
        found = divided(self._installation, roundup, plan, name, new, keywords) if new and not taken else None
        values = {"roundup": roundup, "plan": plan, "name": name, "new": new, "keywords": ", ".join(keywords), "found": found}
        values["taken"] = taken
        return self._desk.page(request, "section_split.html", {"title": f"Split {name}", **values})

    def _done(self, request: Request, form: FormData, words: str, name: str | None = None) -> Response:
        home = f"/r/{request.path_params['roundup']}/sections"
        return back(form, home if name is None else f"{home}/one?{urlencode({'name': name})}", words)

    def add(self, request: Request, form: FormData) -> Response:
        _, plan = self._desk.roundup(request)
        name, after = one_line(form, "name"), text(form, "after")
        behind = known_section(plan, after) if after else None
        write_changes(self._installation, plan, [AddSection(name, words_of(text(form, "keywords")), behind)])
        return self._done(request, form, f"{name} is a section now.", name)

    def rename(self, request: Request, form: FormData) -> Response:
        _, plan = self._desk.roundup(request)
        old, new = known_section(plan, text(form, "name")), one_line(form, "new")
        write_changes(self._installation, plan, [RenameSection(old, new)])
        return self._done(request, form, f"{old} is called {new} from now on; what stood under it follows.", new)

    def merge(self, request: Request, form: FormData) -> Response:
        _, plan = self._desk.roundup(request)
        old, new = known_section(plan, text(form, "name")), known_section(plan, text(form, "into"))
        write_changes(self._installation, plan, [MergeSection(old, new)])
        return self._done(request, form, f"{old} is part of {new} now.")

    def order(self, request: Request, form: FormData) -> Response:
        _, plan = self._desk.roundup(request)
        name, to = known_section(plan, text(form, "name")), text(form, "to")
        if to not in ("up", "down"):
            raise UsageError("a section moves up or down")
        write_changes(self._installation, plan, [MoveSection(name, -1 if to == "up" else 1)])
        return self._done(request, form, f"{name} moved {to}.")

    def change(self, request: Request, form: FormData) -> Response:
        _, plan = self._desk.roundup(request)
        name = known_section(plan, text(form, "name"))
        now = next(one for one in plan.sections if one.name == name)
        keywords = now.keywords if _untouched(form, "keywords") else words_of(text(form, "keywords"))
        usual = now.usual if _untouched(form, "fewest", "most") else usual_of(form)
        write_changes(self._installation, plan, [SetSection(name, keywords, usual)])
        return self._done(request, form, "Saved.", name)

    def map_(self, request: Request, form: FormData) -> Response:
        _, plan = self._desk.roundup(request)
        old, new = one_line(form, "old"), known_section(plan, text(form, "new"))
        write_changes(self._installation, plan, [AddAlias(old, new)])
        return self._done(request, form, f"{old} is {new} today.")

    def divide(self, request: Request, form: FormData) -> Response:
        roundup, plan = self._desk.roundup(request)
        name, new, ids = known_section(plan, text(form, "name")), one_line(form, "new"), chosen(form)
        verbs.require(self._installation, roundup, ids)
        plan = write_changes(self._installation, plan, [AddSection(new, words_of(text(form, "keywords")), name)])
        if not ids:
            return self._done(request, form, f"{new} is a section now; nothing teaches it yet.", new)
        taught = verbs.teach(self._installation, roundup, plan, new, ids)
        return self._done(request, form, f"{new} is a section now, and {taught.links} links of {name} teach it.", new)

    def teach(self, request: Request, form: FormData) -> Response:
        roundup, plan = self._desk.roundup(request)
        taught = verbs.teach(self._installation, roundup, plan, text(form, "name"), chosen(form))
        words = f"{taught.section} knows {taught.labels} links now. The daemon learns it within the minute."
        return self._done(request, form, words, taught.section)


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/sections`, the page of one section, and what is done to them."""
    pages = _Sections(desk)
    at = "/r/{roundup}/sections"
    return [
        desk.get(at, pages.index, "sections"),
        desk.get(f"{at}/one", pages.one, "section"),
        desk.get(f"{at}/split", pages.split, "section-split"),
        desk.post(f"{at}/add", pages.add, "section-add"),
        desk.post(f"{at}/rename", pages.rename, "section-rename"),
        desk.post(f"{at}/merge", pages.merge, "section-merge"),
        desk.post(f"{at}/order", pages.order, "section-order"),
        desk.post(f"{at}/change", pages.change, "section-change"),
        desk.post(f"{at}/map", pages.map_, "section-map"),
        desk.post(f"{at}/split", pages.divide, "section-divide"),
        desk.post(f"{at}/teach", pages.teach, "section-teach"),
    ]


def _untouched(form: FormData, *names: str) -> bool:
    """Fields that say what they said when the page was shown; they may have been changed elsewhere since."""
    return all(form.get(f"had_{name}") == text(form, name) for name in names)


def usual_of(form: FormData) -> tuple[int, int] | None:
    """The budget of a section, None if both fields are empty. Raises UsageError for what is no number."""
    fewest, most = text(form, "fewest"), text(form, "most")
    if not fewest and not most:
        return None
    if not (fewest or most).isdecimal() or not (most or fewest).isdecimal() or max(len(fewest), len(most)) > 4:
        raise UsageError("a usual number of bullets is written in digits", advice="Leave both fields empty to have it learnt.")
    return int(fewest or 0), int(most or fewest)
