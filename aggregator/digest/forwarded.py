"""A mail to the author's secret address -> the pages that it names, his note above them, and who sent it to him first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parseaddr

from aggregator.digest.quoting import after_own_words, own_words
from aggregator.digest.replying import Add
from aggregator.records.received import IncomingMail
from aggregator.text.canonical import host_of, is_front_page, safe_url
from aggregator.text.hygiene import clean_line

MOST = 10
"""Pages of one mail: who sends more at once has a list, and the desk takes lists."""
_URL = re.compile(r"https?://[^\s<>\"\\^`{|}]+", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"unsubscribe|opt-?out|abmelden|desinscri|désinscri|email-?preferences|manage-?preferences|/preferences|subscription-?settings"
    r"|view-?in-?browser|webversion|/pixel|/beacon|/open\b|/wf/open|\.(?:gif|png|jpe?g|svg|css|ico)(?:\?|$)",
    re.IGNORECASE,
)
_FROM = re.compile(r"\*?(?:From|Von|De|Da|Van|Från|Fra|Od|Lähettäjä)\s?:\*?\s*(.+)", re.IGNORECASE)


def pages(mail: IncomingMail) -> list[Add]:
    """The addresses that he wrote himself, else the first one of what he forwards; none if there is no page among them.

    What he wrote besides is the note of each. thanks: the first sender of a forwarded mail, by name.
    """
    own = own_words(mail.text)
    below = "\n".join([after_own_words(mail.text), *mail.forwarded])
    note = re.sub(r"<\s*>", "", _URL.sub("", own)).strip() or None
    typed = list(_addresses(own))[:MOST]
    found = typed or list(_addresses(below))[:1]
    thanks = None if typed else _first_sender(below)
    return [Add(url, url, None, note, thanks) for url in found]


def _addresses(text: str) -> Iterator[str]:
    """Addresses of pages, each once, in order; where a whole site is named beside a page of it, the page."""
    seen = dict.fromkeys(
        url
        for typed in _URL.findall(text)
        if (url := safe_url(typed.rstrip(".,;:!?)]*_'"))) and not _NO_PAGE.search(url) and host_of(url)
    )
    pages = [url for url in seen if not is_front_page(url)]
    yield from pages or seen


def _first_sender(text: str) -> str | None:
    """The sender of the innermost mail that is quoted with its headers: the one that all others forward."""
    found = [match[1] for line in text.splitlines() if (match := _FROM.fullmatch(line.strip()))]
    if not found:
        return None
    name, address = parseaddr(found[-1].replace("*", "").replace("[mailto:", "<").replace("]", ">"))
    return clean_line(name or address.partition("@")[0], 100) or None
