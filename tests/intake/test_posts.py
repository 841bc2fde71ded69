from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from aggregator.intake.clean import HTML_LIMIT
from aggregator.intake.pool import ParsePool, ParseTask
from aggregator.intake.posts import posts_of

BODY = "&lt;ul&gt;&lt;li&gt;A &lt;a href='/x'&gt;link&lt;/a&gt;&lt;/li&gt;&lt;/ul&gt;"


def feed(*bodies: str) -> bytes:
    items = "".join(
        f"<item><title>Notes #{n}</title><link>https://blog.example/{n}</link><category>notes</category>"
        f"<pubDate>Mon, 02 Mar 2026 23:30:00 GMT</pubDate><description>{body}</description></item>"
        for n, body in enumerate(bodies)
    )
    return f"<rss version='2.0'><channel><title>Mine</title>{items}</channel></rss>".encode()


def test_a_feed_read_for_its_posts_keeps_their_markup_and_the_author_s_day() -> None:
    with ParsePool(1) as pool:
        parsed = pool.parse_now(ParseTask(feed(BODY, "x" * (HTML_LIMIT + 1)), "https://blog.example/feed", bodies=True))
        plain = pool.parse_now(ParseTask(feed(BODY), "https://blog.example/feed"))
    post, too_long = posts_of(parsed, ZoneInfo("Europe/Berlin"))
    assert "<a href='/x'>link</a>" in post.html
    assert (post.path, post.published, post.tags) == ("https://blog.example/0", date(2026, 3, 3), ("notes",))
    assert too_long.html == ""
    assert plain.entries[0].html == ""
