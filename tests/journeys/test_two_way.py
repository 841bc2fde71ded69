"""An edition made by the desk's verbs alone is the author's post, and the file that he edits is the edition."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.archive.read import read_archive
from aggregator.desk import bullets as verbs
from aggregator.desk.add import add
from aggregator.desk.decide import undo
from aggregator.desk.draft import export, text
from aggregator.desk.given import pasted, read_draft
from aggregator.desk.reimport import take_in
from aggregator.text.linking import links_in
from aggregator.text.post import Item, Post, parse, write
from tests.desk.conftest import FakePages, Office

FORM = """\
---
author: nib
date: 2026-0{n}-10
title: 'Rack Notes #{n}'
slug: rack-notes-{n}
tags:
- Disks
- Networking
---

Welcome to Rack Notes #{n}, {news}. Let us begin.

## Networking

- {words} [this switch][link-2], and [that one][link-1].
- See [an older issue][xref-1] on [routers][link-3].

## Storage

Nothing for this shelf.

## Security

- [A lock][link-4] on *disks*, {words}.

Until next time.

[link-1]: https://switches.example/{n}/that
[link-2]: https://switches.example/{n}/this
[link-3]: https://routers.example/{n}
[link-4]: https://locks.example/{n}?id={n}
[xref-1]: {{% post_url 2025-01-01-rack-notes-1 %}}
"""

POST = """\
---
author: nib
date: 2026-03-02
title: 'Rack Notes #7'
slug: rack-notes-7
tags:
- Networking
---

Welcome to Rack Notes #7! Let us begin.

## Networking

- Three of a kind: [one][link-4], [two][link-1], and {{ site.mark }} [three][link-3].
- First [said][link-2] in [an older issue][xref-1]:

  > In so many words.

## Storage

Nothing for this shelf.

## Security

- Words <b>alone</b>.
- And [one more][link-5].

Until next time.

[link-1]: https://racks.example/two
[link-2]: https://racks.example/said
[link-3]: https://racks.example/three?page=3
[link-4]: https://racks.example/one
[link-5]: https://racks.example/more
[xref-1]: {% post_url 2025-01-01-rack-notes-1 %}
"""


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, sqlite_url)
    (tmp_path / "past").mkdir()
    for n in range(1, 7):
        past = FORM.format(n=n, news="in the year of the " + ["ox", "cat", "dog", "hen", "owl", "eel"][n - 1], words="x" * n)
        (tmp_path / "past" / f"2026-0{n}-10-rack-notes-{n}.md").write_text(past)
    reading = read_archive([tmp_path / "past"], home=tmp_path)
    made.stores.archive.save(made.roundup.id, reading.editions, made.clock.now())
    yield made
    made.stores.close()


def build(office: Office) -> Path:
    """The post by the desk's verbs: pages added in the order in which he found them, then grouped, placed and written."""
    ids = {}
    for page in ("two", "said", "three?page=3", "one", "more"):
        office.clock.advance(timedelta(minutes=20))
        ids[page] = add(*office.all, FakePages({}), f"https://racks.example/{page}").candidate.id
    three = verbs.group(*office.all, [ids["one"], ids["two"], ids["three?page=3"]])
    verbs.place(*office.all, three.key, section="Networking")
    verbs.write(*office.all, three.key, "Three of a kind: [one][1], [two][2], and {{ site.mark }} [three][3].")
    first = verbs.place(*office.all, f"c{ids['said']}", section="Networking")
    words = "First [said][1] in [an older issue]({% post_url 2025-01-01-rack-notes-1 %}):\n\n> In so many words."
    verbs.write(*office.all, first.key, words)
    office.clock.advance(timedelta(minutes=20))
    verbs.words(*office.all, "Security", "Words <b>alone</b>.")
    office.clock.advance(timedelta(minutes=20))
    more = verbs.place(*office.all, f"c{ids['more']}", section="Security")
    verbs.write(*office.all, more.key, "And [one more][1].")
    return export(*office.all, format_="markdown", out=None, home=office.settings.home).path


def test_an_edition_made_at_the_desk_is_his_post(office: Office) -> None:
    path = build(office)
    assert path.name == "2026-03-02-rack-notes-7.md"
    assert path.read_text() == POST


def test_what_he_does_to_the_file_is_what_the_desk_says(office: Office) -> None:
    path = build(office)
    lines = path.read_text().split("\n")
    at = next(at for at, line in enumerate(lines) if line.startswith("- And"))
    moved = lines.pop(at)
    text_ = "\n".join(lines).replace("Nothing for this shelf.", moved.replace("one more", "one more, moved"))
    text_ = re.sub(r"- Three of a kind.*\n", "", text_)
    text_ = text_.replace("- Words", "- New: [found][link-9].\n- Words").replace(
        "[xref-1]: ", "[link-9]: https://new.example/\n[xref-1]: "
    )
    text_ = "\n".join(line for line in text_.split("\n") if not re.match(r"\[link-[134]\]:", line))
    path.write_text(text_)
    office.clock.advance(timedelta(minutes=1))
    report = take_in(*office.all, read_draft(path))
    assert (report.conflicts, report.bullets, report.links) == ((), 4, 3)
    assert text(*office.all).split() == text_.split()
    assert take_in(*office.all, read_draft(path)).changed == 0


def edited(post: Post, dice: random.Random, n: int) -> Post:
    """The post after one edit such as an author makes."""
    sections = [list(one.items) for one in post.sections]
    at = dice.choice([i for i, items in enumerate(sections) if any(one.bullet for one in items)])
    place = dice.choice([i for i, one in enumerate(sections[at]) if one.bullet])
    one = sections[at][place]
    match dice.randrange(6):
        case 0:
            sections[at][place] = replace(one, text=f"{one.text} Word {n}, and [more](https://more.example/{n}).")
        case 1:
            sections[at][place] = replace(one, text=f"Said {n}: {one.text}")
        case 2:
            sections[at].insert(dice.randrange(len(sections[at]) + 1), Item(True, f"New [here](https://new.example/{n}).", "-"))
        case 3:
            sections[dice.randrange(len(sections))].append(sections[at].pop(place))
        case 4:
            sections[at].insert(dice.randrange(len(sections[at])), sections[at].pop(place))
        case _:
            sections[at].pop(place)
    changed = tuple(replace(one, items=tuple(items)) for one, items in zip(post.sections, sections, strict=True))
    used = {found.label for one in changed for item in one.items for found in links_in(item.text)}
    kept = tuple(one for one in post.definitions if one.label in used)
    return replace(post, sections=changed, definitions=kept, intro=f"{post.intro} More {n}.")


@pytest.mark.parametrize("seed", range(2))
def test_whatever_he_does_to_the_file_the_desk_says_the_same_and_undo_takes_it_back(office: Office, seed: int) -> None:
    build(office)
    dice = random.Random(seed)
    before = text(*office.all, "markdown")
    for n in range(4):
        post = parse(before)
        if not any(item.bullet for section in post.sections for item in section.items):
            break
        given = write(edited(post, dice, n))
        for again in (True, False):
            office.clock.advance(timedelta(minutes=2))
            assert take_in(*office.all, pasted(given)).conflicts == ()
            after = text(*office.all, "markdown")
            assert after.split() == given.split()
            if again:
                office.clock.advance(timedelta(minutes=2))
                undo(*office.all)
                assert text(*office.all, "markdown").split() == before.split()
        before = after
