"""A room is counted with the phone, for a while without a network: one device is missing and becomes a task."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from itsm.core.access import Role
from tests.assets.factories import make_device
from tests.browser.axe import violations
from tests.browser.conftest import Server, city, signed_in
from tests.people import make_user
from tests.places import make_room, make_school


@dataclass(frozen=True)
class Count:
    """A running city, who counts, and the devices of the room."""

    server: Server
    media: int
    tags: list[str]


@pytest.fixture
def count(tmp_path: Path) -> Iterator[Count]:
    with city("stocktake", tmp_path) as server, server.app.app_context():
        school = make_school(name="Sonnenschule")
        assert school.main_site
        room = make_room(school.main_site, "2.14")
        tags = [make_device(school, room=room).tag for _ in range(3)]
        yield Count(server, make_user(Role.MEDIA_COORDINATOR, school_id=school.id).id, tags)


def _begin(page: Page) -> None:
    page.goto("/geraete/inventur")
    expect(page.get_by_text("3 Geräte, noch nie gezählt")).to_be_visible()
    with page.expect_navigation():
        page.locator("li", has_text="Raum 2.14").get_by_role("button", name="Zählen").click()
    expect(page.get_by_text("0 von 3")).to_be_visible()


@pytest.mark.browser
def test_a_room_with_one_missing_is_counted_on_the_phone(browser: Browser, count: Count) -> None:
    with signed_in(browser, count.server, count.media) as page:
        _begin(page)
        field = page.get_by_label("Gerätenummer oder Seriennummer")
        field.fill(count.tags[0])
        field.press("Enter")
        expect(page.locator("#antwort")).to_contain_text(f"iPad {count.tags[0]} ist da")
        expect(page.get_by_text("1 von 3")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert violations(page) == []
        page.context.set_offline(True)
        # What the camera reads arrives like this.
        field.evaluate("(it, text) => it.dispatchEvent(new CustomEvent('scanned', {detail: {text}}))", count.tags[1])
        expect(page.get_by_text("Eine Nummer wartet auf diesem Gerät")).to_be_visible()
        page.context.set_offline(False)
        expect(page.locator("#antwort")).to_contain_text(f"iPad {count.tags[1]} ist da")
        expect(page.get_by_text("Eine Nummer wartet auf diesem Gerät")).to_be_hidden()
        with page.expect_navigation():
            page.get_by_role("button", name="Inventur abschließen").click()
        expect(page.get_by_text("2 von 3 Geräten gefunden.")).to_be_visible()
        expect(page.locator("#fehlt li")).to_contain_text(count.tags[2])
        assert violations(page) == []
        page.goto("/geraete/aufgaben")
        expect(page.get_by_text(count.tags[2]).first).to_be_visible()
