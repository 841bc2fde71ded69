from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from aggregator.errors import ArchiveError
from aggregator.net.git import GitCheckouts


class Origin:
    """A repository of the author's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit({"posts/1.md": "one"})

    @property
    def address(self) -> str:
        return f"file://{self.folder}"

    def git(self, *arguments: str) -> str:
        author = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *author, *arguments], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, files: dict[str, str | None]) -> str:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            if text is not None:
                path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "--quiet", "-m", "x")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin(tmp_path / "blog.git")


@pytest.fixture
def checkouts(tmp_path: Path) -> GitCheckouts:
    return GitCheckouts(tmp_path / "cache" / "git")


def test_the_newest_state_comes_and_what_is_gone_goes(origin: Origin, checkouts: GitCheckouts) -> None:
    first = checkouts.fetch(origin.address, None)
    assert (first.folder / "posts" / "1.md").read_text() == "one"
    assert first.folder.name.startswith("blog-")
    commit = origin.commit({"posts/1.md": None, "posts/2.md": "two"})
    second = checkouts.fetch(origin.address, None)
    assert (second.folder, second.commit) == (first.folder, commit)
    assert [path.name for path in (second.folder / "posts").iterdir()] == ["2.md"]
    assert checkouts.fetch(origin.address, None) == second


def test_a_branch_is_read_in_a_copy_of_its_own_even_when_its_history_was_rewritten(
    origin: Origin, checkouts: GitCheckouts
) -> None:
    origin.git("checkout", "--quiet", "-b", "live")
    origin.commit({"posts/live.md": "live"})
    assert (checkouts.fetch(origin.address, "live").folder / "posts" / "live.md").exists()
    assert not (checkouts.fetch(origin.address, "main").folder / "posts" / "live.md").exists()
    (origin.folder / "posts" / "live.md").write_text("rewritten")
    origin.git("commit", "--quiet", "--amend", "-a", "-m", "y")
    assert (checkouts.fetch(origin.address, "live").folder / "posts" / "live.md").read_text() == "rewritten"


def test_what_was_changed_or_damaged_in_the_copy_is_put_right(origin: Origin, checkouts: GitCheckouts) -> None:
    copy = checkouts.fetch(origin.address, None).folder
    (copy / "posts" / "1.md").write_text("scribbled on")
    (copy / "posts" / "stray.md").write_text("stray")
    checkouts.fetch(origin.address, None)
    assert {path.name: path.read_text() for path in (copy / "posts").iterdir()} == {"1.md": "one"}
    (copy / ".git" / "HEAD").unlink()
    assert (checkouts.fetch(origin.address, None).folder / "posts" / "1.md").exists()


def test_nothing_of_the_repository_runs_or_leads_out_of_it(origin: Origin, checkouts: GitCheckouts, tmp_path: Path) -> None:
    (origin.folder / "posts" / "secret.md").symlink_to("/etc/passwd")
    origin.commit({".gitattributes": "*.md filter=lfs\n", ".gitmodules": '[submodule "x"]\n path = x\n url = ext::sh -c false\n'})
    copy = checkouts.fetch(origin.address, None).folder
    assert not (copy / "posts" / "secret.md").is_symlink()
    assert (copy / "posts" / "secret.md").read_text() == "/etc/passwd"
    hook = copy / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    origin.commit({"posts/2.md": "two"})
    checkouts.fetch(origin.address, None)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("address", ["ext::sh -c touch% /tmp/ran", "fd::17"])
def test_a_protocol_that_runs_programs_is_refused(checkouts: GitCheckouts, address: str) -> None:
    with pytest.raises(ArchiveError, match="not allowed"):
        checkouts.fetch(address, None)


def test_an_unknown_branch_and_a_missing_repository_are_told_in_words(
    origin: Origin, checkouts: GitCheckouts, tmp_path: Path
) -> None:
    for ask in (checkouts.fetch, checkouts.check):
        with pytest.raises(ArchiveError, match="no branch 'nosuch'"):
            ask(origin.address, "nosuch")
    with pytest.raises(ArchiveError, match="could not fetch it"):
        checkouts.fetch(f"file://{tmp_path}/nowhere", None)
    with pytest.raises(ArchiveError, match="cannot be started"):
        GitCheckouts(tmp_path / "cache", program="no-such-git").fetch(origin.address, None)
    checkouts.check(origin.address, "main")


def test_a_git_that_hangs_is_ended_with_its_children(tmp_path: Path, origin: Origin) -> None:
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {tmp_path}/child\nwait\n")
    slow.chmod(0o755)
    began = time.monotonic()
    with pytest.raises(ArchiveError, match="not done within"):
        GitCheckouts(tmp_path / "cache", program=str(slow), seconds=0.3).fetch(origin.address, None)
    assert time.monotonic() - began < 5
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and _lives(child):
        time.sleep(0.02)
    assert not _lives(child)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z" and os.getpgid(pid) > 0
