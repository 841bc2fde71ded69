"""House rules that no linter knows. What import-linter, ruff and mypy check is theirs."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from aggregator import errors

ROOT = Path(__file__).parents[2]
LONGEST = 400
MODULES = sorted(path for folder in ("aggregator", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
SOURCES = [path for path in MODULES if path.is_relative_to(ROOT / "aggregator")]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())

# What must not be written in the product, and the files that may for a reason of their own.
FORBIDDEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "a clock beside clock.py": (
        r"\butcnow\(|\butcfromtimestamp\(|\.today\(|\bdatetime\.now\(|\btime\.time\(",
        ("aggregator/clock.py",),
    ),
    "chance beside clock.py": (r"\brandom\.(?:random|choice|uniform|randint|shuffle)\(", ("aggregator/clock.py",)),
    # Front matter is read by the C form of SafeLoader, for speed.
    "YAML that builds objects": (r"\byaml\.(?:load|load_all|unsafe_load|full_load)\((?!text, Loader=_Loader\))", ()),
    "templates that do not escape": (r"autoescape\s*=\s*False|\|\s*safe\b", ()),
    "evaluated text": (r"(?<![\w.])(?:eval|exec)\(", ()),
    "stored code (R14)": (r"^\s*(?:import|from) (?:pickle|marshal|shelve|joblib|dill)\b", ()),
    "unverified TLS": (r"verify\s*=\s*False|\bssl\s*=\s*False|CERT_NONE|_create_unverified_context", ()),
    "a parser that opens files and addresses by itself": (r"feedparser\.parse\((?!\s*(?:io\.)?BytesIO\()", ()),
    "work that was put off": (r"#.*\b(?:TODO|FIXME|XXX|HACK)\b", ()),
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_module_says_its_one_job_before_anything_else(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(text_of(path)))
    assert docstring, "no docstring"
    assert re.search(r"[.:?!]$", docstring.split("\n\n")[0]), "it begins with no sentence"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_short_enough_to_be_read_at_once(path: Path) -> None:
    assert text_of(path).count("\n") <= LONGEST


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nowhere_in_the_product_is(what: str) -> None:
    pattern, allowed = FORBIDDEN[what]
    found = [
        f"{name(path)}:{number}: {match[0]}"
        for path in (*SOURCES, *TEMPLATES)
        if name(path) not in allowed
        for number, line in enumerate(text_of(path).splitlines(), 1)
        for match in re.finditer(pattern, line)
    ]
    assert found == []


def test_the_exception_tree_is_in_one_file() -> None:
    """A room may have errors that never leave it; what the product raises on purpose is drawn in errors.py."""
    ours = {one for one in vars(errors) if one[0].isupper()}
    found = [
        f"{name(path)}: {node.name}"
        for path in SOURCES
        if name(path) != "aggregator/errors.py"
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id in ours for base in node.bases)
    ]
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_is_used(path: Path) -> None:
    """By the code, or by another template that includes it."""
    users = (*SOURCES, *(other for other in TEMPLATES if other != path))
    wanted = re.compile(rf"[\"'/]{re.escape(path.name)}\b|[\"'/]{re.escape(path.name.removesuffix('.j2'))}[\"']")
    assert any(wanted.search(text_of(user)) for user in users)


def tracked() -> list[Path]:
    """The files of the repository; where there is no git, the source tree itself."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        return [*MODULES, *TEMPLATES]
    return [path for one in listed.stdout.split("\0") if one and (path := ROOT / one).is_file() and not path.is_symlink()]


def test_the_repository_knows_no_machine_but_the_readers() -> None:
    # Built from halves, or this file would find itself.
    places = ("/wo" + "rk/", "/ho" + "me/", "/Us" + "ers/", "/ro" + "ot/")
    found = []
    for path in tracked():
        try:
            lines = text_of(path).splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            f"{name(path)}:{number}"
            for number, line in enumerate(lines, 1)
            if any(re.search(rf"(?<![\w.:/-]){re.escape(place)}", line) for place in places)
        ]
    assert found == []
