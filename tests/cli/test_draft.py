"""draft export, import, settle and check, as scripts and the author read them."""

from __future__ import annotations

from tests.cli.conftest import Author


def test_a_draft_holds_what_was_kept_and_is_never_written_over_a_changed_one(author: Author) -> None:
    ids = author.offered("A disk", "A raid")
    author.run("decide", str(ids["A disk"]), "keep", "--section", "Storage", "--comment", "Fine.")
    said = author.json("draft", "export", "--format", "markdown", "--out", "post.md")
    assert (said["edition"], said["bullets"], said["links"]) == (7, 1, 1)
    text = (author.home / "post.md").read_text()
    assert "https://storage.example/a-disk" in text
    assert "https://storage.example/a-raid" not in text
    author.run("decide", str(ids["A raid"]), "keep")
    said = author.json("draft", "export", "--format", "markdown", "--out", "post.md")
    assert (said["bullets"], said["wordless"]) == (2, 1), "still as we wrote it"
    assert "2 links; 1 bullet without words yet." in author.run("draft", "export", "--out", "other.md").out
    (author.home / "post.md").write_text("My own words.")
    assert "changed by hand" in author.fails("draft", "export", "--format", "markdown", "--out", "post.md")
    assert (author.home / "post.md").read_text() == "My own words."
    author.json("draft", "export", "--format", "markdown", "--out", "post.md", "--over")
    assert "https://storage.example/a-raid" in (author.home / "post.md").read_text()
    author.fails("draft", "export", "--format", "word", want=2)


def test_what_he_changed_in_the_file_comes_back_and_a_check_says_what_is_not_ready(author: Author) -> None:
    ids = author.offered("A disk", "A raid")
    for number in ids.values():
        author.run("decide", str(number), "keep", "--section", "Storage")
    author.json("draft", "export", "--format", "markdown", "--out", "post.md")
    path = author.home / "post.md"
    assert author.json("draft", "import", "post.md")["changed"] == 0
    assert "a bullet without words: A disk" in author.run("draft", "check", "post.md", want=1).out
    path.write_text(path.read_text().replace("TODO [A", "Fine: [a"))
    said = author.json("draft", "import", "post.md")
    assert (said["edition"], said["path"], said["bullets"], said["links"]) == (7, str(path), 2, 2)
    assert said["conflicts"] == []
    assert author.run("draft", "check", "post.md").out == ""
    assert author.json("draft", "check", "post.md") == {"ok": True, "path": "post.md", "problems": []}
    assert "cannot be read" in author.fails("draft", "import", "nowhere.md")


def test_what_file_and_desk_say_differently_is_told(author: Author) -> None:
    ids = author.offered("A disk")
    author.run("decide", str(ids["A disk"]), "keep", "--section", "Storage")
    author.json("draft", "export", "--format", "markdown", "--out", "post.md")
    path = author.home / "post.md"
    path.write_text(path.read_text().replace("TODO [A disk]", "File: [it]"))
    author.run("bullets", "write", f"c{ids['A disk']}", "Desk: [it][1].")
    told = author.run("draft", "import", "post.md").out
    assert "it contradicts the desk in 1 place" in told
    assert "  desk:   [+Desk: [it].+]" in told
    assert "  file:   [+File: [it]+]" in told
    assert "contradicts the desk" in author.fails("draft", "export", "--format", "markdown", "--out", "post.md")
    assert "1 change" in author.run("draft", "import", "post.md", "--take", "file").out
    assert author.json("draft", "import", "post.md")["conflicts"] == []


def test_what_waits_is_listed_and_settled_by_a_side_or_in_other_words(author: Author) -> None:
    ids = author.offered("A disk", "A raid")
    for number in ids.values():
        author.run("decide", str(number), "keep", "--section", "Storage")
    author.json("draft", "export", "--format", "markdown", "--out", "post.md")
    assert "say the same" in author.run("draft", "settle").out
    path = author.home / "post.md"
    path.write_text(path.read_text().replace("TODO [A disk]", "File: [it]").replace("TODO [A raid]", "File: [that]"))
    for title, words in (("A disk", "it"), ("A raid", "that")):
        author.run("bullets", "write", f"c{ids[title]}", f"Desk: [{words}][1].")
    author.run("draft", "import", "post.md")
    disk, raid = sorted(author.json("draft", "settle"), key=lambda one: "disk" not in str(one["base"]))
    assert disk["what"] == "a bullet in Storage"
    assert (disk["path"], disk["desk"][:5], disk["file"][:5]) == (str(path), "Desk:", "File:")
    assert author.run("draft", "settle").out.count("file and desk say different things") == 2
    assert "which one" in author.fails("draft", "settle", "--take", "desk", want=2)
    assert "desk's or the file's" in author.fails("draft", "settle", str(disk["id"]), want=2)
    assert "exclude" in author.fails("draft", "settle", str(disk["id"]), "--take", "desk", "--words", "x", want=2)
    assert "no conflict 999" in author.fails("draft", "settle", "999", "--take", "desk")
    words = "Mine: [it](https://storage.example/a-disk)."
    assert "1 more" in author.run("draft", "settle", str(disk["id"]), "--words", words).out
    (left,) = author.json("draft", "settle")
    assert left["desk"] == raid["desk"]
    assert author.json("draft", "settle", str(left["id"]), "--take", "file") == []
    author.json("draft", "export", "--format", "markdown", "--out", "post.md")
    assert words in path.read_text()
    assert "File: [that](" in path.read_text()


def test_a_check_without_a_file_is_of_the_last_one_or_of_what_would_be_written(author: Author) -> None:
    ids = author.offered("A disk")
    assert "not exported yet: ready" in author.run("draft", "check").out
    author.run("decide", str(ids["A disk"]), "keep", "--section", "Storage")
    assert author.run("draft", "check", want=1).out.startswith("draft:")
    author.json("draft", "export", "--format", "markdown", "--out", "post.md")
    path = author.home / "post.md"
    assert author.run("draft", "check", want=1).out.startswith(f"{path}:")
    path.write_text(path.read_text().replace("TODO [A", "Fine: [a"))
    assert author.json("draft", "check") == {"ok": True, "path": str(path), "problems": []}
    path.unlink()
    assert author.json("draft", "check", want=1)["path"] is None


def test_a_draft_goes_into_the_configured_folder_in_the_configured_format(author: Author) -> None:
    author.configure(
        author.world.config.replace("    next_number", "    draft: {format: jekyll, path: blog/_drafts/}\n    next_number")
    )
    said = author.json("draft", "export")
    assert said["path"] == str(author.home / "blog" / "_drafts" / "rack-notes-7.md")
    assert (author.home / "blog" / "_drafts" / "rack-notes-7.md").read_text().startswith("---")
    assert "0 bullets, 0 links" in author.run("draft", "export", "--format", "html").out
