"""Districts: seen by whom, edited by whom, and cut anew."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.core.access import Role
from itsm.org.models import School
from tests.people import make_user, sign_in
from tests.places import make_district, make_school, make_site


def administrator(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_user(Role.ADMINISTRATOR))


def make_town(count: int) -> None:
    for index in range(count):
        school = make_school(site=make_site(latitude=51.45 + index / 100, longitude=7.4 + (index % 3) / 50))
        school.district, school.pupils = None, 200


def test_the_list_shows_schools_and_pupils(client: FlaskClient, session: scoped_session) -> None:
    district = make_district("Bezirk Nord")
    make_school(district).pupils = 1200
    make_school(district).pupils = 34
    page = administrator(client).get("/bezirke").text
    assert "Bezirk Nord" in page
    assert "1.234" in page


def test_a_manager_sees_the_own_district_only(client: FlaskClient, session: scoped_session) -> None:
    own, other = make_district("Bezirk Nord"), make_district("Bezirk Süd")
    sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=own.id))
    page = client.get("/bezirke").text
    assert ("Bezirk Nord" in page, "Bezirk Süd" in page) == (True, False)
    assert client.get(f"/bezirke/{own.number}").status_code == 200
    assert client.get(f"/bezirke/{other.number}").status_code == 404
    assert client.post(f"/bezirke/{own.number}/aendern", data={"district-name": "x"}).status_code == 403
    assert client.get("/bezirke/99999999999").status_code == 404


def test_school_staff_see_no_district(client: FlaskClient, session: scoped_session) -> None:
    school = make_school()
    sign_in(client, make_user(Role.REPORTER, school_id=school.id))
    assert client.get(f"/bezirke/{school.district.number}").status_code == 404
    assert school.district.name not in client.get("/bezirke").text


def test_a_team_lead_names_a_district_and_its_start(client: FlaskClient, session: scoped_session) -> None:
    district = make_district()
    sign_in(client, make_user(Role.DISPATCHER))
    typed = {
        "district-name": "Mitte",
        "district-base_name": "Medienzentrum",
        "district-latitude": "51,51",
        "district-longitude": "7,46",
    }
    assert client.post(f"/bezirke/{district.number}/aendern", data=typed).status_code == 302
    assert (district.name, district.base_name, district.base_latitude) == ("Mitte", "Medienzentrum", 51.51)
    wrong = client.post(f"/bezirke/{district.number}/aendern", data=typed | {"district-latitude": "nirgends"})
    assert (wrong.status_code, "nirgends" in wrong.text) == (422, True)


def test_a_proposal_is_shown_before_it_is_saved(client: FlaskClient, session: scoped_session) -> None:
    make_town(6)
    administrator(client)
    assert client.post("/bezirke/vorschlag", data={"count": "2"}).location == "/bezirke/vorschlag/2"
    assert "Vorschlag für 2 Bezirke" in client.get("/bezirke/vorschlag/2").text
    assert placed(session) == set()
    client.post("/bezirke/vorschlag/2/uebernehmen")
    assert len(placed(session)) == 2


def placed(session: scoped_session) -> set[int]:
    return set(session.scalars(sa.select(School.district_id).where(School.district_id.is_not(None))))


@pytest.mark.parametrize("count", ["0", "61", "abc", ""])
def test_an_impossible_number_of_districts_is_a_sentence(
    client: FlaskClient, session: scoped_session, count: str
) -> None:
    assert administrator(client).post("/bezirke/vorschlag", data={"count": count}).status_code == 422


def test_a_proposal_without_schools_is_a_sentence(client: FlaskClient, session: scoped_session) -> None:
    answer = administrator(client).get("/bezirke/vorschlag/3")
    assert (answer.status_code, "zuerst die Schulliste" in answer.text) == (422, True)


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.AUDITOR])
def test_only_the_administration_cuts_districts(client: FlaskClient, session: scoped_session, role: Role) -> None:
    make_town(3)
    sign_in(client, make_user(role))
    assert client.get("/bezirke/vorschlag").status_code == 403
    assert client.get("/bezirke/vorschlag/2").status_code == 403
    assert client.post("/bezirke/vorschlag/2/uebernehmen").status_code == 403
    assert session.scalars(sa.select(School).where(School.district_id.is_not(None))).all() == []


def make_torn_town(client: FlaskClient) -> tuple[School, School]:
    """Two districts whose two middle schools lie on the wrong side; who signed in administrates."""
    districts = [make_district("West"), make_district("Ost")]
    sides = (0, 0, 1, 0, 1, 1)
    schools = [
        make_school(districts[side], site=make_site(longitude=7.3 + index / 20)) for index, side in enumerate(sides)
    ]
    administrator(client)
    return schools[2], schools[3]


def test_the_wishes_of_the_form_stand_in_the_address(client: FlaskClient, session: scoped_session) -> None:
    first, _ = make_torn_town(client)
    number = first.district.number
    typed = {"count": "2", "keep": "0", "fixed": first.number, f"posts_{number}": "1,5"}
    answer = client.post("/bezirke/vorschlag", data=typed)
    assert answer.location == f"/bezirke/vorschlag/2?erhalt=0&fest={first.number}&stellen={number}%3D1.5"
    assert client.get(answer.location).status_code == 200
    again = client.get("/bezirke/vorschlag?" + answer.location.partition("?")[2]).text
    assert (f">\r\n{first.number}</textarea>" in again, 'value="1,5"' in again) == (True, True)


def test_the_preview_names_who_moves_and_draws_today_and_tomorrow(client: FlaskClient, session: scoped_session) -> None:
    first, second = make_torn_town(client)
    page = client.get("/bezirke/vorschlag/2?erhalt=0").text
    assert "2 Schulen wechseln den Bezirk" in page
    assert page.count('<svg class="it-cut__map"') == 2
    for school in (first, second):
        assert f'value="{school.number}={school.district.number}"' in page


def test_a_school_ticked_as_staying_stays(client: FlaskClient, session: scoped_session) -> None:
    first, _ = make_torn_town(client)
    page = client.get(f"/bezirke/vorschlag/2?erhalt=0&fest={first.number}={first.district.number}").text
    assert f"Festgelegt: {first.number}={first.district.number}" in page
    assert f'aria-label="{first.name} bleibt' not in page


def test_only_the_cut_that_was_seen_is_saved(client: FlaskClient, session: scoped_session) -> None:
    first, second = make_torn_town(client)
    before = first.district_id
    stale = client.post("/bezirke/vorschlag/2/uebernehmen", data={"erhalt": "0", "gesehen": "0" * 16})
    assert (stale.status_code, first.district_id) == (409, before)
    assert client.post("/bezirke/vorschlag/2/uebernehmen", data={"erhalt": "0"}).status_code == 302
    assert first.district_id != before
    assert second.district_id == before


@pytest.mark.parametrize("wish", ["erhalt=x", "fest=999999", "stellen=1=0", "stellen=1=1e9", "fest=%00", "fest=a=b=c"])
def test_an_address_with_impossible_wishes_is_a_sentence(
    client: FlaskClient, session: scoped_session, wish: str
) -> None:
    make_torn_town(client)
    assert client.get(f"/bezirke/vorschlag/2?{wish}").status_code == 422


@pytest.mark.parametrize("typed", [{"fixed": "999999"}, {"keep": "viel"}, {"fixed": "x" * 20000}])
def test_impossible_wishes_stay_in_the_form(
    client: FlaskClient, session: scoped_session, typed: dict[str, str]
) -> None:
    make_torn_town(client)
    answer = client.post("/bezirke/vorschlag", data={"count": "2"} | typed)
    assert (answer.status_code, "Vorschlag berechnen" in answer.text) == (422, True)
