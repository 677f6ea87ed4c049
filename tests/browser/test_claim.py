"""From the report of a school to the paid claim and its receipt, with two people and the letters opened."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, FilePayload, Page

from itsm.core import clock
from itsm.core.access import Role
from tests.assets.factories import make_device
from tests.browser.conftest import DESK, Server, city, signed_in
from tests.claims import paper
from tests.people import make_user
from tests.places import make_school

PROOF: FilePayload = {"name": "protokoll.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}


class Desk(NamedTuple):
    """A school with an iPad, its media coordinator, a clerk and an approver."""

    server: Server
    tag: str
    lead_id: int
    clerk_id: int
    approver_id: int


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with city("claim", tmp_path_factory.mktemp("claim")) as server:
        with server.app.app_context():
            school = make_school()
            device = make_device(school)
            people = (
                make_user(Role.MEDIA_COORDINATOR, school_id=school.id).id,
                make_user(Role.CLAIMS_CLERK, name="Kim Bearbeitet").id,
                make_user(Role.CLAIMS_APPROVER, name="Noa Prüft").id,
            )
            found = Desk(server, device.tag, *people)
        yield found


def _press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def _open(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()


def _unfold(page: Page, name: str) -> None:
    page.locator("summary", has_text=name).first.click()


def _letter(page: Page, kind: str) -> bytes:
    """Write a letter, load it, send it by post."""
    row = page.locator("#briefe .it-links__row", has_text=kind).last
    with page.expect_navigation():
        row.get_by_role("button", name="Brief schreiben").click()
    with page.expect_download() as loading:
        page.locator("#briefe").get_by_role("link", name="Als PDF laden").first.click()
    _open(page, "Versenden")
    page.get_by_text("Post", exact=True).click()
    _press(page, "Als versandt eintragen")
    return Path(loading.value.path()).read_bytes()


@pytest.mark.browser
def test_a_damage_is_reported_examined_claimed_paid_and_receipted(browser: Browser, desk: Desk) -> None:
    with signed_in(browser, desk.server, desk.lead_id) as page:
        page.goto("/schaeden/melden")
        page.get_by_text("Schaden", exact=True).click()
        page.get_by_label("Nummer des Geräts").fill(desk.tag)
        page.get_by_label("Wann ist es passiert?").fill("2026-03-17")
        page.get_by_label("Wann haben Sie es bemerkt?").fill("2026-03-17")
        page.get_by_label("Wo ist es passiert?").select_option(label="im Unterricht")
        page.get_by_label("Was ist geschehen?").fill("Vom Tisch gefallen, das Display ist gesprungen.")
        _press(page, "Melden")
        assert page.get_by_text("Danke, Ihre Meldung ist da").is_visible()
    with signed_in(browser, desk.server, desk.clerk_id, viewport=DESK) as page:
        page.goto("/")
        _open(page, desk.tag)
        page.get_by_label("Ursache").select_option(label="Sturz")
        _press(page, "Geprüft")
        _press(page, "Zeitwert berechnen")
        _unfold(page, "Unterlage hinzufügen")
        page.get_by_label("Was ist es?").select_option(label="Nachweis")
        page.get_by_label("Datei").set_input_files(PROOF)
        _press(page, "Hinzufügen")
        _press(page, "Verschulden prüfen")
        claim = page.url
        _unfold(page, "Verschulden bewerten")
        page.get_by_text("grobe Fahrlässigkeit", exact=True).click()
        page.get_by_text("Nachweis: protokoll.pdf").click()
        _press(page, "Speichern")
        _open(page, "Person eintragen")
        page.get_by_label("Schüler", exact=False).first.check()
        page.get_by_label("Name", exact=True).fill("Kim Beispiel")
        page.get_by_label("Straße und Hausnummer").fill("Musterweg 1")
        page.get_by_label("Postleitzahl").fill("44135")
        page.get_by_label("Ort", exact=True).fill("Dortmund")
        page.get_by_label("Geburtstag").fill("2007-05-04")
        with page.expect_navigation():
            page.locator("main button[type=submit]").first.click()
        hearing = _letter(page, "Anhörung")
        page.goto(claim)
        _unfold(page, "Antwort auf die Anhörung")
        page.get_by_label("Eingegangen am").fill(clock.local_day(clock.now()).isoformat())
        page.get_by_label("Was steht darin?").fill("Es war ein Versehen.")
        _press(page, "Antwort auf die Anhörung eintragen")
        _press(page, "Betrag vorschlagen")
        assert page.get_by_role("button", name="Betrag freigeben").count() == 0
    with signed_in(browser, desk.server, desk.approver_id, viewport=DESK) as page:
        page.goto(claim)
        _press(page, "Betrag freigeben")
    with signed_in(browser, desk.server, desk.clerk_id, viewport=DESK) as page:
        page.goto(claim)
        demand = _letter(page, "Forderung")
        page.goto(claim)
        _unfold(page, "Zahlung buchen")
        _press(page, "Buchen")
        receipt = _letter(page, "Quittung")
        assert page.locator(".kern-badge", has_text="bezahlt").first.is_visible()
        reference = re.sub(r"\D", "", page.get_by_text(re.compile("Kassenzeichen [0-9 ]+")).first.inner_text())[-12:]
    for content in (hearing, demand, receipt):
        letter = paper.read(content)
        assert letter.is_tagged and letter.language == "de-DE" and letter.title, letter
        assert letter.spoken.index("Kim Beispiel") < letter.spoken.index(letter.title) < letter.spoken.index("Grüßen")
        assert "113,70" in letter.shown
    assert paper.read(hearing).codes == paper.read(receipt).codes == []
    (code,) = paper.read(demand).codes
    assert (code.splitlines()[7], code.splitlines()[10]) == ("EUR113.70", reference)
