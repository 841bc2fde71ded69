""" "12-15" of an answer -> the numbers that stand there in the mail.

Of the mail, not of arithmetic: those that happen to be numbered between 12 and 15 may stand anywhere in it, or nowhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from aggregator.digest.replying import Decide, Statement, Unread

_NUMBERED = re.compile(r"^ *([0-9]{1,9})(?= )", re.MULTILINE)


def order(text: str, known: Collection[int]) -> list[int]:
    """The candidates that a digest's text lists, from top to bottom. known: those there are.

    Their numbers end in one column; a number at the beginning of some other line ends elsewhere.
    """
    found = [(one.end() - text.rfind("\n", 0, one.end()), int(one[1])) for one in _NUMBERED.finditer(text)]
    ours = [(column, number) for column, number in found if number in known]
    if not ours:
        return []
    ((usual, _),) = Counter(column for column, _ in ours).most_common(1)
    return list(dict.fromkeys(number for column, number in ours if column == usual))


def spread(statement: Statement, numbers: Sequence[int]) -> Statement:
    """A statement with every number that it means; one that cannot be read if a span is none in this mail. numbers: those of
    the mail, from top to bottom."""
    if not isinstance(statement, Decide) or not statement.spans:
        return statement
    places = {number: place for place, number in enumerate(numbers)}
    ids = list(statement.ids)
    for first, last in statement.spans:
        if first not in places or last not in places or places[first] > places[last]:
            words = f"{first}-{last} means what stands from {first} down to {last} in the digest, and both must stand there."
            return Unread(statement.line, words)
        ids += numbers[places[first] : places[last] + 1]
    return replace(statement, ids=tuple(dict.fromkeys(ids)), spans=())
