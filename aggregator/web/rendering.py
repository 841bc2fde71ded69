"""The desk's pages from their templates: everything escaped, no script and no style in the page itself (R5, R28)."""

from __future__ import annotations

from functools import cache

import humanize
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from aggregator.settings.shipped import template_folder
from aggregator.text.canonical import host_of, safe_url


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
    return environment
