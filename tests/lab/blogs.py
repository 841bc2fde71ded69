"""A WordPress and a Ghost as far as drafts go: sign-in, posts, tags, errors in their own shapes. On loopback, in threads."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, Any]
LOST: Answer = (0, None)
"""What was asked for is done, and the connection ends without an answer."""
Handle = Callable[[str, str, dict[str, str], dict[str, str], Any], Answer]

USER, PASSWORD = "jo", "abcd EFGH 1234 ijkl MNOP 5678"
KEY_ID, KEY_SECRET = "64f1c2a09be3d47182c5f036", "00ff" * 16


@contextmanager
def served(handle: Handle) -> Iterator[str]:
    """handle: method, path, query, headers (lower case), JSON body -> status and document; text is sent as HTML."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            status, document = handle(self.command, parts.path, query, {k.lower(): v for k, v in self.headers.items()}, body)
            if (status, document) == LOST:
                self.close_connection = True
                return
            html = isinstance(document, str)
            data = document.encode() if html else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if html else "application/json; charset=UTF-8")
            if 300 <= status < 400:
                self.send_header("Location", document)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def losing(handle: Handle, *methods: str) -> Handle:
    """Does what it is asked, and the answers to changes of posts are lost."""

    def answer(method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any) -> Answer:
        done = handle(method, path, query, headers, body)
        is_post = "posts" in path or "posts" in query.get("rest_route", "")
        return LOST if method in (methods or ("POST", "PUT")) and is_post and done[0] < 300 else done

    return answer


class WordPress:
    """pretty: addresses by path; else by the parameter `rest_route`. may_tag: the user may make tags."""

    def __init__(self, *, pretty: bool = True, may_tag: bool = True, may_post: bool = True, rest: bool = True) -> None:
        self.pretty, self.may_tag, self.may_post, self.rest = pretty, may_tag, may_post, rest
        self.posts: dict[int, dict[str, Any]] = {}
        self.tags: dict[int, str] = {3: "Storage &amp; co"}
        self.clock = itertools.count(1)
        self.numbers = itertools.count(12)

    def edit(self, number: int, **said: str) -> None:
        """Somebody does it in the editor."""
        self.posts[number].update(said, modified_gmt=f"2026-03-06T07:00:{next(self.clock):02d}")

    def __call__(  # noqa: PLR0911 - one answer for each of its addresses
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any
    ) -> Answer:
        if self.pretty and self.rest and path.startswith("/wp-json"):
            route = path.removeprefix("/wp-json")
        elif self.rest and "rest_route" in query:
            route = query["rest_route"]
        else:
            return (200 if path == "/" else 404), "<!doctype html><title>A blog</title>"
        if (
            base64.b64decode(headers.get("authorization", "").removeprefix("Basic ")).decode()
            != f"{USER}:{PASSWORD.replace(' ', '')}"
        ):
            return 401, self._error("incorrect_password", "The provided password is an invalid application password.", 401)
        if route == "/wp/v2/users/me":
            return 200, {"id": 1, "name": USER}
        if route == "/wp/v2/tags":
            return self._tags(method, query, body)
        if match := re.fullmatch(r"/wp/v2/posts(?:/(\d+))?", route):
            if method == "GET" and match[1] is None:
                return 200, self._listed(query)
            return self._posts(method, int(match[1]) if match[1] else None, body)
        return 404, self._error("rest_no_route", "No route was found matching the URL and request method.", 404)

    def _posts(self, method: str, number: int | None, body: Any) -> Answer:
        if number is not None and number not in self.posts:
            return 404, self._error("rest_post_invalid_id", "Invalid post ID.", 404)
        if method == "POST":
            if not self.may_post:
                return 403, self._error("rest_cannot_create", "Sorry, you are not allowed to create posts as this user.", 403)
            if number is None:
                number = next(self.numbers)
                self.posts[number] = {"id": number, "status": "draft"}
            self.edit(number, **body)
        assert number is not None
        return (201 if method == "POST" else 200), self._shown(self.posts[number])

    def _listed(self, query: dict[str, str]) -> Any:
        assert (query["status"], query["context"]) == ("any", "edit")
        return [self._shown(one) for one in self.posts.values() if one["slug"] == query["slug"] and one["status"] != "trash"]

    @staticmethod
    def _shown(post: dict[str, Any]) -> Any:
        """A post as who may edit it is told; raw is as it was sent."""
        return post | {name: {"raw": post[name], "rendered": f"<p>{post[name]}"} for name in ("title", "content")}

    def _tags(self, method: str, query: dict[str, str], body: Any) -> Answer:
        if method == "GET":
            asked = query["search"].casefold()[:4]
            return 200, [{"id": id_, "name": name} for id_, name in self.tags.items() if asked in name.casefold()]
        if not self.may_tag:
            return 403, self._error("rest_cannot_create", "Sorry, you are not allowed to create terms in this taxonomy.", 403)
        number = max(self.tags) + 1
        self.tags[number] = body["name"]
        return 201, {"id": number, "name": body["name"]}

    @staticmethod
    def _error(code: str, message: str, status: int) -> Any:
        return {"code": code, "message": message, "data": {"status": status}}


class Ghost:
    """An Admin API. now: seconds since 1970 by its own clock."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.numbers = itertools.count(1)
        self.posts: dict[str, dict[str, Any]] = {}
        self.clock = itertools.count(1)

    def edit(self, number: str, **said: Any) -> None:
        """Somebody does it in the editor."""
        self.posts[number].update(said, updated_at=f"2026-03-06T07:00:{next(self.clock):02d}.000Z")

    def __call__(self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any) -> Answer:
        match = re.fullmatch(r"/ghost/api/admin/posts/(?:([0-9a-f]+)/|slug/([a-z0-9-]+)/)?", path)
        if match is None:
            return 404, "<!doctype html><title>A blog</title>"
        if refusal := self._refusal(headers.get("authorization", "")):
            return 401, self._error("UnauthorizedError", refusal)
        assert "accept-version" in headers
        number = match[1]
        if match[2]:
            number = next((one["id"] for one in self.posts.values() if one["slug"] == match[2]), "none")
        if number is not None and number not in self.posts:
            return 404, self._error("NotFoundError", "Resource not found error, cannot read post.")
        if method in ("POST", "PUT"):
            assert query == {"source": "html", "formats": "html"}
            (said,) = body["posts"]
            if not said.get("title"):
                return 422, self._error("ValidationError", "Validation error, cannot save post.")
            if number is None:
                number = f"{next(self.numbers):024x}"
                self.posts[number] = {"id": number, "status": "draft"}
            elif said["updated_at"] != self.posts[number]["updated_at"]:
                return 409, self._error("UpdateCollisionError", "Saving failed! Someone else is editing this post.")
            self.edit(number, **said)
        assert number is not None
        # As its editor writes it down again.
        html = self.posts[number]["html"].replace("<li>", "<li>\n <span>").replace("</li>", "</span></li>")
        return (201 if method == "POST" else 200), {"posts": [self.posts[number] | {"html": html}]}

    def _refusal(self, authorization: str) -> str | None:
        head, claims, signature = authorization.removeprefix("Ghost ").split(".")
        read = [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (head, claims)]
        right = hmac.new(bytes.fromhex(KEY_SECRET), f"{head}.{claims}".encode(), hashlib.sha256).digest()
        if read[0] != {"alg": "HS256", "typ": "JWT", "kid": KEY_ID}:
            return "Unknown Admin API Key"
        if base64.urlsafe_b64encode(right).decode().rstrip("=") != signature:
            return "Invalid token: invalid signature"
        if read[1]["aud"] != "/admin/" or not read[1]["iat"] <= self.now <= read[1]["exp"] <= read[1]["iat"] + 300:
            return "Invalid token: jwt expired"
        return None

    @staticmethod
    def _error(kind: str, message: str) -> Any:
        return {"errors": [{"message": message, "type": kind, "context": None, "code": None}]}
