"""One static page from a template: everything escaped, no scripts, nothing fetched."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import humanize
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from aggregator.digest.words import wrap
from aggregator.settings.shipped import template_folder
from aggregator.text.canonical import host_of


def fill(name: str, values: dict[str, object]) -> str:
    """Renders a shipped template; `.html` ones escape, `.txt` ones have nothing to escape."""
    return _environment().get_template(name).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(template_folder()),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "age": age,
        "comma": humanize.intcomma,
        "day": day,
        "host": host_of,
        "percent": percent,
        "plain": plain,
        "wrap": wrap,
    }
    return environment


def day(value: date) -> str:
    """`8 January 2027`."""
    return f"{value.day} {value:%B %Y}"


def age(days: int) -> str:
    """A number of days in the unit that suits it."""
    return humanize.naturaldelta(timedelta(days=days))


def percent(share: float) -> str:
    """`64%`."""
    return f"{100 * share:.0f}%"


def plain(value: float) -> str:
    """A number without a needless decimal: 26, 2.5."""
    return f"{value:.1f}".removesuffix(".0")
