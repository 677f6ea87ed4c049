"""The list page: tabs, search, saved searches, export."""

import csv
import io

import pytest
from flask.testing import FlaskClient

from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import School, Sharing
from itsm.tickets.models import SavedFilter
from itsm.tickets.states import State
from tests.people import make_user, sign_in
from tests.places import make_school
from tests.tickets.factories import make_fault_type, make_ticket


@pytest.fixture
def school(client: FlaskClient) -> School:
    return make_school()


def as_manager(client: FlaskClient, school: School) -> FlaskClient:
    return sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))


def test_colleagues_see_what_the_head_of_school_lets_them(client: FlaskClient, school: School) -> None:
    make_ticket(school, title="Vom Kollegen")
    browser = sign_in(client, make_user(Role.REPORTER, school_id=school.id))
    assert "Vom Kollegen" in browser.get("/stoerungen").text
    school.sharing = Sharing.OWN
    db.session.commit()
    assert "Vom Kollegen" not in browser.get("/stoerungen").text


def test_the_address_holds_the_whole_state(client: FlaskClient, school: School) -> None:
    make_ticket(school, title="Display dunkel")
    make_ticket(school, title="Drucker klemmt", state=State.CLOSED)
    browser = as_manager(client, school)
    assert "Drucker" not in browser.get("/stoerungen").text
    text = browser.get("/stoerungen?tab=alle&q=status:abgeschlossen&sort=stand").text
    assert "Drucker klemmt" in text and "Display dunkel" not in text and 'aria-sort="descending"' in text


def test_the_next_page_starts_where_this_one_ends(client: FlaskClient, school: School) -> None:
    reporter, fault = make_user(Role.REPORTER, school_id=school.id), make_fault_type()
    for number in range(30):
        make_ticket(school, title=f"Nummer {number:02}", reporter=reporter, fault_type=fault)
    text = as_manager(client, school).get("/stoerungen").text
    address = text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = client.get(address).text
    assert "Nummer 05" in text and "Nummer 04" not in text
    assert "Nummer 04" in second and "Nummer 05" not in second and "Zum Anfang" in second


@pytest.mark.parametrize(
    "query",
    [
        "q=status:blau",
        "tab=geheim",
        "sort=id;drop",
        "sort=(select 1)",
        "ab=x",
        "sort=prio&ab=1",
        "q=" + "x" * 400,
        "q=prio:7",
    ],
)
def test_what_no_page_of_ours_sends_is_a_sentence(client: FlaskClient, school: School, query: str) -> None:
    assert as_manager(client, school).get(f"/stoerungen?{query}").status_code == 422


def test_the_export_holds_what_the_person_sees_and_no_formula(client: FlaskClient, school: School) -> None:
    make_ticket(school, title="=HYPERLINK(1)", place="+49")
    make_ticket(title="An einer anderen Schule")
    answer = as_manager(client, school).get("/stoerungen.csv?tab=alle")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    assert [(row["Titel"], row["Raum"]) for row in rows] == [("'=HYPERLINK(1)", "'+49")]


def test_an_export_with_a_wrong_filter_is_a_sentence(client: FlaskClient, school: School) -> None:
    assert as_manager(client, school).get("/stoerungen.csv?q=status:blau").status_code == 422


def test_a_search_is_kept_under_a_name_and_forgotten_again(client: FlaskClient, school: School) -> None:
    browser = as_manager(client, school)
    for line in ("status:offen", "status:wartet"):
        assert browser.post("/stoerungen/suchen", data={"name": "Meine Suche", "line": line}).status_code == 303
    assert "Meine Suche" in browser.get("/stoerungen").text
    [kept] = db.session.query(SavedFilter).all()
    assert kept.line == "status:wartet"
    stranger = sign_in(client, make_user(Role.REPORTER, school_id=school.id))
    assert stranger.post(f"/stoerungen/suchen/{kept.id}/loeschen").status_code == 404
    as_manager(client, school)
    assert db.session.query(SavedFilter).count() == 1


def test_a_search_without_a_name_is_a_sentence(client: FlaskClient, school: School) -> None:
    browser = as_manager(client, school)
    for body in ({}, {"name": "x" * 41, "line": "a"}, {"name": "x", "line": "y" * 301}):
        assert browser.post("/stoerungen/suchen", data=body).status_code == 422


def test_an_empty_list_says_what_to_do(client: FlaskClient, school: School) -> None:
    browser = sign_in(client, make_user(Role.REPORTER, school_id=school.id))
    assert "Störung melden" in browser.get("/stoerungen?tab=meine").text
