"""What the interfaces of WordPress and Ghost have in common: a step asks and is told; what came of it is a post. Pure."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping

from aggregator.errors import OutletError, Refused
from aggregator.records.outlets import Ask, Remote, SentDraft, Told
from aggregator.text.hygiene import clean_line

Steps = Generator[Ask, Told, Remote]
"""Yields requests, is sent their answers, returns the post as it is then. Raises OutletError, Refused."""

_SAID = 300


def document(told: Told) -> Mapping[str, object]:
    """The JSON object that an answer holds; empty if it holds none."""
    try:
        found = json.loads(told.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def text(value: object) -> str:
    """A server's words, fit to be shown; empty if they are none."""
    return clean_line(value, _SAID) if isinstance(value, str) else ""


def refuse_unless_ours(remote: Remote, known: SentDraft, where: str, *, over: bool) -> None:
    """What became public meanwhile is never touched, what he edited there only with `over`. Raises Refused."""
    if not remote.draft:
        raise Refused(
            f"this edition's post is no draft there any more ({remote.state}), and is left as it is",
            resource=where,
            advice="Publish it there. To send the draft anew, delete the post first.",
        )
    if remote.version != known.version and not over:
        raise Refused(
            "the draft was edited there since it was sent, and is left as it is",
            resource=where,
            advice="Take over there what you want to keep; then send it with --over, which writes over it.",
        )


def fault(told: Told, where: str, said: str, advice: Mapping[int, str]) -> OutletError:
    """What an answer means that is no success. said: its own words; advice: by status."""
    status = told.status
    tail = f": {said}" if said else ""
    if 300 <= status < 400:
        return OutletError(
            f"it answers from another address{f' ({text(told.location)})' if told.location else ''}, and nothing was sent there",
            resource=where,
            advice="Put the right `site` under `draft: send:` in config.yaml.",
        )
    if status == 429 or status >= 500:
        return OutletError(
            f"the site cannot take it at the moment (HTTP {status}{tail})",
            resource=where,
            permanent=False,
            advice="Try again later; look at the drafts there first.",
        )
    return OutletError(f"it does not take the draft (HTTP {status}{tail})", resource=where, advice=advice.get(status))
