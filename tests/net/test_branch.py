"""A draft on a branch: committed, pushed, never where it would publish."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import OutletError, Refused
from aggregator.net.branch import GitBranches
from aggregator.ports import Branches
from aggregator.records.outlets import Remote
from tests.net.test_git import Origin

NOW = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)
BRANCH = "aggregator/edition-28"
PATH = "posts/edition 28.md"


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin(tmp_path / "blog.git")


@pytest.fixture
def branches(tmp_path: Path) -> GitBranches:
    return GitBranches(tmp_path / "cache" / "git")


def put(branches: Branches, origin: Origin, text: str, *was: str, branch: str = BRANCH, over: bool = False) -> Remote:
    return branches.put(
        origin.address,
        branch,
        PATH,
        text.encode(),
        message="Draft",
        at=NOW,
        publishing=frozenset({"live"}),
        ours=frozenset(was),
        over=over,
    )


def test_the_draft_is_one_commit_on_a_branch_of_its_own(origin: Origin, branches: GitBranches) -> None:
    main = origin.git("rev-parse", "main")
    sent = put(branches, origin, "Öne\n")
    assert (sent.id, sent.draft, sent.state) == (f"{BRANCH}:{PATH}", True, "pushed")
    assert origin.git("show", f"{BRANCH}:{PATH}") == "Öne"
    assert origin.git("rev-parse", f"{BRANCH}^") == main
    assert origin.git("diff", "--name-only", "main", BRANCH) == PATH
    assert origin.git("log", "-1", "--format=%an %cn %ct %s", BRANCH) == f"aggregator aggregator {int(NOW.timestamp())} Draft"
    assert (origin.git("rev-parse", "main"), origin.git("branch", "--show-current")) == (main, "main")


def test_sending_again_commits_what_changed_and_nothing_else(origin: Origin, branches: GitBranches) -> None:
    first = put(branches, origin, "one")
    assert put(branches, origin, "one", first.version).state == "unchanged"
    second = put(branches, origin, "two", first.version)
    assert origin.git("rev-list", "--count", f"main..{BRANCH}") == "2"
    assert origin.git("rev-parse", f"{BRANCH}:{PATH}") == second.version


def test_what_he_edited_on_the_branch_stays_until_he_says_otherwise(origin: Origin, branches: GitBranches) -> None:
    first = put(branches, origin, "one")
    origin.git("checkout", "--quiet", BRANCH)
    origin.commit({PATH: "his own"})
    origin.git("checkout", "--quiet", "main")
    with pytest.raises(Refused, match="is not as it was sent from here"):
        put(branches, origin, "two", first.version)
    assert origin.git("show", f"{BRANCH}:{PATH}") == "his own"
    put(branches, origin, "two", over=True)
    assert origin.git("show", f"{BRANCH}:{PATH}") == "two"
    assert origin.git("rev-list", "--count", f"main..{BRANCH}") == "3"


def test_a_push_without_an_answer_is_known_again(origin: Origin, branches: GitBranches) -> None:
    sent = put(branches, origin, "one")
    assert put(branches, origin, "one").state == "unchanged"
    with pytest.raises(Refused, match="is not as it was sent from here"):
        put(branches, origin, "two")
    assert put(branches, origin, "two", "something else", sent.content).state == "pushed"


@pytest.mark.parametrize("branch", ["main", "live"])
def test_the_branch_that_publishes_is_never_written_to(origin: Origin, branches: GitBranches, branch: str) -> None:
    before = origin.git("rev-parse", "main")
    with pytest.raises(Refused, match="is the one that publishes"):
        put(branches, origin, "one", branch=branch)
    assert (origin.git("rev-parse", "main"), origin.git("branch", "--format=%(refname:short)")) == (before, "main")


def test_no_hook_of_this_machine_runs(
    origin: Origin, branches: GitBranches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "hooks"
    trap.mkdir()
    (trap / "pre-push").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
    (trap / "pre-push").chmod(0o755)
    (tmp_path / "config").write_text(f"[core]\n\thooksPath = {trap}\n[push]\n\tfollowTags = true\n[commit]\n\tgpgSign = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    put(branches, origin, "one")
    assert not (tmp_path / "ran").exists()


def test_an_empty_or_missing_repository_and_missing_git_are_told(tmp_path: Path, branches: GitBranches, origin: Origin) -> None:
    with pytest.raises(OutletError, match="git could not do it"):
        branches.put(
            f"file://{tmp_path}/none",
            BRANCH,
            PATH,
            b"",
            message="x",
            at=NOW,
            publishing=frozenset(),
            ours=frozenset(),
            over=False,
        )
    with pytest.raises(OutletError, match="cannot be started"):
        put(GitBranches(tmp_path / "cache", program="no-such-git"), origin, "one")
    empty = Origin(tmp_path / "empty.git")
    empty.git("update-ref", "-d", "refs/heads/main")
    with pytest.raises(OutletError, match="it is empty"):
        put(branches, empty, "one")
