"""Signed tokens of mails: what is signed comes back, anything else is nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.delivery.tokens import LinkSigner, LinkToken, MailSigner, section_mark
from aggregator.records.candidates import Action

KEY, OLD, OTHER = b"k" * 32, b"o" * 32, b"x" * 32
LINK = LinkToken(1, 12, 20_344, Action.MOVE, section_mark("Security"))

numbers = st.integers(0, 2**40)


@given(numbers, numbers, numbers, st.sampled_from([Action.KEEP, Action.DROP, Action.HOLD]))
def test_what_is_signed_comes_back(roundup: int, edition: int, candidate: int, action: Action) -> None:
    link = LinkToken(roundup, edition, candidate, action)
    assert LinkSigner([KEY]).read(LinkSigner([KEY]).sign(link)) == link


def test_a_token_is_short_and_fits_an_address() -> None:
    token = LinkSigner([KEY]).sign(LINK)
    assert len(token) < 40
    assert all(char.isalnum() or char in "-_." for char in token)


def test_an_older_key_goes_on_being_good_and_a_foreign_one_never_was() -> None:
    token = LinkSigner([OLD]).sign(LINK)
    assert LinkSigner([KEY, OLD]).read(token) == LINK
    assert LinkSigner([KEY]).read(token) is None
    assert LinkSigner([OTHER]).read(token) is None


@pytest.mark.parametrize("token", ["", ".", "a.b", "ä.b", "A" * 5_000, "AQwD.AAAAAAAAAAAAAAAAAAAAAA"])
def test_what_is_no_token_is_nothing(token: str) -> None:
    assert LinkSigner([KEY]).read(token) is None


@given(st.data())
def test_no_changed_character_passes(data: st.DataObject) -> None:
    token = LinkSigner([KEY]).sign(LINK)
    at = data.draw(st.integers(0, len(token) - 1))
    char = data.draw(st.sampled_from("ABCDEFabcdef012345-_."))
    changed = token[:at] + char + token[at + 1 :]
    # The last character of base64 has bits that say nothing.
    assert changed[:-1] == token[:-1] or LinkSigner([KEY]).read(changed) is None


def test_a_mark_holds_for_its_purpose_and_its_words_only() -> None:
    mark = MailSigner([OLD]).mark("answer", "digest-1")
    signer = MailSigner([KEY, OLD])
    assert signer.is_mark(mark, "answer", "digest-1")
    assert signer.is_mark(mark.upper(), "answer", "digest-1")
    assert not signer.is_mark(mark, "answer", "digest-2")
    assert not signer.is_mark(mark, "add", "digest-1")
    assert not MailSigner([KEY]).is_mark(mark, "answer", "digest-1")
    assert not signer.is_mark("é", "answer", "digest-1")
