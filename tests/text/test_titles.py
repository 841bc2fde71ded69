from __future__ import annotations

import pytest

from aggregator.text.titles import roundup_name


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Desk Drawer #", "Desk Drawer"),
        ("Desk Drawer, issue ", "Desk Drawer"),
        ("Desk Drawer (No. ", "Desk Drawer"),
        ("Drawer – No. ", "Drawer"),
        ("Casino ", "Casino"),
        ("#", ""),
    ],
)
def test_the_name_is_the_title_without_its_number_and_the_word_before_it(head: str, name: str) -> None:
    assert roundup_name(head) == name
