"""Words of examples."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.classify.text import BODY_WORDS, brief_words, opening_words, terms, visible_words, words_of
from aggregator.records.learning import Example


def test_versions_are_left_out_and_cut_off_product_names() -> None:
    assert words_of("Orchard 5.1, orchard6 and v2") == ["orchard", "orchard", "and"]


def test_short_names_keep_their_digits() -> None:
    assert words_of("k8s on s3 over IPv6, in C++ and C#") == ["k8s", "on", "s3", "over", "ipv6", "in", "c++", "and", "c#"]


def test_what_is_counted_is_stems_of_words_that_tell_of_something() -> None:
    assert terms(["how", "to", "prune", "the", "roses", "of", "this", "class"]) == ["how", "prune", "rose", "class"]


def test_of_a_host_only_its_own_name_counts() -> None:
    assert brief_words(Example(title="", url="https://blog.ann-lee.co.uk/")) == ["ann", "lee"]
    assert brief_words(Example(title="", url="https://www.rows.example/")) == ["rows"]


def test_a_feed_named_like_its_host_does_not_count_twice() -> None:
    plain = Example(title="Pruning", url="https://rows.example/pruning")
    named = Example(title="Pruning", url="https://rows.example/pruning", feed="www.rows.example")
    assert brief_words(plain) == brief_words(named)


def test_tags_folders_feed_and_author_add_what_is_not_there_yet() -> None:
    example = Example(title="Pruning", feed="The Orchard", author="Ann Lee", tags=("Pruning", "Trees"), folders=("Garden",))
    assert brief_words(example) == ["pruning", "trees", "garden", "the", "orchard", "ann", "lee"]


def test_visible_words_come_once_and_title_first() -> None:
    example = Example(title="Compost heap", url="https://rows.example/compost-bin", tags=("soil",))
    assert visible_words(example, ["heap", "worms"]) == ["compost", "heap", "bin", "soil", "worms"]


@given(st.text(max_size=4000))
def test_any_text_gives_bounded_words(text: str) -> None:
    words = opening_words(text, BODY_WORDS)
    assert len(words) <= BODY_WORDS
    assert all(word and len(word) <= 130 for word in words)
