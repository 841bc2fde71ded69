"""A Ghost export: published posts with their tags."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from aggregator.archive.ghost import read_ghost
from aggregator.archive.read import read_archive
from aggregator.errors import ArchiveError
from aggregator.records.archive import RawPost, SkippedDocument


def export(folder: Path, posts: list[dict[str, object]]) -> Path:
    data = {
        "posts": posts,
        "tags": [{"id": "t1", "name": "Ink"}, {"id": "t2", "name": "#internal"}],
        "posts_tags": [{"post_id": "1", "tag_id": "t1"}, {"post_id": "1", "tag_id": "t2"}],
    }
    path = folder / "blog.json"
    path.write_text(json.dumps({"db": [{"meta": {"version": "5.0.0"}, "data": data}]}))
    return path


def post(n: int, **more: object) -> dict[str, object]:
    html = f'<h2>🖋 Pens</h2><p><a href="https://a.example/{n}">A nib</a>, <a href="__GHOST_URL__/old/">mine</a></p>'
    return {
        "id": str(n),
        "title": f"Desk Drawer #{n}",
        "slug": f"drawer-{n}",
        "html": html,
        "status": "published",
        "type": "post",
        "published_at": f"2021-01-0{n}T08:00:00.000Z",
        **more,
    }


def test_published_posts_come_with_their_tags_and_others_with_a_reason(tmp_path: Path) -> None:
    path = export(
        tmp_path, [post(1, html="<p>x</p>"), post(2, status="draft"), post(3, html=None), post(4, type="page"), post(5, page=1)]
    )
    assert list(read_ghost(path, "blog.json")) == [
        RawPost("blog.json#drawer-1", "Desk Drawer #1", "<p>x</p>", None, date(2021, 1, 1), ("Ink",)),
        SkippedDocument("blog.json#drawer-2", "a draft: it is not published", unpublished=True),
        SkippedDocument("blog.json#drawer-3", "it has no HTML in this export"),
    ]


def test_its_posts_are_read_as_editions_and_its_own_address_is_no_link(tmp_path: Path) -> None:
    reading = read_archive([export(tmp_path, [post(1), post(2)])])
    assert [(one.number, one.sections, len(one.links)) for one in reading.editions] == [(1, ("Pens",), 1), (2, ("Pens",), 1)]


@pytest.mark.parametrize(
    ("text", "words"),
    [("{}", "no Ghost export"), ('{"db": []}', "no Ghost export"), ('{"db": [', "not JSON"), ("[1]", "no Ghost")],
)
def test_other_json_is_no_export(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(ArchiveError, match=words):
        list(read_ghost(path, "x.json"))
