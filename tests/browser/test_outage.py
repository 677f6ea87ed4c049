"""A manager falls ill: the team lead reports it, the neighbours take over, the school is told once."""

import asyncio
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
from itsm.dispatch.models import Visit
from itsm.org import calendar
from itsm.tickets.states import State
from itsm.worker import make_worker, work
from tests.browser.axe import violations
from tests.browser.conftest import DESK, Server, city, signed_in
from tests.dispatch.factories import make_place, make_visit
from tests.people import MONDAY, make_user
from tests.tickets.factories import make_ticket


@dataclass(frozen=True)
class Team:
    """The running city: who leads, who falls ill, who helps, and the visit it is about."""

    server: Server
    lead: int
    neighbour: int
    visit: int

    def work(self) -> None:
        """Let the worker empty its queue."""
        # In a thread: Playwright runs a loop of its own in this one.
        with ThreadPoolExecutor() as pool:
            pool.submit(asyncio.run, work(make_worker(self.server.app), wait=False)).result()


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    """Two districts with a manager each, and a visit on a school day soon."""
    day = calendar.next_school_day(clock.local_day(clock.now()))
    if (day - clock.local_day(clock.now())).days > 7:
        pytest.skip("Es sind Ferien: In den nächsten Tagen fährt niemand.")
    with city("outage", tmp_path) as server, server.app.app_context():
        here, beside = make_place(), make_place()
        here.manager.name, beside.manager.name = "Mara Nord", "Nils Süd"
        ticket = make_ticket(here.school, state=State.PLANNED, impact=1, urgency=1)
        visit = make_visit(here, ticket, on=day)
        db.session.add(FigureValue(key="plan.seconds", valid_from=MONDAY, value=1))
        db.session.commit()
        lead = make_user(Role.DISPATCHER, name="Tina Team")
        yield Team(server, lead.id, beside.manager.id, visit.id)


@pytest.mark.browser
def test_an_illness_is_reported_planned_over_the_neighbours_and_told_once(browser: Browser, team: Team) -> None:
    visit = db.session.get_one(Visit, team.visit)
    with signed_in(browser, team.server, team.lead, viewport=DESK) as page:
        page.goto("/einsatz/ausfall")
        page.get_by_label("Jemand ist krank").check()
        expect(page.get_by_label("Welche Schule?")).to_be_hidden()
        page.get_by_label("Wer?").select_option("Mara Nord")
        page.get_by_label("Ab", exact=True).fill(visit.visit_on.isoformat())
        assert violations(page) == []
        with page.expect_navigation():
            page.get_by_role("button", name="Ausfall melden").click()
        expect(page.get_by_text("Der neue Plan wird berechnet")).to_be_visible()
        expect(page.get_by_text("noch niemand eingeteilt").first).to_be_visible()
        db.session.rollback()
        assert db.session.scalars(sa.select(Mail)).all() == []
        db.session.rollback()
        team.work()
        page.reload()
        page.get_by_role("link", name="Vorschlag prüfen und übernehmen").click()
        with page.expect_navigation():
            page.get_by_role("button", name="Alle übernehmen").click()
        page.goto("/einsatz/ausfall/1")
        expect(page.get_by_text("Der neue Plan ist übernommen")).to_be_visible()
    db.session.rollback()
    db.session.refresh(visit)
    assert visit.user_id == team.neighbour
    assert visit.visit_on >= clock.local_day(clock.now()) + timedelta(days=1)
    assert len(db.session.scalars(sa.select(Mail).where(Mail.template == "visit-changed")).all()) == 1
