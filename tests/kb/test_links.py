"""Links of published articles: looked at night by night, never inside our own networks, broken ones become a task."""

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.core.access import Role
from itsm.kb import addresses
from itsm.kb.addresses import NO_ANSWER, NOT_ASKED, Look, Verdict, is_public, look
from itsm.kb.models import Article, ArticleLink, ArticleTask, Audience, TaskKind
from itsm.kb.service import articles, links
from tests.kb.factories import make_article
from tests.local_server import Service, serving
from tests.people import MONDAY_9AM, actor_for, make_user

DAY = timedelta(days=1)
WORKS, GONE = Look(Verdict.WORKS, 200), Look(Verdict.BROKEN, 404)


def is_here(address: addresses.Address) -> bool:
    return address.is_loopback


@contextmanager
def web_server() -> Iterator[str]:
    """A server whose pages answer with the number in their address; /to/<address> leads there."""
    service = Service()

    def answer(request: BaseHTTPRequestHandler) -> tuple[int, bytes]:
        service.headers.pop("Location", None)
        if request.path.startswith("/to/"):
            service.headers["Location"] = request.path.removeprefix("/to/")
            return 302, b""
        if request.path == "/round":
            service.headers["Location"] = "/round"
            return 302, b""
        return int(request.path[1:4]), b"{}"

    with serving(service, answer):
        yield service.url


def test_an_answer_is_asked_for_twice_and_only_what_is_gone_or_broken_counts() -> None:
    with web_server() as here:
        assert look(f"{here}/200", is_here) == Look(Verdict.WORKS, 200)
        assert look(f"{here}/404#part", is_here) == Look(Verdict.BROKEN, 404)
        assert look(f"{here}/500", is_here) == Look(Verdict.BROKEN, 500)
        # Who wants a password or no robots is there.
        assert look(f"{here}/403", is_here) == Look(Verdict.WORKS, 403)


def test_whoever_has_an_event_loop_already_may_look_too() -> None:
    async def looked(url: str) -> Look:
        return look(url, is_here)

    with web_server() as here, ThreadPoolExecutor(1) as pool:
        assert pool.submit(asyncio.run, looked(f"{here}/200")).result() == Look(Verdict.WORKS, 200)


def test_redirects_are_followed_three_times_and_each_is_judged() -> None:
    with web_server() as here:
        assert look(f"{here}/to//200", is_here) == WORKS
        assert look(f"{here}/to//to//to//404", is_here) == GONE
        assert look(f"{here}/round", is_here) == NO_ANSWER
        assert look(f"{here}/to/http://10.0.0.1/", is_here) == NOT_ASKED
        assert look(f"{here}/to/file:///etc/passwd", is_here) == NOT_ASKED


def test_without_leave_a_server_of_our_own_is_not_asked() -> None:
    with web_server() as here:
        port = here.rpartition(":")[2]
        for host in ("127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]"):
            assert look(f"http://{host}:{port}/200") in (NOT_ASKED, NO_ANSWER)
        assert look(f"http://127.0.0.1:{port}/200", is_here) == WORKS


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://user:word@9.9.9.9/",
        "http://9.9.9.9:25/",
        "ftp://9.9.9.9/",
        "http:///nur-pfad",
    ],
)
def test_addresses_that_are_not_for_us_are_not_asked(url: str) -> None:
    assert look(url) == NOT_ASKED


def test_nobody_answering_is_broken() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert look(f"http://127.0.0.1:{free.getsockname()[1]}/", is_here) == NO_ANSWER
    assert look("http://gibt-es-nicht.invalid/", is_here) == NO_ANSWER


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("9.9.9.9", True),
        ("2620:fe::fe", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.178.1", False),
        ("100.64.0.1", False),
        ("fec0::1", False),
        ("127.0.0.53", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:9.9.9.9", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", False),
    ],
)
def test_which_addresses_are_of_the_open_internet(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


def test_the_list_follows_what_readers_see(session: scoped_session) -> None:
    article = make_article(body="[a](https://a.example/x) und https://b.example, [c](/wissen/1) [d](mailto:a@b.de)")
    assert links.follow_up(MONDAY_9AM) == 3
    assert links.follow_up(MONDAY_9AM) == 0
    # The worker is asked once, however often the clock strikes.
    waiting = sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'check-links'")
    assert session.execute(waiting).scalar_one() == 1
    assert urls(session) == ["/wissen/1", "https://a.example/x", "https://b.example"]
    articles.move(actor_for(make_user(Role.KB_EDITOR)), article, "archive", MONDAY_9AM)
    assert links.follow_up(MONDAY_9AM) == 3
    assert urls(session) == []


def urls(session: scoped_session) -> list[str]:
    return sorted(link.url for link in session.query(ArticleLink))


def look_on(day: int, answers: dict[str, Look]) -> int:
    at = MONDAY_9AM + day * DAY
    links.follow_up(at)
    return links.check(lambda: at, look=answers.__getitem__, pause_seconds=0)


def open_tasks(session: scoped_session) -> list[str]:
    return [task.text for task in session.query(ArticleTask).filter_by(done_at=None, kind=TaskKind.BROKEN_LINK)]


def test_broken_on_two_days_is_a_task_and_working_again_ends_it(session: scoped_session) -> None:
    make_article(body="[a](https://a.example/x)")
    url = "https://a.example/x"
    assert look_on(0, {url: GONE}) == 1
    look_on(0, {url: GONE})
    assert open_tasks(session) == []
    look_on(1, {url: GONE})
    look_on(2, {url: GONE})
    assert open_tasks(session) == [f"Dieser Link führt ins Leere: {url}"]
    look_on(3, {url: NOT_ASKED})
    assert len(open_tasks(session)) == 1
    look_on(4, {url: WORKS})
    assert open_tasks(session) == []
    assert session.query(ArticleTask).one().outcome == "Der Link geht wieder."


def test_a_link_that_is_no_longer_in_the_text_ends_its_task(session: scoped_session) -> None:
    article = make_article(body="[a](https://a.example/x)")
    look_on(0, {"https://a.example/x": GONE})
    look_on(1, {"https://a.example/x": GONE})
    article.german.published.body = "ohne Link"
    session.commit()
    look_on(2, {})
    assert open_tasks(session) == []


def test_where_everybody_is_silent_it_is_our_own_line(session: scoped_session) -> None:
    hosts = [f"https://{name}.example/" for name in "abc"]
    make_article(body=" ".join(hosts))
    silent = dict.fromkeys(hosts, NO_ANSWER)
    assert look_on(0, silent) == look_on(1, silent) == 0
    assert open_tasks(session) == []
    assert look_on(2, silent | {hosts[0]: WORKS}) == 3


def test_the_links_nobody_looked_at_for_longest_come_first(session: scoped_session) -> None:
    make_article(body="https://b.example https://a.example")
    make_article(body="https://a.example")
    asked: list[str] = []

    def remembering(url: str) -> Look:
        asked.append(url)
        return WORKS

    links.follow_up(MONDAY_9AM)
    session.query(ArticleLink).filter_by(url="https://a.example").update({"checked_at": MONDAY_9AM})
    links.check(lambda: MONDAY_9AM + DAY, look=remembering, pause_seconds=0)
    assert asked == ["https://b.example", "https://a.example"]
    assert {link.status for link in session.query(ArticleLink)} == {200}


def test_our_own_articles_and_pictures_are_looked_up(session: scoped_session) -> None:
    seen, staff = make_article(), make_article(audience=Audience.STAFF)
    body = f"[a](/wissen/{seen.id}) [b](http://127.0.0.1:8000/wissen/{seen.id}#c) [d](/wissen/{staff.id}) "
    body += "[e](/wissen/999999999) ![f](bild:fehlt123) [g](/ansprechpartner)"
    article = make_article(body=body)
    for day in (0, 1):
        links.follow_up(MONDAY_9AM + day * DAY)
    broken = session.query(ArticleLink).filter(ArticleLink.article_id == article.id, ArticleLink.failures == 2)
    assert {link.url for link in broken} == {f"/wissen/{staff.id}", "/wissen/999999999", "bild:fehlt123"}
    assert len(open_tasks(session)) == 3


def test_staff_may_be_led_to_what_staff_may_read(session: scoped_session) -> None:
    staff = make_article(audience=Audience.STAFF)
    begun: Article = make_article(audience=Audience.SUPPORT, body=f"[b](/wissen/{staff.id})")
    links.follow_up(MONDAY_9AM)
    assert session.query(ArticleLink).filter_by(article_id=begun.id).one().failures == 0
