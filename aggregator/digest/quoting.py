"""A mail's text -> what its sender wrote himself. When in doubt a line is not his: he is told, and nothing is done.

The libraries for this were tried and left: they guess at greetings, strip lines of his own, and their patterns take quadratic
time on a text made for it. Here the mail that is answered is known, so that its lines are known as well.
"""

from __future__ import annotations

import re

from aggregator.digest.replying import begins_statement

_ORIGINAL = re.compile(r"-{2,}\s*[^\s-].{2,200}[^\s-]\s*-{2,}|_{10,}|-{10,}|={10,}")
_HEADER = re.compile(r"\*?[^\W\d_][\w .'’/-]{0,24}\s?:\*?(?:\s.*|)")
_SENT_FROM = re.compile(
    r"sent with \S.{0,60}|(?:sent|get|gesendet|envoyé|enviado|inviato|verzonden|skickat|sendt)\b.{0,40}"
    r"\b(?:from|for|mit|von|depuis|desde|da|van|från|fra)\b.{0,60}"
    r"|von meinem .{2,40} gesendet",
    re.IGNORECASE,
)
_FORWARDS = re.compile(
    r"(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié|début du message transféré"
    r"|inicio del mensaje reenviado|inizio messaggio inoltrato|begin doorgestuurd bericht)\s?:",
    re.IGNORECASE,
)
_SHORT = 24
"""A line of the answered mail that is shorter may well be his own words."""


def own_words(text: str, answered: str = "") -> str:
    """What he wrote. answered: the text of the mail that this one answers, where it is known.

    Lines that begin with > are another's, and so are the rest of such a line that a mail program broke, the line that introduces
    them, everything behind a line such as "-- ", "-----Original Message-----" or a block of headers, and everything from the
    first whole line of the answered mail on.
    """
    lines = text.replace("\r\n", "\n").replace("\xa0", " ").split("\n")
    every = {_plain(line) for line in answered.splitlines()}
    theirs = {line for line in every if len(line) >= _SHORT}
    whole = _squeezed(answered)
    own: list[str] = []
    quoted = ""
    for at, line in enumerate(lines):
        said = line.strip()
        if said.startswith((">", "|>", "¦")):
            if not quoted:
                _drop_introduction(own)
            quoted = said.lstrip(">|¦ ")
            continue
        if _ends_here(lines, at) or _plain(line) in theirs:
            # Shorter lines of it stand above the first that tells.
            while own and (not own[-1].strip() or _plain(own[-1]) in every):
                own.pop()
            _drop_introduction(own)
            break
        if quoted and said:
            broken = whole and _squeezed(quoted + said) in whole
            quoted = said if broken else ""
            if broken:
                continue
        quoted = quoted if said else ""
        if not _SENT_FROM.fullmatch(said):
            own.append(line)
    return "\n".join(own).strip("\n")


def after_own_words(text: str) -> str:
    """What stands below: the mail that he forwards. Quotation marks are taken off."""
    lines = text.replace("\r\n", "\n").replace("\xa0", " ").split("\n")
    start = next(
        (
            at
            for at, line in enumerate(lines)
            if line.strip().startswith(">") or (_ends_here(lines, at) and line.rstrip() != "--")
        ),
        len(lines),
    )
    return "\n".join(re.sub(r"^[>\s]+", "", line) for line in lines[start:])


def _ends_here(lines: list[str], at: int) -> bool:
    said = lines[at].strip()
    return said == "--" or _ORIGINAL.fullmatch(said) is not None or _is_header_block(lines, at)


def _is_header_block(lines: list[str], at: int) -> bool:
    """Three lines of "Word: ..." in a row, an address or a time among them, in whatever language."""
    block = [line.strip() for line in lines[at : at + 3]]
    if len(block) < 3 or not all(_HEADER.fullmatch(line) for line in block):
        return False
    return any("@" in line or re.search(r"\b[0-9]{1,2}[:.][0-9]{2}\b", line) for line in block)


def _drop_introduction(own: list[str]) -> None:
    """ "On Friday 18 January, Somebody wrote:", broken into three lines perhaps, from the end of what was taken for his own."""
    while own and not own[-1].strip():
        own.pop()
    length = 0
    for line in reversed(own[-3:]):
        if not line.strip() or begins_statement(line):
            break
        length += 1
    part = " ".join(line.strip() for line in own[len(own) - length :])
    if length and _FORWARDS.fullmatch(own[-1].strip()):
        del own[-1:]
    elif length and part.endswith(":") and re.search(r"[0-9].*[0-9]|@", part):
        del own[-length:]


def _plain(line: str) -> str:
    return " ".join(line.split()).casefold()


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()
