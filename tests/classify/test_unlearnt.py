from __future__ import annotations

from datetime import UTC, datetime

from aggregator.classify.unlearnt import fit_command, new_sections
from aggregator.records.learning import Classifier

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LEARNT = Classifier(1, "", 0, 9, 40, ("Networking",), None, {}, NOW, NOW, "")


def test_a_section_is_new_until_five_links_are_known() -> None:
    found = new_sections(LEARNT, ("Networking", "Security", "Storage"), {"Networking": 40, "Storage": 4, "Gone": 1})
    assert [(one.name, one.known) for one in found] == [("Security", 0), ("Storage", 4)]
    assert found[1].words == "Storage is new: 4 of 5 links known."
    assert found[1].advice == "What would fit it: aggregator sections fit Storage"


def test_before_anything_is_learnt_no_section_is_newer_than_another() -> None:
    assert new_sections(None, ("Networking",), {}) == []


def test_a_name_is_written_as_a_shell_takes_it() -> None:
    assert fit_command("Storage") == "aggregator sections fit Storage"
    assert fit_command("Career/Soft Skills") == "aggregator sections fit 'Career/Soft Skills'"
