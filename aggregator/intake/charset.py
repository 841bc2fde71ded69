"""Bytes -> text: which charset a document is really in (H42-H45). Never fails: what cannot be read becomes U+FFFD."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How a document without a BOM starts in the wide charsets (XML 1.0, appendix F).
_WIDE = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:\-]{1,40})", re.IGNORECASE)
_DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:\-]{1,40})[\"']", re.IGNORECASE)
# Codecs that decode text, by Python's name. Everything else that `codecs` knows (punycode, idna, unicode_escape, zlib, rot13,
# utf-7) either is no charset or has been used for attacks.
_ALLOWED = re.compile(
    r"utf-8|utf-(?:16|32)(?:-[lb]e)?|iso8859-\d{1,2}|cp\d{3,4}|koi8-[rtu]|kz1048|mac-[a-z0-9]+|hp-roman8|tis-620"
    r"|big5|big5hkscs|gb2312|gbk|gb18030|euc_(?:jp|jis_2004|kr)|shift_jis(?:_2004)?|iso2022_jp|johab"
)
# What the labels mean on the web (the WHATWG's encoding standard): always the larger set.
_MEANT = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip


def decode_document(body: bytes, content_type: str | None) -> tuple[str, tuple[str, ...]]:
    """A document's text, and notes on what had to be guessed, one sentence each.

    BOM, then HTTP header, then XML declaration, then UTF-8. A charset that is unknown, not a charset, or does not fit the
    bytes yields to the next. If none fits: UTF-8 with U+FFFD where most of it is UTF-8, else windows-1252.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace"), ()
    asked = _asked(body, content_type)
    notes: list[str] = []
    for where, label in asked:
        charset = _charset(label)
        text = None if charset is None else _strictly(body, charset)
        if text is not None:
            return text, tuple(notes)
        notes.append(f"The {where} says charset {label}, which does not fit the document.")
    text = _strictly(body, "utf-8")
    if text is not None:
        return text, tuple(notes)
    text, charset = _guess(body)
    notes.append(f"The document is in no charset that it names; read as {charset}.")
    return text, tuple(notes)


def _asked(body: bytes, content_type: str | None) -> list[tuple[str, str]]:
    header = _HEADER.search(content_type or "")
    asked = [("header", header[1])] if header else []
    # The bytes themselves cannot lie about their width; a declaration inside them can.
    wide = next((name for start, name in _WIDE if body.startswith(start)), None)
    if wide:
        asked.insert(0, ("beginning", wide))
    declaration = _DECLARATION.match(body)
    if declaration:
        asked.append(("declaration", declaration[1].decode("ascii")))
    return asked


def _charset(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _MEANT.get(name, name)
    return name if _ALLOWED.fullmatch(name) else None


def _strictly(body: bytes, charset: str) -> str | None:
    try:
        text = body.decode(charset)
    except (UnicodeError, ValueError):
        return None
    # ASCII bytes read as UTF-16 decode well, into nonsense.
    return text if "<" in text or "{" in text else None


def _guess(body: bytes) -> tuple[str, str]:
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    other = len(text) - len(text.encode("ascii", "ignore")) - broken
    if other >= broken:
        return text, "UTF-8 with gaps"
    return body.decode("cp1252", "replace"), "windows-1252"
