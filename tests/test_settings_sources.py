"""`archive:` of config.yaml: where past editions are read from."""

from __future__ import annotations

import pytest

from tests.test_settings import MINIMAL, parsed, refused


@pytest.mark.parametrize(
    ("written", "kind", "address"),
    [
        ("posts/", "path", "posts"),
        ("https://blog.example.org/feed.xml", "feed", "https://blog.example.org/feed.xml"),
        ("https://git.example.org/me/blog.git", "git", "https://git.example.org/me/blog.git#:"),
        ("git@git.example.org:me/blog", "git", "git@git.example.org:me/blog#:"),
        ("{git: 'ssh://h/blog', branch: live, folder: content/posts/}", "git", "ssh://h/blog#live:content/posts"),
        ("{path: a.md}", "path", "a.md"),
    ],
)
def test_a_source_of_past_editions_is_what_it_looks_like(written: str, kind: str, address: str) -> None:
    (source,) = parsed(f"{MINIMAL}    archive: [{written}]\n").roundup().archive
    assert getattr(source, kind) is not None
    assert source.address == address
    assert parsed(f"{MINIMAL}    archive: {written}\n").roundup().archive == (source,)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{}", "one of path, git and feed"),
        ("{path: a, git: b.git}", "one of path, git and feed"),
        ("{path: a, branch: main}", "go with git only"),
        ("{git: a.git, folder: ../up}", "leads out of the repository"),
        ("{git: '--upload-pack=x'}", "cannot be given to git"),
        ("{git: a.git, branch: -x}", "cannot be given to git"),
        ("{git: a.git, every: 4m}", "at least 5m for a git"),
        ("{feed: 'https://b.example/f', every: 29m}", "at least 30m for a feed"),
    ],
)
def test_a_source_that_makes_no_sense_is_refused_in_words(written: str, words: str) -> None:
    assert words in refused(f"{MINIMAL}    archive: [{written}]\n")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("https://me:s3cret@git.example.org/blog.git", "https://git.example.org/blog.git"),
        ("https://me:s3cret@blog.example.org/feed", "https://blog.example.org/feed"),
        ("git@git.example.org:me/blog", "git@git.example.org:me/blog"),
        ("posts/@home", "posts/@home"),
    ],
)
def test_a_source_is_named_without_its_password(written: str, name: str) -> None:
    (source,) = parsed(f"{MINIMAL}    archive: ['{written}']\n").roundup().archive
    assert source.name == name
