"""The command line through its real entry point, in this process, over a real database, a feed server and a mail server."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.cli import main
from tests.journeys.conftest import World


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str


class Author:
    """Types commands in his own folder. `world` holds his servers."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.world, self.home = world, world.home
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.configure(world.config)

    def configure(self, text: str) -> None:
        (self.home / "config.yaml").write_text(text)

    def run(self, *words: str, want: int = 0) -> Ran:
        """Runs `aggregator WORDS`, expects this exit status, and never a traceback."""
        self._monkeypatch.chdir(self.home)
        self._monkeypatch.setattr("sys.argv", ["aggregator", *words])
        self._capsys.readouterr()
        status: object = 0
        try:
            main()
        except SystemExit as end:
            status = end.code or 0
        printed = self._capsys.readouterr()
        assert status == want, printed.err or printed.out
        assert "Traceback" not in printed.err
        return Ran(want, printed.out, printed.err)

    def json(self, *words: str, want: int = 0) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.run(*words, "--json", want=want).out)

    def fails(self, *words: str, want: int = 1) -> str:
        """What stderr says of a command that cannot do it; stdout stays empty."""
        ran = self.run(*words, want=want)
        assert ran.out == ""
        assert ran.err.strip()
        return ran.err

    def post(self, blog: str, *titles: str) -> None:
        """Entries of an hour ago, and the blog in the list."""
        when = datetime.now(UTC) - timedelta(hours=1)
        for title in titles:
            slug = title.lower().replace(" ", "-")
            self.world.blog(blog).post(title, f"https://{blog}.example/{slug}", f"All about it: {title}.", when)

    def offered(self, *titles: str) -> dict[str, int]:
        """Candidates by these titles: title -> number."""
        self.post("storage", *titles)
        self.run("poll", "--all")
        return {one["title"]: one["id"] for one in self.json("candidates")}


@pytest.fixture
def author(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Author]:
    for name in [name for name in os.environ if name.startswith("AGGREGATOR_")]:
        monkeypatch.delenv(name)
    root, ours = logging.getLogger(), logging.getLogger("aggregator")
    handlers, level, our_handlers, our_level = root.handlers[:], root.level, ours.handlers[:], ours.level
    world = World(tmp_path / "home", sqlite_url)
    yield Author(world, monkeypatch, capsys)
    world.close()
    root.handlers[:], ours.handlers[:] = handlers, our_handlers
    root.setLevel(level)
    ours.setLevel(our_level)
