"""The main job from end to end: a school reports a fault, the right manager drives there, the school is told."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db, writing
from itsm.dispatch.models import Visit, VisitKind
from itsm.tickets import seed
from itsm.worker import make_worker, work
from tests.browser.conftest import DESK, Server, city, signed_in
from tests.people import make_user
from tests.places import make_district, make_room, make_school
from tests.runtime.post_office import Office, open_office


@dataclass(frozen=True)
class Chain:
    """The running city and its four people, a stranger, and the post office."""

    server: Server
    office: Office
    teacher: int
    head: int
    manager: int
    neighbour: int
    lead: int

    def work(self) -> list[EmailMessage]:
        """Let the minute of a burst pass, let the worker empty its queue, and return the mails that arrived."""
        with self.server.app.app_context():
            db.session.execute(sa.text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))
            db.session.execute(sa.text("UPDATE mail SET due_at = created_at"))
            db.session.commit()
        # In a thread: Playwright runs a loop of its own in this one.
        with ThreadPoolExecutor() as pool:
            pool.submit(asyncio.run, work(make_worker(self.server.app), wait=False)).result()
        return self.office.received


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    """A city of two districts with one school each; the manager comes to the school today."""
    with open_office() as office:
        mail = {"ITSM_MAIL_HOST": "127.0.0.1", "ITSM_MAIL_PORT": str(office.port)}
        with city("chain", tmp_path, **mail) as server, server.app.app_context():
            yield Chain(server, office, **_people())


def _people() -> dict[str, int]:
    seed.seed(db.session())
    near, far = make_district("Nord"), make_district("Süd")
    school = make_school(near, name="Sonnenschule")
    make_school(far)
    make_room(school.places[0].site, "2.14")
    manager = make_user(Role.CAMPUS_MANAGER, district_id=near.id, name="Mara Nord")
    people = {
        "teacher": make_user(Role.REPORTER, school_id=school.id, name="Tom Lehrer").id,
        "head": make_user(Role.HEAD_OF_SCHOOL, school_id=school.id, name="Hanna Leitung").id,
        "manager": manager.id,
        "neighbour": make_user(Role.CAMPUS_MANAGER, district_id=far.id, name="Nils Süd").id,
        "lead": make_user(Role.DISPATCHER, name="Tina Team").id,
    }
    at = clock.now()
    with writing():
        db.session.add(
            Visit(
                school_id=school.id,
                site_id=school.places[0].site_id,
                district_id=near.id,
                user_id=manager.id,
                kind=VisitKind.MANUAL,
                visit_on=clock.local_day(at),
                starts_at=at,
                minutes=60,
            )
        )
    return people


def _photo() -> bytes:
    file = BytesIO()
    Image.new("RGB", (900, 600), "navy").save(file, "JPEG")
    return file.getvalue()


def _file_report(page: Page) -> str:
    page.goto("/")
    page.get_by_role("link", name=re.compile("melden", re.IGNORECASE)).first.click()
    page.get_by_label("In welchem Raum?").fill("2.14")
    page.get_by_role("button", name=re.compile("^Display")).click()
    page.get_by_label(re.compile("eingeschränkt|geht nur teilweise", re.IGNORECASE)).check()
    page.get_by_label("Was ist passiert?").fill("Das Display bleibt dunkel.")
    page.get_by_role("button", name="Weiter", exact=True).click()
    page.locator("input[type=file]").set_input_files({"name": "d.jpg", "mimeType": "image/jpeg", "buffer": _photo()})
    page.get_by_role("button", name="Ich komme nicht weiter").click()
    expect(page.get_by_role("heading", name="Danke, Ihre Meldung ist da")).to_be_visible()
    page.get_by_role("link", name="Zur Störung").click()
    expect(page.locator("main img").first).to_be_visible()
    return page.url


def _drive_and_solve(page: Page, ticket: str) -> None:
    page.goto(ticket)
    expect(page.get_by_text("Besuch geplant").first).to_be_visible()
    page.locator("main a[href*='/besuche/']").first.click()
    visit = page.url
    page.goto("/tag")
    with page.expect_navigation():
        page.get_by_role("button", name="Losfahren").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Angekommen").click()
    expect(page).to_have_url(visit)
    page.get_by_label("gelöst", exact=True).check()
    page.get_by_label(re.compile("^Was haben Sie|^Notiz|^Was wurde|^Bemerkung")).fill(
        "Netzteil getauscht, Bild ist da."
    )
    with page.expect_navigation():
        page.get_by_role("button", name="Ergebnis speichern").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Fertig").click()


@pytest.mark.browser
def test_a_fault_is_reported_driven_to_solved_told_and_reopened(browser: Browser, chain: Chain) -> None:
    with signed_in(browser, chain.server, chain.teacher) as page:
        ticket = _file_report(page)
        expect(page.get_by_text("Mara Nord").first).to_be_visible()
    chain.work()

    with signed_in(browser, chain.server, chain.neighbour) as page:
        answer = page.goto(ticket)
        assert answer is not None
        assert answer.status == 404

    with signed_in(browser, chain.server, chain.lead, viewport=DESK) as page:
        page.goto("/stoerungen?tab=offen")
        expect(page.get_by_role("link", name=re.compile("Display")).first).to_be_visible()

    with signed_in(browser, chain.server, chain.manager) as page:
        _drive_and_solve(page, ticket)

    mails = chain.work()
    report = [mail for mail in mails if "Besuch" in mail["Subject"]]
    assert report, [mail["Subject"] for mail in mails]
    text = report[0].get_body(("plain",))
    assert text is not None
    assert "Netzteil getauscht" in text.get_content()

    with signed_in(browser, chain.server, chain.head) as page:
        page.goto("/stoerungen?tab=alle")
        page.get_by_role("link", name=re.compile("Display")).first.click()
        expect(page.get_by_text("gelöst").first).to_be_visible()

    with signed_in(browser, chain.server, chain.teacher) as page:
        page.goto(ticket)
        expect(page.get_by_text("Netzteil getauscht").first).to_be_visible()
        page.locator("summary", has_text="Noch nicht gelöst").click()
        page.get_by_label("Was geht noch nicht?").fill("Es ist wieder dunkel.")
        with page.expect_navigation():
            page.get_by_role("button", name="Noch nicht gelöst").click()
        expect(page.get_by_text("angenommen").or_(page.get_by_text("Besuch geplant")).first).to_be_visible()
