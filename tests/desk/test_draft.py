"""The draft goes out to a file and comes back: what file and desk say is one in the end, or waits for him."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.desk import bullets as verbs
from aggregator.desk import quoting
from aggregator.desk.checking import check_draft
from aggregator.desk.decide import decide, undo
from aggregator.desk.draft import DraftReport, download, export, text, waiting_conflicts
from aggregator.desk.edition import open_edition
from aggregator.desk.given import pasted, read_draft
from aggregator.desk.reimport import ImportReport, settle, take_in
from aggregator.desk.status import status
from aggregator.desk.watching import take_in_changed, words_of
from aggregator.draft.merge import Own, Side
from aggregator.draft.reimport import changes
from aggregator.errors import NotFound, Refused, UsageError
from aggregator.records.candidates import Action, HoldKind, State
from aggregator.records.drafts import Bullet
from tests.desk.conftest import Office


class Author:
    """Writes at the desk and in the file, a minute for each."""

    def __init__(self, office: Office, home: Path) -> None:
        self.office, self.home = office, home
        self.path = home / "drafts" / "rack-notes-7.md"
        self.ids = office.offer("Alpha", "Beta", "Gamma", "Delta", "Epsilon")
        for id_, section in zip(self.ids[:4], ("Networking", "Networking", "Storage", "Storage"), strict=True):
            self.wait()
            decide(*office.all, [id_], Action.KEEP, section=section)
        self.write(self.key(0), "An [alpha][1] of mine.")
        self.write(self.key(1), "The [beta][1].")
        self.export()

    def wait(self) -> None:
        self.office.clock.advance(timedelta(minutes=20))

    def key(self, at: int) -> str:
        return verbs.find(self.shown(), f"c{self.ids[at]}").key

    def shown(self) -> list[Bullet]:
        return verbs.shown(*self.office.all)

    def write(self, key: str, words: str) -> None:
        self.wait()
        verbs.write(*self.office.all, key, words)

    def export(self, *, over: bool = False) -> DraftReport:
        self.wait()
        return export(*self.office.all, format_=None, out=None, home=self.home, over=over)

    def edit(self, *changes: tuple[str, str]) -> None:
        said = self.path.read_text()
        for old, new in changes:
            assert old in said
            said = said.replace(old, new)
        self.path.write_text(said)

    def take_in(self, take: Side | None = None) -> ImportReport:
        self.wait()
        return take_in(*self.office.all, read_draft(self.path), take=take)

    def state(self, at: int) -> State:
        (found,) = self.office.stores.ledger.candidates(self.office.roundup.id, [self.ids[at]])
        return found.standing.state

    def texts(self, section: str) -> list[str]:
        return [one.text for one in self.shown() if one.section == section]

    def settled(self) -> None:
        """Desk and file are one."""
        assert text(*self.office.all).split() == self.path.read_text().split()
        assert self.take_in().changed == 0


@pytest.fixture
def author(office: Office, tmp_path: Path) -> Author:
    return Author(office, tmp_path)


def test_an_import_right_after_an_export_changes_nothing(author: Author) -> None:
    report = author.take_in()
    assert (report.edition, report.bullets, report.links, report.changed, report.conflicts) == (7, 4, 4, 0, ())
    assert author.export().outcome == "unchanged"


def test_words_order_moves_additions_and_deletions_come_in_as_one_step(author: Author) -> None:
    before = author.path.read_text()
    alpha, beta = "* An [alpha](https://blog.example/alpha) of mine.\n", "* The [beta](https://blog.example/beta).\n"
    delta = "* TODO [Delta](https://blog.example/delta)\n"
    author.edit(
        (f"{alpha}\n{beta}", f"{beta}\n{alpha.replace('mine', 'yours')}"),
        (f"{delta}", ""),
        (
            "TODO [Gamma](https://blog.example/gamma)",
            "See [gamma](https://blog.example/gamma) and [this](https://new.example/x).",
        ),
        ("## Security\n\nNothing this time around.", "## Security\n\n* Also [epsilon](https://blog.example/epsilon).\n"),
    )
    changed = author.path.read_text()
    report = author.take_in()
    assert report.conflicts == ()
    assert author.texts("Networking") == ["The [beta][1].", "An [alpha][1] of yours."]
    assert author.texts("Storage") == ["See [gamma][1] and [this][2]."]
    assert author.texts("Security") == ["Also [epsilon][1]."]
    assert [author.state(at) for at in range(5)] == [State.KEPT] * 3 + [State.HELD, State.KEPT]
    (delta_now,) = author.office.stores.ledger.candidates(author.office.roundup.id, [author.ids[3]])
    assert delta_now.standing.hold is not None
    assert delta_now.standing.hold.kind is HoldKind.NEXT
    new = next(link.candidate for one in author.shown() for link in one.links if "new.example" in (link.candidate.url or ""))
    assert (new.title, new.added, new.standing.state, new.standing.section) == ("this", True, State.KEPT, "Storage")
    author.settled()
    assert author.path.read_text() == changed
    author.wait()
    undo(*author.office.all)
    assert text(*author.office.all).split() == before.split()


def test_a_bullet_moved_to_another_section_takes_its_candidates_along(author: Author) -> None:
    beta = "* The [beta](https://blog.example/beta).\n"
    author.edit((f"\n{beta}", ""), ("## Security\n\nNothing this time around.\n", f"## Security\n\n{beta}"))
    author.take_in()
    (candidate,) = author.office.stores.ledger.candidates(author.office.roundup.id, [author.ids[1]])
    assert candidate.standing.section == "Security"
    labels = author.office.stores.learning.labels(author.office.roundup.id)
    assert [one.section for one in labels if one.example.title == "Beta"][-1] == "Security"
    author.settled()


def test_the_words_around_front_matter_remarks_and_own_sections_come_back(author: Author) -> None:
    author.edit(
        ("# Rack Notes #7\n", "---\ntitle: 'Rack Notes #7'\nlayout: post\n---\n\nHello, {{ site.name }}. See [mine][xref-1].\n"),
        (
            "## Security\n\nNothing this time around.\n",
            "## Career\n\n* Words alone.\n\nThat is all.\n\n[xref-1]: {% post_url x %}\n",
        ),
    )
    report = author.take_in()
    assert report.conflicts == ()
    assert author.texts("Career") == ["Words alone."]
    author.settled()
    author.edit(("* Words alone.\n", ""), ("Hello", "Good day"))
    author.take_in()
    assert author.texts("Career") == []
    author.settled()


def test_a_heading_that_he_leaves_empty_stays_so(author: Author) -> None:
    author.edit(("## Security\n\nNothing this time around.\n", "## Security\n"))
    author.take_in()
    author.settled()
    author.edit(("## Security\n", "## Security\n\nQuiet, for once.\n"))
    author.take_in()
    author.settled()


def test_edits_of_file_and_desk_meet(author: Author) -> None:
    author.write(author.key(0), "My [alpha][1].")
    author.edit(("The [beta]", "Der [beta]"))
    with pytest.raises(Refused, match="changed by hand"):
        author.export()
    assert author.take_in().conflicts == ()
    assert author.texts("Networking") == ["My [alpha][1].", "Der [beta][1]."]
    assert author.export().outcome == "replaced"
    assert "* My [alpha](https://blog.example/alpha).\n\n* Der [beta]" in author.path.read_text()


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
    assert take_in_changed(*author.office.all) == [], "what he took back does not come in by itself"
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


def test_bullets_are_split_and_joined_in_the_file(author: Author) -> None:
    author.edit(
        ("* TODO [Gamma](https://blog.example/gamma)\n\n* TODO [Delta](https://blog.example/delta)\n",
         "* Both [gamma](https://blog.example/gamma) and [delta](https://blog.example/delta).\n"),
    )  # fmt: skip
    author.take_in()
    assert author.texts("Storage") == ["Both [gamma][1] and [delta][2]."]
    author.settled()
    author.edit(
        ("* Both [gamma](https://blog.example/gamma) and [delta](https://blog.example/delta).\n",
         "* Now [gamma](https://blog.example/gamma).\n\n* And [delta](https://blog.example/delta).\n"),
    )  # fmt: skip
    author.take_in()
    assert author.texts("Storage") == ["Now [gamma][1].", "And [delta][1]."]
    assert author.state(3) is State.KEPT
    author.settled()


def test_his_references_keep_their_labels(author: Author) -> None:
    author.edit(
        ("[beta](https://blog.example/beta)", "[beta][b-9]"),
        ("Nothing this time around.\n", "Nothing this time around.\n\n[b-9]: https://blog.example/beta\n"),
    )
    author.take_in()
    author.settled()
    author.wait()
    decide(*author.office.all, [author.ids[4]], Action.KEEP, section="Security")
    author.export()
    assert "[beta][b-9]" in author.path.read_text()


def test_a_link_that_two_bullets_tell_of_is_not_lost_in_either(author: Author) -> None:
    author.edit(
        (
            "The [beta](https://blog.example/beta).",
            "The [beta](https://blog.example/beta), after [alpha](https://blog.example/alpha).",
        )
    )
    author.take_in()
    assert author.texts("Networking")[1] == "The [beta][1], after [alpha](https://blog.example/alpha)."
    author.settled()


def test_via_stays_a_name_while_the_file_says_it(author: Author) -> None:
    author.wait()
    verbs.write(*author.office.all, author.key(1), via="C. Ream")
    author.export()
    author.edit(("The [beta]", "Der [beta]"))
    author.take_in()
    (bullet,) = [one for one in author.shown() if one.text.startswith("Der")]
    assert (bullet.text, bullet.via) == ("Der [beta][1].", "C. Ream")
    author.edit((" (via C. Ream)", ""))
    author.take_in()
    (bullet,) = [one for one in author.shown() if one.text.startswith("Der")]
    assert (bullet.text, bullet.via) == ("Der [beta][1].", None)


def test_a_draft_that_he_took_along_comes_back(author: Author) -> None:
    author.wait()
    name, given = download(*author.office.all)
    assert name == "rack-notes-7.md"
    author.write(author.key(0), "My [alpha][1].")
    author.wait()
    report = take_in(*author.office.all, pasted(given.replace("The [beta]", "Der [beta]").replace("\n", "\r\n")))
    assert report.conflicts == ()
    assert author.texts("Networking") == ["My [alpha][1].", "Der [beta][1]."]


def test_a_draft_that_never_left_here_takes_nothing_away(office: Office) -> None:
    (one,) = office.offer("Alpha")
    decide(*office.all, [one], Action.KEEP, section="Networking")
    office.clock.advance(timedelta(minutes=1))
    report = take_in(*office.all, pasted("# Rack Notes #7\n\nHello.\n\n## Storage\n\n* New [n](https://new.example/n).\n"))
    assert (report.bullets, report.conflicts) == (2, ())
    assert "Hello." in text(*office.all)


def test_a_bullet_that_is_back_loses_nothing_to_the_one_that_it_slept_in(author: Author) -> None:
    author.wait()
    key = verbs.group(*author.office.all, author.ids[2:4]).key
    author.write(key, "Both [gamma][1] and [delta][2].")
    author.export()
    author.edit(("* Both [gamma](https://blog.example/gamma) and [delta](https://blog.example/delta).\n", ""))
    author.take_in()
    assert [author.state(2), author.state(3)] == [State.HELD, State.HELD]
    author.edit(
        ("An [alpha](https://blog.example/alpha)", "An [alpha](https://blog.example/alpha), [delta](https://blog.example/delta)")
    )
    author.take_in()
    assert author.texts("Networking")[0] == "An [alpha][1], [delta][2] of mine."
    author.settled()
    author.wait()
    decide(*author.office.all, [author.ids[2]], Action.KEEP)
    assert author.texts("Storage") == ["Both [gamma][1] and delta."]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("", UsageError),
        ("a\0b", UsageError),
        ("<html><h2>x</h2></html>", UsageError),
        ("---\ntitle: 'Rack Notes #6'\n---\n\n## Storage\n", Refused),
        ("# Rack Notes #70\n", Refused),
    ],
)
def test_what_is_no_draft_of_this_edition_changes_nothing(author: Author, given: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        take_in(*author.office.all, pasted(given))
    author.settled()


def test_a_file_that_changed_on_the_disk_is_taken_in_once_it_rests(author: Author) -> None:
    assert take_in_changed(*author.office.all) == []
    author.edit(("The [beta]", "Der [beta]"))
    now = author.office.clock.now().timestamp()
    os.utime(author.path, (now - 1, now - 1))
    assert take_in_changed(*author.office.all) == []
    os.utime(author.path, (now - 3, now - 3))
    (report,) = take_in_changed(*author.office.all)
    assert words_of(report) == f"took 1 change of {author.path} over"
    assert take_in_changed(*author.office.all) == []
    author.path.unlink()
    assert take_in_changed(*author.office.all) == []


def test_a_conflict_from_the_disk_is_told(author: Author) -> None:
    author.write(author.key(1), "Desk [beta][1].")
    author.edit(("The [beta]", "Der [beta]"))
    now = author.office.clock.now().timestamp()
    os.utime(author.path, (now - 3, now - 3))
    (report,) = take_in_changed(*author.office.all)
    assert words_of(report) == "nothing there was new; it contradicts the desk in 1 place"
    assert len(waiting_conflicts(author.office.stores, open_edition(*author.office.all))) == 1
    told = status(*author.office.all, mails=False, running=False).notes
    assert "The draft's file contradicts the desk in 1 place." in [one.words for one in told]


def test_a_check_says_what_is_not_ready(author: Author) -> None:
    words = [one.words for one in check_draft(*author.office.all, author.path.read_text())]
    assert words == [
        "a bullet without words: Gamma",
        "a bullet without words: Delta",
    ]
    taken = author.office.stores.drafts.add_quote(
        author.ids[0], "Exactly these words stood there.", None, author.office.clock.now()
    )
    author.wait()
    quoting.insert_quote(*author.office.all, author.key(0), taken.id)
    quoted = text(*author.office.all)
    assert not [one for one in check_draft(*author.office.all, quoted) if "quotation" in one.words]
    altered = check_draft(*author.office.all, quoted.replace("Exactly these", "Exactly those"))
    assert [one.words for one in altered if "quotation" in one.words] == [
        "a quotation is not as it was: “Exactly these words stood there.”"
    ]


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_draft(tmp_path / "none.md")
    (tmp_path / "x.md").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(UsageError, match="UTF-8"):
        read_draft(tmp_path / "x.md")
