"""Words of people who mean no good, in every place that takes words, on every page in a real browser: none of them runs, none
becomes an element, and the policy that would catch it has nothing to catch (R5, R28)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Dialog, Page, expect

from aggregator.delivery.tokens import LinkSigner, LinkToken
from aggregator.desk.bullets import around, shown, words
from aggregator.desk.decide import decide
from aggregator.desk.edition import open_edition
from aggregator.desk.quoting import quote
from aggregator.jobs import digest, send
from aggregator.records.archive import PastBullet, PastEdition, PastLink
from aggregator.records.candidates import Action
from aggregator.records.drafts import PieceKind
from tests.browser.conftest import OpenPage, ServeDesk
from tests.browser.test_accessibility import pages
from tests.browser.worlds import START, Post, World, publish, small

ATTACKS = (
    '<img src=x onerror="window.ran=1" data-ran>',
    '"><script data-ran>window.ran=2</script>',
    "'><svg/onload=window.ran=3 data-ran>",
    '</textarea></title></style><iframe srcdoc="<p data-ran>" data-ran></iframe>',
    "{{ 7 * 7 }}{% raw %}<b data-ran>{{< x >}}",
    '[a](javascript:window.ran=4) ![b](x "onerror=window.ran=5") <a href="javascript:window.ran=6" data-ran>c</a>',
    '<base href="//evil.example/" data-ran><meta http-equiv=refresh content="0;url=//evil.example" data-ran>',
    '<form id=csrf action="//evil.example" data-ran><input name=csrf data-ran></form>',
    "\\u202e<details open ontoggle=window.ran=7 data-ran>\\u2066",
)
ADDRESSES = (
    "javascript:window.ran=8",
    "JaVa\\tScript:window.ran=9",
    "data:text/html,<script>window.ran=10</script>",
    "vbscript:x",
    'https://a.example/"><img src=x onerror=window.ran=11 data-ran>',
    "https://bank.example@evil.example/",
)

FETCHED = {
    "o": ".at .pane .prose",
    "w": ".at .pane .why",
    "h": "#said:not(:empty)",
    "c": "[data-composer] textarea",
    "g": "#said:not(:empty)",
    "?": "#help[open]",
}
"""Keys by which our script asks for something and puts it in, or opens it, and what it is then."""

_RUNS = "() => [window.ran ?? null, ...document.querySelectorAll('[data-ran], base, iframe, svg[onload], [onerror]')].map(String)"
_LINKS = """() => [...document.querySelectorAll('a[href], form[action], area[href]')]
  .map(one => one.getAttribute('href') ?? one.getAttribute('action'))"""


def hostile(home: Path, database: str, port: int) -> World:
    """The small world, and in every place that takes words from somewhere those above."""
    world = small(home, database, port)
    stores, roundup, plan = world.all
    posts = [
        Post(
            f"evil{n}",
            f"{n} {attack}",
            f"{attack}\n\n{attack}",
            "Security",
            "Storage",
            sure=n % 2 == 0,
            author=attack,
            url=ADDRESSES[n % len(ADDRESSES)] if n else None,
            why=(attack,),
            interest=0.9,
        )
        for n, attack in enumerate(ATTACKS)
    ]
    publish(world, posts)
    ids = [world.candidate(f"{n} ") for n in range(len(ATTACKS))]
    decide(stores, roundup, plan, ids[:4], Action.KEEP, comment=ATTACKS[0])
    decide(stores, roundup, plan, ids[4:6], Action.HOLD, until=f"theme {ATTACKS[2]}", comment=ATTACKS[1])
    decide(stores, roundup, plan, ids[6:7], Action.DROP)
    for one in ids[:4]:
        quote(stores, roundup, plan, one, ATTACKS[1], "https://a.example/")
    for attack in ATTACKS:
        words(stores, roundup, plan, "Security", attack)
    around(stores, roundup, plan, PieceKind.INTRO, "\n".join(ATTACKS))
    past = tuple(
        PastBullet(ATTACKS[0], f"step {one}", (PastLink(f"https://a.example/{n}", f"https://a.example/{n}", one),))
        for n, one in enumerate(ATTACKS)
    )
    edition = PastEdition("evil.md", "hash evil", ATTACKS[1], 27, START.date(), (ATTACKS[0],), past, tags=(ATTACKS[2],))
    stores.archive.save(roundup.id, [edition], world.clock.now())
    digest.put(stores, roundup, plan, stores.settings)
    send.run_once(stores, None, files=home / "outbox", on_unknown="resend")
    return world


def harm(page: Page, address: str) -> list[str]:
    """What a page did or holds that it should not."""
    page.goto(address)
    found = [one for one in page.evaluate(_RUNS) if one != "null"]
    # The bookmarklet is script by its nature, and of our own making.
    links = [
        one
        for one in page.evaluate(_LINKS)
        if not one.startswith(("/", "#", "?", "http://", "https://", "javascript:void(function(){var e="))
    ]
    return [f"{address}: {one}" for one in (*found, *links)]


def test_nothing_that_comes_from_outside_runs_or_becomes_an_element(
    desk_server: ServeDesk, open_page: OpenPage, troubles: list[str]
) -> None:
    desk = desk_server(hostile)
    world, page = desk.world, open_page()

    def dialog(one: Dialog) -> None:
        troubles.append(f"dialog: {one.message}")
        one.dismiss()

    page.on("dialog", dialog)
    stores, roundup, plan = world.all
    ids = [world.candidate(f"{n} ") for n in range(len(ATTACKS))]
    signer, edition = LinkSigner(stores.signing_keys()), open_edition(stores, roundup, plan)
    given = urlencode({"url": ADDRESSES[0], "title": ATTACKS[1], "quote": ATTACKS[0], "note": ATTACKS[3], "thanks": ATTACKS[2]})
    mail = stores.outbox.recent(1)[0].id
    addresses = [
        *pages(desk),
        *(f"/r/{roundup.slug}/candidates/{one}" for one in ids),
        *(f"/r/{roundup.slug}/bullets/{one.key}" for one in shown(stores, roundup, plan)[:6]),
        *(f"/a/{signer.sign(LinkToken(roundup.id, edition.id, one, Action.KEEP))}" for one in ids[7:]),
        *(f"/r/{roundup.slug}/archive?{urlencode({'q': one})}" for one in (*ATTACKS[:3], "step")),
        f"/r/{roundup.slug}/add?{given}",
        f"/r/{roundup.slug}/?{urlencode({'section': ATTACKS[0]})}",
        f"/login?{urlencode({'next': ADDRESSES[0]})}",
        f"/{ATTACKS[1][:20]}",
        f"/status/mails/{mail}/html",
    ]
    found = []
    for path in addresses:
        answer = page.request.get(desk.url(path))
        if "<html" in answer.text() and "content-disposition" not in answer.headers:
            found += harm(page, desk.url(path))
    page.goto(desk.home)
    for key, fetched in FETCHED.items():
        page.keyboard.press("j")
        page.keyboard.press(key)
        expect(page.locator(fetched).first).to_be_visible()
        found += [f"{key}: {one}" for one in page.evaluate(_RUNS) if one != "null"]
        page.keyboard.press("Escape")
        expect(page.locator("[data-composer]")).to_have_count(0)
    assert not found, "\n".join(found)
    troubles[:] = [one for one in troubles if "status of 40" not in one]  # pages that are none
