"""Where a draft may be sent to, and what is refused before anything leaves the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.errors import ConfigError
from aggregator.settings import Settings, parse_settings


def settings(send: str, folder: Path = Path("/nowhere")) -> Settings:
    return parse_settings(f"roundups: [{{name: Links, draft: {{send: {send}}}}}]", folder / "config.yaml", {})


def test_one_place_may_stand_without_a_list() -> None:
    (one,) = settings("{kind: WordPress, site: 'https://blog.example/', user: jo}").roundup().draft.send
    assert (one.label, one.address, one.key) == ("wordpress", "https://blog.example", "wordpress https://blog.example")


@pytest.mark.parametrize(
    ("send", "words"),
    [
        ("{kind: wordpress, site: 'https://blog.example'}", "needs `user`"),
        ("{kind: ghost, site: 'http://blog.example'}", "would send your password in the open"),
        ("{kind: ghost, site: 'https://jo:x@blog.example'}", "holds no password"),
        ("{kind: ghost, site: 'https://blog.example', user: jo}", "user: not for a ghost"),
        ("{kind: branch, git: '--upload-pack=x'}", "cannot be given to git"),
        ("{kind: branch, git: 'git@x.example:b.git', branch: '../main'}", "is no branch"),
        ("{kind: branch, git: 'git@x.example:b.git', branch: 'a..b'}", "is no branch"),
        ("{kind: branch, git: 'git@x.example:b.git', folder: ../x}", "leads out of the repository"),
        ("{kind: fax}", "fax"),
    ],
)
def test_a_place_that_cannot_be_is_refused(send: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        settings(send)


def test_a_secret_comes_from_its_variable_or_its_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("1:ab\n")
    found = settings("{kind: ghost, site: 'https://blog.example', key_file: key}", tmp_path)
    (one,) = found.roundup().draft.send
    assert found.outlet_secret(one, {}) == "1:ab"
    assert found.outlet_secret(one, {"AGGREGATOR_GHOST_KEY": "2:cd"}) == "2:cd"


@pytest.mark.parametrize("off", ["off", "'none'", "no"])
def test_nobody_is_asked_for_archived_copies_where_that_is_off(off: str) -> None:
    found = parse_settings(f"links: {{archive: {off}}}\nroundups: [{{name: Links}}]", Path("/nowhere/config.yaml"), {})
    assert found.links.archive is None
    assert settings("[]").links.archive == "https://archive.org/wayback/available"
