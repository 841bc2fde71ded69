"""Past editions read again: what a document does not say any more is not taught any more."""

from __future__ import annotations

from aggregator.jobs import archive
from tests.jobs.conftest import Shop

POST = "---\ntitle: 'Rack Notes #{number}'\n---\n\n## Storage\n\n* A [link](https://a.example/{page}).\n"


def read(shop: Shop) -> list[str]:
    archive.run_once(*shop.all, [shop.folder / "past"], home=shop.folder)
    return [label.example.url for label in shop.stores.learning.labels(shop.roundup.id)]


def test_a_mended_link_replaces_the_one_that_taught_before(shop: Shop) -> None:
    (shop.folder / "past").mkdir()
    for number in (5, 6):
        (shop.folder / "past" / f"{number}.md").write_text(POST.format(number=number, page=f"typo-{number}"))
    assert read(shop) == ["https://a.example/typo-5", "https://a.example/typo-6"]
    (shop.folder / "past" / "5.md").write_text(POST.format(number=5, page="right"))
    assert read(shop) == ["https://a.example/typo-6", "https://a.example/right"]
    assert shop.stores.learning.watermark(shop.roundup.id) == 4
    assert len(read(shop)) == 2
    assert shop.stores.learning.watermark(shop.roundup.id) == 4, "reading again says nothing new"


def test_an_edition_without_a_known_section_left_teaches_nothing(shop: Shop) -> None:
    (shop.folder / "past").mkdir()
    past = shop.folder / "past" / "5.md"
    past.write_text(POST.format(number=5, page="x"))
    assert len(read(shop)) == 1
    past.write_text(POST.format(number=5, page="x").replace("Storage", "Gardening"))
    assert read(shop) == []


def test_an_archive_that_moved_is_not_counted_twice(shop: Shop) -> None:
    old, new = shop.folder / "posts", shop.folder / "content"
    old.mkdir()
    for number in (1, 2):
        (old / f"{number}.md").write_text(
            f"---\ntitle: 'Rack Notes #{number}'\n---\n\n## Storage\n\n* A [disk](https://disks.example/{number}).\n"
        )
    archive.run_once(*shop.all, [old], home=shop.folder)
    old.rename(new)
    report = archive.run_once(*shop.all, [new], home=shop.folder)
    assert report.editions == 2
    assert [edition.path for edition in shop.stores.archive.editions(shop.roundup.id)] == ["content/1.md", "content/2.md"]
    assert [label.origin for label in shop.stores.learning.labels(shop.roundup.id)] == [
        "archive:content/1.md",
        "archive:content/2.md",
    ]
    (use,) = shop.stores.archive.search(shop.roundup.id, "disks.example/1", 10)
    assert use.number == 1
