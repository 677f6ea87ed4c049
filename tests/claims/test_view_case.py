"""The page and the list of cases: who reads what, and what a school may still add."""

import io

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image

from itsm.accounts.models import User
from itsm.claims.kinds import Kind
from itsm.claims.models import DamageCase, PaperKind
from itsm.claims.papers import Upload
from itsm.claims.service import cases, papers
from itsm.claims.states import State
from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import School
from tests.assets.factories import make_device, make_loan
from tests.claims.factories import in_state, make_case
from tests.claims.steps import undone
from tests.counting import queries_of
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_school
from tests.saving import at_once

STORY = "Die Tür stand offen"
PDF = Upload("Gutachten.pdf", b"%PDF-1.7\n%%EOF\n")


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
@at_once()
def case(client: FlaskClient) -> DamageCase:
    """A theft of a lent iPad, with a photo, a paper of the clerk and an internal note."""
    device = make_device(make_school())
    make_loan(device)
    case = make_case(device=device, kind=Kind.THEFT, description=STORY)
    clerk = actor_for(make_user(Role.CLAIMS_CLERK))
    papers.keep(clerk, case, PaperKind.PHOTO, Upload("a.jpg", jpeg()), MONDAY_9AM)
    papers.keep(clerk, case, PaperKind.EVIDENCE, PDF, MONDAY_9AM)
    cases.note(clerk, case, "note", MONDAY_9AM, "Nur für uns")
    db.session.commit()
    return case


@at_once()
def person(who: str, case: DamageCase) -> User:
    """Somebody who looks at the case."""
    here, district = {"school_id": case.school_id}, {"district_id": case.school.district_id}
    if who == "reporter":
        reporter = make_user(Role.REPORTER, **here)
        case.incident.reporter_id = reporter.id
        db.session.commit()
        return reporter
    roles = {
        "lead": (Role.MEDIA_COORDINATOR, here),
        "head": (Role.HEAD_OF_SCHOOL, here),
        "colleague": (Role.REPORTER, here),
        "other lead": (Role.HEAD_OF_SCHOOL, {"school_id": make_school().id}),
        "manager": (Role.CAMPUS_MANAGER, district),
        "other manager": (Role.CAMPUS_MANAGER, {"district_id": make_school().district_id}),
        "second level": (Role.SECOND_LEVEL, {}),
        "team lead": (Role.DISPATCHER, {}),
        "editor": (Role.KB_EDITOR, {}),
        "auditor": (Role.AUDITOR, {}),
        "administrator": (Role.ADMINISTRATOR, {}),
        "clerk": (Role.CLAIMS_CLERK, {}),
        "approver": (Role.CLAIMS_APPROVER, {}),
    }
    role, place = roles[who]
    return make_user(role, **place)


# Who reads: (the case at all, words and photos, who had the device, papers and notes of the claims staff).
READS = {
    "reporter": (True, True, False, False),
    "lead": (True, True, True, False),
    "head": (True, True, True, False),
    "colleague": (False, False, False, False),
    "other lead": (False, False, False, False),
    "manager": (True, False, False, False),
    "other manager": (False, False, False, False),
    "second level": (True, False, False, False),
    "team lead": (True, False, False, False),
    "editor": (False, False, False, False),
    "auditor": (True, False, False, False),
    "administrator": (True, False, False, False),
    "clerk": (True, True, True, True),
    "approver": (True, True, True, True),
}


# Who must not know the holder on any path.
KEPT_FROM = ("reporter", "colleague", "manager", "second level", "auditor", "administrator")


def test_everybody_reads_what_the_table_says_and_no_path_shows_the_holder_to_who_must_not_know(
    client: FlaskClient, case: DamageCase, subtests: pytest.Subtests
) -> None:
    for who in READS:
        with subtests.test(who), undone():
            browser = sign_in(client, person(who, case))
            pages = _reads(browser, case, who)
            if who in KEPT_FROM:
                assert not any("Kim Beispiel" in text for text in pages)
                _never_shows_the_holder(browser, case)


def _reads(browser: FlaskClient, case: DamageCase, who: str) -> list[str]:
    """Check what the page of a case, the list and the search show; return their texts."""
    sees, story, holder, internal = READS[who]
    answer = browser.get(f"/schaeden/{case.id}")
    assert answer.status_code == (200 if sees else 404)
    found = (
        STORY in answer.text,
        "unterlagen" in answer.text and "/klein" in answer.text,
        "Kim Beispiel" in answer.text,
    )
    assert found == (story, story, holder)
    assert ("Nur für uns" in answer.text, "Gutachten.pdf" in answer.text) == (internal, internal)
    pages = [answer.text]
    for address in ("/schaeden?tab=alle", f"/suche?q={case.device.tag if case.device else ''}"):
        listed = browser.get(address)
        pages.append(listed.text)
        if listed.status_code == 200:
            assert (f'/schaeden/{case.id}"' in listed.text) is sees
            assert STORY not in listed.text
    return pages


def _never_shows_the_holder(browser: FlaskClient, case: DamageCase) -> None:
    device = case.device
    assert device
    for address in (
        f"/schaeden/{case.id}/fertig",
        f"/schaeden/melden?geraet={device.tag}",
        f"/geraete/{device.id}",
        f"/schulen/{case.school.number}",
    ):
        assert "Kim Beispiel" not in browser.get(address).text, address
    for address in ("/schaeden?tab=alle&q=Kim", "/suche?q=Kim"):
        assert f'/schaeden/{case.id}"' not in browser.get(address).text


def test_the_school_hands_in_the_police_number_later(client: FlaskClient, case: DamageCase) -> None:
    browser = sign_in(client, person("reporter", case))
    assert "Aktenzeichen fehlt" in browser.get(f"/schaeden/{case.id}").text
    bad = browser.post(f"/schaeden/{case.id}/aktenzeichen", data={"police_reference": ""})
    assert bad.status_code == 422
    body = {"police_station": "Wache Nord", "police_reference": "AZ 530", "police_reported_on": "18.3.2026"}
    assert browser.post(f"/schaeden/{case.id}/aktenzeichen", data=body).status_code == 303
    page = browser.get(f"/schaeden/{case.id}").text
    assert "angezeigt am Mi 18.03.2026" in page and "Aktenzeichen AZ 530, Wache Nord" in page
    assert "Aktenzeichen fehlt" not in page


def test_the_school_adds_photos_while_the_case_is_open(client: FlaskClient, case: DamageCase) -> None:
    browser = sign_in(client, person("lead", case))
    place = f"/schaeden/{case.id}/fotos"
    assert browser.post(place, data={"photos": [(io.BytesIO(jpeg()), "b.jpg")]}).status_code == 303
    assert browser.post(place, data={"photos": [(io.BytesIO(PDF.content), "b.jpg")]}).status_code == 422
    assert browser.post(place, data={}).status_code == 422
    in_state(case, State.CLOSED)
    assert browser.post(place, data={"photos": [(io.BytesIO(jpeg()), "b.jpg")]}).status_code == 403


def test_the_school_says_that_it_is_there_again(client: FlaskClient, case: DamageCase) -> None:
    browser = sign_in(client, person("lead", case))
    answer = browser.post(f"/schaeden/{case.id}/wieder-da", data={"found_on": "20.3.2026"})
    assert answer.status_code == 303
    page = browser.get(f"/schaeden/{case.id}").text
    assert "wieder da" in page and "Das Gerät ist wieder da</" not in page


def test_the_claims_staff_has_its_own_step_for_what_is_found_and_goes_back_to_its_desk(
    client: FlaskClient, case: DamageCase
) -> None:
    page = sign_in(client, make_user(Role.CLAIMS_CLERK)).get(f"/schaeden/{case.id}").text
    assert "Wiedergefunden" in page and "/wieder-da" not in page
    assert 'href="/schaeden/bearbeitung"' in page and 'href="/schaeden"' not in page


def test_the_search_of_the_header_finds_a_case_by_its_number(client: FlaskClient, case: DamageCase) -> None:
    browser = sign_in(client, make_user(Role.CLAIMS_CLERK))
    assert case.number == f"SF-{case.id}"
    for number in (case.number, case.number.lower()):
        assert f'href="/schaeden/{case.id}"' in browser.get(f"/suche?q={number}").text
    # That is a ticket.
    assert f'href="/schaeden/{case.id}"' not in browser.get(f"/suche?q=S-{case.id}").text


def test_every_state_says_what_comes_next(client: FlaskClient, case: DamageCase) -> None:
    browser = sign_in(client, person("lead", case))
    for state in State:
        in_state(case, state)
        assert "So geht es weiter" in browser.get(f"/schaeden/{case.id}").text, state


def test_device_and_school_show_their_cases_and_lead_to_the_report(client: FlaskClient, case: DamageCase) -> None:
    browser = sign_in(client, person("lead", case))
    device = case.device
    assert device
    page = browser.get(f"/geraete/{device.id}").text
    assert f"Zum Schadensfall {case.number}" in page and f"/schaeden/{case.id}" in page and "/klein" in page
    other = make_device(case.school)
    assert f"/schaeden/melden?geraet={other.tag}" in browser.get(f"/geraete/{other.id}").text
    assert f"/schaeden/{case.id}" in browser.get(f"/schulen/{case.school.number}").text
    manager = sign_in(client, person("manager", case))
    page = manager.get(f"/geraete/{device.id}").text
    assert f"/schaeden/{case.id}" in page and "/klein" not in page


def test_the_page_of_a_device_asks_as_often_for_many_cases_as_for_one(client: FlaskClient) -> None:
    school = make_school()
    device = make_device(school)
    browser = sign_in(client, make_user(Role.MEDIA_COORDINATOR, school_id=school.id))
    for _ in range(2):
        in_state(make_case(device=device), State.CLOSED)
    with queries_of() as two:
        browser.get(f"/geraete/{device.id}")
    for _ in range(4):
        in_state(make_case(device=device), State.CLOSED)
    with queries_of() as six:
        browser.get(f"/geraete/{device.id}")
    assert len(six) == len(two)


def test_the_list_filters_by_word_and_text(client: FlaskClient) -> None:
    school = make_school(name="Adlerfeld-Grundschule")
    theft, damage = make_case(school, kind=Kind.THEFT), make_case(school)
    browser = sign_in(client, make_user(Role.MEDIA_COORDINATOR, school_id=school.id))
    for line, expected in {
        "art:diebstahl": {theft},
        "art:schaden": {damage},
        "stand:gemeldet": {theft, damage},
        "stand:abgeschlossen": set(),
        damage.number: {damage},
        damage.device_label.split()[0].lower(): {damage},
        f"schule:{school.number}": {theft, damage},
        "gibtesnicht": set(),
    }.items():
        page = browser.get("/schaeden", query_string={"q": line, "tab": "alle"}).text
        assert {one for one in (theft, damage) if f'/schaeden/{one.id}"' in page} == expected, line
    assert browser.get("/schaeden?q=art:quatsch").status_code == 422
    assert browser.get("/schaeden?ab=x").status_code == 422
    assert browser.get("/schaeden?tab=x").status_code == 422


def test_the_list_needs_as_many_selects_for_many_cases_as_for_one(client: FlaskClient) -> None:
    school: School = make_school()
    browser = sign_in(client, make_user(Role.MEDIA_COORDINATOR, school_id=school.id))
    make_case(school)
    with queries_of() as one:
        browser.get("/schaeden")
    with at_once():
        for _ in range(30):
            make_case(school)
    with queries_of() as many:
        page = browser.get("/schaeden").text
    assert len(many) == len(one)
    assert "Weitere anzeigen" in page
    first = db.session.scalars(sa.select(DamageCase.id).order_by(DamageCase.id)).first()
    assert f'/schaeden/{first}"' in browser.get(f"/schaeden?ab={(first or 0) + 6}").text
