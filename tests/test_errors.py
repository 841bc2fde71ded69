from __future__ import annotations

import inspect
import re

from aggregator import errors
from aggregator.errors import AggregatorError, DeliveryError, FeedError

TREE = [one for one in vars(errors).values() if inspect.isclass(one) and issubclass(one, AggregatorError)]


def test_an_error_says_on_what_and_what_to_do() -> None:
    error = AggregatorError("cannot be read", resource="a.db", advice="Look at its permissions.")
    assert str(error) == "a.db: cannot be read\nLook at its permissions."
    assert str(AggregatorError("cannot be read")) == "cannot be read"


def test_no_error_shows_the_password_of_an_address() -> None:
    error = AggregatorError("no answer", resource="https://me:a@b@blog.example/x@y")
    assert str(error) == "https://blog.example/x@y: no answer"


def test_exit_status_tells_scripts_the_kind() -> None:
    assert {one.__name__: one.exit_status for one in TREE if one.exit_status != 1} == {
        "UsageError": 2,
        "ConfigError": 2,
        "OpmlError": 2,
        "BusyError": 75,
    }


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn: dict[str, str | None] = {}
    above: list[str] = []
    for branch, word in re.findall(
        r"^((?:[│ ]   )*(?:[├└]── )?)([A-Z]\w+)\b", (errors.__doc__ or "").split("\n\n")[1], re.MULTILINE
    ):
        above = [*above[: len(branch) // 4], word]
        drawn[word] = above[-2] if len(above) > 1 else None
    assert drawn == {one.__name__: one.__base__.__name__ if one is not AggregatorError and one.__base__ else None for one in TREE}


def test_a_feeds_error_may_pass_and_names_its_kind() -> None:
    error = FeedError("rate_limited", "asks us to wait", resource="https://a.example/feed", status=429, retry_after=60)
    assert (error.kind, error.status, error.retry_after, error.permanent) == ("rate_limited", 429, 60, False)
    assert str(error) == "https://a.example/feed: asks us to wait"


def test_a_delivery_error_knows_how_far_the_mail_got() -> None:
    error = DeliveryError("451 try later", stage="rcpt", code=451)
    assert (error.stage, error.code, error.permanent) == ("rcpt", 451, False)
