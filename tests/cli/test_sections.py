from __future__ import annotations

import stat

from tests.cli.conftest import Author


def config(author: Author) -> str:
    return (author.home / "config.yaml").read_text()


def test_a_new_section_is_offered_what_fits_is_taught_and_files(author: Author) -> None:
    author.run("archive", "import", "past")
    ids = author.offered("A cluster of containers", "A raid of disks")
    before = config(author)
    words = ("--keywords", "cluster, container", "--after", "Networking", "--yes")
    written = author.json("sections", "add", "Containers", *words)
    assert written["changed"]
    assert config(author) != before
    shown = {one["name"]: one for one in author.json("sections")["sections"]}
    assert list(shown)[1] == "Containers"
    assert shown["Containers"]["words"] == "new: 0 of 5 links known"
    assert shown["Networking"]["words"] == "learnt"
    found = {one["title"]: one for one in author.json("candidates")}
    assert "Containers" in (found["A cluster of containers"]["first"], found["A cluster of containers"]["second"])
    fitting = author.json("sections", "fit", "Cont")
    assert fitting["section"] == "Containers"
    assert [one["id"] for one in fitting["fitting"] if one["edition"] is None] == [str(ids["A cluster of containers"])]


def test_past_bullets_teach_a_section_and_are_taken_back(author: Author) -> None:
    for number in (1, 2):
        path = author.home / "past" / f"rack-notes-{number}.md"
        path.write_text(path.read_text().replace("Worth a look:", "Of raid and iscsi storage:", 2))
    author.run("archive", "import", "past")
    author.run("train")
    past = [one for one in author.json("sections", "fit", "Storage", "--most", "3")["fitting"] if one["edition"]]
    assert past
    assert all(one["section"] != "Storage" for one in past)
    taught = author.json("sections", "teach", "Storage", past[0]["id"], past[1]["url"])
    assert taught["links"] >= 2
    again = [one["id"] for one in author.json("sections", "fit", "Storage")["fitting"]]
    assert past[0]["id"] not in again
    assert author.json("sections", "forget", past[0]["id"])["forgotten"] >= 1
    assert "no past edition has pfffffff" in author.fails("sections", "teach", "Storage", "pfffffff")
    refused = author.fails("sections", "forget", "7")
    assert "7 is no past bullet's id" in refused
    assert "aggregator undo" in refused
    assert author.fails("sections", "fit", "Nonsense", want=2).startswith("Rack Notes has no section")


def test_a_heading_is_mapped_where_the_author_says_so(author: Author) -> None:
    path = author.home / "past" / "rack-notes-1.md"
    path.write_text(path.read_text().replace("## Storage", "## Disks"))
    author.run("archive", "import", "past")
    (stray,) = author.json("sections")["headings"]
    assert stray["name"] == "Disks"
    config_path = author.home / "config.yaml"
    config_path.chmod(0o640)
    asked = author.run("sections", "map", "Disks", "Storage", want=1)
    assert "+      Disks: Storage" in asked.out
    assert "nobody to ask" in asked.err
    assert config(author).count("Disks") == 0
    written = author.json("sections", "map", "Disks", "storage", "--yes")
    assert "+      Disks: Storage" in written["diff"]
    assert "learnt" in written
    assert stat.S_IMODE(config_path.stat().st_mode) == 0o640
    assert author.json("sections")["headings"] == []


def test_suggestions_are_written_only_when_they_are_confirmed(author: Author) -> None:
    for number in (1, 2):
        path = author.home / "past" / f"rack-notes-{number}.md"
        path.write_text(path.read_text().replace("## Storage", "## Storage and Disks"))
    author.run("archive", "import", "past")
    before = config(author)
    (one,) = author.json("sections", "map", "--suggested")["suggestions"]
    assert (one["old"], one["new"]) == ("Storage and Disks", "Storage")
    assert config(author) == before
    assert "is written" in author.run("sections", "map", "--suggested", "--yes").out
    assert "Storage and Disks: Storage" in config(author)
    assert author.json("sections", "map", "--suggested")["suggestions"] == []
    assert "Nothing was changed" not in author.run("sections", "map", "--suggested", "--yes").out


def test_a_renamed_section_takes_everything_along(author: Author) -> None:
    author.run("archive", "import", "past")
    ids = author.offered("A raid of disks", "The bgp router speaks")
    author.run("decide", str(ids["The bgp router speaks"]), "move", "--section", "Storage")
    labels = {one["name"]: one["labels"] for one in author.json("sections")["sections"]}
    author.run("sections", "rename", "Storage", "Disks & Backup", "--yes")
    after = {one["name"]: one for one in author.json("sections")["sections"]}
    assert after["Disks & Backup"]["labels"] == labels["Storage"]
    assert after["Disks & Backup"]["words"] == "learnt"
    sections = {one["title"]: one["section"] or one["first"] for one in author.json("candidates")}
    assert sections["The bgp router speaks"] == "Disks & Backup"
    assert sections["A raid of disks"] == "Disks & Backup"


def test_a_merged_section_goes_into_the_other(author: Author) -> None:
    author.run("archive", "import", "past")
    before = {one["name"]: one["labels"] for one in author.json("sections")["sections"]}
    author.run("train")
    author.run("sections", "merge", "Security", "Networking", "--yes")
    after = {one["name"]: one["labels"] for one in author.json("sections")["sections"]}
    assert "Security" not in after
    assert after["Networking"] == before["Networking"] + before["Security"]


def test_sections_are_put_into_another_order(author: Author) -> None:
    before = [one["name"] for one in author.json("sections")["sections"]]
    author.run("sections", "order", before[-1].lower(), "--yes")
    after = [one["name"] for one in author.json("sections")["sections"]]
    assert after == [before[-1], *before[:-1]]
    assert author.json("sections", "order", before[-1], "--yes")["changed"] is False


def test_what_cannot_be_written_leaves_the_file_as_it_is(author: Author) -> None:
    before = config(author)
    assert "a section already" in author.fails("sections", "add", "storage", "--yes")
    assert "takes a heading and a section" in author.fails("sections", "map", "Disks", want=2)
    assert config(author) == before


def test_the_table_tells_a_person_what_to_do(author: Author) -> None:
    author.run("archive", "import", "past")
    author.run("train")
    author.run("sections", "add", "Bees and Honey", "--yes")
    shown = author.run("sections").out
    assert "new: 0 of 5 links known" in shown
    assert "aggregator sections fit 'Bees and Honey'" in shown
    assert "Nothing speaks for Bees and Honey yet" in author.run("sections", "fit", "Bees and Honey").out
    assert "is new: 0 of 5" in author.run("status", want=1).out


def test_before_anything_is_learnt_the_archive_is_what_teaches(author: Author) -> None:
    shown = author.run("sections").out
    assert "aggregator archive import" in shown
    assert "sections fit" not in shown


def test_a_section_is_split_by_past_bullets_that_fit_the_new_one_or_by_those_that_are_named(author: Author) -> None:
    for number in (1, 2):
        path = author.home / "past" / f"rack-notes-{number}.md"
        path.write_text(path.read_text().replace("Worth a look:", "Of raid and iscsi storage:", 2))
    author.run("archive", "import", "past")
    asked = author.run("sections", "split", "Networking", "Raids", "--keywords", "raid", want=1)
    assert "would go from Networking to Raids" in asked.out
    assert "Raids" not in config(author)
    written = author.json("sections", "split", "Networking", "Raids", "--keywords", "raid", "--yes")
    assert written["changed"]
    assert written["taught"] >= 2
    shown = {one["name"]: one for one in author.json("sections")["sections"]}
    assert list(shown)[1] == "Raids"
    assert shown["Raids"]["labels"] == written["taught"]
    one = next(one for one in author.json("sections", "fit", "Storage")["fitting"] if one["edition"])
    assert author.json("sections", "split", "Networking", "One", one["url"], "--yes")["taught"] >= 1
    assert "no past edition has pfffffff" in author.fails("sections", "split", "Networking", "Two", "pfffffff", "--yes")
    assert "Two" not in config(author)
    assert author.json("sections", "split", "Networking", "Bare", "--yes")["taught"] == 0
    assert "already" in author.fails("sections", "split", "Networking", "Raids", one["url"], "--yes")
