"""The desk's pages from their templates: everything escaped, no script and no style in the page itself (R5, R28)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache

import humanize
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from aggregator.report.pages import percent
from aggregator.settings.shipped import template_folder
from aggregator.text.canonical import host_of, safe_url
from aggregator.web.marking import marked
from aggregator.web.statics import address, imported


def render(name: str, values: dict[str, object]) -> str:
    """Fills `desk/NAME`."""
    return _environment().get_template(f"desk/{name}").render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(template_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"comma": humanize.intcomma, "host": host_of, "safe_url": safe_url}
    environment.globals |= {"static": address, "script": script}
    environment.filters |= {"ago": ago, "coming": coming, "day": day, "percent": percent, "ticked": ticked, "marked": marked}
    return environment


def script(name: str) -> Markup:
    """The tag of a module of ours, with those that it imports, so that a browser asks for all of them at once."""
    preload = Markup('<link rel="modulepreload" href="{}">')
    tag = Markup('<script type="module" src="{}"></script>')
    return Markup("").join([*(preload.format(address(one)) for one in imported(name)), tag.format(address(name))])


def ago(then: datetime | None, now: datetime, never: str = "never") -> str:
    """`3 hours ago`."""
    return never if then is None else humanize.naturaltime(max(now - then, timedelta(0)))


def coming(then: datetime | None, now: datetime, never: str = "not planned") -> str:
    """`in 3 hours`; `now` where it is due."""
    if then is None:
        return never
    return "now" if then <= now else f"in {humanize.naturaldelta(then - now)}"


def day(one: date | None, otherwise: str = "") -> str:
    """`8 Jan 2027`."""
    return f"{one.day} {one:%b %Y}" if one else otherwise


def ticked(words: str) -> Markup:
    """Words in which what stands between backticks is a command or a key."""
    parts = str(escape(words)).split("`")
    return Markup("".join(f"<code>{part}</code>" if n % 2 and n < len(parts) - 1 else part for n, part in enumerate(parts)))  # noqa: S704 - escaped before
