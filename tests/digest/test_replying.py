"""The text of an answer: what it asks for, and that nothing it quotes is ever his."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.digest.quoting import after_own_words, own_words
from aggregator.digest.replying import Add, Decide, Help, Pause, Resume, Statement, Undo, Unread, statements
from aggregator.records.candidates import Action

DIGEST = """Rack Notes #7
Digest 2, Friday 6 March 2026: 9 new

Answer this mail:  41 203 keep; 220 hold; 204 Storage; 41 note: your words
Not now: answer "pause 3 weeks".

NETWORKING   4 new

 203 The price of a tunnel, measured on two switches
     https://blog.example/203
"""


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("3 7 keep", Decide("3 7 keep", (3, 7), Action.KEEP)),
        ("#3, 7 and 9 KEEP.", Decide("#3, 7 and 9 KEEP.", (3, 7, 9), Action.KEEP)),
        ("keep 3 7", Decide("keep 3 7", (3, 7), Action.KEEP)),
        ("12 hold", Decide("12 hold", (12,), Action.HOLD, until="next")),
        ("12 hold until friday", Decide("12 hold until friday", (12,), Action.HOLD, until="friday")),
        ("9 security", Decide("9 security", (9,), Action.MOVE, "security")),
        ("move 9 to Servers/Hardware", Decide("move 9 to Servers/Hardware", (9,), Action.MOVE, "Servers/Hardware")),
        ("9 keep in security", Decide("9 keep in security", (9,), Action.KEEP, "security")),
        ("5 x", Decide("5 x", (5,), Action.DROP)),
        ("5 6 let go", Decide("5 6 let go", (5, 6), Action.LET_GO)),
        ("4 note: a; b", Decide("4 note: a; b", (4,), note="a; b")),
        ("4 keep via B. Someone", Decide("4 keep via B. Someone", (4,), Action.KEEP, via="B. Someone")),
        ("undo", Undo("undo")),
        ("Undo 3", Undo("Undo 3", 3)),
        ("pause 3 weeks", Pause("pause 3 weeks", "3 weeks")),
        ("resume", Resume("resume")),
        ("help", Help("help")),
        (
            "add https://a.example/x security note: good",
            Add("add https://a.example/x security note: good", "https://a.example/x", "security", "good"),
        ),
        ("https://a.example/x.", Add("https://a.example/x.", "https://a.example/x")),
    ],
)
def test_a_statement(line: str, read: Statement) -> None:
    assert statements(line) == [read]


@pytest.mark.parametrize(
    "line",
    [
        "Thanks!",
        "3 7",
        "3-7-9 keep",
        "3--7 keep",
        "2026-04-01 keep",
        "1st keep",
        "4.5 keep",
        "3 drop it please",
        "4 note:",
        "5 drop via B.",
        "undo all",
        "pause",
    ],
)
def test_what_cannot_be_read_is_told_with_what_would_be_right(line: str) -> None:
    (read,) = statements(line)
    assert isinstance(read, Unread)
    assert read.line == line
    assert read.advice


def test_several_on_one_line_and_a_note_that_a_mail_program_broke() -> None:
    text = f"3 keep; 12 hold;\n4 note: {'word ' * 13}\nand on; so\n5 keep\n"
    read = statements(text)
    assert [type(one) for one in read] == [Decide] * 4
    assert isinstance(read[2], Decide)
    assert read[2].note is not None
    assert read[2].note.endswith("word and on; so")


@given(st.text())
def test_reading_never_raises(text: str) -> None:
    statements(own_words(text, DIGEST))
    after_own_words(text)


@given(st.lists(st.sampled_from(DIGEST.splitlines()), max_size=8), st.sampled_from(["> ", ">", ">> ", " > "]))
def test_nothing_quoted_is_acted_on(lines: list[str], mark: str) -> None:
    text = "5 keep\n\n" + "\n".join(mark + line for line in lines)
    assert [one.line for one in statements(own_words(text, DIGEST))] == ["5 keep"]


QUOTED = "\n".join(f"> {line}" for line in DIGEST.splitlines())
MAILS = {
    "gmail": f"203 keep\n\nOn Fri, 6 Mar 2026 at 07:00, Rack Notes <digest@example.org> wrote:\n\n{QUOTED}",
    "gmail, broken": f"203 keep\n\nOn Fri, 6 Mar 2026 at 07:00, Rack Notes\n<digest@example.org>\nwrote:\n\n{QUOTED}",
    "apple mail": f"203 keep\n\n> On 6 Mar 2026, at 07:00, Rack Notes <digest@example.org> wrote:\n> \n{QUOTED}",
    "iphone": f"203 keep\n\nSent from my iPhone\n\n> On 6 Mar 2026, at 07:00, Rack Notes wrote:\n{QUOTED}",
    "thunderbird": f"{QUOTED}\n\n203 keep\n\n-- \n41 keep\nmy signature",
    "mutt, below a quoted line": f"{QUOTED}\n203 keep",
    "outlook": "203 keep\n\n________________________________\nFrom: Rack Notes <digest@example.org>\n"
    "Sent: Friday, 6 March 2026 07:00\n"
    f"To: author@example.org\nSubject: Rack Notes\n\n{DIGEST}",
    "outlook, another language": "203 keep\n\nVon: Rack Notes <digest@example.org>\nGesendet: Freitag, 6. März 2026 07:00\n"
    f"An: author@example.org\nBetreff: Rack Notes\n\n{DIGEST}",
    "old outlook": f"203 keep\n\n-----Original Message-----\n{DIGEST}",
    "german": f"203 keep\n\nAm 06.03.26 um 07:00 schrieb Rack Notes:\n{QUOTED}",
    "no mark at all": f"203 keep\n\n{DIGEST}",
    "proton mail": f"203 keep\n\nSent with [Proton Mail](https://proton.me/mail/home) secure email.\n\n"
    f"On Friday, March 6th, 2026 at 7:00 AM, Rack Notes <digest@example.org> wrote:\n\n{QUOTED}",
    "yahoo": f"203 keep\n\n    On Friday, March 6, 2026, Rack Notes <digest@example.org> wrote:  \n \n {DIGEST}",
    "samsung": "203 keep\n\n-------- Original message --------\nFrom: Rack Notes <digest@example.org>\n"
    f"Date: 06/03/2026 07:00 (GMT+01:00)\nTo: author@example.org\n\n{DIGEST}",
    "outlook on a phone": "203 keep\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\n"
    f"From: Rack Notes <digest@example.org>\nSent: Friday, March 6, 2026 7:00:00 AM\nTo: A <author@example.org>\n\n{DIGEST}",
    "japanese": f"203 keep\n\n2026年3月6日(金) 7:00 Rack Notes <digest@example.org>:\n\n{QUOTED}",
    "quoted lines broken": "203 keep\n\nOn 6 Mar 2026, Rack Notes wrote:\n> Answer this mail:  41\n"
    "203 keep; 220 hold; 204 Storage; 41 note: your words",
}


@pytest.mark.parametrize("text", MAILS.values(), ids=MAILS)
def test_how_mail_programs_quote(text: str) -> None:
    assert [one.line for one in statements(own_words(text.replace("\n", "\r\n"), DIGEST))] == ["203 keep"]


def test_a_text_made_to_be_slow_is_not() -> None:
    for text in (
        "3 " * 50_000,
        "a: @\n" * 20_000,
        "> x\ny\n" * 20_000,
        "-" * 100_000,
        "3, " * 50_000 + "keep",
        "3-4 " * 50_000,
        "3-" * 50_000,
    ):
        statements(own_words(text, DIGEST))
