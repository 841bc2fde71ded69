"""digest: looked at, mailed once for each slot, and honest when the mail server will not have it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.cli.conftest import Author

KEYS = {"edition", "slot", "candidates", "bytes_html", "message_id", "state"}


def test_a_preview_is_three_files_and_no_mail(author: Author) -> None:
    author.offered("A disk")
    said = author.json("digest", "--out", "look")
    assert set(said) >= KEYS
    assert (said["edition"], said["candidates"], said["state"]) == (7, 1, "preview")
    assert datetime.fromisoformat(said["slot"]) <= datetime.now(UTC)
    assert {path.name for path in (author.home / "look").iterdir()} == {"digest.html", "digest.txt", "digest.eml"}
    assert said["bytes_html"] == len((author.home / "look" / "digest.html").read_bytes())
    assert said["message_id"].encode() in (author.home / "look" / "digest.eml").read_bytes()
    assert "A disk" in (author.home / "look" / "digest.txt").read_text()
    assert author.world.mails == []
    assert "nothing was mailed" in author.run("digest").out
    assert (author.home / "outbox" / "preview" / "digest.html").exists()


def test_a_slot_is_mailed_once_whatever_is_asked(author: Author) -> None:
    author.offered("A disk")
    first = author.json("digest", "--send")
    assert (first["state"], len(author.world.mails)) == ("sent", 1)
    assert author.world.mails[0]["Message-ID"] == first["message_id"]
    author.offered("A raid")
    again = author.json("digest", "--send", "--out", "copy")
    assert {key: again[key] for key in KEYS} == {key: first[key] for key in KEYS}
    assert "A raid" not in (author.home / "copy" / "digest.txt").read_text(), "the very mail that went out"
    said = author.run("digest", "--send").out
    assert "(the slot of Friday " in said
    assert "went out before" in said
    assert len(author.world.mails) == 1


def test_again_mails_a_new_one_marked_as_a_repeat(author: Author) -> None:
    author.offered("A disk")
    first = author.json("digest", "--send")
    second = author.json("digest", "--send", "--again")
    assert (second["slot"], second["state"]) == (first["slot"], "sent")
    assert second["message_id"] != first["message_id"]
    one, two = author.world.mails
    assert one["Subject"] != two["Subject"]


def test_a_mail_server_that_will_not_have_it_leaves_it_in_the_outbox(author: Author) -> None:
    author.offered("A disk")
    author.world.mail_works = False
    ran = author.run("digest", "--send", want=1)
    assert "not mailed (failed_temp)" in ran.err
    assert "come back later" in ran.err
    assert "stays in the outbox" in ran.err
    assert author.json("status", want=1)["outbox"][0]["state"] == "failed_temp"
    author.world.mail_works = True
    said = author.json("digest", "--send")
    assert (said["state"], len(author.world.mails)) == ("sent", 1)
    assert author.world.mails[0]["Message-ID"] == said["message_id"]
    assert author.json("status")["ok"]


def test_a_mail_server_that_is_not_there_still_gives_one_document(author: Author) -> None:
    nowhere = "mail: {from: digest@example.org, host: 127.0.0.1, port: 1, security: none}\n"
    author.configure(author.world.config.split("mail: {")[0] + nowhere)
    said = author.json("digest", "--send", want=1)
    assert said["state"] == "failed_temp"


def test_without_a_mail_server_it_is_written_to_the_outbox(author: Author) -> None:
    author.configure(author.world.config.split("mail: {")[0])
    assert author.json("digest", "--send")["state"] == "written"
    assert len(list((author.home / "outbox").glob("*.eml"))) == 1
    said = author.run("digest", "--send").out
    assert "no mail server is configured" in said
    assert "went out before" in said


def test_the_slot_is_the_latest_one_not_after_the_time(author: Author) -> None:
    said = author.json("digest", "--at", "2026-03-06T08:00")
    assert said["slot"] == "2026-03-06T06:00:00+00:00", "07:00 in Berlin"
    assert author.json("digest", "--at", "2026-03-06T05:59:59+00:00")["slot"] == "2026-02-27T06:00:00+00:00"


@pytest.mark.parametrize("time", ["soon", "2026-13-01", "0001-01-01", "9999-12-31T23:59", ""])
def test_a_time_that_is_none_is_wrong_usage(author: Author, time: str) -> None:
    assert "2026-11-27T07:00" in author.fails("digest", "--at", time, want=2)


def test_a_coming_slot_is_used_up_only_by_naming_it(author: Author) -> None:
    coming = (datetime.now(UTC) + timedelta(days=14)).isoformat()
    assert author.json("digest", "--at", coming)["state"] == "preview"
    assert author.json("digest", "--send")["slot"] < datetime.now(UTC).isoformat()
    sent = author.json("digest", "--at", coming, "--send")
    assert (sent["state"], sent["slot"] > datetime.now(UTC).isoformat()) == ("sent", True)
    assert len(author.world.mails) == 2


def test_again_without_send_is_wrong_usage(author: Author) -> None:
    assert "--send" in author.fails("digest", "--again", want=2)


def test_a_folder_that_cannot_be_written_is_told(author: Author) -> None:
    (author.home / "look").write_text("a file")
    assert "look" in author.fails("digest", "--out", "look")


def test_a_pause_says_when_mails_come_again_and_a_resume_ends_it(author: Author) -> None:
    document = author.json("pause", "3", "weeks")
    assert date.fromisoformat(document["paused_until"]) > date(2026, 1, 1)
    assert author.json("status", want=1)["paused_until"] == document["paused_until"]
    assert "paused until" in author.run("status", want=1).out
    assert "The first digest after it" in author.run("pause", "until", document["paused_until"]).out
    assert author.run("resume").out.startswith("The pause is over.")
    assert author.run("resume").out.startswith("There was no pause.")
    assert author.json("resume") == {"paused_until": None}
    assert "3 weeks" in author.fails("pause", "soon", want=2)
