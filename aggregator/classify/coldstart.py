"""Filing before enough has been learnt: section keywords and names, feed folders, tags, and where a site's links went before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from aggregator.classify.text import BODY_WORDS, brief_words, opening_words, stem, words_of
from aggregator.records.learning import Example, Guess, GuessMethod
from aggregator.settings import SectionSettings
from aggregator.text.canonical import host_of

# What each kind of evidence is worth. A judgement: one keyword in the title is about as good as a feed's folder.
_IN_TITLE, _IN_BODY, _NAME, _FOLDER, _SITE = 2.0, 1.0, 1.5, 2.0, 2.0
_DOUBT = 1.0  # evidence that is always thought to be missing
_FILED = 0.55  # share of all evidence, doubt included, that files without asking

# Words of section names that say nothing of a subject.
_EMPTY = frozenset({"and", "the", "of", "for", "in", "on", "from", "with", "other", "misc", "more", "new", "news", "stuff"})


@dataclass(slots=True)
class _Evidence:
    weight: float = 0.0
    phrases: list[str] = field(default_factory=list)

    def add(self, weight: float, phrase: str) -> None:
        self.weight += weight
        if phrase not in self.phrases:
            self.phrases.append(phrase)


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    keywords: tuple[tuple[str, tuple[str, ...]], ...]
    name_words: tuple[str, ...]


class KeywordRules:
    """The rules of a set of sections. Every piece of evidence counts once, however often a text repeats it."""

    def __init__(self, sections: Sequence[SectionSettings], sites: Mapping[str, Counter[str]] | None = None) -> None:
        """sites: host -> how many known links of it stood under each section."""
        self._sites = sites or {}
        self._sections = [
            _Section(
                section.name,
                tuple((keyword, tuple(map(stem, words_of(keyword) or [keyword.casefold()]))) for keyword in section.keywords),
                tuple(stem(word) for word in words_of(section.name) if word not in _EMPTY),
            )
            for section in sections
        ]

    def guess(self, examples: Sequence[Example]) -> list[Guess]:
        """One guess an example. Confidence is the share of the evidence that speaks for the first section; it is measured on
        nothing, and `method` says so. Without any evidence the guess names no section at all."""
        return [self._guess(example) for example in examples]

    def folder_sections(self, example: Example) -> dict[str, str]:
        """Sections that a folder of the example's feed names, by name or keyword -> that folder."""
        named: dict[str, str] = {}
        for folder in reversed(example.folders):
            words = {stem(word) for word in words_of(folder)}
            for section in self._sections:
                by_keyword = any(set(keyword) <= words for _, keyword in section.keywords)
                if words & set(section.name_words) or by_keyword:
                    named.setdefault(section.name, folder)
        return named

    def _guess(self, example: Example) -> Guess:
        evidence = self._weigh(example)
        ranked = sorted(evidence, key=lambda name: -evidence[name].weight)
        if not ranked:
            return Guess(section=None, first=None, second=None, confidence=0.0)
        total = sum(one.weight for one in evidence.values()) + _DOUBT
        first, best = ranked[0], evidence[ranked[0]]
        confidence = best.weight / total
        return Guess(
            section=first if confidence >= _FILED else None,
            first=first,
            second=ranked[1] if len(ranked) > 1 else None,
            confidence=round(confidence, 4),
            why=tuple(best.phrases[:3]),
            method=GuessMethod.KEYWORDS,
        )

    def _weigh(self, example: Example) -> dict[str, _Evidence]:
        brief = _spaced(brief_words(replace(example, folders=())))  # a folder is evidence of its own, below
        body = _spaced(opening_words(example.text, BODY_WORDS))
        folders = self.folder_sections(example)
        site = self._sites.get(host_of(example.url), Counter())
        found: dict[str, _Evidence] = {}
        for section in self._sections:
            evidence = _Evidence()
            for shown, words in section.keywords:
                wanted = f" {' '.join(words)} "
                if wanted in brief:
                    evidence.add(_IN_TITLE, f"keyword: {shown}")
                elif wanted in body:
                    evidence.add(_IN_BODY, f"keyword: {shown}")
            for word in section.name_words:
                if f" {word} " in brief:
                    evidence.add(_NAME, f"section name: {word}")
            if section.name in folders:
                evidence.add(_FOLDER, f"feed folder: {folders[section.name]}")
            if site[section.name]:
                share = site[section.name] / site.total()
                evidence.add(_SITE * share, f"site: {host_of(example.url)}, {site[section.name]} of {site.total()} links")
            if evidence.weight:
                found[section.name] = evidence
        return found


def _spaced(words: Sequence[str]) -> str:
    return f" {' '.join(map(stem, words))} "
