"""Mails as servers hand them over, read into words."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.delivery.incoming import html_words, read_mail
from aggregator.digest.quoting import own_words
from aggregator.digest.replying import statements


def mail(text: str = "3 keep", **headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in ({"From": "A Person <Me@Example.org>", "Message-ID": "<1@here>"} | headers).items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def test_who_wrote_what_to_whom() -> None:
    read = read_mail(mail(To="a@example.org, B <b+add-x@example.org>", In_Reply_To="<x@y>", References="<w@y> <x@y>").as_bytes())
    assert (read.sender, read.message_id, read.text.strip()) == ("me@example.org", "<1@here>", "3 keep")
    assert read.recipients == ("a@example.org", "b+add-x@example.org")
    assert read.references == ("<x@y>", "<w@y>")


def test_html_alone_is_read_and_what_it_quotes_is_marked() -> None:
    html = (
        "<div>3 keep<br>4 note: good &amp; <a href='https://x.example/a'>here</a></div>"
        "<div class='gmail_quote'><div>On Friday Somebody wrote:</div><blockquote>41 203 keep</blockquote></div>"
    )
    made = mail()
    made.set_content(html, subtype="html")
    assert own_words(read_mail(made.as_bytes()).text) == "3 keep\n4 note: good & here <https://x.example/a>"


MAIL = Path(__file__).parents[1] / "data" / "digest" / "answered_from_anywhere"
HTML = (MAIL / "mail.html").read_text()
BODY = HTML[HTML.index("<body") :].replace("<body", "<div").replace("</body></html>", "</div>")
FROM = "<b>From:</b> Notes &lt;d@example.org&gt;<br><b>Sent:</b> Friday, March 6, 2026 7:00 AM<br><b>To:</b> a@b.example<br>"
ANSWERS = {
    "outlook": f"<div>203 keep</div><div>204 drop</div><hr><div id='divRplyFwdMsg'><font>{FROM}</font></div>{BODY}",
    "outlook, by word": "<p class=MsoNormal>203 keep</p><p class=MsoNormal>204 drop</p>"
    f"<div><p class=MsoNormal>{FROM}</p>{BODY}</div>",
    "iphone": "203 keep<div>204 drop</div><div>Sent from my iPhone</div><div><blockquote type='cite'>On 6 Mar 2026, at 07:00, "
    f"Notes wrote:<br></blockquote></div><blockquote type='cite'>{BODY}</blockquote>",
    "no mark at all": f"<p>203 keep</p><p>204 drop</p>{BODY}",
    "between what is quoted": "<blockquote>203 A title</blockquote><div>203 keep</div>"
    "<blockquote>204 One</blockquote><div>204 drop</div>",
}


@pytest.mark.parametrize("html", ANSWERS.values(), ids=ANSWERS)
def test_how_mail_programs_quote_in_html(html: str) -> None:
    made = mail()
    made.set_content(f"<html><body>{html}</body></html>", subtype="html")
    answered = f"{(MAIL / 'mail.txt').read_text()}\n{html_words(HTML)}"
    read = statements(own_words(read_mail(made.as_bytes()).text, answered))
    assert [one.line for one in read] == ["203 keep", "204 drop"]


def test_soft_line_ends_are_joined() -> None:
    made = mail()
    made.set_content("4 note: one line that a mail \nprogram broke\n5 keep\n", params={"format": "flowed"})
    assert read_mail(made.as_bytes()).text.splitlines() == ["4 note: one line that a mail program broke", "5 keep"]


def test_a_mail_attached_to_it_is_read_with_its_sender() -> None:
    made = mail("Look.")
    made.add_attachment(mail("See https://a.example/page", From="B. Someone <b@example.net>"))
    (inner,) = read_mail(made.as_bytes()).forwarded
    assert inner.startswith('From: "B. Someone" <b@example.net>')
    assert "https://a.example/page" in inner


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ({"Auto_Submitted": "auto-replied"}, True),
        ({"Auto_Submitted": "no"}, False),
        ({"Precedence": "bulk"}, True),
        ({"X_Auto_Response_Suppress": "None"}, False),
        ({"List_Id": "<a.b>"}, True),
        ({}, False),
    ],
)
def test_what_no_person_wrote(headers: dict[str, str], automatic: bool) -> None:
    assert (read_mail(mail(**headers).as_bytes()).automatic is not None) is automatic


def test_a_mail_without_a_name_gets_the_same_one_each_time() -> None:
    data = b"From: me@example.org\r\n\r\n3 keep\r\n"
    assert read_mail(data).message_id == read_mail(data).message_id
    assert read_mail(data).message_id != read_mail(data + b"x").message_id


def test_a_kind_of_content_that_is_none_keeps_no_words_back() -> None:
    data = b"From: a@b.example\r\nContent-Type: message/rfc822(((text/plain; charset*=%27%27\r\n\r\n3 keep\r\n"
    assert read_mail(data).text.strip() == "3 keep"


@given(st.binary(max_size=2_000))
def test_no_bytes_bring_it_down(data: bytes) -> None:
    read_mail(data)
    read_mail(b"From: a@b.c\r\nContent-Type: text/plain; charset=nonsense\r\nContent-Transfer-Encoding: base64\r\n\r\n" + data)
    read_mail(b"Content-Type: multipart/mixed; boundary=x\r\nFrom: " + data + b"\r\n\r\n--x\r\n\r\n" + data)


@given(st.text(max_size=500))
def test_no_html_brings_it_down(html: str) -> None:
    html_words(html)


OWN = "mx.example.org"
VOUCHED = f"{OWN}; dkim=pass header.d=example.org; dmarc=pass (p=REJECT) header.from=example.org"


@pytest.mark.parametrize(
    ("results", "is_his"),
    [
        ([VOUCHED], True),
        ([f"{OWN} 1; dkim=pass (2048-bit key) header.d=example.org header.s=a"], True),
        ([], False),
        ([f"{OWN}; none"], False),
        ([f"{OWN}; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example"], False),
        ([f"{OWN}; dmarc=pass header.from=evil.example"], False),
        (["mx.evil.example; dmarc=pass header.from=example.org"], False),
        ([f"{OWN}; dmarc=none header.from=example.org", VOUCHED], False),
        ([f"{OWN}; dkim=fail (dmarc=pass header.from=example.org) header.d=example.org"], False),
        ([f"{OWN}; dmarc=fail header.from=example.org"], False),
    ],
)
def test_where_his_server_is_named_its_uppermost_word_decides(results: list[str], is_his: bool) -> None:
    made = mail()
    for one in results:
        made["Authentication-Results"] = one
    assert (read_mail(made.as_bytes(), OWN).doubt is None) is is_his
