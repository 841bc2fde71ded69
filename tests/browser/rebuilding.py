"""An author's past editions in a form of his own, what feeds brought him since, and the edition that he made of it."""

from __future__ import annotations

from pathlib import Path

from aggregator.archive.read import read_archive
from tests.browser.worlds import Post, World, build, publish

_NEWS = ("the ox came home", "a cat moved in", "it rained", "the hens are well", "an owl was heard", "we found the key")
_PAST = """\
---
author: nib
date: 2026-0{month}-10
title: 'Rack Notes #{number}'
slug: rack-notes-{number}
tags:
- Networking
- Storage
---

Welcome to Rack Notes #{number}, in the month in which {news}. Let us begin.

## Networking

- {words} [this switch][link-2], and [that one][link-1].
- See [an older issue][xref-1] on [routers][link-3].

## Storage

- [A tale of two racks, part {month}][link-5], with a drill.

## Security

Nothing for this shelf.

## Careers

- [A letter][link-4] on *leaving*, {words}.

Until next time.

[link-1]: https://switches.example/{number}/that
[link-2]: https://switches.example/{number}/this
[link-3]: https://routers.example/{number}
[link-4]: https://letters.example/{number}?id={number}
[link-5]: https://cellar.example/a-tale-of-two-racks--part-{month}
[xref-1]: {{% post_url 2025-01-01-rack-notes-1 %}}
"""

EDITION = """\
---
author: nib
date: 2026-03-06
title: 'Rack Notes #28'
slug: rack-notes-28
tags:
- Networking
- Storage
---

Welcome to Rack Notes #28! Snow, and time to read.

## Networking

- Three ways through one wall: [a tunnel][link-2] and [another][link-3], both in the attic, or [no cable at all][link-1].

Two shorter ones:

- Quiet at last: [a switch without a fan][link-4].
- Asked often, answered in [an older issue][xref-1]; see also Careers. [Pulling cable][link-6] (via The Ladder, thanks to Sam Ode)

## Storage

- Mina Holt goes on, and part 6 was in #27. [This time][link-5] she drills:

  > Measure twice, \\*then\\* drill.
  >
  > [A tale of two racks, part 7][link-5]

## Security

Nothing for this shelf.

## Careers

- [Three letters][link-7] that somebody was glad to have written.

Until next time.

[link-1]: https://attic.example/without-a-cable
[link-2]: https://attic.example/comparing-two-tunnels?page=2
[link-3]: https://basement.example/the-other-tunnel
[link-4]: https://basement.example/the-quiet-switch
[link-5]: https://cellar.example/a-tale-of-two-racks--part-7
[link-6]: https://basement.example/pulling-cable
[link-7]: https://ladder.example/notes-on-leaving-well
[xref-1]: {% post_url 2025-01-01-rack-notes-1 %}
"""

_POSTS = (
    Post("attic", "Without a cable", "Through the wall by air.", "Networking", author="Ida Berg", interest=0.9),
    Post(
        "attic", "Comparing two tunnels", "Both for a month.", "Networking", author="Ida Berg", interest=0.8,
        url="https://attic.example/comparing-two-tunnels?page=2",
    ),
    Post("basement", "The other tunnel", "Slower, and kinder.", "Networking", author="Jon Fell", interest=0.7),
    Post("basement", "The quiet switch", "A switch without a fan, measured.", "Networking", author="Jon Fell", interest=0.6),
    Post(
        "cellar", "A tale of two racks, part 7", "Measure twice, *then* drill.\n\nThe rest is sweeping.", "Storage",
        author="Mina Holt", interest=0.9,
    ),
    Post("basement", "Pulling cable", "A weekend.", "Careers", interest=0.5),
    Post("ladder", "Notes on leaving well", "Three letters that I am glad to have written.", "Careers", interest=0.4),
    Post("ladder", "Ten gadgets for your desk", "Number seven will not surprise you.", "Careers", interest=0.1),
    Post("gate", "What the auditor asked", "Everything, twice.", "Security", interest=0.3),
)  # fmt: skip


def rebuilding(home: Path, database: str, port: int) -> World:
    """The desk on the day on which he begins."""
    folder = home / "posts"
    folder.mkdir()
    for number, news in zip(range(22, 28), _NEWS, strict=True):
        month = number - 21
        text = _PAST.format(number=number, month=month, news=news, words="well " * (number - 21))
        (folder / f"2026-0{month}-10-rack-notes-{number}.md").write_text(text, encoding="utf-8")
    world = build(home, database, port, past=read_archive([folder], home=home).editions)
    publish(world, _POSTS)
    return world
