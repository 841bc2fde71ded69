"""The draft goes out to a file and comes back: what file and desk say is one in the end."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.desk import bullets as verbs
from aggregator.desk import quoting
from aggregator.desk.checking import check_draft
from aggregator.desk.decide import decide, undo
from aggregator.desk.draft import download, text
from aggregator.desk.given import number_of, pasted, read_draft
from aggregator.desk.reimport import take_in
from aggregator.desk.watching import words_of
from aggregator.errors import AggregatorError, NotFound, Refused, UsageError
from aggregator.records.candidates import Action, HoldKind, State
from tests.desk.conftest import Office
from tests.desk.drafting import Author


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


def test_a_link_of_a_bullet_that_he_deletes_goes_to_the_one_that_tells_of_it_now(author: Author) -> None:
    author.edit(
        ("* An [alpha](https://blog.example/alpha) of mine.\n\n", ""),
        (
            "The [beta](https://blog.example/beta).",
            "The [beta](https://blog.example/beta), like [alpha](https://blog.example/alpha).",
        ),
    )
    before = text(*author.office.all)
    author.take_in()
    assert author.texts("Networking") == ["The [beta][1], like [alpha][2]."]
    author.settled()
    author.wait()
    undo(*author.office.all)
    assert text(*author.office.all) == before


def test_a_bullet_without_words_has_none_after_a_link_went_or_changed_places(author: Author) -> None:
    author.wait()
    decide(*author.office.all, [author.ids[4]], Action.KEEP, section="Storage")
    verbs.group(*author.office.all, author.ids[2:5])
    author.export()
    gamma, epsilon = (f"[{one}](https://blog.example/{one.lower()})" for one in ("Gamma", "Epsilon"))
    author.edit((f"{gamma}, [Delta](https://blog.example/delta), {epsilon}", f"{epsilon}, {gamma}"))
    author.take_in()
    assert author.texts("Storage") == [""]
    author.settled()
    author.edit((epsilon, epsilon.replace("Epsilon", "Late")))
    author.take_in()
    assert author.texts("Storage") == ["TODO [Late][1], [Gamma][2]"]


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


def test_nested_lists_tables_html_and_code_of_a_bullet_come_back_to_the_letter(author: Author) -> None:
    further = """
  1. one
     - deep [x](https://else.example/x)

  | a |
  |---|
  | [y](https://else.example/y) |

  <div>
  [z](https://else.example/z) <b>bold</b>
  </div>

      code\t[z](https://else.example/z)

  ~~~
  a[0][1]
  ~~~
"""
    beta = "The [beta](https://blog.example/beta).\n"
    author.edit((beta, f"{beta}{further}"))
    assert author.take_in().links == 6
    assert further in text(*author.office.all)
    author.settled()


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


def test_a_heading_that_he_leaves_empty_in_a_draft_that_never_left_here_stays_so(office: Office) -> None:
    given = "# Rack Notes #7\n\n## Storage\n\n* New [n](https://new.example/n).\n\n## Security\n\n## Networking\n\nQuiet.\n"
    take_in(*office.all, pasted(given))
    assert text(*office.all).split() == given.split()
    assert take_in(*office.all, pasted(given)).changed == 0


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


@pytest.mark.parametrize(
    ("title", "given", "number"),
    [
        ("Web 2.0 Notes #{number}", "# Web 2.0 Notes #12", 12),
        ("Ten of 10: {number}, the {number}th", "---\ntitle: Ten of 10: 7, the 7th\n---", 7),
        ("Notes {number:03d}", "# Notes 007", 7),
        ("Notes {number}", "# Notes 0", 0),
        ("Notes {number}", "# Notes 20260302", 20260302),
        ("Web 2.0", "# Web 2.0", None),
    ],
)
def test_a_title_tells_the_number_whatever_else_it_has_digits_for(
    office: Office, title: str, given: str, number: int | None
) -> None:
    assert number_of(f"{given}\n\n## Storage\n", office.plan.model_copy(update={"title": title})) == number


@pytest.mark.parametrize(
    ("title", "refused"),
    [
        ("Weekly Rack Notes #7", True),
        ("Links #3", True),
        ("Rack Notes #7", False),
        ("Rack Notes #7: more links", False),
        ("Untitled", False),
    ],
)
def test_the_draft_of_another_roundup_changes_nothing(author: Author, title: str, refused: bool) -> None:
    for name in ("Weekly Rack Notes", "Links"):
        author.office.stores.ledger.roundup(name, name.lower().replace(" ", "-"), author.office.clock.now())
    author.edit(("# Rack Notes #7", f"# {title}"), ("The [beta]", "Der [beta]"))
    if refused:
        with pytest.raises(Refused, match="nothing was changed"):
            author.take_in()
    else:
        author.take_in()
    assert author.texts("Networking")[1].startswith("The" if refused else "Der")


def test_a_file_that_changed_on_the_disk_is_taken_in_once_it_rests(author: Author) -> None:
    assert author.watched() == []
    author.edit(("The [beta]", "Der [beta]"))
    now = author.office.clock.now().timestamp()
    os.utime(author.path, (now - 1, now - 1))
    assert author.watched() == []
    os.utime(author.path, (now - 3, now - 3))
    (report,) = author.watched()
    assert words_of(report) == f"took 1 change of {author.path} over"
    assert author.watched() == []
    author.path.unlink()
    assert author.watched() == []


def test_a_file_that_lost_most_of_its_bullets_is_not_taken_over_by_itself(author: Author) -> None:
    whole = author.path.read_text()
    author.path.write_text(whole[: whole.index("* The [beta]")])
    now = author.office.clock.now().timestamp()
    os.utime(author.path, (now - 9, now - 9))
    refused: list[AggregatorError] = []
    assert author.watched(refused) == []
    assert [one.message for one in refused] == ["1 of its 4 bullets are left, and it was not taken over by itself"]
    assert len(author.shown()) == 4
    assert author.take_in().bullets == 1, "he may mean it"


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
