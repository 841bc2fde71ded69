"""Where past editions are read from: folders, git repositories, the feed of the author's own blog."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, field_validator, model_validator

from aggregator.errors import shown
from aggregator.settings.part import Part
from aggregator.settings.values import Wait, WebAddress

# A repository is asked where the author keeps it; a feed as politely as any other (R17).
_LEAST_WAIT = {"git": timedelta(minutes=5), "feed": timedelta(minutes=30)}


class ArchiveSource(Part):
    """Where past editions are read from, and the new one is noticed. One of path, git and feed; text alone is the one that it
    looks like. path: a folder or a file. git: a repository's address; branch: None = its own choice; folder: of the posts in it.
    feed: of the author's own blog, or the blog's address. every: between two looks; a path is looked at all the time."""

    path: Path | None = None
    git: str | None = None
    branch: str | None = None
    folder: str = ""
    feed: WebAddress | None = None
    every: Wait | None = None

    @model_validator(mode="before")
    @classmethod
    def _text_is_what_it_looks_like(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        text = value.strip()
        if re.match(r"(?:ssh|git|file)://|[\w.-]+@[\w.-]+:", text) or text.endswith(".git"):
            return {"git": text}
        return {"feed" if re.match(r"https?://", text, re.IGNORECASE) else "path": text}

    @field_validator("git", "branch")
    @classmethod
    def _is_no_option(cls, value: str | None) -> str | None:
        if value is not None and (value.startswith("-") or not value.isprintable()):
            raise ValueError(f"{value!r} cannot be given to git")
        return value

    @field_validator("folder")
    @classmethod
    def _stays_inside(cls, value: str) -> str:
        if Path(value).is_absolute() or ".." in Path(value).parts:
            raise ValueError(f"{value!r} leads out of the repository; write it as content/posts")
        return value.strip("/")

    @model_validator(mode="after")
    def _is_one_of_three(self) -> Self:
        kinds = [name for name in ("path", "git", "feed") if getattr(self, name) is not None]
        if len(kinds) != 1:
            raise ValueError("a source of past editions is one of path, git and feed")
        if self.git is None and (self.branch or self.folder):
            raise ValueError("branch and folder go with git only")
        if self.every is not None and self.every < (least := _LEAST_WAIT.get(kinds[0], self.every)):
            raise ValueError(f"every is at least {least.total_seconds() / 60:.0f}m for a {kinds[0]}")
        return self

    @property
    def address(self) -> str:
        """What tells it from other sources."""
        if self.git is not None:
            return f"{self.git}#{self.branch or ''}:{self.folder}"
        return self.feed or str(self.path)

    @property
    def name(self) -> str:
        """What the author calls it, without a password or token."""
        return shown(self.git or self.address)

    @property
    def wait(self) -> timedelta:
        """Between two looks."""
        return self.every or (timedelta(0) if self.path else timedelta(minutes=30 if self.git else 60))


ArchiveSources = Annotated[
    tuple[ArchiveSource, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str | dict) else value)
]
