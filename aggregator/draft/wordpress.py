"""A draft to WordPress by its REST interface, with an application password: made once, then kept up to date. Pure.

What is asked and answered follows the WordPress REST API handbook (`/wp/v2/posts`, `/wp/v2/tags`, `/wp/v2/users/me`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Generator, Sequence
from html import unescape
from urllib.parse import quote

from aggregator.draft.steps import Steps, document, fault, refuse_unless_ours, text
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
    """Makes the draft, or brings the one that is known up to date. over: also one that was edited there since. Raises
    OutletError, Refused: published meanwhile, or edited there."""
    here = _Site(site, user, password)
    yield from here.find()
    present = None
    if known is not None:
        told = yield here.ask("GET", f"posts/{quote(known.remote_id, safe='')}", "context=edit")
        # What was deleted, or lies in the bin, is made anew.
        if told.status not in (404, 410):
            present = here.remote(told)
            present = None if present.state == "trash" else present
    if present is not None and known is not None:
        refuse_unless_ours(present, known, here.site, over=over)
    tags = yield from _tags(here, post.tags)
    body: dict[str, object] = {"title": post.title, "slug": post.slug, "content": post.html, "tags": tags}
    if present is None:
        told = yield here.ask("POST", "posts", "context=edit", {**body, "status": "draft"})
    else:
        told = yield here.ask("POST", f"posts/{present.id}", "context=edit", body)
    return here.remote(told)


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
        said = document(told)
        number, state, version = said.get("id"), said.get("status"), said.get("modified_gmt") or said.get("modified")
        if not isinstance(number, int) or not isinstance(state, str) or not isinstance(version, str):
            raise OutletError("its answer is not that of a WordPress", resource=self.site, advice=_ADVICE[404])
        url = f"{self.site}/wp-admin/post.php?post={number}&action=edit"
        return Remote(str(number), version, state in _DRAFTS, state, url)


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
    try:
        listed = json.loads(told.body)
    except (ValueError, RecursionError):
        return None
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and unescape(str(one.get("name"))).casefold() == name.casefold():
            return one.get("id")
    return None
