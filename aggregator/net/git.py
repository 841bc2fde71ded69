"""Git repositories, fetched for reading by the `git` program: shallow, without hooks, filters or submodules."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from aggregator.errors import ArchiveError
from aggregator.records.archive import Checkout

SECONDS = 120.0

# What a repository or this machine's own git configuration may ask for and a reader does not need: programs that run at a
# checkout, links that lead out of the folder, other repositories, protocols that run a program (`ext::`).
_SAFE = (
    "core.hooksPath=/dev/null",
    "core.symlinks=false",
    "core.fsmonitor=false",
    "submodule.recurse=false",
    "filter.lfs.smudge=",
    "filter.lfs.process=",
    "filter.lfs.required=false",
    "protocol.allow=never",
    "protocol.https.allow=always",
    "protocol.http.allow=always",
    "protocol.ssh.allow=always",
    "protocol.git.allow=always",
    "protocol.file.allow=always",
    "gc.auto=0",
    "advice.detachedHead=false",
)
# Of the author's own environment: how this machine reaches repositories.
_KEPT = ("GIT_SSH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_EXEC_PATH", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH")
AUTHENTICATION = re.compile(
    r"authentication failed|could not read username|permission denied|terminal prompts disabled|access denied|\b403\b|\b401\b",
    re.IGNORECASE,
)


class GitCheckouts:
    """`ports.Checkouts` with a folder of copies. seconds: for one fetch, all told."""

    def __init__(self, folder: Path, *, program: str = "git", seconds: float = SECONDS) -> None:
        self._folder = folder
        self._program = program
        self._seconds = seconds

    @contextmanager
    def fetch(self, address: str, branch: str | None) -> Iterator[Checkout]:
        """The newest state of a branch, None = the repository's own choice; nobody changes the copy until the block ends. It is
        made at the first time, and made anew if it is damaged. Raises ArchiveError: no git, no answer, no permission, no such
        branch."""
        copy = self._folder / copy_name(address, branch)
        with alone(copy):
            there = (copy / ".git" / "HEAD").is_file()
            try:
                commit = self._update(copy, address, branch)
            except ArchiveError:
                if not there:
                    raise
                # A run that was killed leaves locks and half-written files. If the repository answers, the copy is at fault.
                self.check(address, branch)
                shutil.rmtree(copy, ignore_errors=True)
                commit = self._update(copy, address, branch)
            yield Checkout(copy, commit)

    def _update(self, copy: Path, address: str, branch: str | None) -> str:
        """Brings the copy to the newest state; returns its commit."""
        if not (copy / ".git" / "HEAD").is_file():
            shutil.rmtree(copy, ignore_errors=True)
            copy.mkdir(parents=True)
            self._git(address, copy, "init", "--quiet")
        wanted = f"refs/heads/{branch}" if branch else "HEAD"
        options = ("--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--force")
        self._git(address, copy, "fetch", *options, "--", address, f"+{wanted}:refs/heads/published")
        self._git(address, copy, "read-tree", "--reset", "-u", "refs/heads/published")
        self._git(address, copy, "clean", "-ffdqx")
        return self._git(address, copy, "rev-parse", "refs/heads/published").strip()

    def check(self, address: str, branch: str | None) -> None:
        """Asks the repository for the branch without fetching anything. Raises ArchiveError."""
        found = self._git(address, Path("/"), "ls-remote", "--", address, f"refs/heads/{branch}" if branch else "HEAD")
        if not found.strip():
            raise _no_branch(address, branch)

    def _git(self, address: str, where: Path, *arguments: str) -> str:
        try:
            done = run_git(self._program, where, arguments, self._seconds)
        except OSError:
            raise ArchiveError(
                "the program `git` cannot be started", resource=address, advice="Install git, or name a folder instead."
            ) from None
        except subprocess.TimeoutExpired:
            message = f"git was not done within {self._seconds:g} seconds"
            raise ArchiveError(message, resource=address, permanent=False, advice="It is tried again by itself.") from None
        if done.returncode:
            raise _fault(address, arguments, done.stderr.decode("utf-8", "replace"))
        return done.stdout.decode("utf-8", "replace")


def run_git(
    program: str,
    where: Path,
    arguments: Sequence[str],
    seconds: float,
    *,
    data: bytes = b"",
    variables: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Runs git in a folder, with nothing of this machine's configuration that runs programs. data: its standard input. variables:
    of its environment, besides what it needs. Raises OSError, subprocess.TimeoutExpired; then nothing of it runs on."""
    settings = [part for one in _SAFE for part in ("-c", one)]
    process = subprocess.Popen(  # noqa: S603 - no shell; the address and the branch cannot be options (settings refuse them)
        [program, *settings, *arguments],
        cwd=where,
        env=_environment() | dict(variables or {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # so that ssh and the transport helpers end with it
    )
    with process:
        try:
            said, complaint = process.communicate(data, timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(arguments, process.returncode, said, complaint)


def copy_name(address: str, branch: str | None) -> str:
    """A folder's name: what the author would call it, and what tells it apart."""
    last = re.sub(r"\.git$", "", address.rstrip("/")).replace(":", "/").rpartition("/")[2]
    digest = hashlib.sha256(f"{address}\n{branch or ''}".encode()).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', last)[:40] or 'repository'}-{digest}"


@contextmanager
def alone(copy: Path) -> Iterator[None]:
    """One process at a time works on a copy: a hook may read it while the daemon does."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(copy.with_name(f"{copy.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _environment() -> dict[str, str]:
    """A hook of git's own runs with GIT_DIR and others set, which would make every command here work on that repository."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _KEPT}
    return ours | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=20"),
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "LC_ALL": "C",
    }


def _fault(address: str, arguments: Sequence[str], complaint: str) -> ArchiveError:
    words = " ".join(complaint.split())[:300]
    if "couldn't find remote ref" in complaint:
        return _no_branch(address, arguments[-1].partition("+refs/heads/")[2].partition(":")[0] or None)
    if AUTHENTICATION.search(complaint):
        return ArchiveError(
            f"the repository does not let this machine read it ({words})",
            resource=address,
            permanent=False,
            advice="Give this machine a key or a token that git finds by itself: `git ls-remote` must work without questions.",
        )
    return ArchiveError(
        f"git could not fetch it ({words or 'it gave no reason'})",
        resource=address,
        permanent=False,
        advice="Try `git ls-remote` with this address on this machine.",
    )


def _no_branch(address: str, branch: str | None) -> ArchiveError:
    what = f"it has no branch {branch!r}" if branch else "it is empty"
    return ArchiveError(what, resource=address, advice="Correct `branch` under `archive` in config.yaml.")
