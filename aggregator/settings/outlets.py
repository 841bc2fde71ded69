"""Where a draft is sent to: his WordPress, his Ghost, a branch of his repository. Never more than a draft."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, field_validator, model_validator

from aggregator.errors import shown
from aggregator.settings.part import Part
from aggregator.settings.values import AnyCase, WebAddress

_NEEDS = {"wordpress": ("site", "user"), "ghost": ("site",), "branch": ("git",)}
_MAY = {
    "wordpress": ("site", "user", "password_env", "password_file"),
    "ghost": ("site", "key_env", "key_file"),
    "branch": ("git", "branch", "folder"),
}


class Outlet(Part):
    """One place. name: what `draft send` calls it, None = its kind. site: the blog's address, for WordPress and Ghost. user,
    password_env, password_file: of WordPress, with an application password. key_env, key_file: where Ghost's Admin API key
    is found. git, branch, folder: a repository, the branch that is written to, `{number}` filled in, and the folder of posts."""

    kind: Annotated[Literal["wordpress", "ghost", "branch"], AnyCase]
    name: str | None = None
    site: WebAddress | None = None
    user: str | None = None
    password_env: str = "AGGREGATOR_WORDPRESS_PASSWORD"  # noqa: S105 - the name of a variable
    password_file: Path | None = None
    key_env: str = "AGGREGATOR_GHOST_KEY"
    key_file: Path | None = None
    git: str | None = None
    branch: str = "aggregator/edition-{number}"
    folder: str = ""

    @field_validator("site")
    @classmethod
    def _is_safe_to_sign_in_to(cls, value: str | None) -> str | None:
        if value is not None:
            parts = urlsplit(value)
            if parts.username is not None:
                raise ValueError("an address holds no password here; the setting beside it says where it is found")
            local = parts.hostname in ("localhost", "127.0.0.1", "::1")
            if parts.scheme != "https" and not local:
                raise ValueError(f"{value!r} would send your password in the open; write https://")
        return value

    @field_validator("git")
    @classmethod
    def _is_no_option(cls, value: str | None) -> str | None:
        if value is not None and (value.startswith("-") or not value.isprintable()):
            raise ValueError(f"{value!r} cannot be given to git")
        return value

    @field_validator("branch")
    @classmethod
    def _is_a_branch(cls, value: str) -> str:
        # git's own rules (git-check-ref-format), for the part of them that a person may hit.
        if not re.fullmatch(r"(?:[A-Za-z0-9][\w.-]*|\{number\})(?:[/.\w-]|\{number\})*", value) or re.search(
            r"\.\.|//|/\.|\.lock(?:/|$)|[/.]$", value
        ):
            raise ValueError(f"{value!r} is no branch; one is written aggregator/edition-{{number}}")
        return value

    @field_validator("folder")
    @classmethod
    def _stays_inside(cls, value: str) -> str:
        if Path(value).is_absolute() or ".." in Path(value).parts or ".git" in Path(value).parts:
            raise ValueError(f"{value!r} leads out of the repository; write it as content/drafts")
        return value.strip("/")

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        for key in _NEEDS[self.kind]:
            if getattr(self, key) is None:
                raise ValueError(f"a {self.kind} needs `{key}`")
        strange = self.model_fields_set - {"kind", "name", *_MAY[self.kind]}
        if strange:
            raise ValueError(f"{', '.join(sorted(strange))}: not for a {self.kind}, which takes {', '.join(_MAY[self.kind])}")
        return self

    @property
    def label(self) -> str:
        """What the author calls it."""
        return self.name or self.kind

    @property
    def address(self) -> str:
        """Where it is, without a password or token."""
        return shown(self.site or self.git or "")

    @property
    def key(self) -> str:
        """What tells it from other places, over the years."""
        return f"{self.kind} {self.address}"


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, dict) else value


Outlets = Annotated[tuple[Outlet, ...], BeforeValidator(_one_or_many)]
