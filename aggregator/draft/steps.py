"""What the interfaces of WordPress and Ghost have in common: a step asks and is told; what came of it is a post. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Mapping, Sequence

from aggregator.errors import OutletError, Refused
from aggregator.records.outlets import Ask, Remote, SentDraft, Told
from aggregator.text.hygiene import clean_line
from aggregator.text.markup import parse

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


def content(title: str, html: str) -> str:
    """What a post is known by, however a blog writes it down: its letters and digits, and where its links lead."""
    tree = parse(html)
    words = f"{title} {tree.body.text() if tree.body is not None else ''}"
    links = [node.attributes.get("href") or "" for node in tree.css("a[href]")]
    told = "\n".join(["".join(filter(str.isalnum, words)), *links])
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def ours_of(found: Sequence[Remote], known: SentDraft | None) -> Remote | None:
    """Of posts at the draft's own address, the one that counts: what we sent, else one that is no draft, else any."""
    sent = known.under_way if known is not None else ()
    return min(found, key=lambda one: (one.content not in sent, one.draft), default=None)


def refuse_unless_ours(remote: Remote, known: SentDraft | None, where: str, *, over: bool) -> None:
    """What is public is never touched; what he edited there, or what nothing tells to be ours, only with `over`. Where the answer
    to an earlier send was lost, what it sent is ours. Raises Refused."""
    was_ours = known is not None and known.remote_id == remote.id
    if not remote.draft:
        what = "this edition's post is no draft there any more" if was_ours else "a post has this edition's address already"
        raise Refused(
            f"{what} ({remote.state}), and is left as it is",
            resource=where,
            advice="Publish it there. To send the draft anew, delete the post first.",
        )
    if over or (known is not None and (remote.content in known.under_way or (was_ours and remote.version == known.version))):
        return
    if was_ours:
        raise Refused(
            "the draft was edited there since it was sent, and is left as it is",
            resource=where,
            advice="Take over there what you want to keep; then send it with --over, which writes over it.",
        )
    raise Refused(
        "a draft has this edition's address already, and nothing tells that it was sent from here; it is left as it is",
        resource=remote.url or where,
        advice="Look at it there. Send the draft with --over to write over it, or delete it first.",
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
            advice="Try again later: what has arrived is found there.",
        )
    return OutletError(f"it does not take the draft (HTTP {status}{tail})", resource=where, advice=advice.get(status))
