"""How single values are written: durations, times of day, time zones, addresses, networks. Each refusal says what is right."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Iterable
from datetime import time, timedelta
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = timedelta(days=3650)


def nearest(word: str, known: Iterable[str]) -> str:
    """ "; did you mean 'this'?" for the known word that `word` is most like, letter case aside; empty if none is near."""
    by_fold = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return f"; did you mean {by_fold[close[0]]!r}?" if close else ""


def parse_duration(value: object) -> timedelta:
    """`90s`, `60m`, `24h`, `7d` -> timedelta. Raises ValueError for anything else: a plain number would leave the unit open."""
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"\s*([0-9]{1,9})\s*([smhd])\s*", value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"{value!r} is no duration; one is written 90s, 60m, 24h or 7d")
    duration = timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    if duration > _LONGEST:
        raise ValueError(f"{value!r} is more than ten years")
    return duration


def _at_least_a_second(value: timedelta) -> timedelta:
    if value < timedelta(seconds=1):
        raise ValueError("0s is too short; the least is 1s")
    return value


def _parse_time(value: object) -> time:
    if isinstance(value, time):
        return value
    # YAML 1.1 reads an unquoted 07:00 as the base-60 number 420.
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return time(value // 60, value % 60)
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError(f'{value!r} is no time of day; one is written "07:00", from 00:00 to 23:59')
    return time(int(match[1]), int(match[2]))


def _known_zone(value: str) -> str:
    zones = available_timezones()
    if value not in zones:
        hint = nearest(value, zones) or "; it is written like Europe/Berlin or America/Denver"
        raise ValueError(f"{value!r} is no time zone{hint}")
    return value


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+", value) or not value.isprintable():
        raise ValueError(f"{value!r} is no plain mail address; one is written name@example.org")
    return value


def _database(value: str) -> str:
    # The value may hold a password, so that no message repeats it.
    if not value.startswith(("sqlite://", "postgresql+psycopg://")):
        raise ValueError("a database is written sqlite:///aggregator.db or postgresql+psycopg://user@host/name")
    return value


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", value, re.IGNORECASE):
        raise ValueError(f"{value!r} is no address of a site; one is written https://desk.example.org")
    return value.rstrip("/")


def _network(value: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    if isinstance(value, ipaddress.IPv4Network | ipaddress.IPv6Network):
        return value
    try:
        # As text only: the library would take a number for an address.
        return ipaddress.ip_network(str(value))
    except ValueError as error:
        hint = " (bits are set behind the mask)" if "host bits" in str(error) else ""
        raise ValueError(f"{value!r} is no network{hint}; one is written 10.0.0.0/8 or fd00::/8") from None


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _no_switch(value: object) -> object:
    # YAML reads `first_days: no` as false, and Python takes false for 0.
    if isinstance(value, bool):
        raise ValueError(f"{str(value).lower()} is no number")  # noqa: TRY004 - pydantic makes faults of ValueError only
    return value


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Wait = Annotated[Duration, AfterValidator(_at_least_a_second)]
TimeOfDay = Annotated[time, BeforeValidator(_parse_time)]
Count = Annotated[int, BeforeValidator(_no_switch)]
AnyCase = BeforeValidator(_lower)
Weekday = Annotated[Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], AnyCase]
TimeZone = Annotated[str, AfterValidator(_known_zone)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]
DatabaseAddress = Annotated[str, AfterValidator(_database)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Network = Annotated[ipaddress.IPv4Network | ipaddress.IPv6Network, PlainValidator(_network)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_one_or_many)]
MailAddresses = Annotated[tuple[MailAddress, ...], BeforeValidator(_one_or_many)]
