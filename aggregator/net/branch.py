"""One file to a branch of a git repository, by the `git` program: never to the branch that publishes, never by force."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

from aggregator.errors import OutletError, Refused
from aggregator.net.git import AUTHENTICATION, SECONDS, alone, copy_name, run_git
from aggregator.records.outlets import Remote

_WHO = "aggregator"


class GitBranches:
    """`ports.Branches` with a folder for what is under way. seconds: for each call of git."""

    def __init__(self, folder: Path, *, program: str = "git", seconds: float = SECONDS) -> None:
        self._folder = folder
        self._program = program
        self._seconds = seconds

    def put(
        self,
        address: str,
        branch: str,
        path: str,
        data: bytes,
        *,
        message: str,
        at: datetime,
        publishing: frozenset[str],
        ours: frozenset[str],
        over: bool,
    ) -> Remote:
        """As `ports.Branches`."""
        copy = self._folder / copy_name(address, f"draft {branch}")
        with alone(copy):
            # Made anew each time: a repository of its own, without a checkout, that nothing of an earlier run can disturb.
            shutil.rmtree(copy, ignore_errors=True)
            copy.mkdir(parents=True)
            try:
                return _Work(self._program, self._seconds, copy, address).put(
                    branch, path, data, message=message, at=at, publishing=publishing, ours=ours, over=over
                )
            finally:
                shutil.rmtree(copy, ignore_errors=True)


class _Work:
    def __init__(self, program: str, seconds: float, copy: Path, address: str) -> None:
        self._program, self._seconds, self._copy, self._address = program, seconds, copy, address

    def put(
        self,
        branch: str,
        path: str,
        data: bytes,
        *,
        message: str,
        at: datetime,
        publishing: frozenset[str],
        ours: frozenset[str],
        over: bool,
    ) -> Remote:
        self._git("init", "--quiet", "--bare")
        own, heads = self._heads(branch)
        if branch in publishing | {own}:
            raise Refused(
                f"the branch {branch!r} is the one that publishes, and is never written to",
                resource=self._address,
                advice="Give another `branch` under `draft: send:` in config.yaml.",
            )
        base = heads.get(branch) or heads[own]
        start = branch if branch in heads else own
        self._git(
            "fetch",
            "--quiet",
            "--depth=1",
            "--no-tags",
            "--no-write-fetch-head",
            "--",
            self._address,
            f"+refs/heads/{start}:refs/heads/start",
        )
        present = self._blob("refs/heads/start", path)
        blob = self._git("hash-object", "-w", "--stdin", data=data)
        if present == blob and branch in heads:
            return Remote(f"{branch}:{path}", blob, draft=True, state="unchanged", content=blob)
        if branch in heads and not over and present is not None and present not in ours:
            raise Refused(
                f"{path} on the branch {branch!r} is not as it was sent from here, and is left as it is",
                resource=self._address,
                advice="Import it (`aggregator draft import`), or send it with --over, which commits over it.",
            )
        index = {"GIT_INDEX_FILE": str(self._copy / "draft.index")}
        self._git("read-tree", "refs/heads/start", variables=index)
        self._git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", variables=index)
        tree = self._git("write-tree", variables=index)
        who = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", _WHO), ("EMAIL", f"{_WHO}@localhost"), ("DATE", f"{int(at.timestamp())} +0000"))
        }
        commit = self._git("commit-tree", tree, "-p", base, "-m", message, variables=who)
        # Without force: who pushed meanwhile is not pushed over.
        self._git("push", "--quiet", "--no-verify", "--", self._address, f"{commit}:refs/heads/{branch}")
        return Remote(f"{branch}:{path}", blob, draft=True, state="pushed", content=blob, made=branch not in heads)

    def _heads(self, branch: str) -> tuple[str, dict[str, str]]:
        """The branch that is the repository's own choice, and commits by branch, of these two."""
        listed = self._git("ls-remote", "--symref", "--", self._address, "HEAD", f"refs/heads/{branch}")
        own: str | None = None
        found: dict[str, str] = {}
        for line in listed.splitlines():
            commit, _, name = line.partition("\t")
            if commit.startswith("ref: refs/heads/") and name == "HEAD":
                own = commit.removeprefix("ref: refs/heads/")
            elif name == "HEAD" and own is not None:
                found[own] = commit
            elif name.startswith("refs/heads/"):
                found[name.removeprefix("refs/heads/")] = commit
        if own is None or own not in found:
            raise OutletError(
                "it is empty, or does not say which branch is its own",
                resource=self._address,
                advice="Make the first commit of the blog by hand.",
            )
        return own, found

    def _blob(self, commit: str, path: str) -> str | None:
        """The file's version in a commit, None if it has none."""
        listed = self._git("ls-tree", commit, "--", path)
        mode, _, rest = listed.partition(" ")
        kind, _, rest = rest.partition(" ")
        return rest.partition("\t")[0] if mode.startswith("100") and kind == "blob" else None

    def _git(self, *arguments: str, data: bytes = b"", variables: dict[str, str] | None = None) -> str:
        try:
            done = run_git(self._program, self._copy, arguments, self._seconds, data=data, variables=variables)
        except OSError:
            raise OutletError("the program `git` cannot be started", resource=self._address, advice="Install git.") from None
        except subprocess.TimeoutExpired:
            message = f"git was not done within {self._seconds:g} seconds"
            raise OutletError(message, resource=self._address, permanent=False, advice="Try again later.") from None
        if done.returncode:
            raise self._fault(done.stderr.decode("utf-8", "replace"))
        return done.stdout.decode("utf-8", "replace").strip()

    def _fault(self, complaint: str) -> OutletError:
        words = " ".join(complaint.split())[:300]
        if AUTHENTICATION.search(complaint):
            return OutletError(
                f"the repository does not let this machine write to it ({words})",
                resource=self._address,
                permanent=False,
                advice="Give this machine a key that may push, and that git finds by itself, without questions.",
            )
        if "non-fast-forward" in complaint or "fetch first" in complaint or "rejected" in complaint:
            return OutletError(
                f"the branch was not taken ({words})", resource=self._address, permanent=False, advice="Send it again."
            )
        return OutletError(
            f"git could not do it ({words or 'it gave no reason'})",
            resource=self._address,
            permanent=False,
            advice="Try `git ls-remote` with this address on this machine.",
        )
