"""config.yaml is read again while something runs: changed, broken, mended, and what only a restart takes up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aggregator.settings import load_settings
from aggregator.settings.following import FollowedConfig
from aggregator.wiring import Installation

Write = Callable[[str], None]
BARE = "roundups: [{name: Links}]\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


@pytest.fixture
def write(path: Path) -> Write:
    def written(text: str) -> None:
        # A new file each time: two writes within one tick of the file system's clock must not look the same.
        fresh = path.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(path)

    written(BARE)
    return written


@pytest.fixture
def installation(path: Path, write: Write) -> Iterator[Installation]:
    with Installation(load_settings(path, {}), source=path) as made:
        yield made


def waiting(installation: Installation) -> list[str]:
    assert installation.config is not None
    return list(installation.config.at_restart)


def test_a_file_that_stays_as_it_is_is_not_read_again(
    path: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.refresh()
    monkeypatch.setattr("aggregator.settings.following.load_settings", lambda _: pytest.fail("read again"))
    before = installation.settings
    installation.refresh()
    assert installation.settings is before


def test_what_changed_is_in_force_and_what_was_made_from_it_is_made_anew(installation: Installation, write: Write) -> None:
    pages, guard, parsers = installation.pages, installation.guard, installation.parsers
    sender = installation.sender
    write(BARE + "poll: {user_agent: mine, allow_networks: [10.0.0.0/8]}\nmail: {host: localhost, from: me@example.org}\n")
    installation.refresh()
    assert installation.settings.poll.user_agent == "mine"
    assert installation.pages is not pages
    assert installation.guard is not guard
    assert sender is None
    assert installation.sender is not sender
    assert installation.parsers is parsers


def test_parsers_of_another_number_are_new_and_the_old_ones_finish_their_work(installation: Installation, write: Write) -> None:
    from aggregator.intake.pool import ParseTask

    before = installation.parsers
    write(BARE + "poll: {parse_workers: 1}\n")
    installation.refresh()
    assert installation.parsers is not before
    feed = b"<rss version='2.0'><channel><title>T</title></channel></rss>"
    assert before.parse_now(ParseTask(feed, "https://blog.example/feed", "application/rss+xml")).title == "T"


def test_a_broken_file_leaves_everything_and_is_told_of_once(
    installation: Installation, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    before = installation.settings
    write("roundups: [{name: Links, sectoins: []}]\n")
    with caplog.at_level(logging.INFO, "aggregator"):
        installation.refresh()
        installation.refresh()
    assert installation.settings is before
    assert installation.config is not None
    assert installation.config.trouble is not None
    assert "sectoins" in str(installation.config.trouble)
    assert len(caplog.records) == 1
    assert "hold on" in caplog.text
    write(BARE)
    installation.refresh()
    assert installation.config.trouble is None


def test_a_missing_file_leaves_everything(path: Path, installation: Installation) -> None:
    path.unlink()
    installation.refresh()
    assert installation.config is not None
    assert installation.config.trouble is not None
    assert installation.settings.roundup().name == "Links"


def test_database_and_port_wait_for_a_restart(installation: Installation, write: Write) -> None:
    before = installation.settings
    write("database: sqlite:///other.db\nroundups: [{name: Other}]\nweb: {port: 9}\n")
    installation.refresh()
    assert installation.settings.roundup().name == "Other"
    assert (installation.settings.database, installation.settings.web) == (before.database, before.web)
    assert waiting(installation) == ["database", "web.port"]
    write("roundups: [{name: Other}]\n")
    installation.refresh()
    assert waiting(installation) == []


def test_the_address_by_which_others_reach_the_desk_holds_at_once(installation: Installation, write: Write) -> None:
    write(BARE + "web: {base_url: 'https://desk.example.org', port: 9}\n")
    installation.refresh()
    assert installation.settings.web.base_url == "https://desk.example.org"
    assert installation.settings.web.port == 8765
    assert waiting(installation) == ["web.port"]


def test_a_password_that_was_mended_is_used(tmp_path: Path, path: Path, write: Write) -> None:
    secret = tmp_path / "password"
    secret.write_text("wrong")
    write(BARE + "mail: {host: localhost, from: me@example.org, password_file: password}\n")
    with Installation(load_settings(path, {}), source=path) as installation:
        installation.refresh()
        before = installation.sender
        installation.refresh()
        assert installation.sender is before
        secret.write_text("right one")
        installation.refresh()
        assert installation.sender is not before


def test_the_mended_password_of_the_mailbox_for_answers_is_used(tmp_path: Path, path: Path, write: Write) -> None:
    secret = tmp_path / "password"
    secret.write_text("wrong")
    write(BARE + "mail: {replies: {host: localhost, username: me, password_file: password}}\n")
    with Installation(load_settings(path, {}), source=path) as installation:
        installation.refresh()
        before = installation.mailbox
        installation.refresh()
        assert installation.mailbox is before
        secret.write_text("right one")
        installation.refresh()
        assert installation.mailbox is not before


def test_a_change_between_the_first_reading_and_the_first_look_is_not_missed(path: Path, write: Write) -> None:
    settings = load_settings(path, {})
    write("roundups: [{name: Other}]\n")
    changed = FollowedConfig(path).changed(settings)
    assert changed is not None
    assert changed.roundup().name == "Other"


def test_without_a_file_the_settings_hold_for_good(path: Path, write: Write) -> None:
    with Installation(load_settings(path, {})) as installation:
        write("nonsense\n")
        installation.refresh()
        assert installation.config is None
