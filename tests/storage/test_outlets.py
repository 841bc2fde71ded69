from __future__ import annotations

from dataclasses import replace

from aggregator.records.outlets import SentDraft
from aggregator.storage.database import Database
from aggregator.storage.outlets import SqlOutlets
from tests.storage.world import NOW, World


def test_what_a_draft_is_known_by_elsewhere_is_kept_for_each_place(database: Database) -> None:
    world, outlets = World(database), SqlOutlets(database)
    edition = world.ledger.open_edition(world.roundup, 7, NOW).id
    first = SentDraft(edition, "wordpress https://blog.example", "12", "2026-03-06T07:00:00", None, NOW)
    other = replace(first, outlet="ghost https://blog.example", remote_id="65ab", url="https://blog.example/p/1")
    assert outlets.sent(edition) == []
    outlets.save_sent(first)
    outlets.save_sent(other)
    outlets.save_sent(replace(first, version="2026-03-06T08:00:00"))
    assert outlets.sent(edition) == [other, replace(first, version="2026-03-06T08:00:00")]
