from __future__ import annotations

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aggregator.errors import ArchiveError
from aggregator.net.git import GitCheckouts
from aggregator.records.archive import Checkout


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


def fetched(checkouts: GitCheckouts, address: str, branch: str | None) -> Checkout:
    with checkouts.fetch(address, branch) as checkout:
        return checkout


def test_the_newest_state_comes_and_what_is_gone_goes(origin: Origin, checkouts: GitCheckouts) -> None:
    first = fetched(checkouts, origin.address, None)
    assert (first.folder / "posts" / "1.md").read_text() == "one"
    assert first.folder.name.startswith("blog-")
    commit = origin.commit({"posts/1.md": None, "posts/2.md": "two"})
    second = fetched(checkouts, origin.address, None)
    assert (second.folder, second.commit) == (first.folder, commit)
    assert [path.name for path in (second.folder / "posts").iterdir()] == ["2.md"]
    assert fetched(checkouts, origin.address, None) == second


def test_a_branch_is_read_in_a_copy_of_its_own_even_when_its_history_was_rewritten(
    origin: Origin, checkouts: GitCheckouts
) -> None:
    origin.git("checkout", "--quiet", "-b", "live")
    origin.commit({"posts/live.md": "live"})
    assert (fetched(checkouts, origin.address, "live").folder / "posts" / "live.md").exists()
    assert not (fetched(checkouts, origin.address, "main").folder / "posts" / "live.md").exists()
    (origin.folder / "posts" / "live.md").write_text("rewritten")
    origin.git("commit", "--quiet", "--amend", "-a", "-m", "y")
    assert (fetched(checkouts, origin.address, "live").folder / "posts" / "live.md").read_text() == "rewritten"


def test_what_was_changed_or_damaged_in_the_copy_is_put_right(origin: Origin, checkouts: GitCheckouts) -> None:
    copy = fetched(checkouts, origin.address, None).folder
    (copy / "posts" / "1.md").write_text("scribbled on")
    (copy / "posts" / "stray.md").write_text("stray")
    fetched(checkouts, origin.address, None)
    assert {path.name: path.read_text() for path in (copy / "posts").iterdir()} == {"1.md": "one"}
    (copy / ".git" / "HEAD").unlink()
    assert (fetched(checkouts, origin.address, None).folder / "posts" / "1.md").exists()


def test_nothing_of_the_repository_runs_or_leads_out_of_it(origin: Origin, checkouts: GitCheckouts, tmp_path: Path) -> None:
    (origin.folder / "posts" / "secret.md").symlink_to("/etc/passwd")
    origin.commit({".gitattributes": "*.md filter=lfs\n", ".gitmodules": '[submodule "x"]\n path = x\n url = ext::sh -c false\n'})
    copy = fetched(checkouts, origin.address, None).folder
    assert not (copy / "posts" / "secret.md").is_symlink()
    assert (copy / "posts" / "secret.md").read_text() == "/etc/passwd"
    hook = copy / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    origin.commit({"posts/2.md": "two"})
    fetched(checkouts, origin.address, None)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("address", ["ext::sh -c touch% /tmp/ran", "fd::17"])
def test_a_protocol_that_runs_programs_is_refused(checkouts: GitCheckouts, address: str) -> None:
    with pytest.raises(ArchiveError, match="not allowed"):
        fetched(checkouts, address, None)


def test_an_unknown_branch_and_a_missing_repository_are_told_in_words(
    origin: Origin, checkouts: GitCheckouts, tmp_path: Path
) -> None:
    with pytest.raises(ArchiveError, match="no branch 'nosuch'"):
        fetched(checkouts, origin.address, "nosuch")
    with pytest.raises(ArchiveError, match="no branch 'nosuch'"):
        checkouts.check(origin.address, "nosuch")
    with pytest.raises(ArchiveError, match="could not fetch it"):
        fetched(checkouts, f"file://{tmp_path}/nowhere", None)
    with pytest.raises(ArchiveError, match="cannot be started"):
        fetched(GitCheckouts(tmp_path / "cache", program="no-such-git"), origin.address, None)
    checkouts.check(origin.address, "main")


def test_a_git_that_hangs_is_ended_with_its_children(tmp_path: Path, origin: Origin) -> None:
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {tmp_path}/child\nwait\n")
    slow.chmod(0o755)
    began = time.monotonic()
    with pytest.raises(ArchiveError, match="not done within"):
        fetched(GitCheckouts(tmp_path / "cache", program=str(slow), seconds=0.3), origin.address, None)
    assert time.monotonic() - began < 5
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and _lives(child):
        time.sleep(0.02)
    assert not _lives(child)


def test_what_a_killed_run_left_behind_does_not_stop_the_next(origin: Origin, checkouts: GitCheckouts) -> None:
    copy = fetched(checkouts, origin.address, None).folder
    for name in ("index.lock", "shallow.lock", "refs/heads/published.lock"):
        origin.commit({"posts/1.md": name})
        (copy / ".git" / name).touch()
        assert (fetched(checkouts, origin.address, None).folder / "posts" / "1.md").read_text() == name
    for one in (copy / ".git" / "objects").rglob("*.pack"):
        one.chmod(0o600)
        one.write_bytes(b"")
    (copy / ".git" / "index").write_bytes(b"half")
    origin.commit({"posts/1.md": "new"})
    assert (fetched(checkouts, origin.address, None).folder / "posts" / "1.md").read_text() == "new"


def test_called_from_a_hook_of_git_s_own_it_leaves_that_repository_alone(
    origin: Origin, checkouts: GitCheckouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = origin.git("for-each-ref")
    monkeypatch.setenv("GIT_DIR", str(origin.folder / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(origin.folder))
    monkeypatch.setenv("GIT_INDEX_FILE", str(origin.folder / ".git" / "index"))
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "ext")
    copy = fetched(checkouts, origin.address, None).folder
    assert (copy / "posts" / "1.md").read_text() == "one"
    assert (copy / ".git").is_dir()
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name)
    assert origin.git("for-each-ref") == refs


def test_two_at_once_do_not_change_the_copy_that_the_other_reads(origin: Origin, tmp_path: Path) -> None:
    one, other = GitCheckouts(tmp_path / "cache"), GitCheckouts(tmp_path / "cache")
    with ThreadPoolExecutor(1) as pool:
        with one.fetch(origin.address, None) as checkout:
            origin.commit({"posts/1.md": "later"})
            waits = pool.submit(fetched, other, origin.address, None)
            time.sleep(0.1)
            assert (checkout.folder / "posts" / "1.md").read_text() == "one"
        assert (waits.result().folder / "posts" / "1.md").read_text() == "later"


def test_no_complaint_repeats_a_password(checkouts: GitCheckouts) -> None:
    for address in ("http://me:s3cret@127.0.0.1:1/x.git", "https://s3cret@127.0.0.1:1/x.git"):
        with pytest.raises(ArchiveError) as error:
            fetched(checkouts, address, None)
        assert "s3cret" not in str(error.value)
        assert "127.0.0.1:1/x.git" in str(error.value)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z" and os.getpgid(pid) > 0
