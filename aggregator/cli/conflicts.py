"""draft settle: what the draft's file and the desk say differently, and whose word holds."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.session import Json, session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.desk.conflicts import Contradiction, Stretches
    from aggregator.records.drafts import Conflict


class Sides(StrEnum):
    """What `--take` takes."""

    DESK = "desk"
    FILE = "file"


def settle(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", help="Of what waits; without one, all of it is listed.")
    ] = None,
    take: Annotated[Sides | None, typer.Option("--take", help="Whose word holds.")] = None,
    words: Annotated[
        str | None, typer.Option("--words", metavar="TEXT", help="What it says instead of both, as Markdown.")
    ] = None,
    json: Json = False,
) -> None:
    """Settle what the draft's file and the desk say differently.

    Without a number it lists what waits, the words that each side changed in [+brackets+].
    """
    from aggregator.cli.output import count, print_json, say
    from aggregator.desk.conflicts import choice_of, contradictions
    from aggregator.desk.reimport import settle as settle_one
    from aggregator.errors import UsageError

    here = session(context)
    desk = (here.installation, here.roundup, here.plan)
    if number is None and (take or words is not None):
        raise UsageError("say which one", advice="`aggregator draft settle` lists them with their numbers.")
    if number is not None:
        if take is not None and words is not None:
            raise UsageError("--take and --words exclude each other")
        settle_one(*desk, number, choice_of(take.value if take else None, words))
    left = contradictions(*desk)
    if json:
        print_json([document(one.conflict) for one in left])
        return
    if number is not None:
        say(f"Done; {count(len(left), 'more')} to choose." if left else "Done. Nothing waits any more.")
    elif not left:
        say("File and desk say the same, as far as was read.")
    else:
        tell(left)


def tell(those: Sequence[Contradiction]) -> None:
    """Each with both sides, and how to choose."""
    from aggregator.cli.output import say

    for one in those:
        say(f"\n{one.conflict.id}: file and desk say different things of {one.conflict.what}")
        say(f"  before: {one.before if one.before is not None else '(nothing)'}")
        say(f"  desk:   {_marked(one.desk)}")
        say(f"  file:   {_marked(one.file)}")
    if those:
        say("\nThe desk's holds for now. Choose with `aggregator draft settle NUMBER --take desk` or `--take file`,")
        say("or say it in other words with `--words TEXT`; or choose on the draft's page.")


def document(one: Conflict) -> dict[str, object]:
    """What `--json` tells of what waits."""
    return {"id": one.id, "path": one.path, "what": one.what, "base": one.base, "desk": one.desk, "file": one.file}


def _marked(stretches: Stretches | None) -> str:
    if stretches is None:
        return "(nothing)"
    return "".join(f"[+{words}+]" if differs else words for words, differs in stretches)
