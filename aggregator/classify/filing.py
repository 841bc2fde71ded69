"""Files candidates under sections: by the adopted classifier, or by keywords, folders and sources until there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from aggregator.classify.calibration import TARGET, likeliest
from aggregator.classify.coldstart import KeywordRules
from aggregator.classify.explain import explain
from aggregator.classify.interest import Interest
from aggregator.classify.sections import Floats, SectionModel, usable
from aggregator.classify.training import refit
from aggregator.classify.unlearnt import FEWEST_IN_SECTION
from aggregator.errors import NotEnoughLabels
from aggregator.records.archive import PastEdition
from aggregator.records.learning import Classifier, Example, Guess, GuessMethod, Label, PastOffer
from aggregator.settings import SectionSettings
from aggregator.text.canonical import host_of

_FOLDER_ODDS = 3.0  # a feed that he put in a folder named like the section: three times as likely as its words alone say


@dataclass(frozen=True, slots=True)
class Filing:
    """Ready to guess. model: None before enough has been learnt. unlearnt: rules of sections with too few labels yet."""

    model: SectionModel | None
    thresholds: Mapping[str, float]
    rules: KeywordRules
    unlearnt: KeywordRules | None
    interest: Interest

    @classmethod
    def prepare(
        cls,
        labels: Sequence[Label],
        classifier: Classifier | None,
        sections: Sequence[SectionSettings],
        past: Sequence[PastEdition] = (),
        offers: Sequence[PastOffer] = (),
        background: Sequence[Example] = (),
    ) -> Filing:
        """labels: up to the classifier's watermark, all without one. sections: today's, in order. past: oldest first. offers,
        background: see `Interest.fit`."""
        names = {section.name for section in sections}
        model: SectionModel | None = None
        if classifier is not None:
            try:
                model = refit(classifier, labels, [name for name in classifier.sections if name in names])
            except NotEnoughLabels:
                model = None
        sites: dict[str, Counter[str]] = {}
        for label in usable(labels, list(names)):
            if host := host_of(label.example.url):
                sites.setdefault(host, Counter())[label.section] += 1
        taught = Counter(label.section for label in labels)
        unlearnt = [section for section in sections if model is not None and taught[section.name] < FEWEST_IN_SECTION]
        return cls(
            model=model,
            thresholds=classifier.thresholds if classifier is not None else {},
            rules=KeywordRules(sections, sites),
            unlearnt=KeywordRules(unlearnt) if unlearnt else None,
            interest=Interest.fit(past, offers, background),
        )

    def guess(
        self, examples: Sequence[Example], sources: Sequence[int] | None = None, linked_before: Sequence[bool] | None = None
    ) -> list[Guess]:
        """One guess an example, in one batch. sources: how many feeds carried each, 1 without. linked_before: whether a past
        edition has it, none without."""
        guesses = self.rules.guess(examples) if self.model is None else self._learnt(self.model, examples)
        interests = self.interest.score(
            examples,
            sources if sources is not None else [1] * len(examples),
            linked_before if linked_before is not None else [False] * len(examples),
            [guess.confidence for guess in guesses],
        )
        return [replace(guess, interest=interest) for guess, interest in zip(guesses, interests, strict=True)]

    def _learnt(self, model: SectionModel, examples: Sequence[Example]) -> list[Guess]:
        if not examples:
            return []
        folders = [self.rules.folder_sections(example) if example.folders else {} for example in examples]
        reading = model.read(examples)
        probabilities = _with_folders(model.probabilities(reading), folders, model.sections)
        ordered = np.argsort(-probabilities, axis=1, kind="stable")
        first, confidence = likeliest(probabilities)
        whys = explain(model, reading, ordered[:, 0], ordered[:, 1])
        known = model.knows(reading)
        ruled = self.unlearnt.guess(examples) if self.unlearnt is not None else [None] * len(examples)
        guesses = []
        for row, example in enumerate(examples):
            name = model.sections[first[row]]
            new = ruled[row]
            if new and new.first == name:
                new = None
            if not known[row]:
                # The fit says something of any text (M23: .66 for one without a known word), but here it knows nothing.
                guesses.append(self.rules.guess([example])[0])
                continue
            if new and new.section:
                # Nothing that was learnt can name the new section: a clear word for it leads, but does not file.
                guesses.append(replace(new, section=None, second=name))
                continue
            folder = folders[row].get(name)
            filed = confidence[row] >= self.thresholds.get(name, TARGET) and not (new and new.first)
            guesses.append(
                Guess(
                    section=name if filed else None,
                    first=name,
                    second=new.first if new and new.first else model.sections[ordered[row, 1]],
                    confidence=round(float(probabilities[row, first[row]]), 4),
                    why=(*whys[row], *([f"feed folder: {folder}"] if folder else ()))[:3],
                    method=GuessMethod.LEARNT,
                )
            )
        return guesses


def _with_folders(probabilities: Floats, folders: Sequence[Mapping[str, str]], sections: Sequence[str]) -> Floats:
    odds = np.ones_like(probabilities)
    for row, named in enumerate(folders):
        for column, name in enumerate(sections):
            if name in named:
                odds[row, column] = _FOLDER_ODDS
    weighed = probabilities * odds
    return np.asarray(weighed / weighed.sum(axis=1, keepdims=True))
