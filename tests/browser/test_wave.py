"""A wave is planned, seen before it is saved, saved, and shown."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from itsm.core.access import Role
from tests.assets.factories import make_device, make_model
from tests.browser.axe import violations
from tests.browser.conftest import DESK, Server, city, signed_in
from tests.people import make_user
from tests.places import make_school


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A city of two schools with two old iPads each."""
    with city("wave", tmp_path) as server, server.app.app_context():
        model = make_model()
        for school in (make_school(name="Adlerfeld-GS"), make_school(name="Bussard-GS")):
            for _ in range(2):
                make_device(school, model=model, in_service_on=date(2019, 9, 1))
        yield server


@pytest.mark.browser
def test_wave_plan_saved_and_shown(browser: Browser, server: Server) -> None:
    lead = make_user(Role.DISPATCHER).id
    with signed_in(browser, server, lead, viewport=DESK) as page:
        page.goto("/geraete/austausch")
        with page.expect_navigation():
            page.get_by_role("link", name="Austausch planen").click()
        page.get_by_label("iPads", exact=True).check()
        page.get_by_label("Stückzahl", exact=True).fill("3")
        page.get_by_label("Ganze Schulen statt einzelner Geräte").check()
        with page.expect_navigation():
            page.get_by_role("button", name="Plan berechnen").click()
        expect(page.get_by_text("3 von 4 iPads")).to_be_visible()
        expect(page.get_by_text("1.137 €").first).to_be_visible()
        assert violations(page) == []
        page.get_by_label("Name", exact=True).fill("Probe")
        with page.expect_navigation():
            page.get_by_role("button", name="Plan speichern").click()
        expect(page.get_by_role("heading", name="Probe")).to_be_visible()
        expect(page.get_by_role("rowheader", name="Adlerfeld-GS")).to_be_visible()
        expect(page.get_by_text("0 von 3 iPads getauscht")).to_be_visible()
        assert violations(page) == []
        page.goto("/geraete/austausch")
        expect(page.get_by_role("link", name="Probe")).to_be_visible()
        assert violations(page) == []
