"""Where the files are that the product ships beside its code."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path


@cache
def template_folder() -> Path:
    """The shipped templates: inside the installed package, else at the top of the repository."""
    installed = Path(str(resources.files("aggregator"))) / "templates"
    return installed if installed.is_dir() else installed.parent.parent / "templates"
