"""How well it files for this author: measured on his past editions, and on those that closed here."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.edition import candidates
from aggregator.desk.filing import filed, filed_by_whom, in_plain_words, was_moved
from aggregator.errors import UsageError
from aggregator.jobs import classify, learn
from aggregator.ports import Progress
from aggregator.records.learning import Evaluation
from aggregator.records.roundups import Roundup
from aggregator.report.closing import result_of
from aggregator.report.drift import EDITIONS, drift
from aggregator.report.evaluation import charts, moves
from aggregator.web.desk import Desk, back

_CLOSED = 20
_TRAININGS = 12
_MOVES = 20


class _Filing:
    """The page, and what is begun on it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._installation = desk.installation

    def index(self, request: Request) -> Response:
        roundup, plan = self._desk.roundup(request)
        measured, training = self._desk.works.get(_measuring(roundup)), self._desk.works.get(_training(roundup))
        stores = self._installation
        closings = stores.ledger.closings(roundup.id, _CLOSED)
        past = stores.archive.editions(roundup.id)
        trainings = stores.learning.classifiers(roundup.id)
        current = stores.learning.current(roundup.id)
        labels = sum(stores.learning.counts(roundup.id).values())
        open_ = candidates(stores, roundup, plan, passed_over=False)
        evaluation = measured.result if measured else None
        values = {
            "title": "Filing",
            "roundup": roundup,
            "current": current,
            "words": in_plain_words(current, labels),
            "sorted": filed_by_whom(open_),
            "labels": labels,
            "past": len(past),
            "figures": list(filed(closings, plan).values()),
            "closings": len(closings),
            "trainings": trainings[:_TRAININGS],
            "drift": drift(closings[-EDITIONS:], past, plan.canonical_section, next(iter(trainings), None)),
            "recent": [one for one in open_ if was_moved(one)][:_MOVES],
            "works": [one for one in (measured, training) if one],
            "measured": charts(evaluation) if isinstance(evaluation, Evaluation) else None,
            **moves([result_of(one, plan.canonical_section) for one in closings]),
        }
        return self._desk.page(request, "filing.html", values)

    def measure(self, request: Request, form: FormData) -> Response:
        roundup, plan = self._desk.roundup(request)
        past = self._installation.archive.editions(roundup.id)
        if not past:
            raise UsageError("no past edition was read yet", advice="Say where they are under Settings, first steps.")

        def doing(progress: Progress) -> tuple[str, object]:
            from aggregator.classify.evaluation import evaluate  # noqa: PLC0415 - heavy, and most pages do without

            found = evaluate(past, start=None, section_of=plan.heading_today, progress=progress, growth=True)
            return f"{found.top1:.0%} right at first, {found.top2:.0%} within two, of {found.links:,} links.", found

        self._desk.works.begin(_measuring(roundup), "Measuring on your past editions", doing)
        return back(form, f"/r/{roundup.slug}/filing")

    def train(self, request: Request, form: FormData) -> Response:
        roundup, plan = self._desk.roundup(request)
        stores = self._installation

        def doing(_: Progress) -> tuple[str, object]:
            report = learn.run_once(stores, roundup, plan)
            if report.adopted:
                classify.run_once(stores, roundup, plan, classify.Files.empty())
            return report.reason, None

        self._desk.works.begin(_training(roundup), "Learning from what you decided", doing)
        return back(form, f"/r/{roundup.slug}/filing")


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/filing`, measuring, training."""
    pages = _Filing(desk)
    at = "/r/{roundup}/filing"
    return [
        desk.get(at, pages.index, "filing"),
        desk.post(f"{at}/measure", pages.measure, "filing-measure"),
        desk.post(f"{at}/train", pages.train, "filing-train"),
    ]


def _measuring(roundup: Roundup) -> str:
    return f"measure {roundup.id}"


def _training(roundup: Roundup) -> str:
    return f"train {roundup.id}"
