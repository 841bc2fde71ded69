"""The pictures of the README and of docs/, drawn anew where AGGREGATOR_SCREENS is set; a change of looks changes them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aggregator.desk import bullets as verbs
from tests.browser.conftest import OpenPage, Seed, ServeDesk
from tests.browser.worlds import World, tidy

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
MOST_BYTES = 150_000


def _written(home: Path, database: str, port: int) -> World:
    """The tidy world, further on: most bullets have words, and one of them places two links."""
    world = tidy(home, database, port)
    tunnels, switch = world.candidate("Comparing two tunnels"), world.candidate("The quiet switch")
    snapshots, racks = world.candidate("Snapshots are no backup"), world.candidate("A tale of two racks, part 2")
    verbs.write(*world.all, f"c{tunnels}", "Ida Berg [compares two tunnels][1] on the same pair of machines. The slower one won.")
    verbs.write(*world.all, f"c{switch}", "How loud is [a switch without a fan][1]? Jon Fell measures.")
    pair = verbs.group(*world.all, [snapshots, racks])
    verbs.write(
        *world.all, pair.key, "[Snapshots are no backup][1], and [two racks in two houses][2] are one.", thanks="Rosa Quill"
    )
    return world


SHOTS: dict[str, tuple[Seed, str, int, bool]] = {
    "edition": (tidy, "", 1280, False),
    "edition-dark": (tidy, "", 1280, True),
    "edition-phone": (tidy, "", 390, False),
    "edition-phone-dark": (tidy, "", 390, True),
    "bullets": (_written, "bullets/c{pair}", 1280, False),
    "draft": (_written, "draft", 1280, False),
    "held-phone": (tidy, "held", 390, False),
}
"""Name -> world, page, width, dark. {pair}: a candidate of the bullet of two links."""


@pytest.mark.skipif("AGGREGATOR_SCREENS" not in os.environ, reason="AGGREGATOR_SCREENS=1 draws the README's pictures anew")
@pytest.mark.parametrize("name", SHOTS)
def test_draw(open_page: OpenPage, desk_server: ServeDesk, name: str) -> None:
    seed, path, width, dark = SHOTS[name]
    desk = desk_server(seed)
    page = open_page(width=width, dark=dark)
    page.goto(desk.url(path.format(pair=desk.world.candidate("Snapshots"))) if path else desk.home)
    page.wait_for_load_state("networkidle")
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


@pytest.mark.skipif("AGGREGATOR_SCREENS" in os.environ, reason="they are being drawn")
@pytest.mark.parametrize("name", SHOTS)
def test_the_pictures_are_there_and_small(name: str) -> None:
    assert 0 < (FOLDER / f"{name}.png").stat().st_size < MOST_BYTES
