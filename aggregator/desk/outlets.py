"""Sends the open edition's draft to another place: his WordPress, his Ghost, a branch of his repository. Always as a draft."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from aggregator.desk.bullets import shown
from aggregator.desk.draft import composed, habits_of, name_of
from aggregator.desk.edition import open_edition
from aggregator.draft import ghost, wordpress
from aggregator.draft.steps import Steps, content
from aggregator.draft.tags import tags_of
from aggregator.errors import ConfigError, NotFound, UsageError
from aggregator.ports import Branches, Caller, Stores
from aggregator.records.editions import Edition
from aggregator.records.outlets import Post, Remote, SentDraft
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings, Settings
from aggregator.settings.outlets import Outlet
from aggregator.settings.values import nearest
from aggregator.text.slug import slug

_MOST_UNDER_WAY = 20
_PUBLISHING = frozenset({"main", "master", "gh-pages"})
"""Branches that publish nearly everywhere, whatever else the repository says."""
_TITLE = re.compile(r"\A\s*<h1[^>]*>.*?</h1>\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sending:
    """A draft that was sent. again: it was there before. url: where he can look at it, None if the place has no pages. state: the
    place's own word."""

    outlet: Outlet
    edition: int
    again: bool
    url: str | None
    state: str


@dataclass(frozen=True, slots=True)
class Place:
    """A configured place, and the draft there; None before the first."""

    outlet: Outlet
    sent: SentDraft | None


def places(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> list[Place]:
    """Every configured place."""
    known = _known(stores, open_edition(stores, roundup, plan))
    return [Place(one, known.get(one.key)) for one in plan.draft.send]


def ready(plan: RoundupSettings, settings: Settings, name: str | None, environ: Mapping[str, str] | None = None) -> Outlet:
    """A place that a draft can be sent to. name: as `send` has it. Raises UsageError, NotFound, ConfigError; nobody is asked."""
    outlet = _chosen(plan, name)
    if outlet.kind != "branch":
        _secret(settings, outlet, environ)
    return outlet


def send(
    stores: Stores,
    caller: Caller,
    branches: Branches,
    roundup: Roundup,
    plan: RoundupSettings,
    settings: Settings,
    *,
    name: str | None,
    over: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Sending:
    """Sends the draft as the desk has it now; what is there from before is brought up to date. name: of the place, None = the
    only one. over: also over what he edited there since. Raises UsageError, ConfigError, NotFound, OutletError, Refused."""
    outlet = _chosen(plan, name)
    edition = open_edition(stores, roundup, plan)
    known = _known(stores, edition).get(outlet.key)
    if outlet.kind == "branch":
        remote = _to_branch(stores, branches, roundup, plan, edition, outlet, known, over=over)
    else:
        secret = _secret(settings, outlet, environ)
        post = post_of(stores, roundup, plan, edition)
        begun = partial(_under_way, stores, edition, outlet, known, content(post.title, post.html))
        remote = _drive(caller, _steps(stores, outlet, secret, post, known, over=over), begun)
    stores.outlets.save_sent(SentDraft(edition.id, outlet.key, remote.id, remote.version, remote.url, stores.clock.now()))
    return Sending(outlet, edition.number, not remote.made, remote.url, remote.state)


def post_of(stores: Stores, roundup: Roundup, plan: RoundupSettings, edition: Edition) -> Post:
    """The draft as a blog's own editor would have it: the title apart from the body, with his tags. Its address names the edition
    even where the title does not: what has that address is this edition's."""
    title = plan.edition_title(edition.number)
    address = slug(title)
    if edition.number not in map(int, re.findall(r"\d+", address)):
        address = f"{address[:50].rstrip('-')}-{edition.number}"
    body = _TITLE.sub("", composed(stores, roundup, plan, "html").text)
    tags = tags_of(habits_of(stores, roundup, plan).tags, shown(stores, roundup, plan))
    return Post(title, address, body, tuple(tags))


def _steps(stores: Stores, outlet: Outlet, secret: str, post: Post, known: SentDraft | None, *, over: bool) -> Steps:
    site = outlet.site or ""
    if outlet.kind == "ghost":
        return ghost.send(site, secret, stores.clock.now(), post, known, over=over)
    return wordpress.send(site, outlet.user or "", secret, post, known, over=over)


def _secret(settings: Settings, outlet: Outlet, environ: Mapping[str, str] | None) -> str:
    secret = settings.outlet_secret(outlet, environ)
    if secret is None:
        variable = outlet.key_env if outlet.kind == "ghost" else outlet.password_env
        raise ConfigError(
            f"the password or key of {outlet.label} is set nowhere",
            resource="draft.send",
            advice=f"Set {variable} in the environment, or name a file beside it in config.yaml.",
        )
    return secret


def _drive(caller: Caller, steps: Steps, begun: Callable[[], None]) -> Remote:
    """Asks what the steps ask for, until they are through. begun: called before anything is changed there."""
    ask, changes = next(steps), False
    while True:
        if ask.method != "GET" and not changes:
            changes = True
            begun()
        told = caller.call(ask)
        try:
            ask = steps.send(told)
        except StopIteration as end:
            remote: Remote = end.value
            return remote


def _under_way(stores: Stores, edition: Edition, outlet: Outlet, known: SentDraft | None, sent: str) -> None:
    """Writes down what is about to be sent: if its answer is lost, it is known again by that."""
    before = known or SentDraft(edition.id, outlet.key, None, None, None, stores.clock.now())
    under_way = tuple(dict.fromkeys([*before.under_way, sent]))[-_MOST_UNDER_WAY:]
    stores.outlets.save_sent(replace(before, under_way=under_way))


def _to_branch(
    stores: Stores,
    branches: Branches,
    roundup: Roundup,
    plan: RoundupSettings,
    edition: Edition,
    outlet: Outlet,
    known: SentDraft | None,
    *,
    over: bool,
) -> Remote:
    branch = outlet.branch.replace("{number}", str(edition.number))
    folder = f"{outlet.folder}/" if outlet.folder else ""
    path = _former(known, branch, folder) or folder + name_of(stores, roundup, plan)
    data = composed(stores, roundup, plan).text.encode()
    ours = frozenset([*known.under_way, known.version or ""]) if known is not None else frozenset[str]()
    before = known or SentDraft(edition.id, outlet.key, None, None, None, stores.clock.now())
    _under_way(stores, edition, outlet, replace(before, remote_id=f"{branch}:{path}"), _blob(data))
    publishing = _PUBLISHING | {one.branch for one in plan.archive if one.git is not None and one.branch is not None}
    return branches.put(
        outlet.git or "",
        branch,
        path,
        data,
        message=f"Draft of {plan.edition_title(edition.number)}",
        at=stores.clock.now(),
        publishing=publishing,
        ours=ours,
        over=over,
    )


def _former(known: SentDraft | None, branch: str, folder: str) -> str | None:
    """The path that the draft's file has on its branch already: a name may hold a date, and the file keeps the first one."""
    if known is None or known.remote_id is None or not known.remote_id.startswith(f"{branch}:{folder}"):
        return None
    return known.remote_id.removeprefix(f"{branch}:")


def _blob(data: bytes) -> str:
    """What git calls a file's content."""
    return hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()


def _chosen(plan: RoundupSettings, name: str | None) -> Outlet:
    known = plan.draft.send
    if not known:
        raise ConfigError(
            f"{plan.name} has no place that takes a draft",
            resource="draft.send",
            advice="Name your WordPress, your Ghost or a branch under `draft: send:` in config.yaml.",
        )
    labels = [one.label for one in known]
    if name is None:
        if len(known) > 1:
            raise UsageError("say where the draft goes", advice=f"One of {', '.join(labels)}.")
        return known[0]
    found = next((one for one in known if one.label.casefold() == name.casefold()), None)
    if found is None:
        raise NotFound(f"no place is called {name!r}{nearest(name, labels)}", advice=f"There is {', '.join(labels)}.")
    return found


def _known(stores: Stores, edition: Edition) -> dict[str, SentDraft]:
    return {one.outlet: one for one in stores.outlets.sent(edition.id)}
