"""Every setting, its default and its limits. The commented config.yaml explains them to the author."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationInfo, field_validator

from aggregator.errors import ConfigError
from aggregator.records.headings import heading_key
from aggregator.settings.backups import BackupSettings
from aggregator.settings.links import LinkSettings
from aggregator.settings.outlets import Outlet, Outlets
from aggregator.settings.part import Part as _Part
from aggregator.settings.replies import RepliesSettings
from aggregator.settings.signon import OidcSettings
from aggregator.settings.sources import ArchiveSources
from aggregator.settings.values import (
    WEEKDAYS,
    AnyCase,
    Count,
    DatabaseAddress,
    Duration,
    MailAddress,
    MailAddresses,
    Name,
    Network,
    TimeOfDay,
    TimeZone,
    Wait,
    WebAddress,
    Weekday,
    Words,
    nearest,
)


class SectionSettings(_Part):
    """A heading of the roundup.

    keywords: used until enough has been learnt. usual: how many bullets it usually has, (fewest, most).
    """

    name: Name
    keywords: Words = ()
    usual: tuple[Count, Count] | None = None

    @field_validator("usual")
    @classmethod
    def _fewest_first(cls, value: tuple[int, int] | None) -> tuple[int, int] | None:
        if value is not None and not 0 <= value[0] <= value[1]:
            raise ValueError(f"{list(value)} is no range; it is written [fewest, most]")
        return value


class DigestSettings(_Part):
    """When the weekly mail goes out, and to whom. catch_up: how late a missed one may still be sent. report: whether a report
    is mailed on each edition that closed."""

    day: Weekday = "friday"
    time: TimeOfDay = time(7, 0)
    timezone: TimeZone = "UTC"
    to: MailAddresses = ()
    catch_up: Duration = timedelta(hours=72)
    report: bool = True

    @property
    def weekday(self) -> int:
        """Monday is 0, as in `datetime.weekday`."""
        return WEEKDAYS.index(self.day)

    @property
    def zone(self) -> ZoneInfo:
        """The author's time zone."""
        return ZoneInfo(self.timezone)


class DraftSettings(_Part):
    """The post skeleton. path: where it is written. empty: what a section without bullets says; intro, outro: the words around
    the sections, with {number} and {name}; None = as in past editions. watch: what he changes in the file comes back by itself.
    send: places that take it as a draft."""

    format: Annotated[Literal["hugo", "jekyll", "markdown", "html"], AnyCase] = "markdown"
    path: Path = Path("drafts")
    empty: str | None = None
    intro: str | None = None
    outro: str | None = None
    watch: bool = True
    send: Outlets = ()


class ReadingSettings(_Part):
    """Overrules how past editions are read. editions, not_editions: patterns of paths or addresses. boilerplate, content:
    headings. level: of the headings that are sections. site: the author's own; links to it are none to others."""

    editions: Words = ()
    not_editions: Words = ()
    boilerplate: Words = ()
    content: Words = ()
    level: Annotated[Count, Field(ge=1, le=6)] | None = None
    site: WebAddress | None = None


class RoundupSettings(_Part):
    """One roundup.

    short_name: for the mail's subject. next_number: of the very first edition. feeds: a list of its own. feeds_from: where that
    list is kept elsewhere, an OPML file or address. archive: where
    past editions are. aliases: old section names -> today's. carry: editions after which an undecided candidate
    folds away.
    """

    name: Name
    title: str = "{name} #{number}"
    short_name: str | None = None
    next_number: Count = Field(default=1, ge=0, le=1_000_000_000)
    feeds: Path | None = None
    feeds_from: str | None = None
    archive: ArchiveSources = ()
    sections: tuple[SectionSettings, ...] = ()
    aliases: dict[str, str] = Field(default_factory=dict)
    reading: ReadingSettings = ReadingSettings()
    digest: DigestSettings = DigestSettings()
    draft: DraftSettings = DraftSettings()
    carry: Count = Field(default=3, ge=0)

    @field_validator("title")
    @classmethod
    def _title_can_be_filled(cls, value: str) -> str:
        if not re.fullmatch(r"(?:[^{}]|\{\{|\}\}|\{(?:number|name)(?::[0-9]{1,2}d?)?\})+", value):
            raise ValueError(f"{value!r} cannot be filled in; a title may use {{number}} and {{name}} only")
        return value

    @field_validator("sections")
    @classmethod
    def _sections_differ(cls, value: tuple[SectionSettings, ...]) -> tuple[SectionSettings, ...]:
        seen: set[str] = set()
        for section in value:
            if section.name.casefold() in seen:
                raise ValueError(f"{section.name!r} is listed twice")
            seen.add(section.name.casefold())
        return value

    @field_validator("aliases")
    @classmethod
    def _aliases_lead_somewhere(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        names = [section.name for section in info.data.get("sections", ())]
        known = {name.casefold() for name in names}
        for old, new in value.items():
            if known and new.casefold() not in known:
                hint = nearest(new, names) or f"; the sections are {', '.join(names)}"
                raise ValueError(f"{old!r} leads to {new!r}, which is no section{hint}")
        return value

    @property
    def section_names(self) -> tuple[str, ...]:
        """In the author's order."""
        return tuple(section.name for section in self.sections)

    @property
    def initials(self) -> str:
        """`short_name`, else the initials of a name of several words ("TST"), else the name."""
        if self.short_name:
            return self.short_name
        words = re.findall(r"\w+", self.name)
        return "".join(word[0] for word in words).upper() if len(words) > 1 else self.name

    def edition_title(self, number: int) -> str:
        """ "Technology Short Take #28"."""
        return self.title.format(number=number, name=self.name)

    def day_of(self, now: datetime) -> date:
        """The author's day."""
        return now.astimezone(self.digest.zone).date()

    def heading_today(self, heading: str) -> str:
        """What a past heading is called today; as it was written if the roundup has no such section."""
        return self.canonical_section(heading) or heading

    def canonical_section(self, heading: str) -> str | None:
        """The configured section that an (old) heading means, by name or alias as `heading_key` compares them; None if none."""
        wanted = heading_key(heading)
        by_alias = {heading_key(old): heading_key(new) for old, new in self.aliases.items()}
        wanted = by_alias.get(wanted, wanted)
        return next((name for name in self.section_names if heading_key(name) == wanted), None)


class PollSettings(_Part):
    """How feeds are polled.

    every: between two polls of a feed, at least 30 minutes whatever it says (R17). timeout: for one feed, all told.
    first_days, later_days: how far back the entries of a first list, and of a feed added later, are offered.
    allow_networks: private ranges that may be polled, as CIDR, on any port. parse_workers: processes that read feeds.
    user_agent: None = the product's own name and version.
    """

    every: Wait = timedelta(minutes=60)
    concurrency: Count = Field(default=64, ge=1, le=1000)
    timeout: Wait = timedelta(seconds=30)
    first_days: Count = Field(default=30, ge=0, le=36_500)
    later_days: Count = Field(default=7, ge=0, le=36_500)
    allow_networks: tuple[Network, ...] = ()
    parse_workers: Count = Field(default=2, ge=1, le=64)
    user_agent: str | None = None

    @field_validator("user_agent")
    @classmethod
    def _fits_a_header(cls, value: str | None) -> str | None:
        if value is not None and not (value.isascii() and value.isprintable()):
            raise ValueError(f"{value!r} does not fit into a header; plain ASCII letters do")
        return value


class MailSettings(_Part):
    """The mail server. Without a host there is none, and digests are written to the folder `outbox`.

    sender: `from` in the file. password_env, password_file: where the password is found. on_unknown: what becomes of a mail
    that may or may not have left when the machine stopped (R6). replies: where the author's answers are read, None = nowhere.
    """

    sender: MailAddress | None = Field(default=None, alias="from")
    host: str | None = None
    port: Count = Field(default=587, ge=1, le=65535)
    security: Annotated[Literal["none", "starttls", "tls"], AnyCase] = "starttls"
    username: str | None = None
    password_env: str = "AGGREGATOR_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
    password_file: Path | None = None
    outbox: Path = Path("outbox")
    on_unknown: Annotated[Literal["resend", "hold"], AnyCase] = "resend"
    replies: RepliesSettings | None = None


class WebSettings(_Part):
    """Where it listens. base_url: as others reach it, None = as it listens. hook_secret_env, hook_secret_file: where the secret
    is found that a call to `/hooks/archive` must be signed with; without a secret there is no such address. trusted_proxies: the
    servers in front whose word on who asks is believed. oidc: signs in instead of the password, or beside it."""

    host: str = "127.0.0.1"
    port: Count = Field(default=8765, ge=1, le=65535)
    base_url: WebAddress | None = None
    trusted_proxies: tuple[Network, ...] = ()
    oidc: OidcSettings | None = None
    hook_secret_env: str = "AGGREGATOR_HOOK_SECRET"  # noqa: S105 - the name of a variable
    hook_secret_file: Path | None = None


class LogSettings(_Part):
    """format: human lines, or one JSON object a line."""

    level: Annotated[Literal["debug", "info", "warning", "error"], AnyCase] = "info"
    format: Annotated[Literal["human", "json"], AnyCase] = "human"


class Settings(_Part):
    """The whole of config.yaml. feeds_from: where the list of feeds is kept elsewhere, an OPML file or address; it is compared,
    never followed by itself. home: the folder that relative paths start from; set by the reader, not by the file."""

    # Out of repr, because a PostgreSQL address may hold a password.
    database: DatabaseAddress = Field(default="sqlite:///aggregator.db", repr=False)
    feeds: Path = Path("feeds.opml")
    feeds_from: str | None = None
    roundups: tuple[RoundupSettings, ...] = Field(min_length=1)
    poll: PollSettings = PollSettings()
    mail: MailSettings = MailSettings()
    web: WebSettings = WebSettings()
    links: LinkSettings = LinkSettings()
    backups: BackupSettings = BackupSettings()
    log: LogSettings = LogSettings()
    templates: Path | None = None
    home: Path = Field(default=Path(), exclude=True)

    @field_validator("roundups")
    @classmethod
    def _roundups_differ(cls, value: tuple[RoundupSettings, ...]) -> tuple[RoundupSettings, ...]:
        seen: set[str] = set()
        for roundup in value:
            if roundup.name.casefold() in seen:
                raise ValueError(f"two are named {roundup.name!r}")
            seen.add(roundup.name.casefold())
        return value

    def folders_of(self, roundup: RoundupSettings) -> list[Path]:
        """The roundup's past editions on this machine: folders and files."""
        return [self.path(one.path) for one in roundup.archive if one.path is not None]

    def path(self, relative: Path | str) -> Path:
        """A path of the configuration, relative to its folder."""
        return self.home / Path(relative).expanduser()

    @property
    def database_url(self) -> str:
        """The database's address, an SQLite file's path made absolute from `home`."""
        match = re.fullmatch(r"sqlite:///(?!/)(.+)", self.database)
        if match and match[1] != ":memory:":
            return f"sqlite:///{self.path(match[1]).resolve()}"
        return self.database

    def feeds_of(self, roundup: RoundupSettings) -> Path:
        """The OPML file that a roundup follows."""
        return self.path(roundup.feeds or self.feeds)

    def feeds_from_of(self, roundup: RoundupSettings) -> str | None:
        """Where the list of `feeds_of` is kept elsewhere: an address, or a file's path; None if nowhere."""
        source = self.feeds_from if roundup.feeds is None and roundup.feeds_from is None else roundup.feeds_from
        return str(self.path(source)) if source is not None and "://" not in source else source

    def roundup(self, name: str | None = None) -> RoundupSettings:
        """By name, letter case aside; the first without one. Raises ConfigError."""
        if name is None:
            return self.roundups[0]
        for roundup in self.roundups:
            if roundup.name.casefold() == name.casefold():
                return roundup
        known = [roundup.name for roundup in self.roundups]
        raise ConfigError(f"no roundup is named {name!r}{nearest(name, known)}", resource="--roundup")

    def mail_password(self, environ: Mapping[str, str] | None = None) -> str | None:
        """The mail server's password: from the variable `password_env`, else from `password_file`; None if neither is set.
        Raises ConfigError for a file that cannot be read or is empty."""
        return self._secret(self.mail.password_env, self.mail.password_file, "mail.password_file", environ)

    def replies_password(self, environ: Mapping[str, str] | None = None) -> str | None:
        """The password of the mailbox for answers, as `mail_password`; None too where there is no such mailbox."""
        replies = self.mail.replies
        if replies is None:
            return None
        return self._secret(replies.password_env, replies.password_file, "mail.replies.password_file", environ)

    @property
    def replies_to(self) -> str | None:
        """Where answers to our mails go to be read, None without a mailbox for them."""
        replies = self.mail.replies
        return None if replies is None else replies.address or self.mail.sender

    def hook_secret(self, environ: Mapping[str, str] | None = None) -> str | None:
        """What calls to the hook are signed with, from `hook_secret_env` or `hook_secret_file`; None if neither is set. Raises
        ConfigError as `mail_password` does."""
        return self._secret(self.web.hook_secret_env, self.web.hook_secret_file, "web.hook_secret_file", environ)

    def outlet_secret(self, outlet: Outlet, environ: Mapping[str, str] | None = None) -> str | None:
        """The application password or key of a place that takes drafts; None if neither is set. Raises ConfigError as
        `mail_password` does."""
        if outlet.kind == "ghost":
            return self._secret(outlet.key_env, outlet.key_file, "draft.send.key_file", environ)
        return self._secret(outlet.password_env, outlet.password_file, "draft.send.password_file", environ)

    def oidc_secret(self, environ: Mapping[str, str] | None = None) -> str | None:
        """The secret that the sign-on service knows this installation by; None for a client without one. Raises ConfigError as
        `mail_password` does."""
        oidc = self.web.oidc
        if oidc is None:
            return None
        return self._secret(oidc.client_secret_env, oidc.client_secret_file, "web.oidc.client_secret_file", environ)

    def _secret(self, variable: str, file: Path | None, key: str, environ: Mapping[str, str] | None) -> str | None:
        # Read when asked for and kept nowhere, so that no repr, log or error can show it.
        environ = os.environ if environ is None else environ
        if found := environ.get(variable):
            return found
        if file is None:
            return None
        path = self.path(file)
        try:
            secret = path.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ConfigError(f"{key} cannot be read: {reason}", resource=str(path)) from None
        if not secret:
            raise ConfigError(f"{key} is empty", resource=str(path))
        return secret
