"""The page of figures: its views, its files, who gets them, and what is the same before and after names age out."""

from datetime import date, time
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from itsm.claims.kinds import Kind
from itsm.claims.models import DamageCase, DamageYear
from itsm.claims.service import anonymising
from itsm.claims.states import ClaimState, State
from itsm.claims.statistics import GROUPS
from itsm.claims.statistics_page import DEVICES, VIEWS
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import School
from tests.assets.factories import make_device, make_loan
from tests.claims.factories import in_state, make_approved, make_case, make_claim, make_debtor
from tests.people import MONDAY_9AM, make_user, sign_in
from tests.places import make_district, make_school

PAGE = "/schaeden/zahlen"
THIS_YEAR = clock.local_day(clock.now()).year


@pytest.fixture
def browser(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_user(Role.CLAIMS_APPROVER))


def of_today(kind: Kind = Kind.DAMAGE, school: School | None = None) -> DamageCase:
    """Make a case of this very day, since pages show the running year."""
    case = make_case(device=make_device(school), kind=kind)
    case.incident.happened_on = case.incident.discovered_on = clock.local_day(clock.now())
    db.session.commit()
    return case


def test_every_view_has_its_page_whatever_stands_in_the_address(browser: FlaskClient) -> None:
    of_today()
    for more in ("", "&jahr=2026&geraete=alle&nach=schule", "&jahr=x&geraete=x&nach=x", "&jahr=٢٠٢٦"):
        for view in (*VIEWS, "unsinn"):
            answer = browser.get(f"{PAGE}?ansicht={view}{more}")
            assert answer.status_code == 200 and "Zahlen zu Schäden" in answer.text, (view, more)


def test_a_city_without_anything_has_a_page_too(browser: FlaskClient) -> None:
    for view in VIEWS:
        assert browser.get(f"{PAGE}?ansicht={view}").status_code == 200


def test_the_running_year_stands_in_the_table_and_not_in_the_curve(browser: FlaskClient) -> None:
    years = (THIS_YEAR - 2, THIS_YEAR - 1)
    db.session.add_all(DamageYear(year=year, devices=100, damaged=2, missing=1, source="Bericht") for year in years)
    of_today()
    shown = browser.get(PAGE).text
    for year in (*years, THIS_YEAR):
        assert shown.count(f">{year}</th>") == 2 and shown.count(f">{year}</text>") == (2 if year in years else 0)


def test_files_hold_numbers_and_never_a_formula(browser: FlaskClient) -> None:
    school = make_school(name="=HYPERLINK(1)")
    make_device(school)
    make_case(device=make_device(school))
    address = "ansicht=gruppen&nach=schule"
    text = browser.get(f"{PAGE}.csv?{address}").text
    assert text.splitlines()[0].endswith("Anteil Schäden (%);Anteil Diebstahl und Verlust (%)")
    assert "'=HYPERLINK(1);2;1;0;0;1;50,00;0,00" in text
    answer = browser.get(f"{PAGE}.xlsx?{address}")
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == ["=HYPERLINK(1)", 2, 1, 0, 0, 1, 50, 0]
    assert sheet["A2"].data_type == "s" and "no-store" in answer.headers["Cache-Control"]


def test_money_in_files_has_two_places(browser: FlaskClient) -> None:
    make_approved()
    text = browser.get(f"{PAGE}.csv?ansicht=forderungen").text
    assert "Betrag (€)" in text and ";0,00;" in text


def test_every_group_has_its_file_whatever_its_devices_are_called(browser: FlaskClient) -> None:
    for by, devices in zip(GROUPS, DEVICES, strict=False):
        answer = browser.get(f"{PAGE}.xlsx?ansicht=gruppen&nach={by}&geraete={devices}")
        assert load_workbook(BytesIO(answer.data)).active is not None


@pytest.mark.parametrize("table", ["schaeden", "verluste", "unsinn"])
def test_every_table_has_its_file(browser: FlaskClient, table: str) -> None:
    for kind in ("csv", "xlsx"):
        assert browser.get(f"{PAGE}.{kind}?tabelle={table}").status_code == 200


def test_no_name_stands_in_any_view_or_file(browser: FlaskClient) -> None:
    device = make_device(make_school())
    make_loan(device, holder_name="Zora Geheim")
    case = in_state(make_case(device=device), State.EXAMINED)
    make_debtor(make_claim(case), name="Zora Geheim")
    for view in VIEWS:
        for kind in ("", ".csv", ".xlsx"):
            answer = browser.get(f"{PAGE}{kind}?ansicht={view}&nach=schule&jahr=2026").data
            if kind == ".xlsx":
                sheet = load_workbook(BytesIO(answer)).active
                assert sheet is not None
                answer = repr([[cell.value for cell in row] for row in sheet.rows]).encode()
            assert b"Geheim" not in answer


def test_figures_are_the_same_before_and_after_the_names_are_gone(browser: FlaskClient) -> None:
    make_debtor(claim := make_claim())
    claim.state, claim.over_at = ClaimState.DROPPED, MONDAY_9AM
    in_state(claim.items[0].case, State.CLOSED)
    in_state(make_case(kind=Kind.THEFT), State.CLOSED)
    addresses = [f"{PAGE}.csv?jahr=2026&ansicht={view}&nach={by}" for view in VIEWS for by in ("modell", "art", "ort")]
    before = [browser.get(address).text for address in addresses]
    assert anonymising.forget(clock.at_local(date(2030, 1, 1), time(3))) == 3
    db.session.commit()
    assert [browser.get(address).text for address in addresses] == before


def test_the_page_of_a_school_tells_its_leads_how_many_cases_there_were(client: FlaskClient) -> None:
    school = make_school(make_district())
    of_today(school=school)
    of_today(Kind.LOSS, school)
    page = f"/schulen/{school.number}"
    lead = sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=school.id)).get(page).text
    assert f"Schäden {THIS_YEAR}" in lead and "1 Schaden, 1-mal Diebstahl oder Verlust." in lead


def test_who_only_reports_is_not_shown_the_number(client: FlaskClient) -> None:
    school = make_school()
    of_today(school=school)
    browser = sign_in(client, make_user(Role.REPORTER, school_id=school.id))
    assert f"Schäden {THIS_YEAR}" not in browser.get(f"/schulen/{school.number}").text


def test_the_adoption_of_the_accounts_is_entered_on_its_page(browser: FlaskClient) -> None:
    claim = make_approved()
    claim.state, claim.over_at = ClaimState.PAID, clock.at_local(date(2024, 5, 5), time(9))
    db.session.commit()
    address = f"{PAGE}/jahresabschluss"
    assert "noch nicht festgestellt" in browser.get(address).text
    assert browser.post(address, data={"year": "2024", "adopted_on": "30.12.2024"}).status_code == 422
    assert browser.post(address, data={"year": "2024", "adopted_on": "30.9.2025"}).status_code == 303
    assert "festgestellt am" in browser.get(address).text and "01.01.2032" in browser.get(address).text
    assert browser.post(address, data={"year": "2023", "adopted_on": "30.9.2025"}).status_code == 422
