"""File and desk say different things, imports are taken back or come at once: nothing is lost, and he chooses."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.desk import bullets as verbs
from aggregator.desk.decide import decide, undo
from aggregator.desk.draft import download, text, waiting_conflicts
from aggregator.desk.edition import open_edition
from aggregator.desk.given import pasted, read_draft
from aggregator.desk.reimport import settle, take_in
from aggregator.desk.status import status
from aggregator.desk.watching import changed_files, words_of
from aggregator.draft.merge import Own, Side
from aggregator.draft.reimport import changes
from aggregator.errors import NotFound, Refused, UsageError
from aggregator.records.candidates import Action, State
from tests.desk.conftest import Office
from tests.desk.drafting import Author


@pytest.fixture
def author(office: Office, tmp_path: Path) -> Author:
    return Author(office, tmp_path)


@pytest.mark.parametrize("take", ["desk", "file"])
def test_a_conflict_is_shown_and_settled(author: Author, take: Side) -> None:
    author.write(author.key(0), "Desk says [alpha][1].")
    author.edit(("An [alpha]", "File says [alpha]"), ("The [beta]", "Der [beta]"))
    (conflict,) = author.take_in().conflicts
    assert conflict.what == "a bullet in Networking"
    assert conflict.base == "An [alpha](https://blog.example/alpha) of mine."
    assert conflict.desk == "Desk says [alpha](https://blog.example/alpha)."
    assert conflict.file == "File says [alpha](https://blog.example/alpha) of mine."
    assert author.texts("Networking") == ["Desk says [alpha][1].", "Der [beta][1]."], "the desk's holds, the rest is in"
    (again,) = author.take_in().conflicts
    assert again.said == conflict.said
    with pytest.raises(Refused, match="contradicts the desk in 1 place"):
        author.export()
    author.wait()
    assert settle(*author.office.all, again.id, take).conflicts == ()
    assert author.texts("Networking")[0] == ("Desk says [alpha][1]." if take == "desk" else "File says [alpha][1] of mine.")
    assert author.take_in().conflicts == ()
    author.export()
    assert ("Desk says" if take == "desk" else "File says") in author.path.read_text()
    with pytest.raises(NotFound):
        settle(*author.office.all, again.id, take)


def test_edits_of_different_sentences_of_one_bullet_meet(author: Author) -> None:
    author.write(author.key(0), "An [alpha][1] of mine. It hums. It is grey.")
    author.export()
    author.write(author.key(0), "An [alpha][1] of mine. It sings. It is grey.")
    author.edit(("It is grey.", "It is [blue](https://new.example/blue)."))
    assert author.take_in().conflicts == ()
    assert author.texts("Networking")[0] == "An [alpha][1] of mine. It sings. It is [blue][2]."


def test_a_conflict_is_settled_by_words_of_his_own_while_others_wait(author: Author) -> None:
    author.write(author.key(0), "Desk says [alpha][1].")
    author.write(author.key(1), "Desk: [beta][1].")
    author.edit(("An [alpha]", "File says [alpha]"), ("The [beta]", "Der [beta]"))
    alpha, beta = author.take_in().conflicts
    author.wait()
    with pytest.raises(UsageError, match="no words"):
        settle(*author.office.all, alpha.id, Own(" \r\n"))
    (left,) = settle(
        *author.office.all, alpha.id, Own("Both say [alpha](https://blog.example/alpha),\r\nand [more](https://n.example/).")
    ).conflicts
    assert left.said == beta.said
    assert author.texts("Networking") == ["Both say [alpha][1],\nand [more][2].", "Desk: [beta][1]."]
    author.wait()
    assert settle(*author.office.all, left.id, "file").conflicts == ()
    assert author.texts("Networking") == ["Both say [alpha][1],\nand [more][2].", "Der [beta][1]."]
    assert author.take_in().conflicts == (), "the file still says something else, which is settled"
    author.export()
    assert "Both say [alpha]" in author.path.read_text()


def test_where_it_is_about_a_place_a_side_is_taken(author: Author) -> None:
    author.wait()
    verbs.place(*author.office.all, author.key(1), section="Storage")
    beta = "* The [beta](https://blog.example/beta).\n"
    author.edit((f"\n{beta}", ""), ("## Security\n\nNothing this time around.\n", f"## Security\n\n{beta}"))
    (conflict,) = author.take_in().conflicts
    assert (conflict.base, conflict.desk, conflict.file) == ("Networking", "Storage", "Security")
    with pytest.raises(UsageError, match="not about words"):
        settle(*author.office.all, conflict.id, Own("Elsewhere"))
    author.wait()
    settle(*author.office.all, conflict.id, "file")
    assert author.texts("Security") == ["The [beta][1]."]


def test_what_two_files_contradict_waits_for_each(author: Author) -> None:
    author.write(author.key(0), "Desk says [alpha][1].")
    _, copy = download(*author.office.all)
    author.write(author.key(0), "A tale of [alpha][1].")
    author.edit(("An [alpha]", "File says [alpha]"))
    (one,) = author.take_in().conflicts
    author.wait()
    (other,) = take_in(*author.office.all, pasted(copy.replace("Desk says [alpha]", "The copy says [alpha]"))).conflicts
    edition = open_edition(*author.office.all)
    assert [found.path for found in waiting_conflicts(author.office.stores, edition)] == [str(author.path), ""]
    author.wait()
    download(*author.office.all)
    assert len(waiting_conflicts(author.office.stores, edition)) == 2, "a new copy forgets nothing"
    author.wait()
    settle(*author.office.all, other.id, "file")
    assert author.texts("Networking")[0].startswith("The copy says")
    with pytest.raises(Refused, match="contradicts the desk in 1 place"):
        author.export()
    author.wait()
    (again,) = settle(*author.office.all, waiting_conflicts(author.office.stores, edition)[0].id, "file").conflicts
    assert (one.desk, again.desk) == (
        "A tale of [alpha](https://blog.example/alpha).",
        "The copy says [alpha](https://blog.example/alpha).",
    ), "he chose over words that are no more the desk's"
    settle(*author.office.all, again.id, "file")
    assert author.texts("Networking")[0].startswith("File says")


def test_an_import_that_was_taken_back_comes_in_again(author: Author) -> None:
    author.edit(("The [beta]", "Der [beta]"))
    assert author.take_in().changed == 1
    author.edit(("An [alpha]", "Ein [alpha]"))
    assert author.take_in().changed == 1
    author.wait()
    undo(*author.office.all, 2)
    assert author.texts("Networking") == ["An [alpha][1] of mine.", "The [beta][1]."]
    now = author.office.clock.now().timestamp()
    os.utime(author.path, (now - 9, now - 9))
    assert author.watched() == [], "what he took back does not come in by itself"
    with pytest.raises(Refused, match="changed by hand"):
        author.export()
    report = author.take_in()
    assert (report.changed, report.conflicts) == (2, ())
    assert author.texts("Networking") == ["Ein [alpha][1] of mine.", "Der [beta][1]."]
    assert author.take_in().changed == 0
    author.wait()
    undo(*author.office.all)
    assert author.texts("Networking") == ["An [alpha][1] of mine.", "The [beta][1]."]
    assert author.export(over=True).outcome == "replaced"
    assert author.take_in().changed == 0


def test_what_was_taken_back_and_said_at_the_desk_is_agreed_on(author: Author) -> None:
    author.edit(("The [beta]", "Der [beta]"))
    author.take_in()
    author.wait()
    undo(*author.office.all)
    author.write(author.key(1), "Der [beta][1].")
    assert author.take_in().changed == 0
    assert changed_files(*author.office.all) == []
    author.write(author.key(1), "Die [beta][1].")
    assert author.export().outcome == "replaced"


def test_the_first_import_that_was_taken_back_comes_in_again(office: Office) -> None:
    said = pasted("# Rack Notes #7\n\n## Storage\n\n* New [n](https://new.example/n).\n")
    first = take_in(*office.all, said)
    assert (first.bullets, first.links) == (1, 1)
    office.clock.advance(timedelta(minutes=1))
    undo(*office.all)
    assert verbs.shown(*office.all) == []
    office.clock.advance(timedelta(minutes=1))
    assert take_in(*office.all, said).changed == first.changed
    assert len(verbs.shown(*office.all)) == 1


def test_imports_at_one_moment_double_and_lose_nothing(author: Author) -> None:
    author.edit(
        ("The [beta]", "Der [beta]"),
        ("## Security\n\nNothing this time around.\n", "## Security\n\n* New [n](https://new.example/n).\n\n* Words alone.\n"),
    )
    said = author.path.read_text()
    author.wait()
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: take_in(*author.office.all, read_draft(author.path)), range(4)))
    assert sorted(one.changed for one in reports)[:3] == [0, 0, 0]
    assert {(one.bullets, one.links, one.conflicts) for one in reports} == {(6, 5, ())}
    every = author.office.stores.ledger.candidates(author.office.roundup.id)
    assert sum("new.example" in (one.url or "") for one in every) == 1
    assert text(*author.office.all).split() == said.split()


def test_a_word_said_at_the_desk_during_an_import_is_not_lost(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    author.edit(("The [beta]", "Der [beta]"))
    real, said = changes, list[bool]()

    def meanwhile(*given: Any) -> Any:
        if not said:
            said.append(True)
            author.write(author.key(1), "The [beta][1]. So late.")
        return real(*given)

    monkeypatch.setattr("aggregator.desk.reimport.changes", meanwhile)
    assert author.take_in().conflicts == ()
    assert author.texts("Networking")[1] == "Der [beta][1]. So late."


def test_all_conflicts_are_settled_at_once_by_saying_whose_word_holds(author: Author) -> None:
    author.write(author.key(0), "Desk says [alpha][1].")
    author.edit(("An [alpha]", "File says [alpha]"))
    assert author.take_in("file").conflicts == ()
    assert author.texts("Networking")[0] == "File says [alpha][1] of mine."


def test_a_bullet_that_was_dropped_at_the_desk_and_edited_in_the_file_waits(author: Author) -> None:
    author.wait()
    decide(*author.office.all, [author.ids[1]], Action.DROP)
    author.edit(("The [beta]", "Der [beta]"))
    (conflict,) = author.take_in().conflicts
    assert (conflict.desk, conflict.file) == (None, "Der [beta](https://blog.example/beta).")
    author.wait()
    settle(*author.office.all, conflict.id, "file")
    assert author.state(1) is State.KEPT
    assert author.texts("Networking") == ["An [alpha][1] of mine.", "Der [beta][1]."]


def test_a_conflict_from_the_disk_is_told(author: Author) -> None:
    author.write(author.key(1), "Desk [beta][1].")
    author.edit(("The [beta]", "Der [beta]"))
    now = author.office.clock.now().timestamp()
    os.utime(author.path, (now - 3, now - 3))
    (report,) = author.watched()
    assert words_of(report) == "nothing there was new; it contradicts the desk in 1 place"
    assert len(waiting_conflicts(author.office.stores, open_edition(*author.office.all))) == 1
    told = status(*author.office.all, mails=False, running=False).notes
    assert "The draft's file contradicts the desk in 1 place." in [one.words for one in told]
