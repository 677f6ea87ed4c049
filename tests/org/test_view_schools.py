"""The list of schools, the page of one, and the changes made on it."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.core.access import Role
from itsm.core.events import listen
from itsm.org.events import SchoolMoved
from itsm.org.models import School, SchoolMove, Sharing
from tests.people import make_user, sign_in
from tests.places import make_district, make_room, make_school, make_site


@pytest.fixture
def school(session: scoped_session) -> School:
    return make_school(name="Hohwartschule")


def manager_of(client: FlaskClient, school: School) -> FlaskClient:
    return sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))


def reporter_of(client: FlaskClient, school: School) -> FlaskClient:
    return sign_in(client, make_user(Role.REPORTER, school_id=school.id))


def lead(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_user(Role.DISPATCHER))


def test_the_list_shows_what_one_may_see_and_nothing_else(client: FlaskClient, school: School) -> None:
    make_school(name="Fremde Schule")
    page = reporter_of(client, school).get("/schulen").text
    assert "Hohwartschule" in page
    assert "Fremde Schule" not in page


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("hohw", True),
        ("form:grund", True),
        ("form:gymnasium", False),
        ("bezirk:ohne", False),
        ("ort:44137", True),
        ("ort:Teststra", True),
        ("%", False),
        ("bezirk:99999999999999", False),
        ("'; drop table school; --", False),
    ],
)
def test_the_search_line_finds_by_word_and_filter(client: FlaskClient, school: School, line: str, found: bool) -> None:
    answer = lead(client).get("/schulen", query_string={"q": line})
    assert answer.status_code == 200
    assert (f"/schulen/{school.number}" in answer.text) is found


def test_the_list_goes_on_behind_the_last_school_of_a_page(client: FlaskClient, session: scoped_session) -> None:
    district = make_district()
    schools = [make_school(district, name=f"Schule {index:03}") for index in range(53)]
    lead(client)
    first = client.get("/schulen").text
    assert "Schule 049" in first
    assert "Schule 050" not in first
    second = client.get("/schulen", query_string={"nach": schools[49].number}).text
    assert [f"Schule {index:03}" in second for index in (49, 50, 52)] == [False, True, True]


@pytest.mark.parametrize("query", ["tab=fremd", "q=" + "x" * 301])
def test_a_list_that_cannot_be_is_refused_with_a_sentence(client: FlaskClient, school: School, query: str) -> None:
    assert lead(client).get(f"/schulen?{query}").status_code == 422


def test_the_list_as_a_file_has_no_formula_and_no_foreign_school(client: FlaskClient, school: School) -> None:
    school.name = "=1+1"
    make_school(name="Fremde Schule")
    answer = reporter_of(client, school).get("/schulen.csv")
    assert answer.mimetype == "text/csv"
    assert f"{school.number};'=1+1;Grundschule" in answer.text
    assert "Fremde Schule" not in answer.text
    assert client.get("/schulen.csv?tab=fremd").status_code == 422


def test_a_filter_is_taken_off_by_its_chip(client: FlaskClient, school: School) -> None:
    page = lead(client).get("/schulen", query_string={"q": "hohw form:grund"}).text
    assert 'href="/schulen?tab=offen&amp;q=hohw"' in page


def test_the_page_of_a_school_says_what_is_known(client: FlaskClient, school: School) -> None:
    school.source = {
        "Schulnummer": school.number,
        "Schulbezeichnung_1": "Hohwart-",
        "Schulbezeichnung_2": "schule am Ort",
    }
    make_room(school.main_site, "2.14")
    page = manager_of(client, school).get(f"/schulen/{school.number}").text
    for words in ("Hohwartschule am Ort", "Grundschule", school.main_site.street, "1 Raum", "Ansprechperson eintragen"):
        assert words in page


def test_a_reporter_sees_the_page_without_forms(client: FlaskClient, school: School) -> None:
    page = reporter_of(client, school).get(f"/schulen/{school.number}").text
    assert "Ansprechperson eintragen" not in page
    assert "In einen anderen Bezirk geben" not in page


@pytest.mark.parametrize("number", ["000000", "12", "abc", "9" * 50, "%00"])
def test_a_number_that_is_none_is_not_found(client: FlaskClient, school: School, number: str) -> None:
    assert lead(client).get(f"/schulen/{number}").status_code == 404


def test_a_foreign_school_is_not_found_and_an_own_one_not_changed(client: FlaskClient, school: School) -> None:
    foreign = make_school()
    reporter_of(client, school)
    assert client.get(f"/schulen/{foreign.number}").status_code == 404
    assert client.post(f"/schulen/{foreign.number}/hinweis", data={"note-visit_note": "x"}).status_code == 404
    assert client.post(f"/schulen/{school.number}/hinweis", data={"note-visit_note": "x"}).status_code == 403
    assert client.get(f"/schulen/{school.number}/hinweis").status_code == 403


def test_contacts_come_and_go(client: FlaskClient, school: School) -> None:
    manager_of(client, school)
    typed = {
        "contact-name": "Frau Kim",
        "contact-function": "Sekretariat",
        "contact-phone": "0231 50-1",
        "contact-email": "",
    }
    answer = client.post(f"/schulen/{school.number}/ansprechpersonen", data=typed, follow_redirects=True)
    assert "Ansprechperson eingetragen." in answer.text
    (contact,) = school.contacts
    assert (contact.name, contact.phone) == ("Frau Kim", "0231 50-1")
    client.post(f"/schulen/{school.number}/ansprechpersonen/{contact.id}/entfernen")
    assert school.contacts == []
    assert client.post(f"/schulen/{school.number}/ansprechpersonen/999999/entfernen").status_code == 302


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [
        ("ansprechpersonen", {"contact-name": "", "contact-email": "kaputt"}, "E-Mail-Adresse wie"),
        ("ansprechpersonen", {"contact-name": "x" * 500}, "höchstens 120 Zeichen"),
        ("iserv", {"iserv-host": "kein server"}, "Adresse wie musterschule.de"),
        ("ferientage", {"movable-day": "31.2.2027"}, "Das ist kein Datum"),
        ("unterrichtszeiten", {"bells-times": "1. Stunde"}, "Zeile 1 hat keine Uhrzeiten"),
        ("unterrichtszeiten", {"bells-times": "A 8:00-8:45\nB 8:30-9:00"}, "überschneiden sich"),
        ("unterrichtszeiten", {"bells-times": "A 25:00-26:00"}, "Uhrzeit, die es nicht gibt"),
        ("besuchszeiten", {"hours-hours": "7:30-15:30"}, "fehlt der Wochentag"),
        ("besuchszeiten", {"hours-hours": "Mo 15:30-7:30"}, "endet, bevor es beginnt"),
        ("gebaeude", {"site-street": "A 1", "site-postcode": "44", "site-town": "D"}, "fünf Ziffern"),
        (
            "gebaeude",
            {
                "site-street": "A 1",
                "site-postcode": "44137",
                "site-town": "D",
                "site-latitude": "5",
                "site-longitude": "7",
            },
            "nicht in Nordrhein-Westfalen",
        ),
        ("hinweis", {"note-visit_note": "x" * 1001}, "höchstens 1000 Zeichen"),
    ],
)
def test_wrong_input_keeps_what_was_typed_and_says_why(
    client: FlaskClient, school: School, path: str, data: dict[str, str], words: str
) -> None:
    answer = manager_of(client, school).post(f"/schulen/{school.number}/{path}", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    longest = max(data.values(), key=len)
    assert longest.splitlines()[0] in answer.text if longest else True


def test_script_in_every_field_is_shown_as_text(client: FlaskClient, school: School) -> None:
    script = "<img src=x onerror=alert(1)>"
    manager_of(client, school)
    client.post(f"/schulen/{school.number}/ansprechpersonen", data={"contact-name": script, "contact-function": script})
    client.post(f"/schulen/{school.number}/hinweis", data={"note-visit_note": script})
    client.post(f"/schulen/{school.number}/ferientage", data={"movable-day": "15.2.2027", "movable-name": script})
    page = client.get(f"/schulen/{school.number}").text
    assert "<img src=x" not in page
    assert page.count("&lt;img src=x") >= 4


def test_times_are_typed_as_people_write_them(client: FlaskClient, school: School) -> None:
    manager_of(client, school)
    client.post(f"/schulen/{school.number}/besuchszeiten", data={"hours-hours": "Mo–Do 7:30–15:30\nFr 8 bis 13 Uhr"})
    client.post(
        f"/schulen/{school.number}/unterrichtszeiten", data={"bells-times": "1. Stunde 8:00–8:45\n2. Stunde 8.50-9.35"}
    )
    assert [(one.weekday, str(one.opens), str(one.closes)) for one in school.visiting_hours] == [
        *((day, "07:30:00", "15:30:00") for day in range(4)),
        (4, "08:00:00", "13:00:00"),
    ]
    assert [(one.label, str(one.starts)) for one in school.bell_times] == [
        ("1. Stunde", "08:00:00"),
        ("2. Stunde", "08:50:00"),
    ]
    page = client.get(f"/schulen/{school.number}/besuchszeiten").text
    assert "Fr 08:00–13:00" in page
    client.post(f"/schulen/{school.number}/besuchszeiten", data={"hours-hours": ""})
    assert school.visiting_hours == []


def test_a_movable_day_is_noted_once(client: FlaskClient, school: School) -> None:
    manager_of(client, school)
    data = {"movable-day": "15.2.27", "movable-name": "Rosenmontag"}
    assert client.post(f"/schulen/{school.number}/ferientage", data=data).status_code == 302
    again = client.post(f"/schulen/{school.number}/ferientage", data=data)
    assert (again.status_code, "schon eingetragen" in again.text) == (422, True)
    client.post(f"/schulen/{school.number}/ferientage/{school.movable_days[0].id}/entfernen")
    assert school.movable_days == []


def test_an_iserv_belongs_to_one_school(client: FlaskClient, school: School) -> None:
    lead(client)
    assert client.post(f"/schulen/{school.number}/iserv", data={"iserv-host": "https://Muster.de/"}).status_code == 302
    assert [one.host for one in school.iserv_instances] == ["muster.de"]
    other = make_school()
    assert client.post(f"/schulen/{other.number}/iserv", data={"iserv-host": "muster.de"}).status_code == 422
    client.post(f"/schulen/{school.number}/iserv/{school.iserv_instances[0].id}/entfernen")
    assert school.iserv_instances == []


def test_the_head_of_school_decides_what_colleagues_see(client: FlaskClient, school: School) -> None:
    sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))
    assert client.post(f"/schulen/{school.number}/einsicht", data={"sharing-sharing": "own"}).status_code == 302
    assert school.sharing is Sharing.OWN
    assert client.post(f"/schulen/{school.number}/einsicht", data={"sharing-sharing": "x"}).status_code == 422
    manager_of(client, school)
    assert client.post(f"/schulen/{school.number}/einsicht", data={"sharing-sharing": "all"}).status_code == 403
    assert school.sharing is Sharing.OWN


def test_a_team_lead_moves_a_school_and_everybody_is_told(
    client: FlaskClient, school: School, session: scoped_session
) -> None:
    heard: list[SchoolMoved] = []
    listen(SchoolMoved, heard.append)
    old, new = school.district_id, make_district("Bezirk Süd")
    lead(client)
    data = {"move-district": str(new.id), "move-reason": "Umzug"}
    page = client.post(f"/schulen/{school.number}/bezirk", data=data, follow_redirects=True).text
    assert "Bezirk Süd" in page
    assert "Umzug" in page
    (move,) = session.scalars(sa.select(SchoolMove))
    assert (move.from_district_id, move.to_district_id) == (old, new.id)
    assert [(one.school_id, one.from_district_id, one.to_district_id) for one in heard[-1:]] == [
        (school.id, old, new.id)
    ]
    assert client.post(f"/schulen/{school.number}/bezirk", data=data).status_code == 422
    assert client.post(f"/schulen/{school.number}/bezirk", data={"move-district": "999999"}).status_code == 422


def test_a_manager_moves_no_school(client: FlaskClient, school: School) -> None:
    other = make_district()
    manager_of(client, school)
    assert client.post(f"/schulen/{school.number}/bezirk", data={"move-district": str(other.id)}).status_code == 403
    assert school.district_id != other.id


def test_the_one_search_box_finds_schools(client: FlaskClient, school: School) -> None:
    page = lead(client).get("/suche", query_string={"q": "hohwart"}).text
    assert f"/schulen/{school.number}" in page


def test_a_page_of_schools_asks_the_database_the_same_number_of_times(
    client: FlaskClient, session: scoped_session
) -> None:
    lead(client)
    district = make_district()
    make_school(district)
    client.get("/schulen")
    few = count_statements(session, lambda: client.get("/schulen"))
    for _ in range(12):
        make_school(district, site=make_site())
    assert count_statements(session, lambda: client.get("/schulen")) == few


def count_statements(session: scoped_session, call: object) -> int:
    seen: list[str] = []
    engine = session.get_bind().engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    call()  # type: ignore[operator]
    sa.event.remove(engine, "before_cursor_execute", note)
    return len(seen)
