"""An article appears while a fault is typed and ends the report; on a ticket it is the answer."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from itsm.core.access import Role
from itsm.core.db import db
from itsm.kb.models import ArticleCount
from itsm.tickets.models import Ticket
from tests.browser.axe import violations
from tests.browser.conftest import city, signed_in
from tests.kb.factories import make_article
from tests.people import make_user
from tests.places import make_school
from tests.tickets.factories import make_fault_type, make_ticket


@pytest.mark.browser
def test_an_article_ends_a_report_and_answers_another(browser: Browser, tmp_path: Path) -> None:
    with city("deflection", tmp_path) as server:
        with server.app.app_context():
            school = make_school()
            make_fault_type("Beamer", ("Ein- und ausschalten",))
            article_id = make_article("AirPlay findet den Beamer nicht", body="1. WLAN des iPads prüfen").id
            user_id = make_user(Role.REPORTER, school_id=school.id).id
            address = f"/stoerungen/{make_ticket(school, title='AirPlay geht nicht').id}"
            manager_id = make_user(Role.CAMPUS_MANAGER, district_id=school.district_id).id
        with signed_in(browser, server, user_id) as page:
            page.goto("/melden")
            with page.expect_navigation():
                page.get_by_role("button", name="Beamer").click()
            expect(page.locator("[data-guide]")).to_have_count(0)
            page.get_by_label("Was ist passiert?").press_sequentially("Airplay geht nicht")
            guide = page.locator("[data-guide] summary")
            guide.click()
            expect(page.get_by_text("WLAN des iPads prüfen")).to_be_visible()
            assert violations(page) == []
            assert page.get_by_label("Was ist passiert?").input_value() == "Airplay geht nicht"
            with page.expect_navigation():
                page.get_by_role("button", name="Das hat geholfen").click()
            expect(page.get_by_role("heading", name="Schön, dass es wieder geht")).to_be_visible()
        with server.app.app_context():
            assert db.session.scalars(sa.select(Ticket.solved_at_school).order_by(Ticket.id)).all() == [False, True]
            count = db.session.scalars(sa.select(ArticleCount)).one()
            assert (count.article_id, count.shown, count.opened, count.helped, count.filed) == (article_id, 1, 1, 1, 0)
        with signed_in(browser, server, manager_id) as page:
            page.goto(address)
            page.get_by_text("Nachricht schreiben, die auch die Schule liest").click()
            answer = page.locator("#nachricht-text")
            answer.press_sequentially("Bitte ??")
            expect(page.get_by_role("option")).to_have_count(1)
            page.keyboard.press("Shift+Enter")
            expect(answer).to_be_focused()
            assert answer.input_value().startswith("Bitte AirPlay findet den Beamer nicht\n1. WLAN des iPads prüfen")
