"""The pages of a stocktake: whose they are, what they answer, what they never tell."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.assets.models import Stocktake
from itsm.assets.states import State
from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import Room, School
from tests.assets.factories import make_device, make_loan
from tests.counting import queries_of
from tests.people import make_user, sign_in
from tests.places import make_room, make_school

LIST = "/geraete/inventur"


@pytest.fixture
def school(session: scoped_session) -> School:
    return make_school()


@pytest.fixture
def room(school: School) -> Room:
    assert school.main_site
    return make_room(school.main_site)


@pytest.fixture
def media(client: FlaskClient, school: School) -> FlaskClient:
    return sign_in(client, make_user(Role.MEDIA_COORDINATOR, school_id=school.id))


def start(client: FlaskClient, school: School, room: Room | None = None) -> Stocktake:
    given = {"school": school.number} | ({"room": str(room.id)} if room else {})
    address = client.post(LIST, data=given).location
    return db.session.get_one(Stocktake, int(address.rsplit("/", 1)[1]))


def scan(client: FlaskClient, stocktake: Stocktake, number: str) -> str:
    return client.post(f"{LIST}/{stocktake.id}/scan", data={"number": number}, follow_redirects=True).text


def test_a_room_is_counted_and_its_differences_corrected(media: FlaskClient, school: School, room: Room) -> None:
    here, missing, astray = make_device(school, room=room), make_device(school, room=room), make_device(school)
    assert "Jetzt zählen" in media.get(LIST).text
    stocktake = start(media, school, room)
    assert "0 von 2" in media.get(f"{LIST}/{stocktake.id}").text
    assert f"iPad {here.tag} ist da" in scan(media, stocktake, here.tag)
    assert "schon gezählt" in scan(media, stocktake, here.tag)
    assert f"iPad {astray.tag} gehört woanders hin" in scan(media, stocktake, astray.tag)
    assert "XY-1 ist unbekannt" in scan(media, stocktake, "xy-1")
    assert "1 von 2, dazu 2 nicht von hier" in media.get(f"{LIST}/{stocktake.id}").text
    page = media.post(f"{LIST}/{stocktake.id}/abschliessen", follow_redirects=True).text
    assert missing.tag in page
    assert "Doch gefunden" in page
    line = next(line.id for line in stocktake.lines if line.device_id == astray.id)
    page = media.post(f"{LIST}/{stocktake.id}/zeilen/{line}/hierher", follow_redirects=True).text
    assert "Das Gerät gehört jetzt hierher." in page
    assert astray.room_id == room.id
    assert "3 Abweichungen" in media.get(LIST).text


def test_of_a_foreign_device_the_page_says_nothing(media: FlaskClient, school: School) -> None:
    foreign = make_device(make_school(name="Geheimschule"), tag="FREMD-7")
    make_loan(foreign)
    stocktake = start(media, school)
    page = scan(media, stocktake, "FREMD-7")
    assert "FREMD-7 gehört nicht zu dieser Schule" in page
    for secret in ("Geheimschule", foreign.serial, foreign.model.name, "ausgegeben"):
        assert secret not in page


@pytest.mark.parametrize("typed", ["", "   ", "X" * 41, "Y" * 301])
def test_what_cannot_be_a_number_is_refused_with_a_sentence(media: FlaskClient, school: School, typed: str) -> None:
    answer = media.post(f"{LIST}/{start(media, school).id}/scan", data={"number": typed})
    assert answer.status_code == 422
    assert "data-counting" in answer.text


def test_a_scan_after_the_end_is_a_conflict(media: FlaskClient, school: School) -> None:
    stocktake = start(media, school)
    media.post(f"{LIST}/{stocktake.id}/abbrechen")
    assert media.post(f"{LIST}/{stocktake.id}/scan", data={"number": "T-1"}).status_code == 409
    assert "verworfen" in media.get(f"{LIST}/{stocktake.id}").text


def test_the_room_of_another_school_cannot_be_counted(media: FlaskClient, school: School) -> None:
    foreign = make_school()
    assert foreign.main_site
    room = make_room(foreign.main_site)
    for given in ({"school": foreign.number}, {"school": school.number, "room": room.id}, {"school": "x", "case": 1}):
        assert media.post(LIST, data=given).status_code == 404
    assert db.session.query(Stocktake).count() == 0


def test_a_line_is_changed_through_its_own_stocktake_only(media: FlaskClient, school: School, room: Room) -> None:
    device = make_device(school, room=room)
    stocktake, other = start(media, school, room), start(media, school)
    scan(media, stocktake, device.tag)
    line = stocktake.lines[0].id
    assert media.post(f"{LIST}/{other.id}/zeilen/{line}/loeschen").status_code == 404
    assert media.post(f"{LIST}/{stocktake.id}/zeilen/{line}/loeschen").status_code == 303
    db.session.expire_all()
    assert stocktake.lines[0].finding is None


def test_the_result_comes_as_csv_and_pdf(media: FlaskClient, school: School) -> None:
    device = make_device(school, state=State.LENT)
    stocktake = start(media, school)
    scan(media, stocktake, "=1+1")
    media.post(f"{LIST}/{stocktake.id}/abschliessen")
    csv = media.get(f"{LIST}/{stocktake.id}.csv").text
    assert f"ausgegeben;{device.tag}" in csv
    assert "unbekannt;'=1+1" in csv
    assert media.get(f"{LIST}/{stocktake.id}.pdf").data.startswith(b"%PDF")


def test_support_chooses_the_school_first(client: FlaskClient, school: School) -> None:
    make_device(school)
    make_school()
    support = sign_in(client, make_user(Role.SECOND_LEVEL))
    assert "1 von 1 Geräten überfällig" in support.get(LIST).text
    assert "Ganze Schule zählen" in support.get(LIST, query_string={"schule": school.number}).text


def test_a_reader_sees_the_result_and_no_buttons(client: FlaskClient, media: FlaskClient, school: School) -> None:
    make_device(school)
    stocktake = start(media, school)
    media.post(f"{LIST}/{stocktake.id}/abschliessen")
    page = sign_in(client, make_user(Role.AUDITOR)).get(f"{LIST}/{stocktake.id}").text
    assert "0 von 1 Geräten gefunden" in page
    assert "Doch gefunden" not in page


def test_the_pages_need_the_same_queries_for_many_devices(media: FlaskClient, school: School, room: Room) -> None:
    counts = []
    for _ in range(2):
        devices = [make_device(school, room=room) for _ in range(4)]
        stocktake = start(media, school, room)
        for device in devices[1:]:
            scan(media, stocktake, device.tag)
        for address in (LIST, f"{LIST}/{stocktake.id}"):
            with queries_of() as statements:
                media.get(address)
            counts.append(len(statements))
        media.post(f"{LIST}/{stocktake.id}/abschliessen")
        with queries_of() as statements:
            media.get(f"{LIST}/{stocktake.id}")
        counts.append(len(statements))
    assert counts[:3] == counts[3:]
