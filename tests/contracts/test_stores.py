"""The databases' stores are the ports' stores: mypy checks the signatures here, `tests/storage` what they do."""

from __future__ import annotations

from aggregator.ports import (
    ArchiveStore,
    DraftStore,
    FeedStore,
    HeartbeatStore,
    LearningStore,
    LedgerStore,
    LinkStore,
    OutboxStore,
    OutletStore,
)
from aggregator.records.candidates import Related
from aggregator.storage.archive import SqlArchive
from aggregator.storage.database import Database
from aggregator.storage.drafts import SqlDrafts
from aggregator.storage.feeds import SqlFeeds
from aggregator.storage.heartbeats import SqlHeartbeats
from aggregator.storage.learning import SqlLearning
from aggregator.storage.ledger import SqlLedger
from aggregator.storage.links import SqlLinks
from aggregator.storage.outbox import SqlOutbox
from aggregator.storage.outlets import SqlOutlets
from tests.storage.world import NOW, last_word


def test_every_store_answers_on_an_empty_database(database: Database) -> None:
    ledger: LedgerStore = SqlLedger(database, last_word)
    feeds: FeedStore = SqlFeeds(database)
    archive: ArchiveStore = SqlArchive(database)
    learning: LearningStore = SqlLearning(database)
    outbox: OutboxStore = SqlOutbox(database)
    heartbeats: HeartbeatStore = SqlHeartbeats(database)
    drafts: DraftStore = SqlDrafts(database)
    links: LinkStore = SqlLinks(database)
    outlets: OutletStore = SqlOutlets(database)

    roundup = ledger.roundup("Rack Notes", "rack-notes", NOW).id
    edition = ledger.open_edition(roundup, 28, NOW).id
    assert (ledger.editions(roundup)[0].number, ledger.fingerprints(roundup, NOW), ledger.candidates_at(roundup, [])) == (
        28,
        [],
        {},
    )
    assert (ledger.candidates(roundup), ledger.unguessed(roundup, None, 5), ledger.last_gestures(edition, 5)) == ([], [], [])
    assert ledger.offer(roundup, [], []) == []
    assert (ledger.related(roundup), ledger.profiles(roundup, NOW)) == (Related(0, None), [])
    assert ledger.relate(roundup, {}, compared=[], mark=Related(0, "1"), was=Related(0, None), at=NOW)
    assert ledger.closings(roundup) == []
    ledger.pause(roundup, None)
    ledger.add_guesses({}, None, NOW)
    ledger.say(edition, [])

    assert (feeds.claim(NOW, 5, 60), feeds.waiting(NOW), feeds.statuses(), feeds.statuses(roundup)) == ([], [], [], [])
    assert (feeds.known_sources([]), feeds.save([]), feeds.entries_to_offer(roundup, 5)) == ({}, 0, [])
    assert (feeds.history_count(roundup, NOW), feeds.moved(), feeds.moved(roundup)) == ({}, [], [])
    assert feeds.sync(roundup, [], NOW, 30, 7).kept == 0
    feeds.release([])
    feeds.moved_written([])

    assert (archive.save(roundup, [], NOW), archive.editions(roundup), archive.uses(roundup, [])) == (0, [], {})
    assert archive.search(roundup, "word", 5) == []
    assert (archive.places(roundup), archive.led_to([]), archive.version(roundup)) == ([], {}, archive.version(roundup))
    archive.remember({}, NOW)

    assert (learning.add_labels(roundup, []), learning.retract(roundup, []), learning.labels(roundup)) == (0, 0, [])
    assert (learning.watermark(roundup), learning.current(roundup), learning.classifiers(roundup)) == (0, None, [])

    assert (outbox.find(roundup, NOW), outbox.last_slot(roundup, NOW), outbox.last_sent(roundup)) == ([], None, None)
    assert (outbox.in_edition(edition), outbox.claim(NOW, 900), outbox.recent(5), outbox.told_feeds(roundup)) == (
        [],
        None,
        [],
        {},
    )

    assert heartbeats.beats() == []
    assert drafts.quotes([1]) == []
    assert (links.page(1), links.saved([1]), links.checks([]), links.forget_dropped()) == (None, frozenset(), {}, 0)
    assert outlets.sent(edition) == []
