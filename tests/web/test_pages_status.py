"""Status with the outbox, settings with their checks, and the page on filing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.records.digests import MailKind, MailState, NewMail
from aggregator.records.roundups import Heartbeat
from tests.web.pages import CONFIG, HOSTILE, NOW, Browser, browsing

AGAIN = (MailState.RENDERED, MailState.FAILED_TEMP, MailState.FAILED_PERM, MailState.UNKNOWN)


@pytest.fixture
def browser(tmp_path: Path, sqlite_url: str) -> Iterator[Browser]:
    (tmp_path / "password").write_text("hunter2 is secret")
    with browsing(tmp_path, sqlite_url) as made:
        yield made


def mail(browser: Browser) -> int:
    edition = browser.installation.ledger.open_edition(browser.roundup.id, 7, NOW)
    made = browser.installation.outbox.put(
        NewMail(
            roundup_id=browser.roundup.id,
            edition_id=edition.id,
            slot=NOW,
            repeat=0,
            message_id="<rack-notes.1@example.org>",
            sender="digest@example.org",
            recipients=("author@example.org",),
            message=b"Subject: x\r\n\r\nHello",
            html=f"<p>{HOSTILE}</p>",
            text=f"Plain {HOSTILE}",
            made_at=NOW,
            shown=(),
            kind=MailKind.DIGEST,
        )
    )
    return made.id


def test_what_wants_the_author_comes_first(browser: Browser) -> None:
    browser.installation.heartbeats.beat(Heartbeat("poll", NOW, f"broke on {HOSTILE}", ok=False))
    page = browser.see("/status")
    assert "You follow no feed yet" in page
    assert "poll failed last time" in page
    assert "<script>alert" not in page


def test_a_mail_is_looked_at_without_trusting_it(browser: Browser) -> None:
    number = mail(browser)
    assert f"/status/mails/{number}" in browser.see("/status")
    assert "<script>alert" not in browser.see(f"/status/mails/{number}")
    sent = browser.client.get(f"/status/mails/{number}/html")
    policy = sent.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert browser.client.get(f"/status/mails/{number}/text").headers["content-type"].startswith("text/plain")
    browser.see("/status/mails/999", status=404)


def test_a_mail_that_failed_is_tried_again_and_says_what_came_of_it(browser: Browser) -> None:
    number = mail(browser)
    assert "tried again by itself" in browser.send("/status/retry", id=str(number))
    assert browser.installation.outbox.recent(1)[0].state is MailState.FAILED_TEMP
    browser.send("/status/retry", status=400, id="x")
    browser.send("/status/retry", status=404, id="999")


@pytest.mark.parametrize("state", list(MailState))
def test_each_state_is_told_in_words_and_offers_what_can_be_done(browser: Browser, state: MailState) -> None:
    number = mail(browser)
    browser.installation.outbox.settle(number, state, NOW, f"Because {HOSTILE}")
    for page in (browser.see("/status"), browser.see(f"/status/mails/{number}")):
        assert str(state) not in re.findall(r"badge [a-z]+\">([a-z_ ]+)<", page) or state in (MailState.SENT, MailState.WRITTEN)
        assert ("/status/retry" in page) == (state in AGAIN)
        assert ("/status/arrived" in page) == (state is MailState.UNKNOWN)
        assert "<script>alert" not in page
    browser.send("/status/retry", status=200 if state in AGAIN else 409, id=str(number))


def test_a_mail_that_nobody_knows_about_is_settled_by_the_author(browser: Browser) -> None:
    number = mail(browser)
    outbox = browser.installation.outbox
    browser.send("/status/arrived", status=409, id=str(number))
    outbox.settle(number, MailState.UNKNOWN, NOW, "It may have arrived.")
    assert "that it arrived" in browser.see("/status")
    assert "not sent again" in browser.send("/status/arrived", id=str(number))
    (settled,) = outbox.recent(1)
    assert (settled.state, settled.error, settled.next_attempt_at) == (MailState.SENT, None, None)
    assert "that it arrived" not in browser.see("/status")
    assert outbox.claim(NOW + timedelta(days=1), 900.0) is None


def test_a_test_mail_that_cannot_leave_says_why(browser: Browser) -> None:
    browser.see("/status")
    assert "mail.port" in browser.send("/status/test-mail", status=409)


def test_without_a_server_the_test_mail_is_a_file(tmp_path: Path, sqlite_url: str) -> None:
    with browsing(tmp_path, sqlite_url, CONFIG.partition("mail:")[0]) as browser:
        assert "written to" in browser.send("/status/test-mail", roundup="Rack Notes")
        assert "If you read it" in (tmp_path / "outbox" / "test.txt").read_text()


@pytest.mark.parametrize(
    ("referer", "leads"),
    [
        ("http://127.0.0.1/start?roundup=x", "/start?roundup=x"),
        ("http://evil.example/start", None),
        ("http://127.0.0.1//evil.example", None),
        ("", None),
    ],
)
def test_what_did_not_work_leads_back_to_its_page(browser: Browser, referer: str, leads: str | None) -> None:
    browser.see("/status")
    browser.client.headers["Referer"] = referer
    page = browser.send("/status/retry", status=404, id="999")
    assert ("Back to the page" in page) == (leads is not None)
    assert leads is None or f'href="{leads}">Back' in page
    assert "evil" not in page


def test_settings_tell_where_each_value_comes_from_and_no_secret(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGGREGATOR_POLL__CONCURRENCY", "7")
    monkeypatch.setenv("AGGREGATOR_SMTP_PASSWORD", "hunter2 is secret")
    page = browser.see("/settings")
    assert "roundups 1.sections 1.name" in page
    assert "line 8" in page
    assert "AGGREGATOR_POLL__CONCURRENCY" in page
    assert "hunter2" not in page


def test_checks_run_when_asked_and_say_what_to_mend(browser: Browser) -> None:
    browser.see("/settings")
    page = browser.send("/settings/check")
    assert "to mend" in page
    assert "there is no feed list here" in page
    assert "hunter2" not in page


def test_a_broken_file_is_told_on_the_pages_while_the_old_settings_hold(browser: Browser) -> None:
    good = browser.config
    (browser.folder / "config.yaml").write_text(good + "polll: {}\n")
    for path in ("/settings", "/status"):
        page = browser.see(path)
        assert "polll" in page
    assert browser.plan.name == "Rack Notes"
    (browser.folder / "config.yaml").write_text(good.replace("port: 1,", "port: 2,") + "web: {port: 9999}\n")
    page = browser.see("/settings")
    assert "polll" not in page
    assert "holds once the program is started anew" in page
    assert browser.installation.settings.mail.port == 2


def test_filing_without_a_past_says_what_teaches_it(browser: Browser) -> None:
    page = browser.see("/r/rack-notes/filing")
    assert "Nothing to measure yet" in page
    browser.send("/r/rack-notes/filing/measure", status=400)


def test_filing_is_measured_and_trained_on_demand(browser: Browser) -> None:
    for number in range(1, 7):
        browser.publish(
            number,
            *(("Networking", f"routing{one} bgp packet switch {number}") for one in range(3)),
            *(("Storage", f"disk{one} nvme array volume {number}") for one in range(3)),
        )
    browser.see("/r/rack-notes/filing")
    browser.send("/r/rack-notes/filing/measure")
    page = browser.settled("/r/rack-notes/filing")
    assert "On your past editions" in page
    assert "<svg" in page
    assert "style=" not in page
    browser.send("/r/rack-notes/filing/train")
    assert "Learning from what you decided" in browser.settled("/r/rack-notes/filing")
