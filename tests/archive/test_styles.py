"""Archives in the styles of different generators and authors: what is an edition, a section, boilerplate in each of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aggregator.archive.read import read_archive, read_post, read_posts, read_raw_post
from aggregator.archive.rules import ReadingRules
from aggregator.archive.walk import MOST_BYTES
from aggregator.records.archive import ArchiveReading, RawPost

Write = Callable[[str, str], Path]


def names(reading: ArchiveReading) -> dict[str, int]:
    return {one.name: one.links for one in reading.decisions.sections}


def aside(reading: ArchiveReading) -> dict[str, int]:
    return {one.name: one.links for one in reading.decisions.boilerplate}


def reasons(reading: ArchiveReading) -> dict[str, str]:
    return {one.path: one.reason for one in reading.skipped}


HUGO = """---
title: "{n:03d}: Open Ink, Top 10 Nibs, Part 2 and More"
date: 2021-01-{n:02d}
---

Hello all.

*SPONSORED* [A pen](https://ads.example/{n}) that writes by itself.

## People

[Who writes](https://who.example/{n}): a few words about them.

[Ink](https://ads.example/ink/{n}): it dries. *SPONSORED*

{{{{< figure src="x.png" >}}}}

## Tools

[A nib](https://nib.example/{n}) and {{% include box.html %}} [its box](https://nib.example/{n}/box).

## Tweet of the Week

[They said](https://twitter.com/ink/status/{n})
"""


def test_titles_that_begin_with_the_number_in_numbered_folders(write: Write, tmp_path: Path) -> None:
    for n in range(1, 7):
        write(f"archive/{n:03d}/index.md", HUGO.format(n=n))
    write("about.md", "---\ntitle: About me\n---\n\n[x](https://x.example/)\n")
    write("ten.md", "---\ntitle: 10 pens I like\n---\n\n[x](https://y.example/)\n")
    reading = read_archive([tmp_path])
    assert [one.number for one in reading.editions] == [1, 2, 3, 4, 5, 6]
    assert reading.decisions.by == "titles that begin with a number"
    assert names(reading) == {"Tools": 12, "People": 6}
    assert (aside(reading), reading.decisions.sponsored) == ({"Tweet of the Week": 6}, 12)
    assert set(reasons(reading)) == {"about.md", "ten.md"}
    assert reading.editions[0].bullets[1].text == "A nib and its box."
    assert reading.editions[0].asides[0].section is None


DOCUSAURUS = """---
title: "Weekly #{n}: Nibs, Quills, many names"
date: 06-{n:02d}-2023
---

import Jobs from './_jobs.mdx';
import {{ Sponsor1 }} from "./_sponsor1.mdx"

Hi! {{/* not [yet](https://hidden.example/{n}) */}}

## 💸 Sponsor {{#sponsor1}}

<Sponsor1 />

[Buy](https://ads.example/{n}).

## {pen}Pens {{#pens}}

**[A big story](https://story.example/{n})**

[![A big story](/img/story.png)](https://story.example/{n})

- 📜 [One](https://one.example/{n}): words.
- 🎥 [Two](https://two.example/{n}) and [more](https://more.example/{n}).

## 💸 Sponsor {{#sponsor2}}

[Buy](https://ads2.example/{n}).

## 📱 Ink-Jet {{#ink-jet}}

- [Three](https://three.example/{n})

## 🧑‍💻 Jobs {{#jobs}}

<Jobs />

- [Write](https://jobs.example/{n})
"""


def test_mdx_with_partials_emoji_ids_and_pictures_of_links(write: Write, tmp_path: Path) -> None:
    for n in range(1, 7):
        write(f"newsletter/{n}/index.mdx", DOCUSAURUS.format(n=n, pen="🖋️ " if n < 4 else "🖊 " if n < 6 else ""))
        write(f"newsletter/{n}/_jobs.mdx", f"[job](https://job.example/{n})\n")
    reading = read_archive([tmp_path])
    assert [(one.number, str(one.published)) for one in reading.editions][:2] == [(1, "2023-06-01"), (2, "2023-06-02")]
    assert names(reading) == {"Pens": 24, "Ink-Jet": 6}
    assert aside(reading) == {"Sponsor": 12, "Jobs": 6}
    assert reading.decisions.boilerplate[0].why == "by its name: sponsors"
    assert reasons(reading)["newsletter/1/_jobs.mdx"].startswith("a piece of other pages")
    assert reading.title == "Weekly #{number}"


def pelican(n: int, body: str) -> str:
    return f"Title: This Week in Ink {n}\nDate: 2014-01-{n:02d}\nCategory: weekly\n\nHello.\n\n{body}".replace("{n}", str(n))


OLD = (
    "# From the Inkosphere\n\n* [a](https://a.example/{n})\n* [b](https://b.example/{n})\n\n# New Releases & Updates\n\n"
    "* [c](https://c.example/{n})\n\n# Upcoming Events\n\n* [show](https://show.example/{n})\n\n# New Contributors\n\n* Ann\n"
)
NEW = (
    "## Updates from the Community\n\n### Articles\n\n* [d](https://d.example/{n})\n* [e](https://e.example/{n})\n\n"
    "### Project Updates\n\n* [f](https://f.example/{n})\n\n## Nib of the Week\n\n[g](https://g.example/{n}) it is.\n\n"
    "## Upcoming Events\n\n### Online\n\n* [h](https://h.example/{n})\n* [i](https://i.example/{n})\n\n## Quote of the Week\n\n"
    "> So.\n\n[j](https://j.example/{n})\n"
)


def test_levels_that_changed_over_the_years_and_headings_below_boilerplate(write: Write, tmp_path: Path) -> None:
    for n in range(1, 11):
        write(f"content/{n}.md", pelican(n, OLD if n < 5 else NEW))
    reading = read_archive([tmp_path])
    assert names(reading) == {
        "Articles": 12,
        "From the Inkosphere": 8,
        "Project Updates": 6,
        "Nib of the Week": 6,
        "New Releases & Updates": 4,
        "Updates from the Community": 0,
    }
    assert aside(reading) == {"Upcoming Events": 16, "Quote of the Week": 6}
    assert (reading.editions[-1].intro, reading.editions[-1].outro) == ("Hello.", "")


def test_his_sections_say_on_which_level_they_stand(write: Write, tmp_path: Path) -> None:
    body = "## News\n\n[a](https://a.example/{n}) [b](https://b.example/{n})\n\n## More\n\n### Videos\n\n[c](https://c.example/{n})\n"
    for n in (1, 2, 3):
        write(f"{n}.md", pelican(n, body))
    assert names(read_archive([tmp_path])) == {"News": 6, "More": 3}
    assert names(read_archive([tmp_path], rules=ReadingRules().knowing(["Videos"]))) == {"News": 6, "Videos": 3, "More": 0}


def test_numbers_with_letters_and_numbers_only_in_names(write: Write, tmp_path: Path) -> None:
    write("a/2021-01-01-short-take-12-ink-edition.md", "---\ntitle: Short Take 12, ink edition\n---\n[a](https://a.example/)\n")
    write("a/2021-01-02-short-take-12b.md", "---\ntitle: Short Take 12b\n---\n[b](https://b.example/)\n")
    write("a/2021-01-03-x.md", "---\ntitle: Short Take, at last\nslug: short-take-13\n---\n[c](https://c.example/)\n")
    write("a/014.md", "---\ntitle: Short Take with 3 nibs\n---\n[d](https://d.example/)\n")
    assert sorted(one.number or 0 for one in read_archive([tmp_path]).editions) == [12, 12, 13, 14]


PAGE = """<html><head><title>{title} | A blog</title><meta property="og:title" content="{title}">
<link rel="canonical" href="https://blog.example/{slug}/"></head><body><div class="menu"><a href="/">Home</a></div>
{body}<footer><a href="https://theme.example/">Theme</a></footer></body></html>"""


def page(title: str, slug: str, *bodies: str) -> str:
    return PAGE.format(title=title, slug=slug, body="".join(f"<article>{body}</article>" for body in bodies))


def article(n: int) -> str:
    links = "".join(f'<li><a href="https://{k}.example/{n}">{k}</a> of <a href="/old">mine</a></li>' for k in "abcd")
    return f"<h1>Desk Drawer #{n}</h1><h2>Pens</h2><ul>{links}</ul><h2>Ink</h2><p><a href='https://e.example/{n}'>e</a></p>"


def test_a_generated_site_holds_each_edition_once_however_often_it_lists_them(write: Write, tmp_path: Path) -> None:
    for n in range(1, 6):
        write(f"public/drawer-{n}/index.html", page(f"Desk Drawer #{n}", f"drawer-{n}", article(n)))
    write("public/index.html", page("A blog", "", *map(article, range(3, 6))))
    write("public/page/2/index.html", page("A blog", "page/2", *map(article, range(1, 3))))
    listed = "".join(f'<a href="/drawer-{n}/">Desk Drawer #{n}</a>' for n in range(1, 6)) + '<a href="https://x.example/">x</a>'
    write("public/tags/index.html", page("Desk Drawer", "tags", f"<p>{listed}</p>"))
    write("public/sitemap.xml", "<urlset/>")
    reading = read_archive([tmp_path])
    assert [one.number for one in reading.editions] == [1, 2, 3, 4, 5]
    assert names(reading) == {"Pens": 20, "Ink": 5}
    assert reasons(reading) == {
        "public/index.html": "it repeats other posts",
        "public/page/2/index.html": "it repeats other posts",
        "public/sitemap.xml": "no WordPress export; no other XML files are read",
        "public/tags/index.html": "most of its links lead to its own site",
    }


def test_what_he_wrote_comes_before_what_was_made_of_it(write: Write, tmp_path: Path) -> None:
    for n in (1, 2, 3):
        write(f"public/drawer-{n}.html", page(f"Desk Drawer #{n}", f"drawer-{n}", article(n)))
        write(f"source/drawer-{n}.md", f"# Desk Drawer #{n}\n\n## Pens\n\n[a](https://a.example/{n})\n")
    reading = read_archive([tmp_path])
    assert [one.path for one in reading.editions] == [f"source/drawer-{n}.md" for n in (1, 2, 3)]
    assert reasons(reading)["public/drawer-1.html"] == "the same post as source/drawer-1.md"


def raw(n: int, title: str = "Desk Drawer") -> RawPost:
    return RawPost(f"https://blog.example/{n}", f"{title} #{n}", article(n), f"https://blog.example/{n}")


def test_posts_of_a_feed_are_chosen_and_read_alike() -> None:
    other = RawPost("https://blog.example/x", "A pen", '<a href="https://pen.example/">x</a>', draft=False)
    unfinished = RawPost("https://blog.example/y", "Desk Drawer #9", article(9), draft=True)
    endless = RawPost("https://blog.example/z", "Desk Drawer #10", article(10) + "x" * MOST_BYTES)
    reading = read_posts([raw(1), raw(2), raw(3), other, unfinished, endless])
    assert [(one.number, len(one.links)) for one in reading.editions] == [(1, 5), (2, 5), (3, 5)]
    assert set(reasons(reading)) == {other.path, unfinished.path, endless.path}
    assert reasons(reading)[endless.path] == "larger than 2 MB"
    alone = read_raw_post(raw(2), known=("Pens", "Ink"))
    assert (alone.bullets, alone.content_hash) == (reading.editions[1].bullets, reading.editions[1].content_hash)


def test_a_section_of_his_is_no_boilerplate_in_a_post_read_alone() -> None:
    text = "## Pens\n\n[a](https://a.example/)\n\n## Jobs\n\n[b](https://b.example/)\n"
    assert read_post(text, "x.md", known=["Pens"]).sections == ("Pens",)
    assert read_post(text, "x.md", known=["Pens", "Jobs"]).sections == ("Pens", "Jobs")


def test_the_author_overrules_what_was_decided(write: Write, tmp_path: Path) -> None:
    for n in (1, 2, 3):
        write(
            f"drawer-{n}.md", f"# Drawer {n}\n\n## Pens\n\n[a](https://a.example/{n})\n\n### Ink\n\n[b](https://b.example/{n})\n"
        )
    write("odd.md", "# Odd one\n\n[c](https://c.example/)\n")
    named = read_archive([tmp_path], rules=ReadingRules(editions=("drawer-*", "odd.md"), not_editions=("drawer-3.md",)))
    assert [one.path for one in named.editions] == ["drawer-1.md", "drawer-2.md", "odd.md"]
    assert reasons(named) == {"drawer-3.md": "config.yaml says that it is no edition"}
    deeper = read_archive([tmp_path], rules=ReadingRules(level=3, sites=frozenset({"a.example"})))
    assert (names(deeper), deeper.decisions.own_links) == ({"Ink": 3}, 3)
    without = read_archive([tmp_path], rules=ReadingRules(boilerplate=frozenset({"pens"})))
    assert aside(without) == {"Pens": 6}


def test_the_newest_spelling_names_a_section_in_every_edition(write: Write, tmp_path: Path) -> None:
    for n, name in enumerate(("Ink & Glue", "🖋 INK and glue:", "Ink & glue {#ink}"), 1):
        write(f"{n}.md", f"Title: Drawer {n}\n\n## {name}\n\n[a](https://a.example/{n})\n")
    reading = read_archive([tmp_path])
    assert [one.bullets[0].section for one in reading.editions] == ["Ink & glue"] * 3
    assert reading.decisions.sections[0].spellings == ("Ink & glue", "INK and glue", "Ink & Glue")
