from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from itsm.assets import entitlement_queries as queries
from itsm.assets.kinds import Kind
from itsm.assets.models import DeviceTask
from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import School
from tests.assets.factories import make_device, make_model
from tests.assets.test_entitlement import make_exception, make_size
from tests.counting import queries_of
from tests.people import MONDAY, make_user, sign_in
from tests.places import make_school, make_site


@pytest.fixture
def planner(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_user(Role.DISPATCHER))


def _lead(client: FlaskClient, school: School) -> FlaskClient:
    return sign_in(client, make_user(Role.MEDIA_COORDINATOR, school_id=school.id))


def _at(school: School) -> str:
    return f"/schulen/{school.number}/ausstattung"


def _text(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return " ".join(response.text.split())


def test_a_school_reads_how_its_target_was_reckoned(client: FlaskClient) -> None:
    school = make_school()
    make_size(school, pupils_1_2=131)
    make_device(school)
    page = _text(_lead(client, school), _at(school))
    assert "Klassen 1–2: 131 Kinder ÷ 2 = 65,5, aufgerundet 66 iPads" in page
    assert "65 fehlen" in page
    assert "Zahlen ändern" not in page
    assert f'href="{_at(school)}"' in client.get(f"/schulen/{school.number}").text


def test_a_school_without_sizes_is_not_a_school_of_zero(planner: FlaskClient) -> None:
    school = make_school()
    assert "noch keine Zahlen" in _text(planner, _at(school))
    assert "noch keine Zahlen" in _text(planner, "/geraete/ausstattung")
    assert "noch keine Zahlen" in planner.get("/geraete/ausstattung.csv").text


def test_another_day_has_its_own_sizes_and_says_that_the_stock_is_of_today(planner: FlaskClient) -> None:
    school = make_school()
    make_size(school, MONDAY, pupils_3_4=100)
    page = _text(planner, f"{_at(school)}?tag={MONDAY - timedelta(days=1)}")
    assert "noch keine Zahlen" in page
    assert "Der Bestand ist immer der von heute." in page
    assert planner.get(f"{_at(school)}?tag=gestern").status_code == 422


def test_sizes_are_typed_and_forgotten(planner: FlaskClient) -> None:
    school = make_school()
    typed = {"valid_from": "1.8.2026", "pupils_1_2": "1.131", "halls": "199, 350", "is_startchancen": "y"}
    zeros = dict.fromkeys(
        ("pupils_3_4", "pupils_secondary", "pupils_full_time", "pupils_dual", "teachers", "rooms"), "0"
    )
    assert planner.post(f"{_at(school)}/zahlen", data=zeros | typed).status_code == 303
    (size,) = queries.history_of(school)
    assert (size.pupils_1_2, size.halls, size.is_startchancen) == (1131, [199, 350], True)
    assert "199, 350" in planner.get(f"{_at(school)}/zahlen").text
    refused = planner.post(f"{_at(school)}/zahlen", data=zeros | typed | {"halls": "groß", "teachers": "-1"})
    assert refused.status_code == 422
    assert "Plätze jeder Aula als Zahl" in refused.text
    assert planner.post(f"{_at(school)}/zahlen/2026-08-01/loeschen").status_code == 303
    db.session.expire_all()
    assert queries.history_of(school) == []


def test_an_exception_is_entered_and_ended(planner: FlaskClient) -> None:
    school = make_school()
    typed = {"kind": "display", "delta": "-3", "reason": "Umbau", "from_on": "1.8.2026"}
    assert planner.post(f"{_at(school)}/ausnahme", data=typed).status_code == 303
    (found,) = queries.exceptions_of(school)
    assert (found.kind, found.delta, found.until_on) == (Kind.DISPLAY, -3, None)
    for wrong in (
        {"delta": "viele"},
        {"delta": "0"},
        {"reason": " "},
        {"until_on": "31.7.2026"},
        {"kind": "accessory"},
    ):
        assert planner.post(f"{_at(school)}/ausnahme", data=typed | wrong).status_code == 422, wrong
    end = f"{_at(school)}/ausnahme/{found.id}/beenden"
    assert planner.post(end, data={"until_on": "31.7.2026"}).status_code == 422
    assert planner.post(end, data={"until_on": "1.8.2026"}).status_code == 303
    assert "beendet" in _text(planner, _at(school))


def test_an_exception_of_another_school_is_unknown(planner: FlaskClient) -> None:
    exception = make_exception(make_school(), 3, MONDAY)
    assert planner.get(f"{_at(make_school())}/ausnahme/{exception.id}/beenden").status_code == 404


def test_the_city_is_sorted_by_gap_and_summed_up_per_form(planner: FlaskClient) -> None:
    model = make_model()
    fits, short, over = make_school(name="Alpha"), make_school(name="Beta"), make_school(name="Gamma")
    for school, pupils in ((fits, 1), (short, 9), (over, 0)):
        make_size(school, pupils_3_4=pupils)
        make_device(school, model=model)
    page = _text(planner, "/geraete/ausstattung")
    assert page.index("Beta") < page.index("Alpha") < page.index("Gamma")
    assert "3 Schulen: Soll 10, Bestand 3. Es fehlen 8, über Soll sind 1." in page
    page = _text(planner, "/geraete/ausstattung?sort=ueberschuss")
    assert page.index("Gamma") < page.index("Alpha") < page.index("Beta")
    page = _text(planner, "/geraete/ausstattung?sort=schule&q=form:grundschule+bet")
    assert "Beta" in page
    assert "Alpha" not in page
    assert "Keine Schule passt" in _text(planner, "/geraete/ausstattung?q=form:gymnasium")
    assert planner.get("/geraete/ausstattung?sort=egal").status_code == 422
    assert planner.get("/geraete/ausstattung?klasse=accessory").status_code == 422


def test_a_school_lead_gets_the_own_school_alone(client: FlaskClient) -> None:
    mine, other = make_school(name="Eigene"), make_school(name="Fremde")
    lead = _lead(client, mine)
    for address in ("/geraete/ausstattung", "/geraete/ausstattung.csv", "/geraete/ausstattung/umverteilung"):
        assert other.name not in _text(lead, address)
    assert mine.name in _text(lead, "/geraete/ausstattung")
    assert lead.get(_at(other)).status_code == 404
    assert lead.get("/geraete/ausstattung/zahlen").status_code == 403


def test_the_files_hold_all_classes(planner: FlaskClient) -> None:
    school = make_school(name="=Formel")
    make_size(school, pupils_1_2=3)
    lines = planner.get("/geraete/ausstattung.csv").text.splitlines()
    assert lines[1].startswith(f"{school.number};'=Formel;Grundschule;")
    assert ";iPad;2;0;2;0;" in lines[1]
    sheet = load_workbook(BytesIO(planner.get("/geraete/ausstattung.xlsx").data)).active
    assert sheet is not None
    assert [row[4] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        "iPad",
        "Laptop",
        "Desktop/OPS-PC",
        "Display",
        "Beamer",
    ]


def test_sizes_are_read_from_the_template_or_not_at_all(planner: FlaskClient) -> None:
    school = make_school()
    make_size(school, pupils_1_2=3)
    template = planner.get("/geraete/ausstattung/zahlen.csv").data
    page = planner.post("/geraete/ausstattung/zahlen", data={"file": (BytesIO(template), "zahlen.csv")})
    assert page.status_code == 303
    broken = template.replace(b";3;", b";drei;")
    page = planner.post("/geraete/ausstattung/zahlen", data={"file": (BytesIO(broken), "zahlen.csv")})
    assert page.status_code == 422
    assert "Zeile 2: „drei“" in page.text


def test_a_redistribution_is_shown_ordered_and_taken_back(planner: FlaskClient) -> None:
    model = make_model(Kind.DISPLAY)
    giver, taker = make_school(site=make_site(latitude=51.5)), make_school(site=make_site(latitude=51.51))
    make_size(giver)
    make_size(taker, rooms=1)
    device = make_device(giver, model=model)
    address = "/geraete/ausstattung/umverteilung"
    page = _text(planner, f"{address}?klasse=display")
    assert "1 Gerät in 1 Fahrt," in page
    assert device.tag in page
    mark = page.split('name="mark" value="')[1].split('"')[0]
    for _ in range(2):
        assert planner.post(address, data={"klasse": "display", "mark": mark}).status_code == 303
    assert [task.school_id for task in db.session.query(DeviceTask)] == [giver.id]
    assert "Diese Umverteilung läuft" in _text(planner, f"{address}?klasse=display")
    assert planner.post(f"{address}/zuruecknehmen", data={"klasse": "display"}).status_code == 303
    assert "Als Aufgaben anlegen" in _text(planner, f"{address}?klasse=display")
    assert planner.post(address, data={"klasse": "display", "mark": "x"}).status_code == 409


def test_as_many_queries_for_the_city_as_for_one_school(planner: FlaskClient) -> None:
    make_size(make_school(), pupils_1_2=1)
    with queries_of() as few:
        planner.get("/geraete/ausstattung")
    for _ in range(5):
        make_size(make_school(), pupils_1_2=1)
    with queries_of() as many:
        planner.get("/geraete/ausstattung")
    assert len(few) == len(many)
