"""What `doctor` finds about who reaches the desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.desk.door import checks, is_loopback
from aggregator.settings import parse_settings

OIDC = "oidc: {issuer: 'https://id.example.org', client_id: x, allow: [me], client_secret_file: none}"


def found(folder: Path, web: str, *, password: bool = False) -> dict[str, tuple[bool, str, str | None]]:
    settings = parse_settings(f"roundups: [{{name: Links}}]\nweb: {{{web}}}\n", folder / "config.yaml", {})
    told = checks(settings, password=password, key_file=folder / "desk.key")
    return {one.name: (one.ok, one.words, one.advice) for one in told}


@pytest.mark.parametrize("web", ["", "host: localhost", "base_url: 'http://127.0.0.1:8765'"])
def test_on_its_own_machine_it_needs_no_password(tmp_path: Path, web: str) -> None:
    assert found(tmp_path, web)["desk"] == (True, "it answers on this machine only, and asks nobody for a password", None)


@pytest.mark.parametrize("web", ["host: 0.0.0.0", "base_url: 'https://desk.example.org'"])
def test_where_others_reach_it_a_password_is_missed(tmp_path: Path, web: str) -> None:
    ok, words, advice = found(tmp_path, web)["desk"]
    assert (ok, advice) == (False, "aggregator password")
    assert "no password" in words


@pytest.mark.parametrize("web", ["host: 192.168.1.5", "base_url: 'http://desk.example.org'"])
def test_a_password_in_the_clear_is_told(tmp_path: Path, web: str) -> None:
    ok, words, _ = found(tmp_path, web, password=True)["desk"]
    assert not ok
    assert "for everyone on the way to read" in words


def test_behind_https_with_a_password_all_is_well(tmp_path: Path) -> None:
    web = "base_url: 'https://desk.example.org'"
    ok, _, advice = found(tmp_path, web, password=True)["desk"]
    assert ok
    assert advice is not None
    assert "trusted_proxies" in advice
    assert found(tmp_path, f"{web}, trusted_proxies: [127.0.0.1]", password=True)["desk"][2] is None


def test_a_desk_below_a_path_is_told_that_it_needs_a_name(tmp_path: Path) -> None:
    web = "base_url: 'https://example.org/desk/', trusted_proxies: [127.0.0.1]"
    ok, words, advice = found(tmp_path, web, password=True)["desk"]
    assert not ok
    assert "/desk" in words
    assert advice == "Give the desk a name of its own, such as desk.example.org."


def test_a_secret_of_the_sign_on_service_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    told = found(tmp_path, f"base_url: 'https://desk.example.org', {OIDC}")
    assert told["desk"][0]
    assert not told["sign-on service"][0]


def test_a_key_that_others_can_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "desk.key").write_text("x")
    (tmp_path / "desk.key").chmod(0o644)
    assert found(tmp_path, "")["key file"][2] == f"chmod 600 {tmp_path / 'desk.key'}"
    (tmp_path / "desk.key").chmod(0o600)
    assert "key file" not in found(tmp_path, "")


def test_names_of_this_machine() -> None:
    assert all(is_loopback(one) for one in ("127.0.0.1", "127.9.9.9", "[::1]", "::1", "localhost", "LOCALHOST"))
    assert not any(is_loopback(one) for one in ("0.0.0.0", "10.0.0.1", "localhost.example.org", "", "::"))
