"""The draft at other places: made once, brought up to date, never published, never written over what is his."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.desk.decide import decide
from aggregator.desk.outlets import Sending, places, send
from aggregator.errors import AggregatorError, ConfigError, NotFound, OutletError, Refused, UsageError
from aggregator.net.branch import GitBranches
from aggregator.net.guard import Guard
from aggregator.net.posting import GuardedCaller
from aggregator.records.archive import PostForm
from aggregator.records.candidates import Action
from aggregator.settings.outlets import Outlet
from tests.desk.conftest import Office
from tests.lab.blogs import KEY_ID, KEY_SECRET, PASSWORD, USER, Ghost, Handle, WordPress, losing, served
from tests.net.test_git import Origin
from tests.storage.world import bullet, past

SECRETS = {"AGGREGATOR_WORDPRESS_PASSWORD": PASSWORD, "AGGREGATOR_GHOST_KEY": f"{KEY_ID}:{KEY_SECRET}"}
CALLER = GuardedCaller(Guard([ipaddress.ip_network("127.0.0.0/8")]))


class Sender:
    """An office whose draft goes to the places given."""

    def __init__(self, office: Office, folder: Path, *outlets: Outlet) -> None:
        self.office, self.folder = office, folder
        self.plan = office.plan.model_copy(update={"draft": office.plan.draft.model_copy(update={"send": outlets})})

    def send(self, name: str | None = None, *, over: bool = False, environ: dict[str, str] | None = None) -> Sending:
        office = self.office
        branches = GitBranches(self.folder / "git")
        secrets = SECRETS if environ is None else environ
        return send(
            office.stores, CALLER, branches, office.roundup, self.plan, office.settings, name=name, over=over, environ=secrets
        )

    def keep(self, title: str) -> None:
        decide(self.office.stores, self.office.roundup, self.plan, self.office.offer(title), Action.KEEP, section="Storage")


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, sqlite_url)
    decide(*made.all, made.offer("On racks & <b>cables</b>"), Action.KEEP, section="Networking")
    yield made
    made.stores.close()


def wordpress(site: str) -> Outlet:
    return Outlet(kind="wordpress", site=site, user=USER)


def ghost(site: str) -> Outlet:
    return Outlet(kind="ghost", site=site)


@pytest.mark.parametrize("pretty", [True, False])
def test_wordpress_gets_one_draft_that_is_brought_up_to_date(office: Office, tmp_path: Path, pretty: bool) -> None:
    blog = WordPress(pretty=pretty)
    with served(blog) as site:
        sender = Sender(office, tmp_path, wordpress(site))
        first = sender.send()
        sender.keep("Later find")
        second = sender.send()
        ((place,),) = [places(office.stores, office.roundup, sender.plan)]
    assert (first.again, second.again, first.state) == (False, True, "draft")
    assert first.url == f"{site}/wp-admin/post.php?post=12&action=edit"
    assert place.sent is not None
    (post,) = blog.posts.values()
    assert (post["status"], post["title"], post["slug"]) == ("draft", "Rack Notes #7", "rack-notes-7")
    assert "Later find" in post["content"]
    assert "<h1" not in post["content"]
    assert "<b>cables" not in post["content"]


def test_a_draft_that_was_published_meanwhile_is_not_touched(office: Office, tmp_path: Path) -> None:
    blog, other = WordPress(), Ghost(office.clock.now().timestamp())
    with served(blog) as site, served(other) as site2:
        sender = Sender(office, tmp_path, wordpress(site), ghost(site2))
        for name in ("wordpress", "ghost"):
            sender.send(name)
        blog.edit(12, status="publish")
        (number,) = other.posts
        other.edit(number, status="published")
        before = (dict(blog.posts[12]), dict(other.posts[number]))
        for name in ("wordpress", "ghost"):
            with pytest.raises(Refused, match="is no draft there any more"):
                sender.send(name, over=True)
    assert (blog.posts[12], other.posts[number]) == before


def test_what_he_edited_there_stays_until_he_says_otherwise(office: Office, tmp_path: Path) -> None:
    blog, other = WordPress(), Ghost(office.clock.now().timestamp())
    with served(blog) as site, served(other) as site2:
        sender = Sender(office, tmp_path, wordpress(site), ghost(site2))
        for name in ("wordpress", "ghost"):
            sender.send(name)
        (number,) = other.posts
        blog.edit(12, content="his own")
        other.edit(number, html="his own")
        for name in ("wordpress", "ghost"):
            with pytest.raises(Refused, match="was edited there"):
                sender.send(name)
        assert (blog.posts[12]["content"], other.posts[number]["html"]) == ("his own", "his own")
        for name in ("wordpress", "ghost"):
            assert sender.send(name, over=True).again
    assert "On racks" in blog.posts[12]["content"]
    assert "On racks" in other.posts[number]["html"]


def test_a_draft_that_was_deleted_there_is_made_anew(office: Office, tmp_path: Path) -> None:
    blog, other = WordPress(), Ghost(office.clock.now().timestamp())
    with served(blog) as site, served(other) as site2:
        sender = Sender(office, tmp_path, wordpress(site), ghost(site2))
        for name in ("wordpress", "ghost"):
            sender.send(name)
        blog.edit(12, status="trash")
        other.posts.clear()
        assert [sender.send(name).again for name in ("wordpress", "ghost")] == [False, False]
    assert [post["status"] for post in blog.posts.values()] == ["trash", "draft"]
    assert len(other.posts) == 1


def test_ghost_gets_one_draft(office: Office, tmp_path: Path) -> None:
    blog = Ghost(office.clock.now().timestamp())
    with served(blog) as site:
        sender = Sender(office, tmp_path, ghost(site))
        first, second = sender.send(), sender.send()
    (post,) = blog.posts.values()
    assert (first.again, second.again, post["status"], post["title"]) == (False, True, "draft", "Rack Notes #7")
    assert first.url == f"{site}/ghost/#/editor/post/{post['id']}"


@pytest.mark.parametrize("name", ["wordpress", "ghost"])
def test_a_lost_answer_to_the_first_send_makes_no_second_post(office: Office, tmp_path: Path, name: str) -> None:
    blog: WordPress | Ghost = WordPress() if name == "wordpress" else Ghost(office.clock.now().timestamp())
    outlet = wordpress if name == "wordpress" else ghost
    with served(losing(blog)) as site, pytest.raises(OutletError, match="it may have arrived"):
        Sender(office, tmp_path, outlet(site)).send()
    with served(blog) as site:
        # Another port, the same blog: what is known of it goes along.
        (known,) = office.stores.outlets.sent(1)
        sender = Sender(office, tmp_path, outlet(site))
        office.stores.outlets.save_sent(replace(known, outlet=sender.plan.draft.send[0].key))
        sender.keep("Later find")
        sent = sender.send()
        again = sender.send()
    (post,) = blog.posts.values()
    assert (sent.again, again.again, post["status"]) == (True, True, "draft")
    assert "Later find" in str(post)


@pytest.mark.parametrize("name", ["wordpress", "ghost"])
def test_a_lost_answer_to_an_update_is_not_taken_for_his_edit(office: Office, tmp_path: Path, name: str) -> None:
    blog: WordPress | Ghost = WordPress() if name == "wordpress" else Ghost(office.clock.now().timestamp())
    lost: list[str] = []
    with served(lambda *asked: losing(blog, *lost)(*asked) if lost else blog(*asked)) as site:
        sender = Sender(office, tmp_path, wordpress(site) if name == "wordpress" else ghost(site))
        sender.send()
        lost += ["POST", "PUT"]
        for title in ("Second find", "Third find"):
            sender.keep(title)
            with pytest.raises(OutletError):
                sender.send()
        lost.clear()
        sender.keep("Fourth find")
        assert sender.send().again
        (post,) = blog.posts.values()
        assert "Fourth find" in str(post)
        edited = {"content": "his own"} if isinstance(blog, WordPress) else {"html": "his own"}
        blog.edit(post["id"], **edited)
        with pytest.raises(Refused, match="was edited there"):
            sender.send()


@pytest.mark.parametrize("name", ["wordpress", "ghost"])
def test_after_a_lost_answer_what_he_edited_or_published_there_is_left_alone(office: Office, tmp_path: Path, name: str) -> None:
    blog: WordPress | Ghost = WordPress() if name == "wordpress" else Ghost(office.clock.now().timestamp())
    lost = ["POST", "PUT"]
    with served(lambda *asked: losing(blog, *lost)(*asked) if lost else blog(*asked)) as site:
        sender = Sender(office, tmp_path, wordpress(site) if name == "wordpress" else ghost(site))
        with pytest.raises(OutletError):
            sender.send()
        lost.clear()
        ((number, _),) = blog.posts.items()
        blog.edit(number, **({"content": "his own"} if isinstance(blog, WordPress) else {"html": "his own"}))  # type: ignore[arg-type]  # either's own number
        with pytest.raises(Refused, match="nothing tells that it was sent from here"):
            sender.send()
        blog.edit(number, status="publish" if isinstance(blog, WordPress) else "published")  # type: ignore[arg-type]  # as above
        with pytest.raises(Refused, match="a post has this edition's address already"):
            sender.send(over=True)
    assert len(blog.posts) == 1


def test_an_edition_without_its_number_in_the_title_has_an_address_of_its_own(office: Office, tmp_path: Path) -> None:
    blog = WordPress()
    with served(blog) as site:
        sender = Sender(office, tmp_path, wordpress(site))
        sender.plan = sender.plan.model_copy(update={"title": "Rack Notes"})
        sender.send()
    assert blog.posts[12]["slug"] == "rack-notes-7"


def answer(status: int, document: object) -> Handle:
    return lambda *_: (status, document)


@pytest.mark.parametrize(
    ("blog", "words"),
    [
        (WordPress(may_post=False), "not allowed to create posts.*\n.*right to write posts"),
        (WordPress(rest=False), "HTTP 404.*\n.*address of the WordPress itself"),
        (answer(301, "https://blog.example/"), "it answers from another address .https://blog.example/.*\n.*right `site`"),
        (answer(503, "<h1>Maintenance"), "cannot take it at the moment"),
        (answer(403, "<h1>Firewall"), "HTTP 403.*\n.*firewall"),
        (answer(200, ["odd"]), "is not that of a WordPress|HTTP 404"),
    ],
)
def test_why_wordpress_does_not_take_it_is_said_with_what_to_do(office: Office, tmp_path: Path, blog: Handle, words: str) -> None:
    with served(blog) as site, pytest.raises(OutletError) as caught:
        Sender(office, tmp_path, wordpress(site)).send()
    assert re.search(words, str(caught.value)), str(caught.value)
    assert all(one.remote_id is None for one in office.stores.outlets.sent(1))


@pytest.mark.parametrize(
    ("status", "document", "words"),
    [
        (401, {"errors": [{"message": "Unknown Admin API Key"}]}, "Unknown Admin API Key.*\n.*key of your custom integration"),
        (404, "<h1>A blog", "HTTP 404.*\n.*address that Ghost's own pages are at"),
        (429, {"errors": [{"message": "Too many"}]}, "cannot take it at the moment .HTTP 429: Too many.*\n.*later"),
        (502, "<h1>Bad gateway", "cannot take it at the moment .HTTP 502"),
        (200, {"posts": "odd"}, "is not that of a Ghost"),
        (200, {"posts": ["x" * 6_000_000]}, "larger than 5 MB"),
    ],
)
def test_why_ghost_does_not_take_it_is_said_with_what_to_do(
    office: Office, tmp_path: Path, status: int, document: object, words: str
) -> None:
    with served(answer(status, document)) as site, pytest.raises(OutletError) as caught:
        Sender(office, tmp_path, ghost(site)).send()
    assert re.search(words, str(caught.value)), str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_never_takes_the_password_elsewhere(office: Office, tmp_path: Path, status: int) -> None:
    asked: list[str] = []

    def elsewhere(method: str, path: str, *_: object) -> tuple[int, object]:
        asked.append(f"{method} {path}")
        return 200, {}

    with served(elsewhere) as other, served(answer(status, other)) as site:
        sender = Sender(office, tmp_path, wordpress(site), ghost(site))
        for name in ("wordpress", "ghost"):
            with pytest.raises(OutletError, match="nothing was sent there"):
                sender.send(name)
    assert asked == []


def test_a_wrong_password_or_key_is_told_and_never_shown(office: Office, tmp_path: Path) -> None:
    secrets = {"AGGREGATOR_WORDPRESS_PASSWORD": "wrong-one", "AGGREGATOR_GHOST_KEY": f"{KEY_ID}:{'11' * 32}"}
    with served(WordPress()) as site, served(Ghost(office.clock.now().timestamp())) as site2:
        sender = Sender(office, tmp_path, wordpress(site), ghost(site2))
        for name, words in (("wordpress", "invalid application password"), ("ghost", "invalid signature")):
            with pytest.raises(OutletError, match=words) as caught:
                sender.send(name, environ=secrets)
            assert not any(secret in str(caught.value) for secret in secrets.values())
        with pytest.raises(UsageError, match="the key of Ghost is none"):
            sender.send("ghost", environ={"AGGREGATOR_GHOST_KEY": "content-api-key"})
        with pytest.raises(ConfigError, match="set nowhere"):
            sender.send("ghost", environ={})


def test_where_it_goes_has_to_be_clear(office: Office, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no place"):
        Sender(office, tmp_path).send()
    two = Sender(office, tmp_path, wordpress("https://a.example"), ghost("https://b.example"))
    with pytest.raises(UsageError, match="say where"):
        two.send()
    with pytest.raises(NotFound, match="did you mean 'ghost'"):
        two.send("gost")


def test_a_branch_gets_the_draft_as_its_file(office: Office, tmp_path: Path) -> None:
    origin = Origin(tmp_path / "blog.git")
    sender = Sender(office, tmp_path, Outlet(kind="branch", git=origin.address, folder="content/posts"))
    first = sender.send()
    sender.keep("Later find")
    second = sender.send()
    assert (first.state, second.state, second.again) == ("pushed", "pushed", True)
    files = origin.git("ls-tree", "-r", "--name-only", "aggregator/edition-7").splitlines()
    assert files == ["content/posts/rack-notes-7.md", "posts/1.md"]
    assert "Later find" in origin.git("show", "aggregator/edition-7:content/posts/rack-notes-7.md")
    assert origin.git("log", "-1", "--format=%s", "aggregator/edition-7") == "Draft of Rack Notes #7"
    origin.git("branch", "gh-pages")
    for branch in ("main", "gh-pages"):
        with pytest.raises(AggregatorError, match="is the one that publishes"):
            Sender(office, tmp_path, Outlet(kind="branch", git=origin.address, branch=branch)).send()


@pytest.mark.parametrize(
    ("name", "sent"), [("2026-01-02-notes-6.md", "2026-03-02-notes-7.md"), ("notes-6/index.md", "notes-7/index.md")]
)
def test_a_file_on_a_branch_keeps_the_name_that_it_first_had(office: Office, tmp_path: Path, name: str, sent: str) -> None:
    edition = past(6, bullet("On it", "https://blog.example/old"), path=f"posts/{name}", form=PostForm())
    office.stores.archive.save(office.roundup.id, [edition], office.clock.now())
    origin = Origin(tmp_path / "blog.git")
    sender = Sender(office, tmp_path, Outlet(kind="branch", git=origin.address, folder="drafts"))
    sender.send()
    office.clock.advance(timedelta(days=2))
    sender.keep("Later find")
    assert sender.send().again
    files = origin.git("ls-tree", "-r", "--name-only", "aggregator/edition-7").splitlines()
    assert files == [f"drafts/{sent}", "posts/1.md"]
