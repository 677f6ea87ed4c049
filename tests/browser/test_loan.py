"""A device is handed out with a signature on the phone and comes back."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from itsm.assets.models import Condition, Loan
from itsm.assets.signatures import is_signature
from itsm.assets.states import State
from itsm.core.access import Role
from itsm.core.db import db
from tests.assets.factories import make_device
from tests.browser.axe import violations_in_every_look
from tests.browser.conftest import Server, city, signed_in
from tests.people import make_user
from tests.places import make_school


class Counter(NamedTuple):
    """A school with two devices, and who hands them out."""

    server: Server
    lead_id: int
    tags: tuple[str, str]


@pytest.fixture
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    with city("loan", tmp_path_factory.mktemp("loan")) as server:
        with server.app.app_context():
            school = make_school()
            lead = make_user(Role.MEDIA_COORDINATOR, school_id=school.id)
            tags = (make_device(school).tag, make_device(school).tag)
            found = Counter(server, lead.id, tags)
        yield found


def _sign(page: Page) -> None:
    field = page.locator(".it-signature__field")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 30 + step * 15, box["y"] + (30 if step % 2 else 70))
    page.mouse.up()


def _loans(counter: Counter) -> list[Loan]:
    with counter.server.app.app_context():
        return list(db.session.scalars(sa.select(Loan).order_by(Loan.id).options(sa.orm.joinedload(Loan.device))))


@pytest.mark.browser
def test_a_device_is_handed_out_with_a_signature_and_comes_back(browser: Browser, counter: Counter) -> None:
    first, second = counter.tags
    with signed_in(browser, counter.server, counter.lead_id) as page:
        page.goto("/geraete/ausgabe")
        page.get_by_label("Gerätenummer").fill(first.lower())
        with page.expect_navigation():
            page.get_by_role("button", name="Weiter").click()
        page.get_by_label("Vor- und Nachname").fill("Kim Beispiel")
        page.get_by_label("Klasse").fill("7b")
        _sign(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Ausgeben").click()
        assert page.get_by_text(f"{first} ist an Kim Beispiel ausgegeben.").count()
        # The class stays for the next; this one signs on paper, with the keyboard alone.
        assert page.get_by_label("Klasse").input_value() == "7b"
        assert page.evaluate("document.activeElement.name") == "number"
        # A scanner types the number and Enter.
        page.keyboard.type(second)
        page.keyboard.press("Enter")
        page.keyboard.type("Noa Beispiel")
        page.get_by_label("Auf Papier unterschrieben").press("Space")
        assert page.locator(".it-signature__field").is_hidden()
        with page.expect_navigation():
            page.get_by_label("Vor- und Nachname").press("Enter")
        signed, on_paper = _loans(counter)
        assert is_signature(signed.signature)
        assert on_paper.acknowledged_at is not None

        page.goto("/geraete/ausgabe")
        page.get_by_label("Gerätenummer").fill(first)
        with page.expect_navigation():
            page.get_by_label("Gerätenummer").press("Enter")
        assert page.get_by_role("img", name="Unterschrift").is_visible()
        page.get_by_label("beschädigt", exact=True).check()
        page.get_by_label("Bemerkung").fill("Glas gesprungen")
        with page.expect_navigation():
            page.get_by_role("button", name="Zurücknehmen").click()
        assert violations_in_every_look(page) == []
    back = _loans(counter)[0]
    assert (back.condition, back.device.state) == (Condition.DAMAGED, State.DAMAGED)
