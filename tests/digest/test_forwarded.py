"""Mails that he forwards to his secret address, as mail programs write them: one page, his note, and who sent it first."""

from __future__ import annotations

import pytest

from aggregator.digest.forwarded import pages
from aggregator.records.received import IncomingMail

SENDER = "B. Someone <b@example.net>"
HEADERS = f"From: {SENDER}\nDate: Thu, 5 Mar 2026 at 10:00\nSubject: look\nTo: <author@example.org>\n"
PAGE = "\nSee https://example.net/page\n"
FORWARDS = {
    "gmail": f"---------- Forwarded message ---------\n{HEADERS}{PAGE}",
    "gmail, french": f"---------- Forwarded message ---------\nDe : {SENDER}\nDate: jeu. 5 mars 2026 à 10:00\nÀ : a@b.c\n{PAGE}",
    "apple mail": "Begin forwarded message:\n\n" + "".join(f"> {line}\n" for line in f"{HEADERS}{PAGE}".splitlines()),
    "apple mail, german": f"Anfang der weitergeleiteten Nachricht:\n\n> Von: {SENDER}\n> Betreff: look\n> {PAGE.strip()}\n",
    "iphone": f"Sent from my iPhone\n\nBegin forwarded message:\n\n{HEADERS}{PAGE}",
    "thunderbird": "-------- Forwarded Message --------\nSubject: \tlook\n"
    f"Date: \tThu, 5 Mar 2026 10:00:00 +0100\nFrom: \t{SENDER}\n{PAGE}",
    "thunderbird, german": "-------- Weitergeleitete Nachricht --------\nBetreff: \tlook\n"
    f"Datum: \tThu, 5 Mar 2026 10:00:00 +0100\nVon: \t{SENDER}\nAn: \tauthor@example.org\n{PAGE}",
    "outlook": f"________________________________\nFrom: {SENDER}\nSent: Thursday, March 5, 2026 10:00 AM\nTo: a@b.c\n{PAGE}",
    "outlook, plain": f"From: {SENDER} \nSent: Thursday, March 5, 2026 10:00 AM\nTo: a@b.c\nSubject: look\n{PAGE}",
    "mutt": f"----- Forwarded message from {'A Long Name ' * 5}{SENDER} -----\n\n{HEADERS}{PAGE}\n"
    "----- End forwarded message -----\n",
    "proton mail": f"------- Forwarded Message -------\n{HEADERS}\n> See https://example.net/page\n",
}


@pytest.mark.parametrize("below", FORWARDS.values(), ids=FORWARDS)
def test_how_mail_programs_forward(below: str) -> None:
    mail = IncomingMail("<1@here>", "me@example.org", (), "Fwd: look", (), f"For the next one.\n\n{below}")
    (page,) = pages(mail)
    assert (page.url, page.note, page.thanks) == ("https://example.net/page", "For the next one.", "B. Someone")
