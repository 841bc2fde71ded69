"""archive import and search, train and evaluate, as scripts read them."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Author


def test_importing_twice_prints_the_same_and_changes_nothing(author: Author) -> None:
    first = author.run("archive", "import", "past", "--json").out
    said = author.json("archive", "import", "past")
    assert author.run("archive", "import", "past", "--json").out == first
    assert (said["editions"], said["bullets"], said["links"], said["skipped"]) == (6, 54, 54, [])
    assert {one["name"]: one["links"] for one in said["sections"]} == {"Networking": 18, "Storage": 18, "Security": 18}
    assert "nothing new" in author.run("archive", "import").out, "without a path the configured one"


def test_what_was_passed_over_and_unknown_headings_are_told(author: Author) -> None:
    (author.home / "past" / "about.md").write_text("# About\n\nMe.\n")
    author.configure(author.world.config.replace("      - name: Security\n", ""))
    said = author.json("archive", "import")
    assert [one["path"] for one in said["skipped"]] == ["past/about.md"]
    assert all(one["reason"] for one in said["skipped"])
    assert [(one["name"], one["links"]) for one in said["unknown_sections"]] == [("Security", 18)]
    ran = author.run("archive", "import")
    assert "past/about.md" in ran.out
    assert "No section of yours is like these headings" in ran.err
    assert "Security (18)" in ran.err


def test_old_names_of_sections_come_as_lines_to_paste(author: Author) -> None:
    renamed = author.world.config.replace("- name: Security", "- name: 'Security: threats'")
    author.configure(renamed)
    ran = author.run("archive", "import")
    block = "    aliases:\n      Security: 'Security: threats'\n"
    assert block in ran.out
    assert "into the roundup in config.yaml" in ran.out
    author.configure(renamed.replace("    archive:", "    aliases: {Wires: Networking}\n    archive:"))
    ran = author.run("archive", "import")
    assert "    aliases:\n      Wires: Networking\n      Security: 'Security: threats'\n" in ran.out
    assert "in the place of `aliases:`" in ran.out
    author.configure(renamed.replace("    archive: [past/]\n", f"    archive: [past/]\n{block}"))
    assert author.json("archive", "import")["unknown_sections"] == []


def test_an_import_says_what_comes_next_while_something_is_to_be_learnt(author: Author) -> None:
    first = author.run("archive", "import").out
    assert "6 editions, 54 bullets, 54 links.\n6 editions new or changed.\n" in first
    assert "aggregator train" in first
    again = author.run("archive", "import").out
    assert "nothing new" in again
    assert "aggregator train" not in again


def test_found_bullets_are_shown_whole_each_once(author: Author) -> None:
    (author.home / "past" / "two.md").write_text(
        "---\ntitle: 'Rack Notes #9'\ndate: 2026-02-20\n---\n\n## Storage\n\n"
        "* Both [the tape](https://a.example/tape) and [the reel](https://b.example/reel) turn.\n"
    )
    author.run("archive", "import")
    assert author.run("archive", "search", "reel").out == (
        "Rack Notes #9, 2026-02-20, Storage\n"
        "  https://a.example/tape\n  https://b.example/reel\n  Both the tape and the reel turn.\n"
    )


def test_a_folder_that_is_not_there_is_told(author: Author) -> None:
    assert "nowhere" in author.fails("archive", "import", "nowhere")
    author.configure(author.world.config.replace("    archive: [past/]\n", ""))
    assert "say where" in author.fails("archive", "import", want=2)


def test_the_archive_is_searched_by_address_and_by_words(author: Author) -> None:
    assert "No past edition" in author.run("archive", "search", "bgp").out
    author.run("archive", "import")
    url = "https://networking.example/1/bgp-switch-0"
    for words in ((url,), (url.replace("https://", "http://www.") + "?utm_source=x",), ("the", "bgp", "switch")):
        rows = author.json("archive", "search", *words)
        assert {"edition", "date", "section", "url", "bullet"} <= set(rows[0])
        assert ("Rack Notes #1", "Networking", url) in {(row["edition"], row["section"], row["url"]) for row in rows}
        assert len(rows) == (1 if len(words) == 1 else 3)
    assert url in author.run("archive", "search", url).out
    assert author.json("archive", "search", "https://never.example/") == []
    assert "Not linked before" in author.run("archive", "search", "never-linked").out


def test_training_reports_figures_or_how_much_is_missing(author: Author) -> None:
    said = author.json("train")
    assert (said["adopted"], said["labels"], said["top1"]) == (False, 0, None)
    assert said["reason"]
    author.run("archive", "import")
    said = author.json("train")
    assert (said["adopted"], said["labels"]) == (True, 54)
    assert 0 <= said["top1"] <= said["top2"] <= 1
    shown = author.run("train").out
    assert "Labels: 54" in shown
    assert shown.count("right at first") == 1


@pytest.mark.parametrize("configured", [True, False])
def test_an_evaluation_has_every_figure_of_the_contract(author: Author, configured: bool) -> None:
    if not configured:
        (author.home / "config.yaml").unlink()
    said = author.json("evaluate", "--archive", "past", "--from", "4")
    assert (said["editions"], said["links"], said["unseen"]) == (3, 27, 0)
    assert all(0 <= said[key] <= 1 for key in ("top1", "top2", "macro_f1"))
    assert set(said["auto_filed"]) == set(said["operating"]) == {"share", "accuracy"}
    assert {"majority", "source", "naive_bayes"} <= set(said["baselines"])
    assert all({"top1", "top2"} <= set(one) for one in said["baselines"].values())
    assert {"name", "precision", "recall", "links"} <= set(said["sections"][0])
    shown = author.run("evaluate", "--archive", "past", "--from", "4").out
    for words in ("27 links of 3 editions", "always your largest section", "by the site alone", "naive Bayes (a plain"):
        assert words in shown


def test_an_evaluation_of_nothing_is_told(author: Author) -> None:
    assert "nowhere" in author.fails("evaluate", "--archive", "nowhere")
    assert "start from is 6" in author.fails("evaluate", "--archive", "past", "--from", "99")
    assert "other.yaml" in author.fails("--config", "other.yaml", "evaluate", "--archive", "past", want=2)


def test_many_documents_passed_over_for_one_reason_are_one_row_and_decisions_are_told(author: Author) -> None:
    folder = author.world.home / "other"
    folder.mkdir()
    for n in range(12):
        (folder / f"{n}.txt").write_text("x")
    for n in (1, 2, 3):
        body = f"Title: Rack Notes {n}\n\n## Pens\n\n[a](https://a.example/{n})\n\n## Jobs\n\n[b](https://b.example/{n})\n"
        (folder / f"{n}.md").write_text(body)
    ran = author.run("archive", "import", "other")
    assert "12, such as other/0.txt" in ran.out
    assert "not your picks, are the links under Jobs (3, by its name: jobs)." in ran.out
    told = author.json("archive", "import", "other")
    assert len(told["skipped"]) == 12
    assert told["decisions"]["boilerplate"] == [{"name": "Jobs", "editions": 3, "links": 3, "why": "by its name: jobs"}]
    assert told["suggestions"] == []
