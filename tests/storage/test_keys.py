"""The key file: made once, private, renewed without ending what the key before it signed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aggregator.errors import ConfigError
from aggregator.storage.keys import read_keys, renew_keys


def test_the_first_reader_makes_a_private_file_with_one_key(tmp_path: Path) -> None:
    path = tmp_path / "desk.key"
    keys = read_keys(path)
    assert [len(key) for key in keys] == [32]
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_keys(path) == keys
    assert [one.name for one in tmp_path.iterdir()] == ["desk.key"]


def test_readers_at_the_same_time_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: read_keys(tmp_path / "desk.key"), range(16)))
    assert len({tuple(keys) for keys in found}) == 1


def test_renewing_keeps_the_key_before_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "desk.key"
    first = read_keys(path)
    renew_keys(path)
    second = read_keys(path)
    assert second[1:] == first
    renew_keys(path)
    assert read_keys(path)[1:] == second[:1]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "desk.key"
    read_keys(path)
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_keys(path)


@pytest.mark.parametrize("content", [b"", b"beef", b"not hex", b"\xff\xfe"])
def test_a_file_that_holds_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "desk.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ConfigError):
        read_keys(path)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be used"):
        read_keys(tmp_path / "none" / "desk.key")
