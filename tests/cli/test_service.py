"""init, doctor, status, run, backup, restore, export and demo: setting up and keeping it running."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.cli.demo import command
from aggregator.records.roundups import Heartbeat
from aggregator.settings import load_settings
from tests.cli.conftest import Author


def check(author: Author, name: str, status: int) -> dict[str, object]:
    said = author.json("doctor", want=status)
    assert said["ok"] is (status == 0)
    found: dict[str, object] = next(one for one in said["checks"] if one["name"] == name)
    assert {"name", "ok", "advice"} <= set(found)
    return found


def test_init_writes_a_configuration_that_works_and_never_overwrites(author: Author) -> None:
    said = author.json("init", "new")
    assert [Path(one).name for one in said["created"]] == ["config.yaml", "feeds.opml"]
    load_settings(author.home / "new" / "config.yaml")
    (author.home / "new" / "config.yaml").write_text("mine: true\n")
    again = author.json("init", "new")
    assert again["created"] == []
    assert (author.home / "new" / "config.yaml").read_text() == "mine: true\n"
    assert "left new/config.yaml as it is" in author.run("init", "new").out


def test_init_where_a_file_is_in_the_way_is_told(author: Author) -> None:
    assert "config.yaml" in author.fails("init", "config.yaml")


def test_a_new_author_gets_from_init_to_a_preview(author: Author) -> None:
    author.run("init", "new")
    config = ("--config", "new/config.yaml")
    author.run(*config, "poll")
    assert author.json(*config, "digest")["candidates"] == 0
    assert author.json(*config, "status", want=1)["troubles"][0]["advice"]


def test_a_healthy_installation(author: Author) -> None:
    author.post("storage", "A disk")
    assert check(author, "mail", 0)["ok"]
    ran = author.run("doctor")
    assert "BAD" not in ran.out
    assert "127.0.0.1" in ran.out
    assert author.world.mails == []


@pytest.mark.parametrize(
    ("old", "new", "name", "said"),
    [
        ("archive: [past/]", "archive: [nowhere/]", "archive", "nowhere"),
        ("host: 127.0.0.1", "username: me, host: 127.0.0.1", "mail", "no password"),
        ("host: 127.0.0.1", "username: me, password_file: none.txt, host: 127.0.0.1", "mail", "none.txt"),
        ("security: none", "security: starttls", "mail", "STARTTLS"),
        ("poll:", "templates: nowhere/\npoll:", "templates", "nowhere"),
        ("aggregator.db", "nowhere/aggregator.db", "database", "nowhere"),
    ],
)
def test_the_doctor_finds_what_is_wrong_and_goes_on(author: Author, old: str, new: str, name: str, said: str) -> None:
    author.post("storage", "A disk")
    author.configure(author.world.config.replace(old, new))
    found = check(author, name, 1)
    assert not found["ok"]
    assert said in str(found["words"])
    assert found["advice"]
    assert said in author.run("doctor", want=1).out


def test_the_doctor_shows_no_password(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGGREGATOR_SMTP_PASSWORD", "correct horse")
    author.configure(author.world.config.replace("host: 127.0.0.1", "username: me, host: 127.0.0.1"))
    ran = author.run("doctor", want=1)
    assert "correct horse" not in ran.out + ran.err


def test_status_without_feeds_wants_the_author(author: Author) -> None:
    author.world.blog("storage")
    (author.home / "feeds.opml").write_text('<opml version="2.0"><head/><body/></opml>')
    said = author.json("status", want=1)
    assert not said["ok"]
    assert said["troubles"] == [{"words": "You follow no feed yet.", "advice": said["troubles"][0]["advice"]}]


def test_status_knows_the_list_before_the_first_poll(author: Author) -> None:
    """It said that no feed was followed until one had been polled."""
    author.post("storage", "A disk")
    said = author.json("status")
    assert said["ok"]
    assert said["feeds"] == {"new": 1}
    assert "polled      never; next now" in author.run("status").out, "it said: next a moment ago"


def test_status_tells_polls_digest_classifier_outbox_and_feeds(author: Author) -> None:
    author.run("archive", "import")
    author.run("train")
    author.post("storage", "A disk")
    author.post("security", "A cipher")
    author.world.blog("security").status = 404
    author.run("poll", "--all")
    author.run("digest", "--send")
    said = author.json("status")
    assert (said["edition"], said["candidates"], said["past_editions"]) == (7, {"new": 1}, 6)
    assert datetime.fromisoformat(said["last_poll"]) < datetime.fromisoformat(said["next_poll"])
    assert datetime.fromisoformat(said["next_digest"]) > datetime.now(UTC)
    assert said["last_digest"]["state"] == said["outbox"][0]["state"] == "sent"
    assert said["classifier"]["labels"] == 54
    assert [one["url"] for one in said["feeds_in_trouble"]] == [author.world.at("/security.xml")]
    assert said["running"] is False
    shown = author.run("status").out
    zone = load_settings(author.home / "config.yaml").roundups[0].digest.zone
    sent = datetime.fromisoformat(said["last_digest"]["sent_at"]).astimezone(zone)
    assert f"last {sent:%a} {sent.day} {sent:%b %Y %H:%M}, sent" in shown, "it said the time that the digest was for"
    for words in ("Rack Notes #7", "not running", "The security blog", "6 past editions"):
        assert words in shown


def test_status_tells_what_a_job_of_the_daemon_failed_at(author: Author) -> None:
    author.post("storage", "A disk")
    author.world.installation.heartbeats.beat(Heartbeat("poll", datetime.now(UTC), "the disk is full", ok=False))
    ran = author.run("status", want=1)
    assert "the disk is full" in ran.err


def test_a_second_run_is_turned_away_and_the_rest_works_beside_it(author: Author) -> None:
    author.offered("A disk")
    author.run("backup", "copy.db")
    hold = (
        "import sys; from aggregator.storage.lock import hold_run_lock\n"
        "with hold_run_lock(sys.argv[1]): print('held', flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", hold, author.world.settings.database_url]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert f"process {other.pid} is running" in author.fails("run", want=75)
        assert "running" in author.fails("restore", "copy.db", want=75)
        assert author.json("poll", "--all")["feeds"] == 1
        assert author.json("candidates")
        assert author.json("backup", "copy2.db")["bytes"] > 0


def test_a_backup_comes_back(author: Author) -> None:
    number = str(author.offered("A disk")["A disk"])
    said = author.json("backup", "copy.db")
    assert said["bytes"] == (author.home / "copy.db").stat().st_size
    assert "verified" in author.run("backup", "copy.db").out
    author.run("decide", number, "drop")
    author.world.installation.close()
    assert author.json("restore", "copy.db")["bytes"] == said["bytes"]
    assert [one["state"] for one in author.json("candidates")] == ["new"]
    said = author.run("restore", "copy.db").out
    assert "Restored" in said
    assert "aggregator.db.before-restore" in said


def test_a_database_of_this_version_needs_no_upgrade_and_the_doctor_tells_of_its_copies(author: Author) -> None:
    author.run("candidates")
    said = author.json("migrate", "--dry-run")
    assert (said["needed"], said["done"]) == (False, False)
    assert "Nothing is to be done" in author.run("migrate").out
    told = author.run("doctor", want=1).out
    assert "backups: none yet" in told


def test_what_is_no_backup_is_not_restored(author: Author) -> None:
    author.run("candidates")
    assert "none.db" in author.fails("restore", "none.db")
    (author.home / "fake.db").write_text("Dear diary, " * 100)
    assert "aggregator backup" in author.fails("restore", "fake.db")
    assert "no backup" in author.fails("restore", "config.yaml")
    assert "folder" in author.fails("backup", ".")
    assert "no/such" in author.fails("backup", "no/such/copy.db")


def test_everything_he_put_in_comes_out_in_open_formats(author: Author) -> None:
    author.run("archive", "import")
    author.offered("=A disk")
    said = author.json("export", "out")
    assert {Path(one).name for one in said["files"]} == {"labels.jsonl", "candidates.csv", "feeds.opml"}
    assert said["bytes"] == sum((author.home / one).stat().st_size for one in said["files"])
    labels = [json.loads(line) for line in (author.home / "out" / "labels.jsonl").read_text().splitlines()]
    assert len(labels) == 54
    (row,) = csv.DictReader(io.StringIO((author.home / "out" / "candidates.csv").read_text()))
    assert row["title"] == "'=A disk"
    assert "feeds.opml" in author.run("export", "out").out
    assert "config.yaml: a file is in the way of this folder\nName a folder" in author.fails("export", "config.yaml")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_database_without_permission_is_told(author: Author) -> None:
    (author.home.parent / "aggregator.db").chmod(0)
    assert "aggregator.db" in author.fails("candidates")


def test_the_demo_does_the_whole_job_on_this_machine_alone(author: Author) -> None:
    said = author.json("demo", "--once", "--dir", "there")
    assert said["feeds"] > 0
    assert said["entries"] >= said["candidates"] > 0
    assert all((author.home / one).exists() for one in said["digest"])
    assert "something else" in author.fails("demo", "--once", "--dir", "past")


def test_the_demo_names_the_command_as_it_was_called(author: Author, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / ".venv" / "bin" / "aggregator"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [".venv/bin/aggregator"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert command() == ".venv/bin/aggregator"
    monkeypatch.setenv("PATH", str(program.parent))
    assert command() == "aggregator"
    assert "Look further: aggregator --config" in author.run("demo", "--once", "--dir", "there").out
