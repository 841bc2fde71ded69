"""Links of a mail: looked at as often as scanners like, done once, taken back, and the same page for every token that is none."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from aggregator.clock import ManualClock
from aggregator.delivery.tokens import LinkSigner, LinkToken, section_mark
from aggregator.desk.decide import decide, undo
from aggregator.desk.edition import open_edition
from aggregator.records.candidates import Action, Candidate, NewCandidate, State
from aggregator.records.editions import Closing
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings, parse_settings
from aggregator.storage.schema import metadata
from aggregator.web.app import make_app
from aggregator.web.server import listening
from aggregator.web.views import actions
from aggregator.wiring import Installation

NOW = datetime(2026, 3, 6, 8, 0, tzinfo=UTC)
BASE = "https://desk.example.org"
CONFIG = f"""
roundups: [{{name: Links, sections: [{{name: Networking}}, {{name: Security}}]}}]
web: {{base_url: '{BASE}'}}
"""


AGENTS = ("Mozilla/5.0 (Windows NT 10.0) SafeLinks", "GoogleImageProxy", "Barracuda Sentinel (EE)", "curl/8.5.0", "")


class Mailed:
    """A desk that a phone reaches, one candidate, and the tokens of its mail."""

    def __init__(self, installation: Installation, clock: ManualClock) -> None:
        self.stores, self.clock = installation, clock
        self.plan: RoundupSettings = installation.settings.roundup()
        self.roundup: Roundup = installation.roundup(self.plan)
        self.edition = open_edition(installation, self.roundup, self.plan)
        url = "https://blog.example/a"
        new = NewCandidate(url, url, "<b>A</b> tunnel & its price", "", "B. Someone", (), NOW, NOW)
        (self.id,) = installation.ledger.offer(self.roundup.id, [new], [])
        self.client = TestClient(make_app(installation, None), base_url=BASE, follow_redirects=False)

    def token(self, action: Action, section: str | None = None, **other: int) -> str:
        said = {"roundup_id": self.roundup.id, "edition_id": self.edition.id, "candidate_id": self.id} | other
        mark = section_mark(section) if section else b""
        return LinkSigner(self.stores.signing_keys()).sign(LinkToken(**said, action=action, section=mark))

    @property
    def candidate(self) -> Candidate:
        return self.stores.ledger.candidates(self.roundup.id, [self.id])[0]

    def everything(self) -> dict[str, list[str]]:
        """The whole database."""
        with self.stores.database.read() as connection:
            return {name: sorted(map(repr, connection.execute(select(table)))) for name, table in metadata.tables.items()}

    def rows(self) -> dict[str, int]:
        with self.stores.database.read() as connection:
            return {
                name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in metadata.tables.items()
            }


@pytest.fixture
def mailed(tmp_path: Path) -> Iterator[Mailed]:
    clock = ManualClock(NOW)
    with Installation(parse_settings(CONFIG, tmp_path / "config.yaml", {}), clock) as installation:
        yield Mailed(installation, clock)


def test_a_thousand_looks_change_nothing(mailed: Mailed) -> None:
    before = mailed.everything()
    tokens = [
        *(mailed.token(action) for action in (Action.KEEP, Action.DROP, Action.HOLD)),
        mailed.token(Action.MOVE, "Security"),
    ]
    for n in range(1_000):
        method = ("GET", "HEAD", "OPTIONS")[n % 3]
        headers = {"User-Agent": AGENTS[n % len(AGENTS)], "Purpose": "prefetch", "X-Fragment": str(n % 2)}
        answer = mailed.client.request(method, f"/a/{tokens[n // 3 % len(tokens)]}", headers=headers)
        assert answer.status_code == (405 if method == "OPTIONS" else 200)
    assert mailed.everything() == before
    assert mailed.candidate.standing.state is State.NEW


def test_a_look_says_what_would_happen_and_has_one_button(mailed: Mailed) -> None:
    answer = mailed.client.get(f"/a/{mailed.token(Action.KEEP)}")
    assert "Keep it?" in answer.text
    assert "&lt;b&gt;A&lt;/b&gt; tunnel &amp; its price" in answer.text
    main = answer.text[answer.text.index("<main") :]
    assert main.count("<button") == 1
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]


@pytest.mark.parametrize(
    ("action", "state"), [(Action.KEEP, State.KEPT), (Action.DROP, State.DROPPED), (Action.HOLD, State.HELD)]
)
def test_the_button_works_once_and_can_be_taken_back(mailed: Mailed, action: Action, state: State) -> None:
    address = f"/a/{mailed.token(action)}"
    answer = mailed.client.post(address)
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert mailed.candidate.standing.state is state
    after = mailed.rows()
    mailed.client.post(address)
    assert mailed.rows() == after
    assert "Take it back" in mailed.client.get(address).text
    mailed.client.post(address, data={"back": "1"})
    assert mailed.candidate.standing.state is State.NEW
    page = mailed.client.get(address)
    assert "Taken back" in page.text
    assert "<button" not in page.text[page.text.index("<main") :]
    again = mailed.rows()
    mailed.client.post(address)
    mailed.client.post(address, data={"back": "1"})
    assert mailed.rows() == again


def test_a_link_moves_to_the_section_that_it_names(mailed: Mailed) -> None:
    mailed.client.post(f"/a/{mailed.token(Action.MOVE, 'Security')}")
    assert mailed.candidate.section == "Security"


def test_what_he_said_since_is_not_taken_back(mailed: Mailed) -> None:
    address = f"/a/{mailed.token(Action.KEEP)}"
    mailed.client.post(address)
    mailed.clock.advance(timedelta(minutes=1))
    decide(mailed.stores, mailed.roundup, mailed.plan, [mailed.id], Action.DROP)
    mailed.client.post(address, data={"back": "1"})
    assert mailed.candidate.standing.state is State.DROPPED


def test_what_was_undone_at_the_desk_is_not_done_again(mailed: Mailed) -> None:
    address = f"/a/{mailed.token(Action.KEEP)}"
    mailed.client.post(address)
    undo(mailed.stores, mailed.roundup, mailed.plan)
    assert "Taken back" in mailed.client.get(address).text
    mailed.client.post(address)
    assert mailed.candidate.standing.state is State.NEW


def forged(mailed: Mailed) -> str:
    return LinkSigner([b"x" * 32]).sign(LinkToken(mailed.roundup.id, mailed.edition.id, mailed.id, Action.KEEP))


def changed(mailed: Mailed) -> str:
    return "A" + mailed.token(Action.KEEP)


def of_another_edition(mailed: Mailed) -> str:
    return mailed.token(Action.KEEP, edition_id=mailed.edition.id + 1)


def of_another_roundup(mailed: Mailed) -> str:
    return mailed.token(Action.KEEP, roundup_id=99)


def of_no_candidate(mailed: Mailed) -> str:
    return mailed.token(Action.KEEP, candidate_id=99)


def to_no_section(mailed: Mailed) -> str:
    return mailed.token(Action.MOVE, "Cooking")


def expired(mailed: Mailed) -> str:
    token = mailed.token(Action.KEEP)
    mailed.stores.ledger.close(mailed.edition, Closing((), ()), NOW, None, "post.md", 2)
    return token


@pytest.mark.parametrize(
    "token", [forged, changed, of_another_edition, of_another_roundup, of_no_candidate, to_no_section, expired]
)
def test_a_token_that_is_none_gets_the_same_page_whatever_is_wrong_with_it(
    mailed: Mailed, token: Callable[[Mailed], str]
) -> None:
    path = token(mailed)
    nonsense = mailed.client.get("/a/nonsense")
    for answer in (mailed.client.get(f"/a/{path}"), mailed.client.post(f"/a/{path}")):
        assert answer.status_code == nonsense.status_code == 404
        assert re.sub(r'content="[0-9a-f]+"', "", answer.text) == re.sub(r'content="[0-9a-f]+"', "", nonsense.text)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert mailed.candidate.standing.state is State.NEW


def test_a_link_signs_nobody_in(mailed: Mailed) -> None:
    mailed.client.post(f"/a/{mailed.token(Action.KEEP)}")
    assert mailed.client.get("/r/links/").status_code != 200


def test_a_form_of_another_site_is_refused(mailed: Mailed) -> None:
    answer = mailed.client.post(f"/a/{mailed.token(Action.KEEP)}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert mailed.candidate.standing.state is State.NEW


def test_an_address_of_a_candidate_that_is_none_is_no_link(mailed: Mailed) -> None:
    new = NewCandidate("javascript:alert(1)", None, "Bad", "", None, (), None, NOW)
    (bad,) = mailed.stores.ledger.offer(mailed.roundup.id, [new], [])
    page = mailed.client.get(f"/a/{mailed.token(Action.KEEP, candidate_id=bad)}").text
    assert "javascript:" not in page


def test_the_button_works_where_a_browser_says_nothing_of_where_it_stands(mailed: Mailed) -> None:
    """A page without a referrer sends "null" as its origin, and over plain http no Sec-Fetch-Site: the button was refused."""
    address = f"/a/{mailed.token(Action.KEEP)}"
    assert mailed.client.post(address, headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert mailed.client.post(address, headers={"Origin": "https://evil.example"}).status_code == 403
    before = mailed.candidate.standing.state
    assert mailed.client.post(address, headers={"Origin": "null"}).status_code == 303
    assert (before, mailed.candidate.standing.state) == (State.NEW, State.KEPT)


def test_no_log_line_names_a_token(mailed: Mailed, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a real socket: the server's own log, requests that are none, a fault of the desk's."""
    caplog.set_level(logging.DEBUG)
    token = mailed.token(Action.KEEP)
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    web = mailed.stores.settings.web.model_copy(update={"port": port})

    def sent(request: str) -> bytes:
        with socket.create_connection(("127.0.0.1", port), 10) as line:
            line.sendall(request.replace("\n", "\r\n").encode())
            return line.makefile("rb").read()

    host = "Host: desk.example.org\nConnection: close\n"
    with listening(make_app(mailed.stores, None), web):
        assert b" 200 " in sent(f"GET /a/{token} HTTP/1.1\n{host}\n").splitlines()[0]
        assert b" 303 " in sent(f"POST /a/{token} HTTP/1.1\n{host}Content-Length: 0\n\n").splitlines()[0]
        sent(f"GET /a/{token} HTTP/9\n\n")
        monkeypatch.setattr(actions, "read", lambda *_: 1 / 0)
        assert b" 500 " in sent(f"GET /a/{token} HTTP/1.1\n{host}\n").splitlines()[0]
    assert "ZeroDivisionError" in caplog.text, "the fault itself is told"
    assert token not in caplog.text
    assert token.partition(".")[2] not in caplog.text
