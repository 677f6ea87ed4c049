"""The team lead plans a week: asks for it, understands what stays undone, compares and accepts."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.figures import FigureValue
from itsm.core.outbox import Mail
from itsm.dispatch.models import Skill, Visit, WorkNeed
from itsm.org import calendar
from itsm.worker import make_worker, work
from tests.browser.conftest import DESK, PHONE, Server, city, signed_in
from tests.people import MONDAY, make_user
from tests.places import make_district, make_school, make_site
from tests.tickets.factories import make_ticket


@dataclass(frozen=True)
class Office:
    """The running city, its team lead, and a ticket that takes what nobody can do."""

    server: Server
    lead: int
    left_out: str

    def work(self) -> None:
        """Let the worker empty its queue."""
        # In a thread: Playwright runs a loop of its own in this one.
        with ThreadPoolExecutor() as pool:
            pool.submit(asyncio.run, work(make_worker(self.server.app), wait=False)).result()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A district with a manager, three schools with a fault each, and one more nobody can mend."""
    monday = clock.local_day(clock.now()) + timedelta(days=7 - clock.local_day(clock.now()).weekday())
    if not any(calendar.is_school_day(monday + timedelta(days=day), ()) for day in range(5)):
        pytest.skip("In der nächsten Woche sind Ferien: Es gibt keinen Schultag zu planen.")
    with city("planning", tmp_path) as server, server.app.app_context():
        district = make_district("Nord")
        make_user(Role.CAMPUS_MANAGER, district_id=district.id, name="Mara Nord")
        for place in range(3):
            school = make_school(district, name=f"Schule {place}", site=make_site(latitude=51.5 + place / 50))
            ticket = make_ticket(school)
        special = make_ticket(school)
        db.session.add(WorkNeed(ticket_id=special.id, skills=[Skill(name="Serverraum")]))
        db.session.add(FigureValue(key="plan.seconds", valid_from=MONDAY, value=1))
        db.session.commit()
        assert ticket.site_id == special.site_id
        lead = make_user(Role.DISPATCHER, name="Tina Team")
        yield Office(server, lead.id, special.number)


@pytest.mark.browser
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["1280", "390"])
def test_a_week_is_planned_understood_compared_and_accepted(
    browser: Browser, office: Office, viewport: dict[str, int]
) -> None:
    with signed_in(browser, office.server, office.lead, viewport=viewport) as page:
        page.goto("/einsatz")
        page.get_by_role("link", name="Neu planen").first.click()
        page.get_by_label(re.compile("ächste Woche")).first.check()
        with page.expect_navigation():
            page.get_by_role("button", name="Neu planen").click()
        expect(page.get_by_role("progressbar")).to_be_visible()
        office.work()
        # The page looks for the result by itself.
        expect(page.get_by_role("button", name="Alle übernehmen")).to_be_visible(timeout=20_000)
        expect(page.get_by_text("3 Besuche neu").first).to_be_visible()
        left = page.locator("main").get_by_text(office.left_out)
        expect(left.first).to_be_visible()
        expect(page.get_by_text(re.compile("Serverraum")).first).to_be_visible()
        assert db.session.scalars(sa.select(Visit)).all() == []
        assert db.session.scalars(sa.select(Mail)).all() == []
        db.session.rollback()

        with page.expect_navigation():
            page.get_by_role("button", name="Alle übernehmen").click()
        visits = db.session.scalars(sa.select(Visit)).all()
        assert len(visits) == 3
        page.goto(f"/einsatz?woche={visits[0].visit_on.isoformat()}")
        expect(page.get_by_text("Schule 0").locator("visible=true").first).to_be_visible()
        assert len(db.session.scalars(sa.select(Mail).where(Mail.template == "visit-changed")).all()) == 3
