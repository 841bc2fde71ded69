"""The XML reader that feedparser is given."""

from __future__ import annotations

from io import BytesIO
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import InputSource

from aggregator.intake.saxparser import create_parser


class Pieces(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def characters(self, content: str) -> None:
        self.pieces.append(content)


def pieces_of(document: bytes) -> list[str]:
    handler = Pieces()
    parser = create_parser()
    parser.setContentHandler(handler)
    source = InputSource()
    source.setByteStream(BytesIO(document))
    parser.parse(source)
    return handler.pieces


def test_a_text_of_entities_and_lines_comes_in_one_piece() -> None:
    assert pieces_of(b"<a>&lt;p&gt;one &amp; two\n&lt;br&gt;three</a>") == ["<p>one & two\n<br>three"]


def test_nothing_outside_of_the_document_is_read() -> None:
    document = b'<!DOCTYPE a SYSTEM "file:///etc/hostname" [<!ENTITY f SYSTEM "file:///etc/hostname">]><a>[&f;]</a>'
    assert "".join(pieces_of(document)) == "[]"
