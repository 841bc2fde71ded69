"""The draft: how the post looks now, out to a file and back, and what file and desk say differently."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.bullets import shown
from aggregator.desk.checking import check_draft
from aggregator.desk.draft import composed, download, export, waiting_conflicts
from aggregator.desk.edition import open_edition
from aggregator.desk.given import MOST_BYTES, GivenDraft, given, pasted
from aggregator.desk.outlets import places
from aggregator.desk.reimport import settle, take_in
from aggregator.desk.watching import words_of
from aggregator.errors import UsageError
from aggregator.text.post import parse, write
from aggregator.web.desk import Desk, back
from aggregator.web.preview import rendered
from aggregator.web.views.outlets import FORMATS

if TYPE_CHECKING:
    from aggregator.draft.merge import Side

_SIDES: dict[str, Side] = {"desk": "desk", "file": "file"}


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/draft` and what its buttons do."""
    here = desk.installation

    def page(request: Request) -> Response:
        roundup, plan = desk.roundup(request)
        edition = open_edition(here, roundup, plan)
        shape = "markdown" if plan.draft.format == "html" else plan.draft.format
        draft = composed(here, roundup, plan, shape)
        values = {
            "title": "Draft",
            "roundup": roundup,
            "number": edition.number,
            "draft": draft,
            "wordless": sum(not one.has_words for one in shown(here, roundup, plan)),
            "problems": check_draft(here, roundup, plan, draft.text),
            "conflicts": waiting_conflicts(here, edition),
            "files": [one for one in here.drafts.files(edition.id) if one.path],
            "formats": list(FORMATS),
            "format": plan.draft.format,
            "as_text": request.query_params.get("as") == "text",
            "html": _shown(draft.text),
            "places": places(here, roundup, plan),
        }
        return desk.page(request, "draft.html", values)

    def exported(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        report = export(here, roundup, plan, format_=None, out=None, home=here.settings.home)
        said = {"new": "Written", "replaced": "Written anew", "unchanged": "Nothing has changed"}[report.outcome]
        return back(form, _at(request), f"{said}: {report.path}")

    def downloaded(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        asked = str(form.get("format") or plan.draft.format)
        if asked not in FORMATS:
            raise UsageError(f"{asked!r} is no format", advice=f"One of {', '.join(FORMATS)}.")
        name, text = download(here, roundup, plan, FORMATS[asked])
        kind = "html" if asked == "html" else "markdown"
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
        return Response(text, media_type=f"text/{kind}; charset=utf-8", headers=headers)

    def imported(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        report = take_in(here, roundup, plan, _given(form), take=_SIDES.get(str(form.get("take") or "")))
        said = words_of(report)
        return back(form, _at(request), f"{said[0].upper()}{said[1:]}.")

    def settled(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        take, wanted = _SIDES.get(str(form.get("take") or "")), str(form.get("conflict") or "")
        if take is None or not (wanted.isascii() and wanted.isdigit()):
            raise UsageError("this form says nothing that can be done", advice="Go back and choose one of its buttons.")
        left = len(settle(here, roundup, plan, int(wanted), take).conflicts)
        done = f"Took the {take}'s"
        return back(form, _at(request), f"{done}; {left} to choose." if left else f"{done}. File and desk agree again.")

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
    """The post as readers will see it, about: its front matter left out, whatever would run shown as text."""
    post = parse(text)
    return rendered(write(post).removeprefix(post.head).lstrip("\n"))
