"""The pages of the device file as people use them: list, files, one device, models, search box, school page."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from itsm.assets import queries
from itsm.assets.kinds import Kind
from itsm.assets.models import Device, DeviceModel
from itsm.assets.states import State
from itsm.core.access import SYSTEM, Role
from itsm.core.db import db
from itsm.org.models import School
from tests.assets.factories import make_cost, make_device, make_loan, make_model
from tests.counting import queries_of
from tests.people import make_user, sign_in
from tests.places import make_school
from tests.saving import at_once


@pytest.fixture
def school(client: FlaskClient) -> School:
    return make_school(name="Adlerfeld-Grundschule")


def as_lead(client: FlaskClient, school: School) -> FlaskClient:
    return sign_in(client, make_user(Role.MEDIA_COORDINATOR, school_id=school.id))


def as_support(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_user(Role.SECOND_LEVEL))


def fields(slug: str, device: Device, **values: Any) -> dict[str, Any]:
    """What the small form of an action sends."""
    return {f"{slug}-version_id": device.version_id} | {f"{slug}-{name}": value for name, value in values.items()}


def test_the_address_holds_the_whole_state_of_the_list(client: FlaskClient, school: School) -> None:
    make_device(school, tag="A-1")
    make_device(school, tag="A-2", state=State.STOLEN)
    browser = as_support(client)
    assert "A-2" not in browser.get("/geraete").text
    text = browser.get("/geraete?tab=weg&q=schule:adlerfeld&sort=alt").text
    assert "A-2" in text and "A-1" not in text
    assert 'aria-sort="descending"' in text and "Filter schule:adlerfeld entfernen" in text


@pytest.mark.parametrize("query", ["q=stand:blau", "q=wer:Kim", "tab=x", "sort=x", "ab=x_y", "sort=stand&ab=1_x"])
def test_what_no_page_has_sent_gets_a_sentence(client: FlaskClient, school: School, query: str) -> None:
    answer = as_support(client).get(f"/geraete?{query}")
    assert answer.status_code == 422 and "kern-alert--danger" in answer.text


def test_a_hit_behind_another_tab_is_pointed_out(client: FlaskClient, school: School) -> None:
    make_device(school, tag="A-2", state=State.STOLEN)
    assert "insgesamt gibt es eines" in as_support(client).get("/geraete?q=a-2").text


def test_the_csv_file_holds_no_formula_and_german_figures(client: FlaskClient, school: School) -> None:
    make_device(school, tag="A-1", note="=1+1", price_cents=37_950, model=make_model(name="+iPad"))
    with as_support(client).get("/geraete.csv?tab=alle&q=a-1") as answer:
        text = answer.data.decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert (row["Notiz"], row["Modell"], row["Preis brutto"]) == ("'=1+1", "'+iPad", "379,50")
    assert row["In Betrieb seit"] == "12.09.2022"
    assert "Ausgegeben an" not in row


def test_the_excel_file_holds_texts_numbers_and_days_and_no_formula(client: FlaskClient, school: School) -> None:
    make_device(school, tag="A-1", note='=HYPERLINK("http://evil.example")', order_number="@SUM(A1)", funding="-1+1")
    with as_support(client).get("/geraete.xlsx?tab=alle&q=a-1") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    head, row = (list(line) for line in sheet.iter_rows())
    cells = {name.value: cell for name, cell in zip(head, row, strict=True)}
    assert {cell.data_type for name, cell in cells.items() if name in ("Notiz", "Bestellnummer", "Fördertopf")} == {"s"}
    assert (cells["Preis brutto"].value, cells["Gekauft am"].value.year) == (379, 2022)


@pytest.mark.parametrize("path", ["/geraete.csv", "/geraete.xlsx"])
def test_a_file_takes_as_many_queries_for_many_devices_as_for_few(
    client: FlaskClient, school: School, path: str
) -> None:
    browser, model, counts = as_support(client), make_model(), []
    for more in (1, 30):
        with at_once():
            for _ in range(more):
                make_device(school, model=model)
        with queries_of() as sent, browser.get(path) as answer:
            assert answer.status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_no_page_or_file_shows_a_holder_to_support_or_a_device_to_another_school(
    client: FlaskClient, school: School
) -> None:
    device = make_device(school, tag="GEHEIM-1", model=make_model(name="Sondermodell"))
    make_loan(device, holder_name="Kim Verborgen")
    paths = (
        "/geraete?tab=alle",
        "/geraete.csv?tab=alle",
        "/suche?q=GEHEIM-1",
        "/suche?q=Verborgen",
        "/geraete/modelle",
    )
    browser = as_support(client)
    for path in (*paths, f"/geraete/{device.id}"):
        with browser.get(path) as answer:
            assert "Kim Verborgen" not in answer.text, path
    stranger = as_lead(client, make_school())
    for path in (*paths, f"/schulen/{school.number}"):
        with stranger.get(path) as answer:
            # The search page repeats what was typed.
            assert 'href="/geraete/' + str(device.id) not in answer.text, path
            assert "Kim Verborgen" not in answer.text and "Sondermodell" not in answer.text, path
    assert stranger.get(f"/geraete/{device.id}").status_code == 404
    assert stranger.post(f"/geraete/{device.id}/ort").status_code == 404
    lead = as_lead(client, school)
    for path in ("/geraete?tab=alle", "/suche?q=Verborgen", f"/geraete/{device.id}"):
        assert "Kim Verborgen" in lead.get(path).text, path


def test_the_page_of_a_device_says_where_it_stands(client: FlaskClient, school: School) -> None:
    device = make_device(school, state=State.DAMAGED, price_cents=10_000)
    make_cost(device, cents=9_000)
    text = as_support(client).get(f"/geraete/{device.id}").text
    assert "Ersetzen ist günstiger." in text and "In Reparatur geben" in text and "Adlerfeld" in text


def test_a_charging_case_lists_what_is_in_it(client: FlaskClient, school: School) -> None:
    case = make_device(school, model=make_model(Kind.CHARGING_CASE, slots=16))
    make_device(school, tag="DRIN-1", case=case, slot=4)
    text = as_support(client).get(f"/geraete/{case.id}").text
    assert "Platz 4: DRIN-1" in text and "1 von 16 Plätzen" in text


def test_the_page_of_a_device_takes_as_many_queries_whatever_has_happened(client: FlaskClient, school: School) -> None:
    device, browser, counts = make_device(school), as_support(client), []
    for times in (0, 4):
        for _ in range(times):
            make_cost(device)
            browser.post(f"/geraete/{device.id}/beschaedigt", data={"beschaedigt-text": "Riss"})
            browser.post(f"/geraete/{device.id}/repariert", data={})
        db.session.commit()
        with queries_of() as sent:
            assert browser.get(f"/geraete/{device.id}").status_code == 200
        counts.append(len(sent))
    # Once repaired the page asks for no more than before: history, costs and loans grow, queries do not.
    assert counts[1] - counts[0] <= 1


def test_the_school_changes_the_place_where_it_stands(client: FlaskClient, school: School) -> None:
    device = make_device(school)
    browser, path = as_lead(client, school), f"/geraete/{device.id}/ort"
    answer = browser.post(path, data=fields("ort", device, site_id=device.site_id, room="2.14"))
    assert answer.location == f"/geraete/{device.id}"
    assert "Raum 2.14" in browser.get(answer.location).text
    stale = fields("ort", device, site_id=device.site_id, room="9.99") | {"ort-version_id": 1}
    refused = browser.post(path, data=stale)
    assert refused.status_code == 409 and "inzwischen jemand anderes geändert" in refused.text


def test_support_changes_everything_else_where_it_stands(client: FlaskClient, school: School) -> None:
    device, browser = make_device(school, warranty_until=None), as_support(client)
    for slug, values in (
        ("nummern", {"tag": "neu-7", "serial": "abcd 1234 5678", "model_id": device.model_id, "mdm_id": ""}),
        ("kauf", {"purchased_on": "1.8.22", "price_cents": "401,50", "warranty_until": "1.8.2030", "funding": "Eigen"}),
        ("notiz", {"note": "Kratzer"}),
    ):
        db.session.refresh(device)
        assert browser.post(f"/geraete/{device.id}/{slug}", data=fields(slug, device, **values)).status_code == 303
    db.session.refresh(device)
    assert (device.tag, device.serial, device.price_cents) == ("NEU-7", "ABCD12345678", 40_150)
    assert (device.note, device.funding, device.warranty_until.year) == ("Kratzer", "Eigen", 2030)
    refused = browser.post(f"/geraete/{device.id}/kauf", data=fields("kauf", device, price_cents="viel"))
    assert refused.status_code == 422 and 'value="viel"' in refused.text


def test_a_move_without_its_reason_comes_back_with_what_was_typed(client: FlaskClient, school: School) -> None:
    device, browser = make_device(school), as_support(client)
    refused = browser.post(f"/geraete/{device.id}/gestohlen", data={"gestohlen-text": ""})
    assert refused.status_code == 422 and "was geschehen ist" in refused.text
    assert browser.post(f"/geraete/{device.id}/gestohlen", data={"gestohlen-text": "Einbruch"}).status_code == 303
    assert "Als gestohlen eingetragen" in browser.get(f"/geraete/{device.id}").text


def test_costs_are_entered_and_taken_back(client: FlaskClient, school: School) -> None:
    device, browser = make_device(school), as_support(client)
    sent = {"kosten-kind": "part", "kosten-cents": "49,90", "kosten-spent_on": "2.11.2026", "kosten-text": "Kabel"}
    assert browser.post(f"/geraete/{device.id}/kosten", data=sent).status_code == 303
    assert "Teil: 49,90 €" in browser.get(f"/geraete/{device.id}").text
    (cost,) = queries.costs_of(device)
    browser.post(f"/geraete/{device.id}/kosten/{cost.id}/entfernen")
    assert not queries.costs_of(device)
    foreign = make_cost(make_device())
    assert browser.post(f"/geraete/{device.id}/kosten/{foreign.id}/entfernen").status_code == 404


def test_who_gives_a_device_away_is_told_that_it_is_gone(client: FlaskClient, school: School) -> None:
    neighbour = make_school(school.district)
    device = make_device(school)
    manager = sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))
    answer = manager.post(f"/geraete/{device.id}/schule", data=fields("schule", device, school=neighbour.number))
    assert answer.location == f"/geraete/{device.id}"
    db.session.refresh(device)
    refused = manager.post(f"/geraete/{device.id}/schule", data=fields("schule", device, school=make_school().number))
    assert refused.status_code == 422 and "gibt es nicht" in refused.text


def test_a_device_is_taken_into_the_file(client: FlaskClient, school: School) -> None:
    model, browser = make_model(), as_support(client)
    sent = {"tag": "neu-1", "model_id": model.id, "school": school.number, "room": "1.01", "is_in_use": "ja"}
    answer = browser.post("/geraete/neu", data=sent)
    device = queries.find(SYSTEM, "NEU-1")
    assert device and answer.location == f"/geraete/{device.id}" and device.room and device.room.name == "1.01"
    again = browser.post("/geraete/neu", data=sent)
    assert again.status_code == 422 and "schon vergeben" in again.text
    assert browser.post("/geraete/neu", data=sent | {"tag": "x", "model_id": ""}).status_code == 422


def test_models_show_their_figures_and_take_a_new_price(client: FlaskClient, school: School) -> None:
    model = make_model(name="iPad (9. Generation)")
    make_device(school, model=model)
    browser = as_support(client)
    assert "iPad (9. Generation)" in browser.get("/geraete/modelle").text
    sent = {"maker": "Apple", "name": "iPad (9. Generation)", "price_cents": "421"}
    assert browser.post(f"/geraete/modelle/{model.id}", data=sent).location == "/geraete/modelle"
    assert db.session.get_one(DeviceModel, model.id).price_cents == 42_100
    assert browser.post("/geraete/modelle/neu", data=sent | {"kind": "ipad"}).status_code == 422
    assert browser.post("/geraete/modelle/neu", data=sent | {"kind": "laptop"}).location == "/geraete/modelle"


def test_the_school_page_counts_each_class_and_leads_to_the_list(client: FlaskClient, school: School) -> None:
    model = make_model()
    for _ in range(3):
        make_device(school, model=model)
    text = as_lead(client, school).get(f"/schulen/{school.number}").text
    assert f"schule:{school.number}+art:%22iPad%22+stand:bestand" in text.replace("%3A", ":")
    reporter = sign_in(client, make_user(Role.REPORTER, school_id=school.id))
    assert "stand:bestand" not in reporter.get(f"/schulen/{school.number}").text.replace("%3A", ":")
