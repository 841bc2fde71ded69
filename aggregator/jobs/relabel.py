"""Makes every label anew for today's sections and aliases: the archive's by its headings, the author's own by their names."""

from __future__ import annotations

import hashlib
import json

from aggregator.archive.labels import labels_of, origin_of
from aggregator.jobs.archive import said_at
from aggregator.ports import Stores
from aggregator.records.headings import heading_key
from aggregator.records.learning import LabelSource, NewLabel
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings


def fingerprint(plan: RoundupSettings) -> str:
    """Differs once a section comes, goes or is renamed, or an alias changes; not by their order."""
    aliases = sorted((heading_key(old), heading_key(new)) for old, new in plan.aliases.items())
    told = json.dumps([sorted(plan.section_names), aliases])
    return hashlib.sha256(told.encode()).hexdigest()


def is_due(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> bool:
    """The labels were made for other sections or aliases than today's. Without a label or a section there is nothing to do."""
    if not plan.sections or stores.learning.labelled_for(roundup.id) == fingerprint(plan):
        return False
    return bool(stores.learning.watermark(roundup.id) or stores.archive.documents(roundup.id))


def run_once(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> None:
    """Reads no file: the archive is stored. What cannot be told under today's names stays as it is, and teaches nothing until
    its section returns."""
    now = stores.clock.now()
    past = stores.archive.editions(roundup.id)
    taught = [label for one in past for label in labels_of(one, plan.canonical_section, said_at(one, now))]
    own = [label for label in stores.learning.labels(roundup.id) if label.source is not LabelSource.ARCHIVE]
    named = {label.origin for label in own if plan.canonical_section(label.section) not in (None, label.section)}
    taught += [
        NewLabel(
            label.example,
            plan.canonical_section(label.section) or label.section,
            label.source,
            label.at,
            label.origin,
            label.edition,
        )
        for label in own
        if label.origin in named
    ]
    stores.learning.add_labels(roundup.id, taught)
    stores.learning.retract(roundup.id, {origin_of(one) for one in past} - {label.origin for label in taught})
    stores.learning.set_labelled_for(roundup.id, fingerprint(plan))
