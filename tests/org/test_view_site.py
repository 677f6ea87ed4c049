"""Buildings of a school and their rooms."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.core.access import Role
from itsm.org.models import Room, School, SchoolSite, Site
from tests.people import make_user, sign_in
from tests.places import make_room, make_school, make_site


@pytest.fixture
def school(session: scoped_session, client: FlaskClient) -> School:
    school = make_school(name="Hohwartschule")
    sign_in(client, make_user(Role.MEDIA_COORDINATOR, school_id=school.id))
    return school


def path(school: School, rest: str = "") -> str:
    return f"/schulen/{school.number}/gebaeude/{school.main_site.id}{rest}"


def test_a_whole_list_of_rooms_is_pasted_at_once(client: FlaskClient, school: School) -> None:
    typed = "2.14; Physik\n2.15\n\n  Aula  \n2.14; Chemie\n2.16\tmit Tabulator"
    page = client.post(path(school, "/raeume"), data={"rooms-rooms": typed}, follow_redirects=True).text
    assert "4 Räume eingetragen." in page
    assert [(room.name, room.note) for room in school.main_site.rooms] == [
        ("2.14", "Chemie"),
        ("2.15", ""),
        ("2.16", "mit Tabulator"),
        ("Aula", ""),
    ]
    again = client.post(path(school, "/raeume"), data={"rooms-rooms": "aula\n2.17"}, follow_redirects=True).text
    assert "1 Raum eingetragen." in again


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Bitte ausfüllen"),
        ("x" * 61, "zu lang"),
        ("; nur Bemerkung", "braucht einen Namen"),
        ("\n".join(str(number) for number in range(301)), "höchstens 300 Räume"),
        ("x" * 20_001, "höchstens 20000 Zeichen"),
    ],
)
def test_rooms_that_cannot_be_are_refused_and_nothing_is_added(
    client: FlaskClient, school: School, session: scoped_session, typed: str, words: str
) -> None:
    answer = client.post(path(school, "/raeume"), data={"rooms-rooms": typed})
    assert (answer.status_code, words in answer.text) == (422, True)
    assert session.scalar(sa.select(sa.func.count(Room.id))) == 0


def test_a_megabyte_of_text_is_too_much(client: FlaskClient, school: School) -> None:
    assert client.post(path(school, "/raeume"), data={"rooms-rooms": "x" * 1_000_000}).status_code in (413, 422)
    assert school.main_site.rooms == []


def test_a_room_is_renamed_but_not_to_a_name_that_is_taken(client: FlaskClient, school: School) -> None:
    room = make_room(school.main_site, "2.14")
    make_room(school.main_site, "Aula")
    url = f"/schulen/{school.number}/raeume/{room.id}"
    page = client.get(url).text
    assert 'value="2.14"' in page
    assert f"{url}/entfernen" in page
    assert client.post(url, data={"room-name": "AULA"}).status_code == 422
    assert client.post(url, data={"room-name": "2.14a", "room-note": "neu"}).status_code == 302
    assert (room.name, room.note) == ("2.14a", "neu")


def test_a_room_is_removed(client: FlaskClient, school: School, session: scoped_session) -> None:
    room = make_room(school.main_site, "2.14")
    client.post(f"/schulen/{school.number}/raeume/{room.id}/entfernen")
    assert session.scalars(sa.select(Room)).all() == []


def test_rooms_and_buildings_of_another_school_are_not_found(client: FlaskClient, school: School) -> None:
    other = make_school()
    room = make_room(other.main_site, "1.01")
    for foreign in (f"raeume/{room.id}", f"gebaeude/{other.main_site.id}", "gebaeude/999999", "raeume/99999999999"):
        assert client.get(f"/schulen/{school.number}/{foreign}").status_code == 404
    assert client.post(f"/schulen/{school.number}/raeume/{room.id}/entfernen").status_code == 404
    assert client.post(f"/schulen/{school.number}/gebaeude/{other.main_site.id}/entfernen").status_code == 404
    assert client.get(f"/schulen/{other.number}/gebaeude/{other.main_site.id}").status_code == 404


ANNEX = {
    "site-name": "Dependance",
    "site-street": "Nebenweg 3",
    "site-postcode": "44139",
    "site-town": "Dortmund",
    "site-latitude": "51,5",
    "site-longitude": "7,45",
}


def test_a_second_building_comes_and_goes_and_the_building_itself_stays(
    client: FlaskClient, school: School, session: scoped_session
) -> None:
    client.post(f"/schulen/{school.number}/gebaeude", data=ANNEX)
    annex = school.places[-1].site
    assert (annex.name, annex.latitude, school.main_site is annex) == ("Dependance", 51.5, False)
    assert client.post(f"/schulen/{school.number}/gebaeude", data=ANNEX).status_code == 422
    client.post(f"/schulen/{school.number}/gebaeude/{annex.id}/entfernen")
    assert [place.site_id for place in school.places] == [school.main_site.id]
    assert session.get(Site, annex.id) is not None


def test_a_known_address_is_the_same_building_for_both_schools(client: FlaskClient, school: School) -> None:
    site = make_site()
    make_school(site=site, name="Nachbarschule")
    typed = ANNEX | {"site-street": site.street.upper(), "site-postcode": site.postcode}
    client.post(f"/schulen/{school.number}/gebaeude", data=typed)
    assert school.places[-1].site is site
    assert "Nachbarschule" in client.get(f"/schulen/{school.number}").text


def test_the_main_building_cannot_be_left(client: FlaskClient, school: School, session: scoped_session) -> None:
    assert client.post(path(school, "/entfernen")).status_code == 422
    assert session.scalar(sa.select(sa.func.count()).select_from(SchoolSite)) == 1


def test_access_is_described_and_a_reporter_reads_it(client: FlaskClient, school: School) -> None:
    client.post(path(school, "/zugang"), data={"site-name": "Altbau", "site-access_note": "Klingel\nHausmeister"})
    sign_in(client, make_user(Role.REPORTER, school_id=school.id))
    page = client.get(path(school)).text
    assert "Altbau" in page
    assert "Hausmeister" in page
    assert "Räume eintragen" not in page
    assert client.post(path(school, "/zugang"), data={"site-name": "x"}).status_code == 403
