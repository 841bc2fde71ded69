from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.delivery.message import build
from aggregator.digest import environment
from aggregator.digest.render import render
from aggregator.records.candidates import Candidate
from aggregator.records.digests import Digest
from aggregator.settings.shipped import template_folder


@pytest.fixture
def some(digest: Callable[..., Digest], candidate: Callable[..., Candidate]) -> Digest:
    return digest(candidate(203, "Comparing <two> & three", "Networking"))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "digest").mkdir()
    return tmp_path


def test_the_shipped_templates_are_found() -> None:
    assert all((template_folder() / name).is_file() for name in (environment.HTML, environment.TEXT))


def test_a_template_of_the_authors_own_is_used_and_escapes_too(some: Digest, own: Path) -> None:
    (own / environment.HTML).write_text(
        "<p>{% for s in sections %}{% for i in s.items %}{{ i.title }}{% endfor %}{% endfor %}</p>"
    )
    rendered = render(some, templates=own)
    assert "<p>Comparing &lt;two&gt; &amp; three</p>" in rendered.html
    assert rendered.text == render(some).text
    assert rendered.notices == ()


def test_a_style_alone_can_be_replaced(some: Digest, own: Path) -> None:
    (own / "digest" / "mail.css").write_text(".h1 { color: #123456 }")
    assert 'style="color:#123456"' in render(some, templates=own).html.replace(": ", ":").replace(';"', '"')


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{% if %}", "line 1"),
        ("{{ no_such_word }}", "no_such_word"),
        ("{{ 1 / 0 }}", "division"),
        ("{% include 'missing.html' %}", "missing.html"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "unsafe"),
        ("{{ sections.__init__.__globals__ }}", "unsafe"),
        ("{% for i in range(99999999) %}x{% endfor %}", "range"),
        ("{% for i in range(99999) %}{{ 'x' * 1000 }}{% endfor %}", "2,000,000 characters"),
        ("{{ 9 ** 9 ** 9 }}", "powers"),
        ("{% set x = 'x' * 999999999 %}", "2,000,000 characters"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "recursion"),
        ("{% include 'digest/mail.html' %}", "recursion"),
        ("{% extends 'digest/mail.html' %}", "recursion"),
        ("{% for i in range(9000) %}<p>too long to be shown whole</p>{% endfor %}", "too large"),
    ],
)
def test_a_broken_template_yields_to_the_shipped_one_and_the_mail_says_so(
    some: Digest, own: Path, template: str, reason: str
) -> None:
    (own / environment.HTML).write_text(template)
    rendered = render(some, templates=own)
    assert "Comparing &lt;two&gt; &amp; three" in rendered.html
    assert len(rendered.notices) >= 1
    assert reason in rendered.notices[0]
    assert " ".join(rendered.notices[0].split()) in " ".join(rendered.text.split())


def test_a_broken_html_template_leaves_the_authors_text_template_alone(some: Digest, own: Path) -> None:
    (own / environment.HTML).write_text("{% broken")
    (own / environment.TEXT).write_text("MINE {{ notices | join }}")
    rendered = render(some, templates=own)
    assert rendered.text.startswith("MINE Your own template was not used.")
    assert "Comparing" in rendered.html


def test_a_template_that_is_not_text_is_refused_in_words(some: Digest, own: Path) -> None:
    (own / environment.TEXT).write_bytes(b"\xff\xfe\x00")
    assert "mail.txt" in render(some, templates=own).notices[0]


def test_a_template_out_of_its_folder_cannot_be_read(some: Digest, own: Path) -> None:
    (own / "secret").write_text("hidden")
    (own / environment.TEXT).write_text("{% include '../../secret' %}")
    assert "hidden" not in render(some, templates=own / "digest").text
    assert "hidden" not in render(some, templates=own).text


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in range(9999) %}{% for j in range(999) %}{% endfor %}.{% endfor %}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% set many = range(99999) %}{% for i in many %}{% for j in many %}{% endfor %}{% endfor %}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{% set x = m(99) %}",
    ],
)
def test_a_template_that_never_ends_is_stopped(some: Digest, own: Path, monkeypatch: pytest.MonkeyPatch, template: str) -> None:
    """One that goes round and says nothing kept every mail from going out."""
    monkeypatch.setattr(environment, "LONGEST", 0.05)
    (own / environment.TEXT).write_text(template)
    before = sys.gettrace()
    assert "longer than" in render(some, templates=own).notices[0]
    assert sys.gettrace() is before


SHIPPED = (template_folder() / environment.HTML).read_text()
PIECES = [
    *re.split(r"({[{%].*?[}%]})", SHIPPED),
    "{% endfor %}",
    "{% set x = sections %}",
    "{{ x }}",
    "{% raw %}",
    "\0",
    "</body>",
]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.integers(0, len(SHIPPED)), st.integers(0, 200))
def test_whatever_he_makes_of_a_template_the_mail_goes_out(
    some: Digest, tmp_path_factory: pytest.TempPathFactory, pieces: list[str], at: int, cut: int
) -> None:
    own = tmp_path_factory.mktemp("own")
    (own / "digest").mkdir()
    (own / environment.HTML).write_text(SHIPPED[:at] + "".join(pieces) + SHIPPED[at + cut :])
    rendered = render(some, templates=own)
    assert rendered.text.startswith("Technology Short Take #28")
    assert bool(rendered.notices) or "{%" not in rendered.html
    build(
        rendered,
        sender="a@example.org",
        recipients=["b@example.org"],
        message_id="<1@example.org>",
        date=some.now,
        list_id="<x.example.org>",
    )
