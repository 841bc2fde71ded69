"""The desk's own files: one version in the address of all of them, kept for ever under it, and none of another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.settings.shipped import template_folder
from aggregator.web import statics
from aggregator.web.rendering import script
from tests.web.pages import Browser, browsing


@pytest.fixture
def browser(sqlite_url: str, tmp_path: Path) -> Iterator[Browser]:
    with browsing(tmp_path, sqlite_url) as one:
        yield one


def test_a_file_is_kept_for_ever_under_the_version_of_all(browser: Browser) -> None:
    answer = browser.client.get(statics.address("desk.js"))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_lasting_address_has_to_be_asked_about(browser: Browser) -> None:
    answer = browser.client.get("/static/icon.svg")
    assert answer.headers["cache-control"] == "no-cache"
    again = browser.client.get("/static/icon.svg", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["000000000000/desk.js", "nothing.js", "../app.py", "%2e%2e/app.py", "", "a/b/desk.js"])
def test_of_another_version_or_another_folder_there_is_nothing(browser: Browser, path: str) -> None:
    assert browser.client.get(f"/static/{path}").status_code == 404


def test_an_update_below_a_running_desk_mixes_nothing(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = browser.client.get(statics.address("desk.js")).content
    (tmp_path / "desk.js").write_text("export const csrf = 0;")
    monkeypatch.setattr(statics, "FOLDER", tmp_path)
    assert browser.client.get(statics.address("desk.js")).content == before
    statics.files.cache_clear()
    statics.version.cache_clear()
    assert browser.client.get(statics.address("desk.js")).content != before
    monkeypatch.undo()
    statics.files.cache_clear()
    statics.version.cache_clear()


def test_a_page_asks_for_all_modules_at_once_and_none_imports_by_a_bare_address() -> None:
    assert f'<link rel="modulepreload" href="{statics.address("desk.js")}">' in script("triage.js")
    modules = {name: content.decode() for name, content in statics.files().items() if name.endswith(".js")}
    for name, text in modules.items():
        named = re.findall(r'(?:from|import\(?)\s*"([^"]+)"', text)
        assert {f"./{one}" for one in statics.imported(name)} >= set(named), name
        assert set(named) <= {f"./{one}" for one in modules}, name


def test_pages_name_files_with_their_version() -> None:
    bare = re.compile(r'"/static/(?!manifest\.webmanifest")')
    assert [path.name for path in template_folder().rglob("*.html") if bare.search(path.read_text(encoding="utf-8"))] == []
