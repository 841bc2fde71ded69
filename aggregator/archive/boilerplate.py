"""Which headings hold none of the author's picks: sponsors, jobs, events and the like, by their names and by their links."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from aggregator.archive.rules import ReadingRules
from aggregator.records.archive import PastEdition, PastLink
from aggregator.records.headings import heading_key

# Each a whole heading, without accents, the words before it that say nothing, and the roundup's own name.
_NAMES = {
    "sponsors": r"""
        sponsors?|sponsored|sponsored (?:links?|posts?|content|by|messages?)|sponsorships?
        (?:a )?(?:word|message) from our sponsors?|thanks? (?:you )?to our sponsors?|supported by
        brought to you by|advertisements?|advertising|ads?|promoted|promotions?
        sponsoren|anzeigen?|werbung|publicites?|annonces?|partenaires|patrocinador(?:es)?|publicidad(?:e)?|patrocinio
        sponsorizzat[oi]|pubblicita|adverteerders?|advertenties?|gesponsord
    """,
    "jobs": r"""
        jobs?|jobs? (?:boards?|openings?|listings?|offers?|postings?|ads|opportunities)|open positions|vacancies|classifieds
        (?:whos|who is|we are|were) hiring|stellen|stellenangebote|stellenanzeigen|stellenmarkt|emplois?|offres? d ?emplois?
        empleos?|ofertas de (?:empleo|trabajo)|trabajos?|vagas|lavoro|offerte di lavoro|vacatures?
    """,
    "events": r"""
        events?|events? (?:calendar|near you)|meet ?-?ups?|user groups?|conferences?|webinars?|calendar|cfps?\b.*
        calls? for (?:papers?|participation|speakers?|proposals?|projects?)\b.*
        veranstaltungen|termine|konferenzen|veranstaltungskalender|evenements?|agenda|conferenz[ae]|eventos?|eventi|conferencias?
        evenementen|bijeenkomsten|evenemang
    """,
    "thanks and credits": r"""
        contributors?|backers?|patrons?|supporters?|credits?|acknowledge?ments?|thanks?|thank you|mitwirkende|danke?|danksagung
        contributeurs?|remerciements?|merci|colaboradores|agradecimientos?|gracias|collaboratori|ringraziamenti
    """,
    "the publication itself": r"""
        about|about (?:us|me|this (?:newsletter|roundup|blog|post|issue)|the (?:author|newsletter|editors?))
        (?:un)?subscribe\b.*|newsletter sign ?-?up|sign up\b.*|follow (?:us|me)\b.*|share this\b.*|contact(?: us| me)?|feedback
        table of contents|contents|comments|leave a (?:comment|reply)|related(?: posts)?|support (?:us|me|this newsletter)
        uber (?:uns|mich|diesen newsletter)|abonnieren|inhalt|inhaltsverzeichnis|kommentare?|a propos|abonnez-vous|sommaire
        acerca de|sobre (?:mi|nosotros)|suscri(?:bete|pcion)|chi siamo|iscriviti|over ons
    """,
    "a quotation": r"""
        (?:quote|tweet|toot)s?(?: of the (?:day|week|month|issue))?|(?:zitat|tweet) der woche|citation de la semaine
        cita de la semana|citazione della settimana
    """,
}
_PATTERNS = {
    what: re.compile("|".join(part for line in names.split("\n") if (part := line.strip()))) for what, names in _NAMES.items()
}
_BEFORE = re.compile(
    r"(?:(?:our|the|this weeks?|todays?|latest|new|upcoming|featured|local|online|virtual|community|next|more|other|some|all"
    r"|kommende|aktuelle|unsere|prochains?|nos|proximos|nuestros) )+"
)
_BETWEEN = re.compile(r"\s*(?:[/,;+|]|\b(?:and|und|et|y|e|en)\b)\s*")

# Shapes. A list of one project's own pull requests is its change log, whoever prints it.
_TRACKER = re.compile(
    r"https?://(?:github\.com|gitlab\.com|codeberg\.org)/([^/]+)/[^/]+/(?:-/)?(?:issues|pulls?|merge_requests)/\d+"
)
_FEWEST_LINKS = 10
_FEWEST_EDITIONS = 4
_NEARLY_ALL = 0.9
_MOSTLY = 0.8

_SPONSORED = re.compile(
    r"\W*(?:SPONSORED\b|ADVERTISEMENT\b|ANZEIGE\b|[\[(]?(?i:sponsor(?:ed)?|advertisement|anzeige|publicit\u00e9)\s*[\])]?\s*[:\])\u2013\u2014])"
)
_SPONSORED_END = re.compile(r"\bSPONSORED\W*$|[\[(]\s*(?i:sponsored|sponsor|ad|anzeige)\s*[\])]\W*$")


@dataclass(frozen=True, slots=True)
class Names:
    """Boilerplate by name. roundup: words of the roundup's own name, which mean nothing in its headings ("Rust Jobs")."""

    rules: ReadingRules = field(default_factory=ReadingRules)
    roundup: frozenset[str] = frozenset()

    def why(self, heading: str) -> str | None:
        """Why the links below this heading are no picks; None if they are."""
        key = heading_key(heading)
        if key in self.rules.boilerplate:
            return "you said so"
        return None if key in self.rules.content else _by_name(key, self.roundup)


@lru_cache(maxsize=4096)
def _by_name(key: str, roundup: frozenset[str]) -> str | None:
    plain = "".join(one for one in unicodedata.normalize("NFKD", key) if not unicodedata.combining(one))
    plain = re.sub(r"['\u2019]", "", plain)
    if what := _what(plain):
        return f"by its name: {what}"
    found = [_what(part) or _what(_without(part, roundup)) for part in _BETWEEN.split(plain) if part]
    return f"by its name: {found[0]}" if found and None not in found else None


def _without(part: str, words: Collection[str]) -> str:
    return " ".join(word for word in part.split() if word not in words)


def _what(name: str) -> str | None:
    bare = _BEFORE.sub("", name, count=1) if _BEFORE.match(name) else name
    return next((what for what, pattern in _PATTERNS.items() if pattern.fullmatch(bare) or pattern.fullmatch(name)), None)


def by_shape(editions: Sequence[PastEdition], rules: ReadingRules) -> Mapping[str, str]:
    """Key of a heading -> why its links are no picks: nearly the same in every edition, or one project's own tracker."""
    links: defaultdict[str, list[tuple[int, PastLink]]] = defaultdict(list)
    for position, edition in enumerate(editions):
        for bullet in edition.bullets:
            if bullet.section is not None:
                links[heading_key(bullet.section)].extend((position, link) for link in bullet.links)
    return {key: why for key, found in links.items() if key not in rules.content and (why := _shape(found))}


def _shape(found: Sequence[tuple[int, PastLink]]) -> str | None:
    editions = {position for position, _ in found}
    if len(found) < _FEWEST_LINKS or len(editions) < _FEWEST_EDITIONS:
        return None
    times = Counter(address for _, address in {(position, link.canonical_url) for position, link in found})
    standing = sum(2 * times[link.canonical_url] > len(editions) for _, link in found)
    if standing >= _MOSTLY * len(found):
        return "the same links in most editions"
    owners = Counter(tracker[1].casefold() for _, link in found if (tracker := _TRACKER.match(link.url)))
    owner, most = owners.most_common(1)[0] if owners else ("", 0)
    return f"nearly all are issues and pull requests of {owner}" if most >= _NEARLY_ALL * len(found) else None


def is_sponsored(text: str) -> bool:
    """A paragraph that says of itself that it was paid for."""
    return bool(_SPONSORED.match(text) or _SPONSORED_END.search(text[-40:]))
