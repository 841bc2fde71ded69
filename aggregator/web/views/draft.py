"""The draft: how the post looks now, out to a file and back, and what file and desk say differently."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.checking import check_draft
from aggregator.desk.conflicts import choice_of, contradictions
from aggregator.desk.draft import composed, download, export, markdown_of
from aggregator.desk.edition import open_edition
from aggregator.desk.given import MOST_BYTES, GivenDraft, given, pasted
from aggregator.desk.links import standing_of
from aggregator.desk.outlets import places
from aggregator.desk.reimport import settle, take_in
from aggregator.desk.watching import changed_files, known_file, take_in_known, words_of
from aggregator.errors import UsageError
from aggregator.records.candidates import State
from aggregator.text.post import parse
from aggregator.web.desk import Desk, back
from aggregator.web.forms import is_number
from aggregator.web.looking import as_draft_leaves, is_looking
from aggregator.web.preview import rendered
from aggregator.web.undoing import offered_undo
from aggregator.web.views.outlets import FORMATS, attachment, sending_of


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/draft` and what its buttons do."""
    here = desk.installation

    def page(request: Request) -> Response:
        roundup, plan = desk.roundup(request)
        sending, looking = sending_of(desk, roundup), is_looking(desk, roundup)
        edition = open_edition(here, roundup, plan)
        draft = composed(here, roundup, plan, markdown_of(plan))
        files = [one for one in here.drafts.files(edition.id) if one.path]
        changed = changed_files(here, roundup, plan)
        values = {
            "title": "Draft",
            "roundup": roundup,
            "number": edition.number,
            "undo": offered_undo(here, roundup, plan),
            "draft": draft,
            "wordless": draft.wordless,
            "problems": check_draft(here, roundup, plan, draft.text, conflicts=False),
            "conflicts": contradictions(here, roundup, plan),
            "files": files,
            "changed": changed,
            "settle_first": bool(files) and all(one.path in changed or one.waiting is not None for one in files),
            "formats": list(FORMATS),
            "format": plan.draft.format,
            "as_text": request.query_params.get("as") == "text",
            "html": _shown(draft.text),
            "places": places(here, roundup, plan),
            "sending": sending,
            "link_states": standing_of(here, roundup, (State.KEPT,)),
            "looking": looking,
            "checks": here.settings.links.check,
        }
        return desk.page(request, "draft.html", values)

    def exported(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        out = known_file(here, roundup, plan, str(form["path"])) if form.get("path") else None
        over = form.get("over") == "yes"
        report = export(here, roundup, plan, format_=None, out=out, home=here.settings.home, over=over)
        as_draft_leaves(desk, roundup)
        said = {"new": "Written", "replaced": "Written anew", "unchanged": "Nothing has changed"}[report.outcome]
        missing = f"; {report.wordless} without words yet" if report.wordless else ""
        return back(form, _at(request), f"{said}: {report.path}{missing}")

    def downloaded(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        asked = str(form.get("format") or plan.draft.format)
        if asked not in FORMATS:
            raise UsageError(f"{asked!r} is no format", advice=f"One of {', '.join(FORMATS)}.")
        name, text = download(here, roundup, plan, FORMATS[asked])
        as_draft_leaves(desk, roundup)
        return attachment(name, text, FORMATS[asked])

    def imported(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        if form.get("path"):
            report = take_in_known(here, roundup, plan, str(form["path"]))
        else:
            report = take_in(here, roundup, plan, _given(form))
        said = words_of(report)
        return back(form, _at(request), f"{said[0].upper()}{said[1:]}.")

    def settled(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        words, wanted = form.get("words"), str(form.get("conflict") or "")
        choice = choice_of(str(form.get("take") or ""), None if words is None else str(words))
        if not is_number(wanted):
            raise UsageError("this form names no conflict", advice="Load the draft's page again.")
        settle(here, roundup, plan, int(wanted), choice)
        left = len(contradictions(here, roundup, plan))
        done = "Took your words" if not isinstance(choice, str) else f"Took the {choice}'s"
        return back(form, _at(request), f"{done}; {left} to choose." if left else f"{done}. Nothing waits any more.")

    return [
        desk.get("/r/{roundup}/draft", page, "draft"),
        desk.post("/r/{roundup}/draft/export", exported, "draft-export"),
        desk.post("/r/{roundup}/draft/download", downloaded, "draft-download"),
        desk.post("/r/{roundup}/draft/import", imported, "draft-import"),
        desk.post("/r/{roundup}/draft/settle", settled, "draft-settle"),
    ]


def _at(request: Request) -> str:
    return f"/r/{request.path_params['roundup']}/draft"


def _given(form: FormData) -> GivenDraft:
    """A draft that was pasted or sent as a file. Raises UsageError."""
    file = form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        if Path(file.filename).suffix.lower() in (".html", ".htm"):
            raise UsageError("this is HTML; only the Markdown of a draft comes back")
        return given(file.file.read(MOST_BYTES + 1))
    return pasted(str(form.get("text") or ""))


def _shown(text: str) -> Markup:
    """The post as readers will see it: the text as it goes out, its front matter left out."""
    return rendered(text.removeprefix(parse(text).head).lstrip("\n"))
