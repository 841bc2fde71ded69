"""The hook that docs/draft.md gives for the blog's repository: git itself refuses to push a post that is not ready."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "draft.md"

CONFIG = """\
database: sqlite:///aggregator.db
roundups:
  - name: Rack Notes
    title: "Rack Notes #{number}"
    next_number: 7
    sections: [{name: Networking}]
"""

OLD = "# Rack Notes #6\n\n## Networking\n\n* TODO [A](https://a.example/)\n"
POST = "# Rack Notes #7\n\n## Networking\n\n* TODO [A switch](https://switches.example/one)\n"


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """A repository with a remote, the hook as the document has it, and `aggregator` on the path."""
    (found,) = re.findall(r"```sh\n(#!/bin/sh\nwhile read.*?)```", DOCUMENT.read_text(), re.DOTALL)
    (tmp_path / "aggregator").mkdir()
    (tmp_path / "aggregator" / "config.yaml").write_text(CONFIG)
    program = tmp_path / "bin" / "aggregator"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from aggregator.cli import main; main()' \"$@\"\n")
    program.chmod(0o755)
    home = tmp_path / "blog"
    (home / "_posts").mkdir(parents=True)
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "remote.git")
    git(home, "init", "-q", "-b", "main")
    git(home, "remote", "add", "origin", str(tmp_path / "remote.git"))
    (home / "_posts" / "rack-notes-6.md").write_text(OLD)
    commit(home, "Older")
    git(home, "push", "-q", "origin", "main")
    hook = home / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(found)
    hook.chmod(0o755)
    return home


def git(folder: Path, *words: str, want: int = 0) -> str:
    base = folder.parent if folder.name == "blog" else folder
    names = {f"GIT_{who}_{what}": "nib@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    env = {"PATH": f"{base / 'bin'}:{os.environ['PATH']}", "HOME": str(base), "GIT_CONFIG_NOSYSTEM": "1", **names}
    ran = subprocess.run(["git", *words], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == want, ran.stderr
    return ran.stdout + ran.stderr


def commit(home: Path, words: str) -> None:
    git(home, "add", ".")
    git(home, "commit", "-q", "-m", words)


def test_a_post_that_is_not_ready_is_not_pushed_and_the_rest_is(blog: Path) -> None:
    (blog / "about.md").write_text("TODO\n")
    commit(blog, "About")
    git(blog, "push", "-q", "origin", "main")
    (blog / "_posts" / "rack-notes-7.md").write_text(POST)
    commit(blog, "The post")
    told = git(blog, "push", "-q", "origin", "main", want=1)
    assert "_posts/rack-notes-7.md:5: a bullet without words: A switch" in told
    git(blog, "push", "-q", "origin", "main:draft", want=1)
    (blog / "_posts" / "rack-notes-7.md").write_text(POST.replace("TODO", "Fine:"))
    commit(blog, "Words")
    git(blog, "push", "-q", "origin", "main")
    git(blog, "push", "-q", "origin", ":main", want=1)  # git itself keeps the remote's own branch
    git(blog, "push", "-q", "origin", "main:other")
    git(blog, "push", "-q", "origin", ":other")
