from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.desk.doctor import Check, Probes, checks
from aggregator.errors import ArchiveError, DatabaseTooNew, DeliveryError, OpmlError, TemplateError
from aggregator.settings import parse_settings

NOW = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
ROUNDUP = "roundups:\n  - name: Technology Short Take\n    sections: [{name: Networking}]\n"
SERVER = "mail: {host: smtp.example.org, from: digest@example.org, username: me}\n"


class Patient:
    """An installation in a folder of its own, healthy unless a test makes it ill."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.text = ROUNDUP + "    digest: {to: author@example.org, timezone: America/Denver}\n"
        self.probes: dict[str, Any] = {
            "database": lambda: "sound, 3 feeds",
            "feeds": lambda path: 3,
            "template_faults": list,
            "mail": None,
            "environ": {"AGGREGATOR_SMTP_PASSWORD": "x"},
            "repository": lambda address, branch: None,
        }
        self.now = NOW
        self.python = (3, 13, 1)

    def examined(self, *, mode: int = 0o644) -> dict[str, Check]:
        path = self.home / "config.yaml"
        path.write_text(self.text)
        path.chmod(mode)
        settings = parse_settings(self.text, path, {})
        found = checks(settings, path, Probes(**self.probes), now=self.now, not_before=RELEASED, python=self.python)
        assert len({check.name for check in found}) == len(found)
        assert all(check.advice for check in found if not check.ok)
        return {check.name: check for check in found}

    def ill(self, **how: Any) -> dict[str, Check]:
        return {name: check for name, check in self.examined(**how).items() if not check.ok}


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    return Patient(tmp_path)


def failing(error: Exception) -> Callable[..., Any]:
    def probe(*_: object) -> Any:
        raise error

    return probe


def test_a_healthy_installation_has_nothing_to_mend(patient: Patient) -> None:
    found = patient.examined()
    assert all(check.ok for check in found.values())
    assert list(found) == [
        "configuration", "file modes", "database", "disk", "feeds", "archive", "mail", "templates",
        "name to publishers", "clock", "python",
    ]  # fmt: skip
    assert found["clock"].words == "Fri 07:00 in America/Denver"
    assert found["mail"].words == f"no mail server; each digest is written to {patient.home}/outbox"
    assert found["archive"].advice is not None


def test_an_error_of_a_probe_is_the_finding(patient: Patient) -> None:
    patient.probes |= {
        "database": failing(DatabaseTooNew("was written by a newer version", resource="a.db", advice="Upgrade.")),
        "feeds": failing(OpmlError("line 3: not well-formed", resource="feeds.opml")),
        "template_faults": failing(TemplateError("line 2: no such word", resource="mail.html", advice="Mend it.")),
    }
    ill = patient.ill()
    assert ill["database"] == Check("database", ok=False, words="a.db: was written by a newer version", advice="Upgrade.")
    assert ill["feeds"].words == "feeds.opml: line 3: not well-formed"
    assert ill["templates"].advice == "Mend it."


def test_no_feeds_are_no_health(patient: Patient) -> None:
    patient.probes["feeds"] = lambda path: 0
    assert "aggregator feeds add" in (patient.ill()["feeds"].advice or "")
    patient.probes["feeds"] = failing(FileNotFoundError(2, "No such file or directory"))
    assert patient.ill()["feeds"].words.endswith("feeds.opml: No such file or directory")


def test_a_roundup_without_sections_cannot_file(patient: Patient) -> None:
    patient.text = "roundups: [{name: Mine}]\n"
    assert "Mine has no sections" in patient.ill()["configuration"].words


def test_a_file_that_holds_a_password_is_for_its_owner_alone(patient: Patient) -> None:
    assert patient.ill(mode=0o666)["file modes"].advice == f"chmod o-w {patient.home}/config.yaml"
    patient.text += "database: postgresql+psycopg://me:s3cret@db/x\n"
    assert patient.ill(mode=0o640)["file modes"].advice == f"chmod 600 {patient.home}/config.yaml"
    assert "file modes" not in patient.ill(mode=0o600)


def test_the_password_file_is_looked_at_and_its_content_is_not_shown(patient: Patient) -> None:
    patient.text += "mail: {host: smtp.example.org, from: a@example.org, username: me, password_file: secret}\n"
    patient.probes["environ"] = {}
    assert patient.ill()["password file"].words.endswith("secret: No such file or directory")
    (patient.home / "secret").write_text("s3cret\n")
    (patient.home / "secret").chmod(0o644)
    found = patient.examined()
    assert found["password file"].advice == f"chmod 600 {patient.home}/secret"
    assert "s3cret" not in repr(found)


def test_so_are_the_files_of_every_other_secret(patient: Patient) -> None:
    patient.text += """    draft:
      send:
        - {kind: ghost, site: 'https://blog.example.org', key_file: key}
        - {kind: wordpress, site: 'https://other.example.org', user: me, password_file: secret}
web: {oidc: {issuer: 'https://id.example.org', client_id: desk, client_secret_file: client, allow: [me]}}
"""
    for name in ("key", "secret", "client"):
        (patient.home / name).touch()
        (patient.home / name).chmod(0o644)
    ill = patient.ill()
    assert [ill[name].advice for name in ill] == [f"chmod 600 {patient.home}/{name}" for name in ("client", "key", "secret")]


def test_a_nearly_full_disk_is_told_before_it_is_full(patient: Patient) -> None:
    patient.probes["free"] = lambda path: 1_000_000
    assert patient.ill()["disk"].words.startswith("1.0 MB free")


def test_a_repository_that_cannot_be_read_is_named_with_what_to_do(patient: Patient) -> None:
    def refuse(address: str, branch: str | None) -> None:
        raise ArchiveError(f"it has no branch {branch!r}", resource=address, advice="Correct `branch`.")

    patient.text = ROUNDUP + "    archive: {git: 'https://git.example/blog.git', branch: live}\n"
    patient.probes["repository"] = refuse
    found = patient.ill()["archive"]
    assert (found.words, found.advice) == ("https://git.example/blog.git: it has no branch 'live'", "Correct `branch`.")


def test_an_archive_that_is_not_there_is_named(patient: Patient) -> None:
    (patient.home / "posts").mkdir()
    patient.text = ROUNDUP + "    archive: [posts, gone, https://blog.example.org/feed]\n"
    assert patient.ill()["archive"].words == f"there is no {patient.home}/gone"


class TestMail:
    def test_that_the_server_takes_is_well(self, patient: Patient) -> None:
        patient.text += SERVER
        patient.probes["mail"] = lambda: None
        found = patient.examined()
        assert found["mail"] == Check("mail", ok=True, words="smtp.example.org:587 accepts me")
        assert "mail sender" not in found

    def test_that_the_server_refuses_is_told_in_its_words(self, patient: Patient) -> None:
        patient.text += SERVER
        patient.probes["mail"] = failing(DeliveryError("535 wrong password", stage="auth", advice="Check the password."))
        assert patient.ill()["mail"].words == "535 wrong password"

    @pytest.mark.parametrize(
        ("text", "environ", "words"),
        [
            ("mail: {host: smtp.example.org}\n", {}, "mail.host is set, but no sender"),
            (SERVER, {}, "there is a user name, me, but no password"),
            (SERVER.replace("username: me", "password_file: none"), {}, "mail.password_file cannot be read"),
        ],
    )
    def test_that_cannot_be_sent_is_told_before_the_server_is_asked(
        self, patient: Patient, text: str, environ: dict[str, str], words: str
    ) -> None:
        patient.text += text
        patient.probes |= {"environ": environ, "mail": failing(AssertionError("asked"))}
        assert words in patient.ill()["mail"].words

    def test_to_nobody_is_not_sent(self, patient: Patient) -> None:
        patient.text = ROUNDUP + SERVER
        assert "nobody gets the digest of Technology Short Take" in patient.ill()["mail recipients"].words

    def test_with_a_password_in_the_open_is_refused(self, patient: Patient) -> None:
        patient.text += SERVER.replace("username: me", "username: me, security: none")
        patient.probes["mail"] = lambda: None
        assert "mail privacy" in patient.ill()
        patient.text = patient.text.replace("smtp.example.org", "127.0.0.1")
        assert "mail privacy" not in patient.ill()

    @pytest.mark.parametrize(
        ("sender", "host", "told"),
        [
            ("me@gmail.com", "smtp.example.org", True),
            ("me@gmail.com", "smtp.gmail.com", False),
            ("me@GMAIL.com", "evilgmail.com", True),
            ("me@outlook.com", "smtp.office365.com", False),
            ("me@example.org", "smtp.gmail.com", False),
        ],
    )
    def test_in_the_name_of_a_mailbox_provider_comes_from_its_own_server(
        self, patient: Patient, sender: str, host: str, told: bool
    ) -> None:
        patient.text += f"mail: {{host: {host}, from: {sender}}}\n"
        found = patient.examined()
        assert ("mail sender" in found) is told
        if told:
            assert found["mail sender"].ok

    def test_without_a_server_needs_an_outbox_that_can_be_written(self, patient: Patient) -> None:
        (patient.home / "outbox").write_text("a file in the way")
        assert "the outbox cannot be written" in patient.ill()["mail"].words


def test_templates_of_the_authors_own_are_tried(patient: Patient) -> None:
    patient.text += "templates: mine\n"
    assert patient.ill()["templates"].words == f"there is no folder {patient.home}/mine"
    (patient.home / "mine").mkdir()
    assert patient.examined()["templates"].words == f"{patient.home}/mine"
    patient.probes["template_faults"] = lambda: ["mail.html line 3: unknown filter."]
    assert patient.ill()["templates"].words == "mail.html line 3: unknown filter."


def test_a_clock_before_the_release_is_wrong(patient: Patient) -> None:
    patient.now = datetime(1970, 1, 1, tzinfo=UTC)
    assert "01 Jan 1970" in patient.ill()["clock"].words


def test_utc_is_asked_about_because_few_live_there(patient: Patient) -> None:
    patient.text = ROUNDUP
    assert "timezone" in (patient.examined()["clock"].advice or "")


@pytest.mark.parametrize(
    ("version", "advised"),
    [((3, 11, 9), True), ((3, 11, 10), False), ((3, 12, 4), True), ((3, 12, 5), False), ((3, 14, 0), False)],
)
def test_an_old_python_is_mentioned(patient: Patient, version: tuple[int, int, int], advised: bool) -> None:
    patient.python = version
    check = patient.examined()["python"]
    assert check.ok
    assert (check.advice is not None) is advised


@pytest.mark.parametrize(("every", "told"), [("5m", True), ("30m", False)])
def test_a_wish_below_the_floor_of_polling_is_answered(patient: Patient, every: str, told: bool) -> None:
    patient.text += f"poll: {{every: {every}}}\n"
    found = patient.examined()
    assert ("polling" in found) is told
    if told:
        assert "30m is the floor" in found["polling"].words


def test_a_database_that_is_not_there_is_told_once(patient: Patient) -> None:
    """The templates are tried on the present digest, and repeated the database's fault as theirs."""
    error = DatabaseTooNew("was written by a newer version", resource="a.db", advice="Upgrade.")
    patient.probes |= {"database": failing(error), "template_faults": failing(error)}
    assert list(patient.ill()) == ["database"]


def test_each_roundup_is_examined(patient: Patient) -> None:
    patient.text = ROUNDUP + "  - name: Other\n    sections: [{name: A}]\n    feeds: other.opml\n"
    found = patient.examined()
    assert found["feeds of Other"].words == f"{patient.home}/other.opml lists 3"
    assert {"feeds of Technology Short Take", "archive of Other"} < set(found)


def test_a_program_that_says_whose_it_is_is_left_alone(patient: Patient) -> None:
    patient.text += "poll: {user_agent: 'aggregator (+https://blog.example.org)'}\n"
    assert "name to publishers" not in patient.examined()
