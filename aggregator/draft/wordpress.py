"""A draft to WordPress by its REST interface, with an application password: made once, then kept up to date. Pure.

What is asked and answered follows the WordPress REST API handbook (`/wp/v2/posts`, `/wp/v2/tags`, `/wp/v2/users/me`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from html import unescape
from urllib.parse import quote

from aggregator.draft.steps import Steps, content, document, fault, ours_of, refuse_unless_ours, text
from aggregator.errors import OutletError
from aggregator.records.outlets import Ask, Post, Remote, SentDraft, Told

MOST_TAGS = 20
_DRAFTS = ("draft", "pending", "auto-draft")
_ADVICE = {
    401: "Look at `user`, and make an application password in WordPress under Users, Profile. Some servers swallow the password: "
    "the site's health page in WordPress tells.",
    403: "Give this user the right to write posts; a firewall in front of the site may also be what refuses.",
    404: "Is `site` the address of the WordPress itself? A plugin may also hide its REST interface.",
}


def send(site: str, user: str, password: str, post: Post, known: SentDraft | None, *, over: bool = False) -> Steps:
    """Makes the draft, or brings up to date the one that is known, else one at its address: an earlier answer may have been
    lost. over: also one that was edited there since. Raises OutletError, Refused: published meanwhile, or edited there."""
    here = _Site(site, user, password)
    yield from here.find()
    present = yield from _present(here, post.slug, known)
    if present is not None:
        refuse_unless_ours(present, known, here.site, over=over)
    tags = yield from _tags(here, post.tags)
    body: dict[str, object] = {"title": post.title, "slug": post.slug, "content": post.html, "tags": tags}
    if present is None:
        told = yield here.ask("POST", "posts", "context=edit", {**body, "status": "draft"})
        return replace(here.remote(told), made=True)
    told = yield here.ask("POST", f"posts/{present.id}", "context=edit", body)
    return here.remote(told)


def _present(here: _Site, slug: str, known: SentDraft | None) -> Generator[Ask, Told, Remote | None]:
    """The post of this edition as it is there. What was deleted, or lies in the bin, is made anew."""
    if known is not None and known.remote_id:
        told = yield here.ask("GET", f"posts/{quote(known.remote_id, safe='')}", "context=edit")
        if told.status not in (404, 410) and (present := here.remote(told)).state != "trash":
            return present
    told = yield here.ask("GET", "posts", f"slug={quote(slug, safe='')}&status=any&context=edit&per_page=100")
    return ours_of(here.remotes(told), known)


class _Site:
    """One WordPress. Its interface has two addresses, as the site writes its own: by path, or by parameter."""

    def __init__(self, site: str, user: str, password: str) -> None:
        self.site = site
        # WordPress shows the password in groups of four; the blanks mean nothing.
        pair = f"{user}:{''.join(password.split())}".encode()
        self._headers = (("Authorization", f"Basic {base64.b64encode(pair).decode('ascii')}"),)
        self._root = f"{site}/wp-json/wp/v2/"

    def find(self) -> Generator[Ask, Told, None]:
        """Signs in, by the address that answers."""
        told = yield self.ask("GET", "users/me", "context=edit")
        if told.status == 404 and not document(told):
            self._root = f"{self.site}/?rest_route=/wp/v2/"
            told = yield self.ask("GET", "users/me", "context=edit")
            # Without pretty addresses a site that has no interface answers with its front page.
            if told.status == 200 and not document(told):
                told = Told(404, b"")
        self.done(told)

    def ask(self, method: str, path: str, query: str = "", body: object = None) -> Ask:
        """A request below `/wp/v2/`."""
        mark = "&" if "?" in self._root else "?"
        return Ask(method, f"{self._root}{path}{mark if query else ''}{query}", self._headers, body)

    def done(self, told: Told) -> None:
        """Raises OutletError for an answer that is no success."""
        if not 200 <= told.status < 300:
            raise fault(told, self.site, text(unescape(str(document(told).get("message") or ""))), _ADVICE)

    def remote(self, told: Told) -> Remote:
        """The post that an answer tells of. Raises OutletError."""
        self.done(told)
        return self._read(document(told))

    def remotes(self, told: Told) -> list[Remote]:
        """The posts that an answer lists. Raises OutletError."""
        self.done(told)
        listed = _listed(told)
        if listed is None:
            raise OutletError("its answer is not that of a WordPress", resource=self.site, advice=_ADVICE[404])
        return [self._read(one) for one in listed]

    def _read(self, said: Mapping[str, object]) -> Remote:
        number, state, version = said.get("id"), said.get("status"), said.get("modified_gmt") or said.get("modified")
        if not isinstance(number, int) or not isinstance(state, str) or not isinstance(version, str):
            raise OutletError("its answer is not that of a WordPress", resource=self.site, advice=_ADVICE[404])
        url = f"{self.site}/wp-admin/post.php?post={number}&action=edit"
        return Remote(
            str(number), version, state in _DRAFTS, state, content(_raw(said.get("title")), _raw(said.get("content"))), url
        )


def _raw(field: object) -> str:
    """A field as it was sent, which is told to who may edit it."""
    raw = field.get("raw") if isinstance(field, dict) else field
    return raw if isinstance(raw, str) else ""


def _listed(told: Told) -> list[Mapping[str, object]] | None:
    """The objects of a list, None if the answer is none."""
    try:
        listed = json.loads(told.body)
    except (ValueError, RecursionError):
        return None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else None


def _tags(here: _Site, names: Sequence[str]) -> Generator[Ask, Told, list[int]]:
    """Numbers of these tags, made where there are none yet; a tag that this user may not make is left out."""
    found: list[int] = []
    for name in names[:MOST_TAGS]:
        told = yield here.ask("GET", "tags", f"search={quote(name, safe='')}&per_page=100")
        here.done(told)
        number = _named(told, name)
        if number is None:
            told = yield here.ask("POST", "tags", body={"name": name})
            said = document(told)
            data = said.get("data")
            if told.status == 400 and said.get("code") == "term_exists" and isinstance(data, dict):
                number = data.get("term_id")
            elif told.status != 403:
                here.done(told)
                number = said.get("id")
        if isinstance(number, int) and number not in found:
            found.append(number)
    return found


def _named(told: Told, name: str) -> object:
    found = (one.get("id") for one in _listed(told) or () if unescape(str(one.get("name"))).casefold() == name.casefold())
    return next(found, None)
