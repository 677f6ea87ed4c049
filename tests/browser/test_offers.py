"""A school takes another time for a visit, on the phone, with and without JavaScript."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from itsm.accounts import queries
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db, writing
from itsm.dispatch.models import Visit, VisitKind
from itsm.dispatch.service import offers
from itsm.org import calendar
from tests.browser.axe import violations
from tests.browser.conftest import Server, city, signed_in
from tests.people import make_user
from tests.places import make_district, make_school


@dataclass(frozen=True)
class Asked:
    """A city in which a school is asked about its visit."""

    server: Server
    media: int
    visit: int


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    with city("offers", tmp_path) as server, server.app.app_context():
        district = make_district("Nord")
        school = make_school(district, name="Sonnenschule")
        manager = make_user(Role.CAMPUS_MANAGER, district_id=district.id, name="Mara Nord")
        media = make_user(Role.MEDIA_COORDINATOR, school_id=school.id, name="Mia Medien")
        at = clock.now()
        day = calendar.next_school_day(clock.local_day(at) + timedelta(days=3))
        with writing():
            visit = Visit(
                school_id=school.id,
                site_id=school.places[0].site_id,
                district_id=district.id,
                user_id=manager.id,
                kind=VisitKind.MANUAL,
                visit_on=day,
                starts_at=clock.at_local(day, calendar.SERVICE_OPENS),
                minutes=30,
            )
            db.session.add(visit)
            db.session.flush()
            offers.offer(queries.actor_of(manager, day), visit, at)
        yield Asked(server, media.id, visit.id)


def _take_another(page: Page, visit: int) -> str:
    page.goto("/")
    page.get_by_role("link", name="Besuch am").click()
    expect(page.get_by_role("heading", name="Passt dieser Termin?")).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    first = page.locator(".it-choice label").first
    chosen = first.inner_text()
    first.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Diesen Termin nehmen").click()
    expect(page.get_by_text("Dieser Termin ist bestätigt.")).to_be_visible()
    return chosen


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_a_school_takes_another_time_in_two_taps(browser: Browser, asked: Asked, scripts: bool) -> None:
    with signed_in(browser, asked.server, asked.media, java_script_enabled=scripts) as page:
        chosen = _take_another(page, asked.visit)
        page.goto(f"/besuche/{asked.visit}")
        expect(page.get_by_text("bestätigt").first).to_be_visible()
        shown = page.locator(".it-head__lead").inner_text()
    # "Donnerstag, 26. November, zwischen 7:30 und 9:00 Uhr" begins like the page of the visit.
    assert shown.startswith(", ".join(chosen.split(", ")[:2]))


@pytest.mark.browser
def test_the_question_is_accessible(browser: Browser, asked: Asked) -> None:
    with signed_in(browser, asked.server, asked.media) as page:
        page.goto(f"/besuche/{asked.visit}/termin")
        assert violations(page) == []
