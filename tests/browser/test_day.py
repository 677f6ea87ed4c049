"""The manager's day in a real browser: one thumb, one action at a time, and places without a network."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from itsm.core import clock
from itsm.core.db import db
from itsm.dispatch.models import Visit
from itsm.tickets.states import State
from tests.browser.conftest import Server, city, signed_in
from tests.dispatch.factories import make_place, make_visit
from tests.tickets.factories import make_ticket

THUMB = 48


@dataclass(frozen=True)
class Day:
    """A running city, its manager, and the two stops of today."""

    server: Server
    manager: int
    visits: list[int]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """Today a manager has a stop with a ticket and one without."""
    with city("day", tmp_path) as server, server.app.app_context():
        place, today = make_place(), clock.local_day(clock.now())
        ticket = make_ticket(place.school, state=State.PLANNED, title="Display dunkel")
        stops = [
            make_visit(place, ticket, on=today, at=time(8), position=1),
            make_visit(place, on=today, at=time(9), position=2),
        ]
        yield Day(server, place.manager.id, [stop.id for stop in stops])


def height(target: Locator) -> float:
    box = target.bounding_box()
    assert box is not None
    return box["height"]


@pytest.mark.browser
def test_a_stop_is_driven_with_one_thumb(browser: Browser, day: Day) -> None:
    with signed_in(browser, day.server, day.manager) as page:
        page.goto("/tag")
        for action in ("Losfahren", "Angekommen"):
            button = page.get_by_role("button", name=action)
            assert height(button) >= THUMB
            with page.expect_navigation():
                button.click()
        expect(page).to_have_url(f"{day.server.url}/besuche/{day.visits[0]}")
        for choice in page.locator(".it-choice").all():
            assert height(choice) >= THUMB
        page.get_by_label("gelöst", exact=True).check()
        assert height(page.get_by_role("button", name="Ergebnis speichern")) >= THUMB
        with page.expect_navigation():
            page.get_by_role("button", name="Ergebnis speichern").click()
        with page.expect_navigation():
            page.get_by_role("button", name="Fertig").click()
        expect(page.locator("#main").get_by_text("Die Schule bekommt den Bericht.")).to_be_visible()
        expect(page.get_by_role("button", name="Losfahren")).to_be_visible()


@pytest.mark.browser
def test_without_a_network_the_day_stays_readable_and_a_result_waits_until_it_can_be_sent(
    browser: Browser, day: Day
) -> None:
    with signed_in(browser, day.server, day.manager) as page:
        page.goto("/tag")
        with page.expect_navigation():
            page.get_by_role("button", name="Losfahren").click()
        with page.expect_navigation():
            page.get_by_role("button", name="Angekommen").click()
        page.get_by_label("gelöst", exact=True).check()
        page.get_by_label("Was wurde getan").fill("Kabel getauscht.")
        page.context.set_offline(True)
        page.get_by_role("button", name="Ergebnis speichern").click()
        expect(page.get_by_text("Gerade keine Verbindung.")).to_be_visible()
        expect(page.get_by_label("Was wurde getan")).to_have_value("Kabel getauscht.")
        expect(page.get_by_text("Display dunkel")).to_be_visible()
        page.context.set_offline(False)
        expect(page.locator("#main").get_by_text("ist eingetragen.")).to_be_visible()
        db.session.expire_all()
        assert db.session.get_one(Visit, day.visits[0]).jobs[0].note == "Kabel getauscht."


@pytest.mark.browser
def test_a_wrong_tap_is_taken_back_and_nobody_there_leads_to_the_next_best_stop(browser: Browser, day: Day) -> None:
    with signed_in(browser, day.server, day.manager) as page:
        page.goto("/tag")
        with page.expect_navigation():
            page.get_by_role("button", name="Losfahren").click()
        with page.expect_navigation():
            page.get_by_role("button", name="Rückgängig").click()
        expect(page.locator("#main").get_by_text("Zurückgenommen.")).to_be_visible()
        with page.expect_navigation():
            page.get_by_role("button", name="Losfahren").click()
        away = page.get_by_role("button", name="Niemand angetroffen")
        assert height(away) >= THUMB
        with page.expect_navigation():
            away.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Nächster bester Halt")
        go_on = page.get_by_role("button", name="Hier geht es weiter").first
        assert height(go_on) >= THUMB
        with page.expect_navigation():
            go_on.click()
        expect(page.locator("#main").get_by_text("ist Ihr nächster Halt.")).to_be_visible()
        expect(page.get_by_text("niemanden angetroffen").first).to_be_visible()


@pytest.mark.browser
def test_the_day_ends_in_two_taps(browser: Browser, day: Day) -> None:
    with signed_in(browser, day.server, day.manager) as page:
        page.goto("/tag")
        with page.expect_navigation():
            page.get_by_role("link", name="Tag beenden").click()
        with page.expect_navigation():
            page.get_by_role("button", name="Heute hat die Zeit nicht gereicht.").click()
        expect(page.locator("#main").get_by_text("2 Halte fallen aus")).to_be_visible()
        expect(page.get_by_role("link", name="Tag beenden")).to_have_count(0)


@pytest.mark.browser
def test_a_calendar_address_is_shown_once(browser: Browser, day: Day) -> None:
    with signed_in(browser, day.server, day.manager) as page:
        page.goto("/kalender")
        page.get_by_role("button", name="Adresse für meine Besuche anlegen").click()
        address = page.get_by_label("Adresse zum Abonnieren").input_value()
        assert address.endswith(".ics")
        page.goto("/kalender")
        expect(page.get_by_label("Adresse zum Abonnieren")).to_have_count(0)
        with page.expect_navigation():
            page.get_by_role("button", name="Widerrufen").click()
        expect(page.get_by_text("Zurzeit gilt keine Adresse.")).to_be_visible()
