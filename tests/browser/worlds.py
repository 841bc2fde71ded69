"""What the browser finds at a desk: small and large open editions in words of our own, made the way the daemon makes them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from aggregator.desk.decide import decide
from aggregator.desk.edition import open_edition
from aggregator.jobs import digest, offer, relate, send
from aggregator.records.archive import PastBullet, PastEdition, PastLink
from aggregator.records.candidates import Action
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import ListedFeed, NewEntry, PolledFeed
from aggregator.records.learning import Guess, GuessMethod
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings, load_settings
from aggregator.text.canonical import canonical_url
from aggregator.wiring import Installation

START = datetime(2026, 3, 6, 8, 0, tzinfo=UTC)
"""A Friday."""
SECTIONS = ("Networking", "Storage", "Security", "Careers")
MORE_SECTIONS = (*SECTIONS, "Servers", "Cloud", "Tools", "Reading")


class TickingClock:
    """Starts where it is set and then runs: two gestures never share an instant, and pages say the same every day."""

    def __init__(self, start: datetime) -> None:
        self.set(start)

    def set(self, now: datetime) -> None:
        """Goes on from this instant."""
        self._start, self._since = now, time.monotonic()

    def now(self) -> datetime:
        """Aware, UTC."""
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Seconds since it was set."""
        return time.monotonic() - self._since

    def random(self) -> float:
        """No jitter."""
        return 0.5


@dataclass(frozen=True, slots=True)
class World:
    """One author's installation, in the folder `home`."""

    home: Path
    clock: TickingClock
    installation: Installation
    plan: RoundupSettings
    roundup: Roundup

    @property
    def all(self) -> tuple[Installation, Roundup, RoundupSettings]:
        """As every verb takes them."""
        return self.installation, self.roundup, self.plan

    def candidate(self, title: str) -> int:
        """Number of the one whose title begins so."""
        return next(one.id for one in self.installation.ledger.candidates(self.roundup.id) if one.title.startswith(title))


@dataclass(frozen=True, slots=True)
class Post:
    """An entry of a feed. days: its age. sure: the guess files it; else it stands under `first` with a question mark."""

    blog: str
    title: str
    text: str
    first: str | None
    second: str | None = None
    sure: bool = True
    days: int = 3
    author: str | None = None
    url: str | None = None
    interest: float = 0.5
    why: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where it stands, unless `url` says otherwise."""
        words = "".join(one if one.isalnum() else "-" for one in self.title.lower())[:50].strip("-") or "post"
        return self.url if self.url is not None else f"https://{self.blog}.example/{words}"


def build(
    home: Path, database: str, port: int, sections: Sequence[str] = SECTIONS, past: Sequence[PastEdition] | None = None
) -> World:
    """An installation with nothing in it but past editions (eight of ours without `past`) and an open one."""
    (home / "feeds.opml").write_text('<opml version="2.0"><head/><body></body></opml>\n', encoding="utf-8")
    names = "".join(f"      - name: {name}\n" for name in sections)
    (home / "config.yaml").write_text(
        f"database: '{database}'\n"
        "roundups:\n"
        "  - name: Rack Notes\n"
        '    title: "Rack Notes #{number}"\n'
        "    next_number: 28\n"
        f"    sections:\n{names}"
        '    digest: {day: friday, time: "07:00", timezone: Europe/Berlin, to: [author@example.org]}\n'
        "poll: {allow_networks: [127.0.0.0/8], parse_workers: 1}\n"
        "links: {check: off, archive: off}\n"  # invented addresses: nothing leaves this machine
        f"web: {{port: {port}}}\n",
        encoding="utf-8",
    )
    settings = load_settings(home / "config.yaml")
    clock = TickingClock(START)
    installation = Installation(settings, clock)
    plan = settings.roundups[0]
    roundup = installation.roundup(plan)
    world = World(home, clock, installation, plan, roundup)
    clock.set(START - timedelta(days=60))
    editions = [_past(number, sections) for number in range(20, 28)] if past is None else past
    installation.archive.save(roundup.id, editions, clock.now())
    open_edition(installation, roundup, plan)
    clock.set(START)
    return world


def empty(home: Path, database: str, port: int) -> World:
    """Sections and past editions; nothing was polled yet."""
    return build(home, database, port)


def small(home: Path, database: str, port: int) -> World:
    """Some twenty candidates: kept, held (two due), dropped, doubtful, linked before, parts of a series, hostile words; most of
    them came since the last digest."""
    world = tidy(home, database, port)
    publish(world, _HOSTILE)
    return world


def tidy(home: Path, database: str, port: int) -> World:
    """The same without what is hostile, for pictures."""
    world = build(home, database, port)
    stores, roundup, plan = world.all
    number = world.candidate
    world.clock.set(START - timedelta(days=41))
    publish(world, [post for post in _POSTS if post.days > 6])
    world.clock.set(START - timedelta(days=7))
    digest.put(stores, roundup, plan, stores.settings)
    send.run_once(stores, None, files=home / "outbox", on_unknown="resend")
    world.clock.set(START)
    publish(world, [post for post in _POSTS if post.days <= 6])
    world.clock.set(START - timedelta(days=41))
    decide(stores, roundup, plan, [number("Kubernetes on two shelves")], Action.HOLD, until="2026-06-01")
    decide(stores, roundup, plan, [number("A tale of two racks, part 1")], Action.HOLD, until="series")
    world.clock.set(START - timedelta(days=23))
    small_offices = [number("A lock for the side door"), number("Notes on leaving well")]
    decide(stores, roundup, plan, small_offices, Action.HOLD, until="theme small offices", comment="With the one on printers.")
    world.clock.set(START - timedelta(days=12))
    decide(stores, roundup, plan, [number("Pulling cable in an old house")], Action.HOLD, until="2026-03-05")
    world.clock.set(START - timedelta(hours=2))
    keep = ("Comparing two tunnels", "The quiet switch")
    decide(stores, roundup, plan, [number(one) for one in keep], Action.KEEP, section="Networking")
    decide(
        stores, roundup, plan, [number("Snapshots are no backup")], Action.KEEP, comment="Short, and right about the second copy."
    )
    decide(stores, roundup, plan, [number("Ten gadgets")], Action.DROP)
    world.clock.set(START)
    return world


def large(home: Path, database: str, port: int, candidates: int = 1100) -> World:
    """So many undecided candidates under eight sections, each of them guessed."""
    world = build(home, database, port, MORE_SECTIONS)
    words = ("cable", "disk", "key", "letter", "chassis", "region", "script", "book", "switch", "volume", "lock", "review")
    posts = []
    for n in range(candidates):
        section, one, two = MORE_SECTIONS[n % 8], words[n % 12], words[(n // 12) % 12]
        posts.append(
            Post(
                blog=f"blog{n % 40}",
                title=f"{section} {n}: the {one} that met a {two}",
                text=f"Note {n}. What {one} number {n} did to the {two} of {section} on day {n * 7 % 365}, by hand {n * 13}.",
                first=section,
                second=MORE_SECTIONS[(n + 3) % 8],
                sure=n % 5 != 0,
                days=1 + n % 9,
                author=f"Writer {n % 60}",
                interest=(n * 37 % 1000) / 1000,
                why=(one, two),
            )
        )
    publish(world, posts, related=False)
    return world


def publish(world: World, posts: Iterable[Post], *, related: bool = True) -> None:
    """Has feeds bring these posts, and the classifier say what each says of itself."""
    stores, roundup, _ = world.all
    by_blog: dict[str, list[Post]] = {}
    for post in posts:
        by_blog.setdefault(post.blog, []).append(post)
    now = world.clock.now()
    blogs = dict.fromkeys([*(_blog(one.url) for one in stores.feeds.statuses(roundup.id)), *by_blog])
    stores.feeds.sync(roundup.id, [_listed(blog) for blog in blogs], now, 365, 365)
    feeds = {feed.canonical_url: feed for feed in stores.feeds.claim(now, 1000, 0, True)}
    stores.feeds.save(
        [
            PolledFeed(
                feeds[_listed(blog).canonical_url].id,
                "changed",
                now,
                now + timedelta(hours=1),
                status=200,
                title=f"The {blog} blog",
                site_url=f"https://{blog}.example/",
                new=tuple(NewEntry(_parsed(post, now), offered=True) for post in theirs),
            )
            for blog, theirs in by_blog.items()
        ]
    )
    offer.run_once(stores, roundup)
    by_title: Mapping[str, Post] = {post.title: post for theirs in by_blog.values() for post in theirs}
    found = [one for one in stores.ledger.candidates(roundup.id) if one.title in by_title]
    stores.ledger.add_guesses({one.id: _guess(by_title[one.title]) for one in found}, None, now)
    if related:
        relate.run_once(stores, roundup)


def _blog(feed: str) -> str:
    return feed.removeprefix("https://").partition(".")[0]


def _listed(blog: str) -> ListedFeed:
    return ListedFeed(f"https://{blog}.example/feed", f"https://{blog}.example/feed", f"The {blog} blog")


def _parsed(post: Post, now: datetime) -> ParsedEntry:
    url = post.address or None
    return ParsedEntry(
        key=f"{post.blog} {post.title}",
        url=url,
        canonical_url=canonical_url(url) if url else None,
        title=post.title,
        author=post.author,
        tags=(),
        text=post.text,
        published_at=START - timedelta(days=post.days),
        updated_at=None,
        source_hash=post.title,
    )


def _guess(post: Post) -> Guess:
    section = post.first if post.sure else None
    confidence = 0.9 if post.sure else 0.45
    method = GuessMethod.LEARNT if post.first else GuessMethod.NONE
    return Guess(section, post.first, post.second, confidence, post.why, post.interest, method)


def _past(number: int, sections: Sequence[str]) -> PastEdition:
    def bullet(section: str, n: int) -> PastBullet:
        url = f"https://past.example/{number}/{section.lower()}-{n}"
        if number == 25 and section == sections[0] and n == 0:
            url = "https://attic.example/vlans-in-the-attic"
        text = f"What {section.lower()} needs, told in {number} steps: a note on the {n + 1}. of them, and worth the time."
        return PastBullet(section, text, (PastLink(url, canonical_url(url) or url, f"step {n + 1}"),))

    return PastEdition(
        path=f"past/{number}.md",
        content_hash=f"hash {number}",
        title=f"Rack Notes #{number}",
        number=number,
        published=date(2025, 9, 5) + timedelta(days=21 * (number - 20)),
        sections=tuple(sections),
        bullets=tuple(bullet(section, n) for section in sections for n in range(3)),
        tags=("notes",),
        intro="Welcome back.",
        outro="Until next time.",
    )


_LONG = (
    "We ran both for a month on the same pair of machines. The first was quick to set up and slow to explain; the second was the "
    "other way round. What decided it in the end was not speed but what happened on the night when a cable came loose.\n\n"
    "Nothing here needs special hardware. A spare afternoon, two old machines and some patience will do, and the figures are at "
    "the end for whoever wants to compare their own."
)

_POSTS = (
    Post(
        "attic", "Comparing two tunnels", _LONG, "Networking", "Cloud", author="Ida Berg", interest=0.9, why=("tunnel", "attic")
    ),
    Post("attic", "VLANs in the attic", _LONG, "Networking", author="Ida Berg", interest=0.8, days=4, why=("vlan",)),
    Post("basement", "The quiet switch", "A switch without a fan, measured.", "Networking", author="Jon Fell", interest=0.7),
    Post("basement", "Rules from the log", _LONG, "Security", "Networking", sure=False, interest=0.6, why=("rule", "firewall")),
    Post("basement", "Pulling cable in an old house", _LONG, "Networking", "Careers", sure=False, days=20, interest=0.5),
    Post("cellar", "Snapshots are no backup", _LONG, "Storage", author="Mina Holt", interest=0.9, why=("snapshot", "backup")),
    Post("cellar", "A tale of two racks, part 1", _LONG, "Storage", author="Mina Holt", days=45, interest=0.6),
    Post("cellar", "A tale of two racks, part 2", _LONG, "Storage", author="Mina Holt", days=2, interest=0.6),
    Post("cellar", "Disks that lie about their age", "Read the counters, not the label.", "Storage", interest=0.55),
    Post("cellar", "Kubernetes on two shelves", _LONG, "Storage", "Networking", sure=False, days=50, interest=0.4),
    Post("gate", "Keys that outlive their owner", _LONG, "Security", author="Rosa Quill", interest=0.8, why=("key", "owner")),
    Post("gate", "A lock for the side door", "On second factors for small offices.", "Security", interest=0.7),
    Post("gate", "What the auditor asked", _LONG, "Security", "Careers", sure=False, interest=0.65, why=("audit",)),
    Post("ladder", "Asking for a quieter job", _LONG, "Careers", author="Sam Ode", interest=0.6),
    Post("ladder", "Notes on leaving well", "Three letters that I am glad to have written.", "Careers", interest=0.5, days=8),
    Post("ladder", "Ten gadgets for your desk", "Number seven will not surprise you.", "Careers", interest=0.1),
    Post("ladder", "Minecraft in the boardroom", "A game, some blocks, a budget.", None, interest=0.3, why=()),
)

_HOSTILE = (
    Post(
        "gate", "<img src=x onerror=alert(1)> in a title", "And <script>alert(2)</script> in a text.", "Security", interest=0.45
    ),
    Post(
        "gate",
        '"><b>{{ config }}</b> {% raw %}',
        "![x](javascript:alert(3))",
        "Security",
        interest=0.44,
        url="javascript:alert(4)",
    ),
    Post("basement", "Supercalifragilistic" * 9, "One word without a single break.", "Networking", interest=0.3),
    Post(
        "attic", "مرحبا by the window \u2014 a right-to-left title", "Both directions in one line.", "Networking", interest=0.35
    ),
)
