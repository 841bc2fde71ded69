"""The pictures of the README, drawn anew where AGGREGATOR_SCREENS is set; a change of the desk's look is a change of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.conftest import OpenPage, ServeDesk
from tests.browser.worlds import tidy

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
MOST_BYTES = 150_000
SHOTS = {
    "edition": ("", 1280, False),
    "edition-dark": ("", 1280, True),
    "edition-phone": ("", 390, False),
    "edition-phone-dark": ("", 390, True),
    "bullets": ("bullets/c{written}", 1280, False),
    "held-phone": ("held", 390, False),
}
"""Name -> page, width, dark."""


@pytest.mark.skipif("AGGREGATOR_SCREENS" not in os.environ, reason="AGGREGATOR_SCREENS=1 draws the README's pictures anew")
@pytest.mark.parametrize("name", SHOTS)
def test_draw(open_page: OpenPage, desk_server: ServeDesk, name: str) -> None:
    desk = desk_server(tidy)
    path, width, dark = SHOTS[name]
    page = open_page(width=width, dark=dark)
    page.goto(desk.url(path.format(written=desk.world.candidate("Snapshots"))) if path else desk.home)
    page.wait_for_load_state("networkidle")
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


@pytest.mark.skipif("AGGREGATOR_SCREENS" in os.environ, reason="they are being drawn")
@pytest.mark.parametrize("name", SHOTS)
def test_the_pictures_are_there_and_small(name: str) -> None:
    assert 0 < (FOLDER / f"{name}.png").stat().st_size < MOST_BYTES
