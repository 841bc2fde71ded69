"""What a healthy installation has, one check each, in the order of mending. Changes and sends nothing."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import humanize

from aggregator.errors import AggregatorError, ConfigError, StorageError, shown
from aggregator.intake.pacing import FLOOR
from aggregator.settings import RoundupSettings, Settings

# CVE-2024-6923: before these, a line break in a header's encoded words was written as a line break (R10).
SAFE_PYTHON = {(3, 11): (3, 11, 10), (3, 12): (3, 12, 5)}
# Their policies tell mailboxes to refuse mail in their name that came another way.
MAILBOX_PROVIDERS = {
    "gmail.com": ("gmail.com", "google.com", "googlemail.com"),
    "googlemail.com": ("gmail.com", "google.com", "googlemail.com"),
    "yahoo.com": ("yahoo.com", "yahoodns.net"),
    "aol.com": ("aol.com", "yahoodns.net"),
    "outlook.com": ("outlook.com", "office365.com"),
    "hotmail.com": ("outlook.com", "office365.com"),
    "live.com": ("outlook.com", "office365.com"),
    "icloud.com": ("icloud.com", "mail.me.com"),
    "me.com": ("icloud.com", "mail.me.com"),
    "gmx.de": ("gmx.net", "gmx.com"),
    "gmx.net": ("gmx.net", "gmx.com"),
    "web.de": ("web.de",),
}
LEAST_FREE = 200_000_000  # octets; a year of entries, a migration's backup and a digest fit well into it


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. ok: False = something will not work. words: what was found. advice: what to do, None if nothing."""

    name: str
    ok: bool
    words: str
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class Probes:
    """What the checks ask of the outside; each call may raise an AggregatorError, which is then the finding.

    database: opens it, checks it through and says in a few words what it holds. feeds: how many feeds an OPML file lists.
    template_faults: renders with the author's own templates; what was wrong with them. mail: connects and authenticates,
    sends nothing; None without a mail server. repository: asks a git address for a branch and fetches nothing. free: octets left
    where a path lies. environ: may hold the mail password.
    """

    database: Callable[[], str]
    feeds: Callable[[Path], int]
    template_faults: Callable[[], Sequence[str]]
    mail: Callable[[], None] | None
    environ: Mapping[str, str]
    repository: Callable[[str, str | None], None]
    free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free


def checks(
    settings: Settings, config_path: Path, probes: Probes, *, now: datetime, not_before: datetime, python: tuple[int, int, int]
) -> list[Check]:
    """All findings. not_before: an instant that has surely passed, such as the release; a clock behind it is wrong (R43)."""
    database = _guarded("database", probes.database)
    return [
        _configuration(settings, config_path),
        *_secrets(settings, config_path, probes.environ),
        database,
        _room(settings, probes.free),
        *(_feeds(settings.feeds_of(roundup), probes.feeds, roundup, settings) for roundup in settings.roundups),
        *(_archive(settings, roundup, probes) for roundup in settings.roundups),
        *_mail(settings, probes),
        _templates(settings, probes.template_faults, database),
        *_pace(settings),
        _clock(settings, now, not_before),
        _python(python),
    ]


def _guarded(name: str, probe: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, words=probe())
    except AggregatorError as error:
        return _failed(name, error)


def _failed(name: str, error: AggregatorError, advice: str | None = None) -> Check:
    words = error.message if error.resource is None else f"{shown(error.resource)}: {error.message}"
    return Check(name, ok=False, words=words, advice=error.advice or advice)


def _configuration(settings: Settings, path: Path) -> Check:
    empty = [roundup.name for roundup in settings.roundups if not roundup.sections]
    if empty:
        return Check(
            "configuration",
            ok=False,
            words=f"{path}: {', '.join(empty)} has no sections, so that nothing can be filed",
            advice="List them under `sections`; `aggregator portrait FOLDER` shows those of your past editions.",
        )
    return Check("configuration", ok=True, words=f"{path}: {', '.join(roundup.name for roundup in settings.roundups)}")


def _secrets(settings: Settings, config_path: Path, environ: Mapping[str, str]) -> Iterator[Check]:
    """File modes (R39), where the system has them."""
    if os.name != "posix":
        return
    holds_password = bool(re.search(r"://[^/@]*:[^/@]+@", settings.database)) and "AGGREGATOR_DATABASE" not in environ
    yield _mode("file modes", config_path, private=holds_password)
    replies, oidc = settings.mail.replies, settings.web.oidc
    files = [
        ("password file", settings.mail.password_file),
        ("password file of the answers", replies.password_file if replies else None),
        ("hook secret file", settings.web.hook_secret_file),
        ("secret file of the sign-on service", oidc.client_secret_file if oidc else None),
    ]
    files += [
        (f"password file of {one.address}", one.key_file if one.kind == "ghost" else one.password_file)
        for roundup in settings.roundups
        for one in roundup.draft.send
    ]
    for name, path in dict.fromkeys(files):
        if path is not None:
            yield _mode(name, settings.path(path), private=True)


def _mode(name: str, path: Path, *, private: bool) -> Check:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Check(
            name, ok=False, words=f"{path}: {error.strerror}", advice="Make the file, or correct its name in config.yaml."
        )
    if private and mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Check(name, ok=False, words=f"{path} holds a password and others can read it", advice=f"chmod 600 {path}")
    if mode & stat.S_IWOTH:
        return Check(name, ok=False, words=f"{path} can be changed by everyone on this machine", advice=f"chmod o-w {path}")
    return Check(name, ok=True, words=f"{path}: {stat.filemode(mode)}")


def _room(settings: Settings, free: Callable[[Path], int]) -> Check:
    """On the disk of the installation's folder; a database or an outbox elsewhere says so itself when it fails."""
    try:
        octets = free(settings.home)
    except OSError as error:
        return Check("disk", ok=False, words=f"{settings.home}: {error.strerror}", advice="Make the folder readable.")
    words = f"{humanize.naturalsize(octets)} free at {settings.home}"
    if octets < LEAST_FREE:
        return Check("disk", ok=False, words=words, advice="Make room; nothing is lost, but nothing can be written either.")
    return Check("disk", ok=True, words=words)


def _feeds(path: Path, count: Callable[[Path], int], roundup: RoundupSettings, settings: Settings) -> Check:
    name = _of("feeds", roundup, settings)
    advice = "aggregator feeds add ADDRESS-OF-A-BLOG, or: aggregator feeds import FILE.opml"
    try:
        number = count(path)
    except AggregatorError as error:
        return _failed(name, error, advice)
    except OSError as error:
        return Check(name, ok=False, words=f"{path}: {error.strerror}", advice=advice)
    if not number:
        return Check(name, ok=False, words=f"{path} lists no feed", advice=advice)
    return Check(name, ok=True, words=f"{path} lists {humanize.intcomma(number)}")


def _archive(settings: Settings, roundup: RoundupSettings, probes: Probes) -> Check:
    name = _of("archive", roundup, settings)
    if not roundup.archive:
        return Check(
            name,
            ok=True,
            words="no past editions are named; filing goes by keywords until enough has been learnt",
            advice="Name their folder under `archive`, then: aggregator archive import",
        )
    missing = [path for path in settings.folders_of(roundup) if not path.exists()]
    if missing:
        return Check(
            name,
            ok=False,
            words=f"there is no {', '.join(map(str, missing))}",
            advice="Correct `archive` in config.yaml; its paths are relative to that file.",
        )
    for one in roundup.archive:
        if one.git is not None:
            try:
                probes.repository(one.git, one.branch)
            except AggregatorError as error:
                return _failed(name, error, "Correct it under `archive` in config.yaml.")
    return Check(name, ok=True, words=", ".join(one.name for one in roundup.archive))


def _mail(settings: Settings, probes: Probes) -> Iterator[Check]:
    mail = settings.mail
    if mail.host is None:
        yield _writable("mail", settings.path(mail.outbox))
        return
    if mail.sender is None:
        yield Check("mail", ok=False, words="mail.host is set, but no sender", advice="Set `from` under `mail`.")
        return
    unread = [roundup.name for roundup in settings.roundups if not roundup.digest.to]
    if unread:
        yield Check(
            "mail recipients", ok=False, words=f"nobody gets the digest of {', '.join(unread)}", advice="Set `to` under `digest`."
        )
    try:
        password = settings.mail_password(probes.environ)
    except ConfigError as error:
        yield _failed("mail", error, "Correct `password_file` under `mail`.")
        return
    if mail.username and not password:
        yield Check(
            "mail",
            ok=False,
            words=f"there is a user name, {mail.username}, but no password",
            advice=f"Set the environment variable {mail.password_env}, or `password_file` under `mail`.",
        )
        return
    if probes.mail is not None:
        try:
            probes.mail()
        except AggregatorError as error:
            yield _failed("mail", error)
        else:
            yield Check("mail", ok=True, words=f"{mail.host}:{mail.port} accepts {mail.username or 'us'}")
    if mail.security == "none" and mail.username and not _is_loopback(mail.host):
        yield Check(
            "mail privacy",
            ok=False,
            words=f"the password goes to {mail.host} for everyone on the way to read",
            advice="Set `security` under `mail` to starttls or tls.",
        )
    yield from _alignment(mail.sender, mail.host)


def _alignment(sender: str, host: str) -> Iterator[Check]:
    """Whether mail in this name may come from this server (DMARC, RFC 7489; R24)."""
    domain = sender.rpartition("@")[2].lower()
    servers = MAILBOX_PROVIDERS.get(domain)
    if servers and not any(host.lower() == one or host.lower().endswith(f".{one}") for one in servers):
        yield Check(
            "mail sender",
            ok=True,
            words=f"mailboxes may take mail from {sender} for a forgery, because {host} is not a server of {domain}",
            advice=f"Send through {domain}'s own server, or from an address of a domain of yours.",
        )


def _writable(name: str, folder: Path) -> Check:
    there = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=there):
            return Check(name, ok=True, words=f"no mail server; each digest is written to {folder}")
    except OSError as error:
        return Check(
            name,
            ok=False,
            words=f"no mail server, and the outbox cannot be written: {folder}: {error.strerror}",
            advice="Make the folder writable, or set `host` under `mail`.",
        )


def _templates(settings: Settings, faults: Callable[[], Sequence[str]], database: Check) -> Check:
    """They are tried on the present digest; without a database there is none, which is said once."""
    if settings.templates is not None and not settings.path(settings.templates).is_dir():
        return Check(
            "templates",
            ok=False,
            words=f"there is no folder {settings.path(settings.templates)}",
            advice="Correct `templates` in config.yaml, or leave it out.",
        )
    try:
        found = faults()
    except AggregatorError as error:
        if isinstance(error, StorageError) and not database.ok:
            return Check("templates", ok=True, words="not tried, for want of the database")
        return _failed("templates", error)
    if found:
        return Check("templates", ok=False, words=" ".join(found), advice="Until then the digest goes out in the shipped form.")
    return Check(
        "templates", ok=True, words="the shipped ones" if settings.templates is None else str(settings.path(settings.templates))
    )


def _pace(settings: Settings) -> Iterator[Check]:
    """What `poll.every` asks for and no publisher is asked to bear, and what publishers can tell of us (R17)."""
    if settings.poll.user_agent is None:
        yield Check(
            "name to publishers",
            ok=True,
            words="publishers see the program's name and version, but not whose it is",
            advice="Put an address of yours into it, so that they can ask: `user_agent` under `poll`.",
        )
    if settings.poll.every < FLOOR:
        asked = f"{settings.poll.every.total_seconds() / 60:.3g}m"
        yield Check(
            "polling",
            ok=True,
            words=f"poll.every is {asked}, but 30m is the floor: no feed is polled more often",
            advice="Set `every` under `poll` to 30m or more.",
        )


def _clock(settings: Settings, now: datetime, not_before: datetime) -> Check:
    if now < not_before:
        return Check(
            "clock",
            ok=False,
            words=f"this machine believes that it is {now:%d %b %Y}, which is long past",
            advice="Set the clock, and let it be kept right (timedatectl set-ntp true).",
        )
    zones = {roundup.digest.timezone: roundup.digest.zone for roundup in settings.roundups}
    words = ", ".join(f"{now.astimezone(zone):%a %H:%M} in {name}" for name, zone in zones.items())
    advice = "If that is not your time, set `timezone` under `digest`." if "UTC" in zones else None
    return Check("clock", ok=True, words=words, advice=advice)


def _python(version: tuple[int, int, int]) -> Check:
    words = ".".join(map(str, version))
    safe = SAFE_PYTHON.get(version[:2])
    if safe is not None and version < safe:
        return Check(
            "python",
            ok=True,
            words=f"{words}; its mail headers have a known hole, which is closed here by a check of our own",
            advice=f"Python {'.'.join(map(str, safe))} or later has it mended.",
        )
    return Check("python", ok=True, words=words)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _of(name: str, roundup: RoundupSettings, settings: Settings) -> str:
    return name if len(settings.roundups) == 1 else f"{name} of {roundup.name}"
