"""Which charset a document is in: BOM, header, declaration, and what the bytes allow."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.charset import decode_document


def document(text: str, declared: str | None = None) -> str:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return f"{declaration}<rss><title>{text}</title></rss>"


def test_utf_8_needs_no_saying() -> None:
    assert decode_document(document("é漢").encode(), None) == (document("é漢"), ())


def test_the_declaration_is_believed() -> None:
    text = document("é", "ISO-8859-1")
    assert decode_document(text.encode("latin-1"), "application/rss+xml") == (text, ())


def test_the_header_wins_over_the_declaration() -> None:
    text = document("жук", "utf-8")
    assert decode_document(text.encode("koi8-r"), 'text/xml; charset="KOI8-R"') == (text, ())


@pytest.mark.parametrize("bom", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE])
def test_a_bom_wins_over_everything(bom: bytes) -> None:
    names = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    text = document("é", "iso-8859-1")
    body = bom + text.encode(names.get(bom, "utf-32-le"))
    assert decode_document(body, "text/xml; charset=koi8-r") == (text, ())


@pytest.mark.parametrize("wide", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_charsets_are_known_without_a_bom(wide: str) -> None:
    text = document("é漢", "utf-16")
    assert decode_document(text.encode(wide), None) == (text, ())


@pytest.mark.parametrize(
    "label", ["punycode", "undefined", "unicode_escape", "idna", "utf-7", "zlib_codec", "rot13", "bogus", "hex", "../../x"]
)
def test_what_is_no_charset_yields_to_utf_8(label: str) -> None:
    text = document("é", label)
    decoded, notes = decode_document(text.encode(), f"text/xml; charset={label}")
    assert decoded == text
    assert all("does not fit" in note for note in notes)


def test_a_charset_that_does_not_fit_yields_to_the_next_and_is_told() -> None:
    text = document("漢字", "shift_jis")
    decoded, notes = decode_document(text.encode("shift_jis"), "text/xml; charset=utf-8")
    assert decoded == text
    assert notes == ("The header says charset utf-8, which does not fit the document.",)


def test_ascii_bytes_are_not_read_as_utf_16() -> None:
    text = document("plain") + " "
    assert decode_document(text.encode(), "text/xml; charset=utf-16le")[0] == text


def test_windows_1252_labelled_utf_8_is_readable() -> None:
    decoded, notes = decode_document(document("It’s a café", "utf-8").encode("cp1252"), None)
    assert "It’s a café" in decoded
    assert notes[-1] == "The document is in no charset that it names; read as windows-1252."


def test_one_broken_byte_does_not_spoil_a_utf_8_document() -> None:
    decoded, notes = decode_document(document("漢字漢字").encode().replace(b"</title>", b"\xff</title>"), None)
    assert "漢字漢字\ufffd" in decoded
    assert notes[-1].endswith("UTF-8 with gaps.")


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-8859-1", "cp1252", "“quoted”"),
        ("us-ascii", "cp1252", "é"),
        ("gb2312", "gb18030", "镕"),
        ("shift_jis", "cp932", "①"),
        ("euc-kr", "cp949", "똠"),
        ("big5", "big5", "漢"),
        ("tis-620", "cp874", "ไทย…"),
        ("windows-1251", "cp1251", "жук"),
    ],
)
def test_labels_mean_what_the_web_means(label: str, codec: str, text: str) -> None:
    assert text in decode_document(document(text, label).encode(codec), None)[0]


@given(st.binary(max_size=200), st.text(max_size=20))
def test_no_bytes_fail(body: bytes, label: str) -> None:
    text, _ = decode_document(body, f"text/xml; charset={label}")
    assert isinstance(text, str)
