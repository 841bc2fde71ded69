"""An example to words: what its title, address and feed say (brief), and what its body or comment says (long)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from aggregator.records.learning import Example
from aggregator.text.canonical import address_words, host_of

# A body says its subject in its opening; what follows costs time and drifts.
BODY_WORDS = 120
COMMENT_WORDS = 40
_LONGEST_WORD = 16  # on the average; more characters than so many a word are not even looked at

_ADDRESS_WORDS = 40

# A run of letters without a break (encoded junk, or a script without spaces) is cut, for its pieces are all kept.
_WORD = re.compile(r"[^\W_]{1,60}(?:\+\+|#)?")
_VERSION = re.compile(r"v?\d+[a-z]?")
_VERSIONED = re.compile(r"([^\W\d_]{4,})\d+")

# Words that hold sentences together, and those of any blog. How, why, I, we and you stay: they tell what kind of a text it is.
_EMPTY_WORDS = """
    a an the and or but of for in on at by to from with without into onto over under about as is are was were be been being
    am do does did done has have had having can could will would shall should may might must this that these those it its
    here there their they them he his him she her who whom whose which than then so such too very just also only own same
    both each few more most other some any all no nor not now again further once during before after above below between
    through up down out off if because until while s t don ve re ll m d
    blog blogs post posts archive archives article articles
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
# Parts of a host's name that are nobody's own.
_ANY_HOST = frozenset(("www", "com", "co", "org", "net", "ac", "gov", "edu", "blog", "blogs", "wordpress", "blogspot"))


def words_of(text: str) -> list[str]:
    """The words of a text, lower case, in order. Numbers and versions are left out, and cut off product names: "vSphere 5.1"
    and "vsphere6" are "vsphere", while "k8s", "s3" and "ipv6" stay."""
    return [word for found in _WORD.findall(text.lower()) if (word := _without_version(found))]


def brief_words(example: Example) -> list[str]:
    """Words of the title, the address, the host, and of whatever else the feed says: its tags, folders, title, author.

    What the feed says adds only words that are not there yet, so that a feed named like its host does not count twice.
    """
    host = host_of(example.url)
    words = words_of(example.title) + address_words(example.url)[:_ADDRESS_WORDS] + _site_words(host)
    known = set(words)
    for said in (*example.tags, *example.folders, example.feed, example.author):
        if said and _squeezed(said) not in _squeezed(host):
            new = [word for word in words_of(said) if word not in known]
            words += new
            known.update(new)
    return words


def terms(words: Sequence[str]) -> list[str]:
    """Words as they are counted: by their stem, without those that tell of no subject."""
    return [stem(word) for word in words if word not in _EMPTY]


def stem(word: str) -> str:
    """Plural and singular are one: "containers" is "container". For comparing only: it makes "kubernete", too."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def opening_words(text: str, limit: int) -> list[str]:
    """At most `limit` words that a body or a comment opens with."""
    return words_of(text[: limit * _LONGEST_WORD])[:limit]


def visible_words(example: Example, body: Sequence[str]) -> list[str]:
    """Words that a person finds again in the entry, each once: of the title, the address, the tags, and then of `body`."""
    words = words_of(example.title) + address_words(example.url)[:_ADDRESS_WORDS]
    for tag in example.tags:
        words += words_of(tag)
    return list(dict.fromkeys([*words, *body]))


@lru_cache(maxsize=50_000)
def _without_version(word: str) -> str:
    if _VERSION.fullmatch(word):
        return ""
    versioned = _VERSIONED.fullmatch(word)
    return versioned[1] if versioned else word


def _site_words(host: str) -> list[str]:
    """What a host's name says of whose it is: "blog.ann-lee.co.uk" is "ann" and "lee"."""
    return [word for part in host.split(".")[:-1] if part not in _ANY_HOST for word in words_of(part)]


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(text.lower())).removeprefix("www")
