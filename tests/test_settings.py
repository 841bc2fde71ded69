from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from aggregator.errors import ConfigError
from aggregator.settings import RoundupSettings, SectionSettings, Settings, find_config, load_settings, parse_settings
from aggregator.settings.faults import known_paths

HERE = Path("/srv/roundup/config.yaml")
NOW = datetime(2026, 11, 27, tzinfo=UTC)
MINIMAL = "roundups:\n  - name: Technology Short Take\n"


def parsed(text: str, **environ: str) -> Settings:
    return parse_settings(text, HERE, environ)


def refused(text: str, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_settings(text, HERE, environ)
    assert caught.value.exit_status == 2
    return str(caught.value)


def words_of_refusal(text: str, environ: Mapping[str, str]) -> str | None:
    """None if the configuration is taken; then it is usable, too. Anything but a ConfigError fails the test."""
    try:
        settings = parse_settings(text, HERE, environ)
    except ConfigError as error:
        return str(error)
    for roundup in settings.roundups:
        assert roundup.edition_title(1)
        assert NOW - roundup.digest.catch_up < NOW + timedelta(seconds=1)
    return None


def test_a_name_is_all_that_a_configuration_needs() -> None:
    settings = parsed(MINIMAL)
    roundup = settings.roundup()
    assert roundup.edition_title(28) == "Technology Short Take #28"
    assert roundup.initials == "TST"
    assert (roundup.digest.weekday, roundup.digest.time, str(roundup.digest.zone)) == (4, time(7), "UTC")
    assert settings.database_url == "sqlite:////srv/roundup/aggregator.db"
    assert settings.feeds_of(roundup) == Path("/srv/roundup/feeds.opml")
    assert settings.poll.every == timedelta(hours=1)


def test_every_key_of_the_contract_is_understood() -> None:
    settings = parsed("""
database: postgresql+psycopg://me@db/aggregator
feeds: feeds.opml
roundups:
  - name: Technology Short Take
    title: "Technology Short Take #{number}"
    short_name: Take
    next_number: 28
    feeds: mine.opml
    archive: [posts/]
    aliases: {Servers: Servers/Hardware}
    sections:
      - name: Servers/Hardware
        keywords: [blade, 802, 5.8]
        usual: [2, 4]
    digest: {day: Monday, time: "17:30", timezone: America/Denver, to: author@example.org, catch_up: 1d}
    draft: {format: hugo, path: drafts/, empty: Nothing.}
    carry: 0
poll: {every: 45m, concurrency: 8, timeout: 10s, first_days: 0, allow_networks: [10.0.0.0/8, "fd00::/8"]}
mail: {from: digest@example.org, host: localhost, port: 25, security: none, username: null}
web: {host: 127.0.0.1, port: 8765, base_url: "http://127.0.0.1:8765/"}
log: {level: DEBUG, format: json}
""")
    roundup = settings.roundup("technology short take")
    assert roundup.digest.to == ("author@example.org",)
    assert (roundup.digest.weekday, roundup.digest.time) == (0, time(17, 30))
    assert roundup.sections == (SectionSettings(name="Servers/Hardware", keywords=("blade", "802", "5.8"), usual=(2, 4)),)
    assert roundup.canonical_section("servers") == roundup.canonical_section(" SERVERS/hardware ") == "Servers/Hardware"
    assert roundup.canonical_section("Storage") is None
    assert roundup.initials == "Take"
    assert settings.feeds_of(roundup) == Path("/srv/roundup/mine.opml")
    assert settings.poll.allow_networks == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert settings.mail.sender == "digest@example.org"
    assert settings.web.base_url == "http://127.0.0.1:8765"
    assert settings.database_url == settings.database


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("pol: {}\n" + MINIMAL, 1, "unknown key 'pol'; did you mean 'poll'?"),
        (MINIMAL + "    digest:\n      tmie: 3\n", 4, "unknown key 'tmie'; did you mean 'time'?"),
        (MINIMAL + "    timezone: UTC\n", 3, "unknown key 'timezone'; it belongs in roundups[0].digest"),
        (MINIMAL + "mail: {from: a@b.example, zzz: }\n", 3, "unknown key 'zzz'; known here: from, host, port"),
        (MINIMAL + "roundups: []\n", 3, "'roundups' is given twice"),
        (MINIMAL + "home: /\n", 3, "unknown key 'home'"),
        (MINIMAL + "1: 2\n", 3, "unknown key '1'"),
        ("feeds: x\nroundups:\n", 2, "roundups is missing"),
        ("feeds: x\n", 1, "roundups is missing"),
        ("roundups: []\n", 1, "roundups must not be empty"),
        ("roundups: {name: X}\n", 1, "roundups should be a list"),
        ("roundups:\n  - X\n", 2, "roundups[0] should be a block of `key: value` lines, not 'X'"),
        ("roundups:\n  - title: X\n", 2, "roundups[0].name is missing"),
        ("roundups:\n  - name: ''\n", 2, "roundups[0].name must not be empty\n"),
        ("roundups:\n  - name: X\n  - name: x\n", 1, "roundups: two are named 'x'"),
        (MINIMAL + "    digest: {day: fridy}\n", 3, "'saturday' or 'sunday', not 'fridy'; did you mean 'friday'?"),
        (MINIMAL + "    digest:\n      time: 25:00\n", 4, "roundups[0].digest.time: 1500 is no time of day"),
        (
            MINIMAL + "    digest: {timezone: America/Denvr}\n",
            3,
            "'America/Denvr' is no time zone; did you mean 'America/Denver'?",
        ),
        (MINIMAL + "    digest: {timezone: QQQQ}\n", 3, "'QQQQ' is no time zone; it is written like Europe/Berlin"),
        (MINIMAL + "    digest: {to: [me]}\n", 3, "roundups[0].digest.to[0]: 'me' is no plain mail address"),
        (MINIMAL + '    digest: {to: ["a@b.example\\nBcc: c@d"]}\n', 3, "is no plain mail address"),
        (MINIMAL + "    title: '{n}'\n", 3, "'{n}' cannot be filled in; a title may use {number} and {name} only"),
        (MINIMAL + "    title: '{name.__class__}'\n", 3, "cannot be filled in"),
        (MINIMAL + "    next_number: -1\n", 3, "roundups[0].next_number should be greater than or equal to 0, not -1"),
        (MINIMAL + "    next_number: 1000000001\n", 3, "roundups[0].next_number should be less than or equal to 1000000000"),
        (MINIMAL + "    sections: [{name: Disks}]\n    aliases: {Old: Racks}\n", 4, "no section; the sections are Disks"),
        (MINIMAL + "    sections:\n      - name: No\n", 4, "should be text; without quotes YAML reads this as false"),
        (MINIMAL + "    sections:\n      - name: A\n      - name: a\n", 3, "roundups[0].sections: 'a' is listed twice"),
        (MINIMAL + "    sections:\n      - {name: A, usual: [4, 2]}\n", 4, "[4, 2] is no range; it is written [fewest, most]"),
        (
            MINIMAL + "    sections:\n      - name: Storage\n    aliases:\n      Disks: Storge\n",
            5,
            "roundups[0].aliases: 'Disks' leads to 'Storge', which is no section; did you mean 'Storage'?",
        ),
        (MINIMAL + "poll:\n  every: 60\n", 4, "poll.every: 60 is no duration; one is written 90s, 60m, 24h or 7d"),
        (MINIMAL + "poll: {timeout: 0s}\n", 3, "poll.timeout: 0s is too short"),
        (MINIMAL + "poll: {every: 99999d}\n", 3, "poll.every: '99999d' is more than ten years"),
        (MINIMAL + "poll: {every: 99999999999999d}\n", 3, "is no duration"),
        (MINIMAL + "poll: {concurrency: lots}\n", 3, "poll.concurrency should be a whole number, not 'lots'"),
        (MINIMAL + "poll: {allow_networks: [10.0.0.1/8]}\n", 3, "(bits are set behind the mask); one is written 10.0.0.0/8"),
        (MINIMAL + "poll: {allow_networks: [167772160]}\n", 3, "poll.allow_networks[0]: 167772160 is no network"),
        (MINIMAL + 'poll: {user_agent: "a\\r\\nb"}\n', 3, "does not fit into a header"),
        (MINIMAL + "mail: {port: 70000}\n", 3, "mail.port should be less than or equal to 65535, not 70000"),
        (MINIMAL + "mail: {security: startls}\n", 3, "not 'startls'; did you mean 'starttls'?"),
        (MINIMAL + "mail: {from: Me <a@b.example>}\n", 3, "mail.from: 'Me <a@b.example>' is no plain mail address"),
        (MINIMAL + "web: {base_url: desk.example.org}\n", 3, "one is written https://desk.example.org"),
        (MINIMAL + "log: [x]\n", 3, "log should be a block of `key: value` lines"),
        (MINIMAL + "    carry: no\n", 3, "roundups[0].carry: false is no number"),
        (MINIMAL + "mail: {1: 2}\n", 3, "unknown key '1'; known here: from, host"),
        ("a: b: c\n", 1, "this is not YAML: mapping values are not allowed here"),
        ("a:\n  - b\n c: d\n", 3, "this is not YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_would_be_right(text: str, line: int, words: str) -> None:
    message = refused(text)
    assert message.startswith(f"{HERE}:{line}: ")
    assert words in message


@pytest.mark.parametrize(
    "text", ["", "[1]", "just words", "a: \x07", "when: 2001-99-99", "[" * 5000, "? [a]\n: b", "roundups: &a [*a]"]
)
def test_what_is_no_configuration_at_all_is_refused_by_name(text: str) -> None:
    assert refused(text).startswith(str(HERE))


def test_one_fault_makes_one_line() -> None:
    assert refused(MINIMAL + "    sections: [{keywords: [a]}]\npoll: {allow_networks: [x]}\n").splitlines() == [
        f"{HERE}:3: roundups[0].sections[0].name is missing",
        f"{HERE}:4: poll.allow_networks[0]: 'x' is no network; one is written 10.0.0.0/8 or fd00::/8",
        "See the commented config.yaml for every key.",
    ]


@pytest.mark.parametrize("address", ["postgres://me:s3cret@db/x", "mysql://me:s3cret@db"])
def test_a_databases_password_is_never_repeated(address: str) -> None:
    message = refused(f"database: {address}\n{MINIMAL}")
    assert "sqlite:///aggregator.db or postgresql+psycopg://" in message
    assert "s3cret" not in message
    assert "s3cret" not in repr(parsed(f"database: postgresql+psycopg://me:s3cret@db/x\n{MINIMAL}"))


def test_a_block_with_nothing_left_in_it_means_the_defaults() -> None:
    settings = parsed(MINIMAL + "    archive:\n    digest:\n      # day: monday\npoll:\nmail:\n  host:\ndatabase:\n")
    assert settings == parsed(MINIMAL)


def test_an_unquoted_time_of_day_is_not_taken_for_a_number() -> None:
    assert parsed(MINIMAL + "    digest: {time: 07:00}\n").roundup().digest.time == time(7, 0)
    assert parsed(MINIMAL + "    digest: {time: 17:30}\n").roundup().digest.time == time(17, 30)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        parsed(MINIMAL).mail.host = "elsewhere"  # type: ignore[misc]  # what is tested


def test_an_unknown_roundup_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'Technology Short Take'"):
        parsed(MINIMAL).roundup("technology shrt take")


class TestTheEnvironment:
    def test_wins_over_the_file(self) -> None:
        settings = parsed(
            MINIMAL + "    digest: {day: monday}\nmail: {from: a@b.example, port: 25}\n",
            AGGREGATOR_MAIL__HOST="smtp.example.org",
            AGGREGATOR_MAIL__FROM="c@d.example",
            aggregator_mail__port="465",
            AGGREGATOR_ROUNDUPS__0__DIGEST__TIME="06:15",
            AGGREGATOR_ROUNDUPS__0__DIGEST__TO="[x@y.example, z@y.example]",
            AGGREGATOR_WEB="{port: 9000}",
        )
        assert (settings.mail.host, settings.mail.sender, settings.mail.port) == ("smtp.example.org", "c@d.example", 465)
        assert settings.roundup().digest.model_dump() == {
            "day": "monday",
            "time": time(6, 15),
            "timezone": "UTC",
            "to": ("x@y.example", "z@y.example"),
            "catch_up": timedelta(days=3),
            "report": True,
        }
        assert settings.web.port == 9000

    def test_reaches_every_key_of_the_file(self) -> None:
        for place in known_paths():
            variable = "AGGREGATOR_" + "__".join(str(part) for part in place).upper()
            text = MINIMAL + "    sections: [{name: A}]\n"
            assert "no setting" not in (words_of_refusal(text, {variable: "["}) or "")

    def test_may_take_a_value_back_or_leave_it_alone(self) -> None:
        text = MINIMAL + "mail: {host: smtp.example.org, username: me}\n"
        settings = parsed(text, AGGREGATOR_MAIL__HOST="null", AGGREGATOR_MAIL__USERNAME="")
        assert (settings.mail.host, settings.mail.username) == (None, "me")

    def test_is_named_where_it_is_wrong(self) -> None:
        message = refused(MINIMAL + "mail: {port: 25}\n", AGGREGATOR_MAIL__PORT="lots")
        assert message.startswith("environment variable AGGREGATOR_MAIL__PORT: mail.port should be a whole number, not 'lots'")

    @pytest.mark.parametrize(
        ("variable", "value", "words"),
        [
            ("AGGREGATOR_MIAL__HOST", "x", "this is no setting; did you mean 'AGGREGATOR_MAIL__HOST'?"),
            ("AGGREGATOR_DATABSE", "x", "this is no setting; did you mean 'AGGREGATOR_DATABASE'?"),
            ("AGGREGATOR_ROUNDUPS__1__NAME", "x", "the file has no such item"),
            ("AGGREGATOR_POLL__ALLOW_NETWORKS", "[10.0.0.0/8", "cannot be read; a list is written [a, b]"),
        ],
    )
    def test_with_a_typing_error_is_refused(self, variable: str, value: str, words: str) -> None:
        message = refused(MINIMAL, **{variable: value})
        assert message.startswith(f"environment variable {variable}: ")
        assert words in message

    def test_leaves_variables_of_others_that_begin_alike_alone(self) -> None:
        assert parsed(MINIMAL, AGGREGATOR_TEST_POSTGRES="0", AGGREGATOR_VENV="/srv").poll.concurrency == 64

    def test_leaves_shared_yaml_blocks_apart(self) -> None:
        text = "roundups:\n  - {name: A, digest: &weekly {day: monday}}\n  - {name: B, digest: *weekly}\n"
        settings = parsed(text, AGGREGATOR_ROUNDUPS__1__DIGEST__DAY="sunday")
        assert [roundup.digest.day for roundup in settings.roundups] == ["monday", "sunday"]

    def test_is_the_processs_own_unless_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AGGREGATOR_LOG__LEVEL", "debug")
        assert parse_settings(MINIMAL, HERE).log.level == "debug"
        assert parse_settings(MINIMAL, HERE, {}).log.level == "info"


class TestTheMailPassword:
    def test_comes_from_the_variable_first(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("from the file\n")
        settings = parse_settings(MINIMAL + "mail: {password_file: secret}\n", tmp_path / "config.yaml", {})
        assert settings.mail_password({"AGGREGATOR_SMTP_PASSWORD": "from the variable"}) == "from the variable"
        assert settings.mail_password({}) == "from the file"
        assert parsed(MINIMAL).mail_password({}) is None

    def test_may_have_a_variable_of_our_own_prefix(self) -> None:
        environ = {"AGGREGATOR_RELAY": "s3cret"}
        settings = parsed(MINIMAL + "mail: {password_env: AGGREGATOR_RELAY}\n", **environ)
        assert settings.mail_password(environ) == "s3cret"
        assert "s3cret" not in repr(settings)

    @pytest.mark.parametrize(("content", "words"), [(None, "No such file"), (b"\n", "is empty"), (b"\xff\xfe", "not UTF-8")])
    def test_file_that_is_no_use_is_named(self, tmp_path: Path, content: bytes | None, words: str) -> None:
        if content is not None:
            (tmp_path / "secret").write_bytes(content)
        settings = parse_settings(MINIMAL + "mail: {password_file: secret}\n", tmp_path / "config.yaml", {})
        with pytest.raises(ConfigError, match=words) as caught:
            settings.mail_password({})
        assert caught.value.resource == str(tmp_path / "secret")


class TestTheHookSecret:
    def test_comes_from_the_variable_first(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("from the file\n")
        environ = {"AGGREGATOR_HOOK_SECRET": "from the variable"}
        settings = parse_settings(MINIMAL + "web: {hook_secret_file: secret}\n", tmp_path / "config.yaml", environ)
        assert settings.hook_secret(environ) == "from the variable"
        assert settings.hook_secret({}) == "from the file"
        assert parsed(MINIMAL).hook_secret({}) is None

    def test_may_have_a_variable_of_our_own_prefix(self) -> None:
        environ = {"AGGREGATOR_WEB__HOOK": "s3cret"}
        assert parsed(MINIMAL + "web: {hook_secret_env: AGGREGATOR_WEB__HOOK}\n", **environ).hook_secret(environ) == "s3cret"


class TestTheFile:
    def test_is_found_by_option_then_variable_then_here(self) -> None:
        environ = {"AGGREGATOR_CONFIG": "/etc/aggregator.yaml"}
        assert find_config(Path("mine.yaml"), environ) == Path("mine.yaml")
        assert find_config(None, environ) == Path("/etc/aggregator.yaml")
        assert find_config(None, {}) == Path("config.yaml")

    def test_anchors_relative_paths(self, tmp_path: Path) -> None:
        (tmp_path / "config.yaml").write_text(MINIMAL)
        settings = load_settings(tmp_path / "config.yaml", {})
        assert settings.path("outbox") == tmp_path / "outbox"
        assert settings.path("/var/outbox") == Path("/var/outbox")

    def test_that_is_missing_is_answered_with_init(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="aggregator init"):
            load_settings(tmp_path / "config.yaml", {})

    def test_that_is_a_folder_or_no_text_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
            load_settings(tmp_path, {})
        (tmp_path / "config.yaml").write_bytes(b"name: caf\xe9")
        with pytest.raises(ConfigError, match="not UTF-8"):
            load_settings(tmp_path / "config.yaml", {})


@pytest.mark.parametrize(
    ("database", "url"),
    [
        ("sqlite:///data/a.db", "sqlite:////srv/roundup/data/a.db"),
        ("sqlite:////var/a.db", "sqlite:////var/a.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
    ],
)
def test_a_database_file_is_relative_to_the_configuration(database: str, url: str) -> None:
    assert parsed(f"database: '{database}'\n{MINIMAL}").database_url == url


@given(st.text())
@example("<<: [{a: b}]")
@example("&a {b: *a}")
@example("!!python/object:os.system x")
def test_any_text_is_parsed_or_refused_in_words(text: str) -> None:
    assert words_of_refusal(text, {}) != ""


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes() | st.sampled_from(["60m", "a@b.example"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2), max_leaves=4
)


@given(st.sampled_from(list(known_paths())), VALUES)
def test_any_value_at_any_key_is_taken_or_refused_in_words(place: tuple[int | str, ...], value: object) -> None:
    document: dict[str, object] = {"roundups": [{"name": "X", "sections": [{"name": "A"}], "digest": {}, "draft": {}}]}
    target: object = document
    for part in place[:-1]:
        if isinstance(target, list):
            assert isinstance(part, int)
            target = target[part]
        else:
            assert isinstance(target, dict)
            target = target.setdefault(part, {})
    assert isinstance(target, dict)
    target[place[-1]] = value
    assert words_of_refusal(yaml.safe_dump(document, allow_unicode=True), {}) != ""


@given(st.sampled_from(list(known_paths())), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_in_any_variable_is_taken_or_refused_in_words(place: tuple[int | str, ...], text: str) -> None:
    assert (
        words_of_refusal(MINIMAL + "    sections: [{name: A}]\n", {"AGGREGATOR_" + "__".join(map(str, place)).upper(): text})
        != ""
    )


def test_a_roundup_can_be_made_without_a_file() -> None:
    assert RoundupSettings(name="Weekly").initials == "Weekly"
