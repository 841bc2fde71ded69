"""config.yaml -> frozen settings. Unknown keys are refused with the nearest known one; errors name file, line, key and value.

Order, later wins: defaults, the file, `AGGREGATOR_<KEY>__<KEY>` from the environment. Secrets come from the environment
or a file of their own, never from here.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from aggregator.errors import ConfigError

ENV_PREFIX = "AGGREGATOR_"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(value: object) -> timedelta:
    """`90s`, `60m`, `24h`, `7d` -> timedelta. Raises ValueError for anything else, plain numbers included."""
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"\s*(\d+)\s*([smhd])\s*", value) if isinstance(value, str) else None
    if not match:
        raise ValueError("a duration is written 90s, 60m, 24h or 7d")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def _parse_time(value: object) -> object:
    # YAML 1.1 reads an unquoted 07:00 as the base-60 number 420.
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return time(value // 60, value % 60)
    if isinstance(value, str) and re.fullmatch(r"\d{1,2}:\d{2}", value.strip()):
        hour, minute = (int(part) for part in value.strip().split(":"))
        if hour < 24 and minute < 60:
            return time(hour, minute)
    if isinstance(value, time):
        return value
    raise ValueError('a time of day is written "07:00"')


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
TimeOfDay = Annotated[time, BeforeValidator(_parse_time)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True)


class SectionSettings(_Part):
    """A heading of the roundup. keywords: used until enough has been learnt."""

    name: str = Field(min_length=1, max_length=200)
    keywords: tuple[str, ...] = ()
    usual: tuple[int, int] | None = Field(default=None, description="how many bullets it usually has: [fewest, most]")


class DigestSettings(_Part):
    """When the weekly mail goes out, and to whom."""

    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "friday"
    time: TimeOfDay = time(7, 0)
    timezone: str = "UTC"
    to: tuple[str, ...] = ()
    catch_up: Duration = timedelta(hours=72)

    @field_validator("day", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        zones = available_timezones()
        if value not in zones:
            raise ValueError(f"no such time zone{_nearest(value, zones)}")
        return value

    @field_validator("to", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("to")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            _check_address(address)
        return value

    @property
    def weekday(self) -> int:
        """Monday is 0, as in `datetime.weekday`."""
        return WEEKDAYS.index(self.day)

    @property
    def zone(self) -> ZoneInfo:
        """The author's time zone."""
        return ZoneInfo(self.timezone)


class DraftSettings(_Part):
    """The post skeleton. empty: what an empty section says; author: for the front matter."""

    format: Literal["hugo", "jekyll", "markdown", "html"] = "markdown"
    path: Path = Path("drafts")
    empty: str = "Nothing this time around."


class RoundupSettings(_Part):
    """One roundup. carry: editions after which an undecided candidate folds away."""

    name: str = Field(min_length=1, max_length=200)
    title: str = "{name} #{number}"
    short_name: str | None = None
    next_number: int = Field(default=1, ge=0)
    feeds: Path | None = None
    archive: tuple[str, ...] = ()
    aliases: dict[str, str] = Field(default_factory=dict)
    sections: tuple[SectionSettings, ...] = ()
    digest: DigestSettings = DigestSettings()
    draft: DraftSettings = DraftSettings()
    carry: int = Field(default=3, ge=0)

    @field_validator("archive", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("title")
    @classmethod
    def _title_has_number(cls, value: str) -> str:
        try:
            value.format(number=1, name="x")
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError("a title may use {number} and {name} only") from error
        return value

    @model_validator(mode="after")
    def _sections_differ(self) -> RoundupSettings:
        seen: set[str] = set()
        for section in self.sections:
            if section.name.casefold() in seen:
                raise ValueError(f"section {section.name!r} is listed twice")
            seen.add(section.name.casefold())
        for old, new in self.aliases.items():
            if self.sections and new.casefold() not in seen:
                raise ValueError(f"alias {old!r} leads to {new!r}, which is no section{_nearest(new, self.section_names)}")
        return self

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

    def canonical_section(self, heading: str) -> str | None:
        """The configured section that an (old) heading means, by name or alias, letter case aside; None if none."""
        wanted = heading.strip().casefold()
        for old, new in self.aliases.items():
            if old.strip().casefold() == wanted:
                wanted = new.strip().casefold()
                break
        return next((section.name for section in self.sections if section.name.casefold() == wanted), None)


class PollSettings(_Part):
    """How feeds are polled. every: between two polls of a feed, at least 30 minutes whatever it says (R17). allow_networks:
    private ranges that may be polled, as CIDR, on any port."""

    every: Duration = timedelta(minutes=60)
    concurrency: int = Field(default=64, ge=1, le=1000)
    timeout: Duration = timedelta(seconds=30)
    first_days: int = Field(default=30, ge=0)
    later_days: int = Field(default=7, ge=0)
    allow_networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    parse_workers: int = Field(default=2, ge=1, le=64)
    user_agent: str | None = None


class MailSettings(_Part):
    """The mail server. Without a host, digests are written to `outbox`."""

    sender: str | None = Field(default=None, alias="from")
    host: str | None = None
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str | None = None
    password_env: str = "AGGREGATOR_SMTP_PASSWORD"
    password_file: Path | None = None
    outbox: Path = Path("outbox")
    on_unknown: Literal["resend", "hold"] = "resend"

    @field_validator("sender")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None:
            _check_address(value)
        return value


class WebSettings(_Part):
    """The desk's address."""

    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=1, le=65535)
    base_url: str | None = None


class LogSettings(_Part):
    """level: debug, info, warning or error. format: human lines or one JSON object a line."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["human", "json"] = "human"


class Settings(BaseSettings):
    """The whole of config.yaml. home: the folder that relative paths start from."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=ENV_PREFIX, env_nested_delimiter="__", populate_by_name=True
    )

    database: str = "sqlite:///aggregator.db"
    feeds: Path = Path("feeds.opml")
    roundups: tuple[RoundupSettings, ...] = Field(min_length=1)
    poll: PollSettings = PollSettings()
    mail: MailSettings = MailSettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    templates: Path | None = None
    home: Path = Field(default=Path(), exclude=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment over the file."""
        return env_settings, init_settings

    @model_validator(mode="after")
    def _roundups_differ(self) -> Settings:
        names = [roundup.name.casefold() for roundup in self.roundups]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two roundups are named {name!r}")
        return self

    def path(self, relative: Path | str) -> Path:
        """A path of the configuration, relative to its folder."""
        return self.home / Path(relative).expanduser()

    @property
    def database_url(self) -> str:
        """The database's address, an SQLite file's path made absolute from `home`."""
        match = re.fullmatch(r"sqlite:///(?!/)(.+)", self.database)
        if match and match[1] != ":memory:":
            return f"sqlite:///{(self.home / match[1]).resolve()}"
        return self.database

    def feeds_of(self, roundup: RoundupSettings) -> Path:
        """The OPML file that a roundup follows."""
        return self.path(roundup.feeds or self.feeds)

    def roundup(self, name: str | None = None) -> RoundupSettings:
        """By name, letter case aside; the first without one. Raises ConfigError."""
        if name is None:
            return self.roundups[0]
        for roundup in self.roundups:
            if roundup.name.casefold() == name.casefold():
                return roundup
        known = [roundup.name for roundup in self.roundups]
        raise ConfigError(f"no roundup is named {name!r}{_nearest(name, known)}", resource="--roundup")


def find_config(given: Path | None, environ: Mapping[str, str] | None = None) -> Path:
    """`--config`, else `$AGGREGATOR_CONFIG`, else `./config.yaml`."""
    environ = os.environ if environ is None else environ
    return given or Path(environ.get("AGGREGATOR_CONFIG") or "config.yaml")


def load_settings(path: Path) -> Settings:
    """Reads a configuration file. Raises ConfigError with file, line, key, value and what would be right."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            "there is no configuration file here", resource=str(path), advice="Run `aggregator init` to make one."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", resource=str(path)) from error
    return parse_settings(text, path)


def parse_settings(text: str, path: Path) -> Settings:
    """As `load_settings`, for a text at hand; `path` names it in errors and anchors relative paths."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or str(error)
        raise ConfigError(f"this is not YAML: {problem}", resource=where) from error
    for line, key in _doubled_keys(root):
        raise ConfigError(f"{key} is given twice", resource=f"{path}:{line}")
    if not isinstance(document, dict):
        raise ConfigError("the file must hold keys such as `database:` and `roundups:`", resource=str(path))
    try:
        return Settings(**{**document, "home": path.resolve().parent})
    except ValidationError as error:
        raise ConfigError(_explain(error, root, path), advice="See the commented config.yaml for every key.") from None
    except TypeError:
        raise ConfigError("every key at the top level must be a word", resource=str(path)) from None


def _explain(error: ValidationError, root: yaml.Node | None, path: Path) -> str:
    lines = []
    for fault in error.errors():
        loc = tuple(
            part
            for part in fault["loc"]
            if not (isinstance(part, str) and part.startswith(("function-", "lax-or-strict", "IPv")))
        )
        key = ".".join(f"[{part}]" if isinstance(part, int) else str(part) for part in loc).replace(".[", "[") or "the file"
        variable = ENV_PREFIX + "__".join(str(part) for part in loc).upper()
        where = f"environment variable {variable}" if variable in os.environ else f"{path}:{_line_of(root, loc)}"
        if fault["type"] == "extra_forbidden":
            message = f"unknown key {loc[-1]!r}{_nearest(str(loc[-1]), _keys_beside(loc))}"
        elif fault["type"] == "missing":
            message = f"{key} is missing"
        else:
            reason = fault["msg"].removeprefix("Value error, ").removeprefix("Input ")
            shown = repr(fault["input"]) if not isinstance(fault["input"], dict | list) and loc else None
            message = f"{key}: {reason}" + (f", not {shown}" if shown and len(shown) < 80 else "")
        lines.append(f"{where}: {message}")
    return "\n".join(dict.fromkeys(lines))


def _line_of(node: yaml.Node | None, loc: tuple[int | str, ...]) -> int:
    """The line of the deepest part of `loc` that the file has."""
    line = node.start_mark.line + 1 if node else 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == part), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            return line
    return line


def _doubled_keys(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.start_mark.line + 1, repr(key.value)
            seen.add(str(key.value))
            yield from _doubled_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _doubled_keys(item)


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    """The known keys at the place where `loc` ends."""
    model: Any = Settings
    for part in loc[:-1]:
        if isinstance(part, int):
            continue
        fields = model.model_fields
        field = fields.get(part) or next((one for one in fields.values() if one.alias == part), None)
        if field is None:
            return []
        model = _model_in(field.annotation)
        if model is None:
            return []
    return [field.alias or name for name, field in model.model_fields.items() if name != "home"]


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if (model := _model_in(inner)) is not None:
            return model
    return None


def _nearest(word: str, known: Any) -> str:
    by_fold = {str(one).casefold(): str(one) for one in known}
    close = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.5)
    return f"; did you mean {by_fold[close[0]]!r}?" if close else ""


def _check_address(value: str) -> None:
    if not re.fullmatch(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+", value) or not value.isprintable():
        raise ValueError("this is no mail address")
