"""The board in a real browser: dragged by mouse, the same by keyboard, and a list on the phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from itsm.core import clock
from itsm.core.db import db
from itsm.core.german import local_date
from itsm.dispatch.models import Visit
from itsm.org import calendar
from itsm.org.models import MovableDay
from itsm.tickets.models import Ticket
from itsm.tickets.states import State
from tests.browser.axe import violations
from tests.browser.conftest import DESK, Server, city, signed_in
from tests.dispatch.factories import make_place, make_visit
from tests.tickets.factories import make_ticket

TODAY = clock.local_day(clock.now())
# The first of three school days in a row of one week, far enough ahead to be planned.
DAY = next(
    day
    for day in (TODAY + timedelta(days=offset) for offset in range(7, 120))
    if day.weekday() < 3 and all(calendar.is_school_day(day + timedelta(days=more)) for more in range(3))
)
NEXT, CLOSED = DAY + timedelta(days=1), DAY + timedelta(days=2)


@dataclass(frozen=True)
class Week:
    """A running city with a manager, a visit, and a ticket nobody is booked for."""

    server: Server
    manager: int
    visit: int
    ticket: int

    @property
    def address(self) -> str:
        """The board of the week."""
        return f"/einsatz?woche={DAY}"

    def stands(self) -> tuple[date, int, bool, str]:
        """Where the visit stands in the database."""
        db.session.expire_all()
        visit = db.session.get_one(Visit, self.visit)
        return visit.visit_on, visit.user_id, visit.is_fixed, f"{clock.local(visit.starts_at):%H:%M}"


@pytest.fixture
def week(tmp_path: Path) -> Iterator[Week]:
    """The school is closed on the third day."""
    with city("board", tmp_path) as server, server.app.app_context():
        place = make_place()
        place.school.movable_days.append(MovableDay(day=CLOSED))
        visit = make_visit(place, make_ticket(place.school, state=State.PLANNED), on=DAY, position=1)
        ticket = make_ticket(place.school, title="Beamer dunkel", impact=1, urgency=1)
        yield Week(server, place.manager.id, visit.id, ticket.id)


def cell(page: Page, day: date) -> Locator:
    return page.locator(f'.it-cell[data-day="{day}"]')


def drag(page: Page, what: Locator, day: date, part: float = 0.1) -> None:
    """Hold something over a day, so far from its left edge, and wait for what is said."""
    what.scroll_into_view_if_needed()
    start, goal = what.bounding_box(), cell(page, day).bounding_box()
    assert start is not None
    assert goal is not None
    page.mouse.move(start["x"] + 4, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(goal["x"] + goal["width"] * part + 4, goal["y"] + goal["height"] / 2, steps=5)
    expect(page.locator("[data-effect] .it-effect__head")).to_be_visible()


@pytest.mark.browser
def test_a_visit_is_dragged_to_another_day_and_the_keyboard_does_the_same(browser: Browser, week: Week) -> None:
    before = week.stands()
    with signed_in(browser, week.server, week.manager, viewport=DESK) as page:
        page.goto(week.address)
        drag(page, page.locator(f"#b{week.visit} a"), NEXT)
        expect(page.locator("[data-effect]")).to_contain_text("Das geht.")
        assert week.stands() == before
        with page.expect_navigation():
            page.mouse.up()
        by_mouse = week.stands()
        assert by_mouse[0] == NEXT
        with page.expect_navigation():
            page.get_by_role("button", name="Rückgängig").click()
        expect(page.locator("#main").get_by_text("Zurückgenommen")).to_be_visible()
        assert week.stands() == before

        page.locator(f"#b{week.visit} a").focus()
        page.keyboard.press("Enter")
        sheet = page.locator("[data-sheet]")
        expect(sheet.locator("[data-sheet-title]")).to_be_focused()
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.textContent.trim()") != "Verschieben nach …":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        sheet.get_by_label("Tag", exact=True).focus()
        page.keyboard.type(local_date(NEXT))
        sheet.get_by_role("button", name="Wirkung ansehen").press("Enter")
        expect(sheet).to_contain_text("Das geht.")
        with page.expect_navigation():
            sheet.get_by_role("button", name="So verschieben").press("Enter")
        assert week.stands() == by_mouse


@pytest.mark.browser
def test_a_closed_day_is_refused_before_the_drop_and_nothing_moves(browser: Browser, week: Week) -> None:
    before = week.stands()
    with signed_in(browser, week.server, week.manager, viewport=DESK) as page:
        page.goto(week.address)
        drag(page, page.locator(f"#b{week.visit} a"), CLOSED)
        said = page.locator("[data-effect]")
        expect(said).to_contain_text("Das geht nicht.")
        expect(said).to_contain_text("ist zu dieser Zeit nicht offen")
        page.mouse.up()
        expect(said.get_by_role("button")).to_have_text(["Schließen"])
        said.get_by_role("button").click()
        expect(said).to_be_hidden()
        assert week.stands() == before


@pytest.mark.browser
def test_escape_lets_go_of_what_is_held(browser: Browser, week: Week) -> None:
    before = week.stands()
    with signed_in(browser, week.server, week.manager, viewport=DESK) as page:
        page.goto(week.address)
        drag(page, page.locator(f"#b{week.visit} a"), NEXT)
        page.keyboard.press("Escape")
        page.mouse.up()
        expect(page.locator("[data-effect]")).to_be_hidden()
        assert week.stands() == before


@pytest.mark.browser
def test_a_ticket_nobody_is_booked_for_says_why_and_is_dragged_onto_a_day(browser: Browser, week: Week) -> None:
    with signed_in(browser, week.server, week.manager, viewport=DESK) as page:
        page.goto(week.address)
        left_out = page.locator(f'[data-ticket="{week.ticket}"]')
        expect(left_out).to_contain_text("Noch keinem Besuch zugeordnet.")
        left_out.get_by_role("link").click()
        sheet = page.locator("[data-sheet]")
        expect(sheet).to_contain_text("Warum noch nicht geplant")
        expect(sheet).to_contain_text("Beste Plätze")
        assert violations(page) == []
        page.keyboard.press("Escape")
        drag(page, left_out, NEXT)
        with page.expect_navigation():
            page.mouse.up()
        expect(page.locator(f'[data-ticket="{week.ticket}"]')).to_have_count(0)
        expect(cell(page, NEXT).locator(".it-v--told")).to_have_count(1)
        db.session.expire_all()
        assert db.session.get_one(Ticket, week.ticket).state is State.PLANNED


@pytest.mark.browser
def test_what_is_chosen_is_shown_in_list_board_and_map(browser: Browser, week: Week) -> None:
    with signed_in(browser, week.server, week.manager, viewport=DESK) as page:
        page.goto(week.address)
        page.locator(f"#b{week.visit} a").focus()
        expect(page.locator(f"#b{week.visit}")).to_have_class("it-v it-v--told it-l1 it-v--chosen")
        expect(page.locator("[data-map-words]")).to_contain_text("Mia Manager")
        expect(page.locator(".it-dot--chosen")).to_have_count(1)
        assert cell(page, DAY).locator(".open").count() == 1
        assert cell(page, CLOSED).locator(".open").count() == 0


@pytest.mark.browser
def test_on_the_phone_the_board_is_a_list_by_day_with_the_same_menu(browser: Browser, week: Week) -> None:
    with signed_in(browser, week.server, week.manager) as page:
        page.goto(week.address)
        card = page.locator(f"#b{week.visit} a")
        expect(card).to_contain_text("9:00–9:30 Uhr, 1 Störung, mitgeteilt")
        expect(page.locator(f"#b{week.visit} svg")).to_be_hidden()
        expect(page.locator(".it-plan__person").first).to_be_hidden()
        card.click()
        sheet = page.locator("[data-sheet]")
        sheet.get_by_role("link", name="Verschieben nach …").click()
        sheet.get_by_label("Tag", exact=True).select_option(NEXT.isoformat())
        sheet.get_by_role("button", name="Wirkung ansehen").click()
        with page.expect_navigation():
            sheet.get_by_role("button", name="So verschieben").click()
        assert week.stands()[0] == NEXT
