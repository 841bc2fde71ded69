"""A small roundup to read: "Desk Drawer", about paper and pens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from aggregator.records.archive import PastBullet, PastEdition, PastLink
from aggregator.text.canonical import canonical_url

Write = Callable[[str, str], Path]
Make = Callable[..., PastEdition]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file below the test's folder."""

    def _write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return _write


@pytest.fixture
def make() -> Make:
    """An edition from {section: [bullet's addresses]}; a bullet is one address or a list of them."""

    def _make(
        number: int | None = 1,
        sections: Mapping[str | None, Sequence[str | Sequence[str]]] | None = None,
        published: date | None = None,
        title: str | None = None,
    ) -> PastEdition:
        bullets = []
        for section, items in (sections or {}).items():
            for item in items:
                urls = [item] if isinstance(item, str) else item
                links = tuple(PastLink(url, canonical_url(url) or "", f"on {url[-1]}") for url in urls)
                bullets.append(PastBullet(section, "A word about " + " and ".join(link.anchor for link in links), links))
        return PastEdition(
            path=f"{number}.md",
            content_hash=f"{number}",
            title=title or f"Desk Drawer #{number}",
            number=number,
            published=published,
            sections=tuple(name for name in sections or {} if name is not None),
            bullets=tuple(bullets),
        )

    return _make
