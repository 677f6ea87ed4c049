"""The mileage log: what was really driven."""

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from itsm.core import clock, pdf
from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch import mileage
from itsm.dispatch.models import Visit
from itsm.dispatch.states import VisitState
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import MONDAY, MONDAY_9AM, make_user, sign_in
from tests.places import make_school, make_site
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def place() -> Place:
    return make_place()


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return clock.at_local(day, time(hour, minute))


def reached(place: Place, hour: int, latitude: float = 51.52, *, name: str | None = None, **columns: Any) -> Visit:
    """A stop reached at this hour and left half an hour later."""
    school = make_school(place.district, name=name, site=make_site(latitude=latitude, longitude=7.4653))
    day = columns.get("on", MONDAY)
    moments = {"arrived_at": at(hour, 0, day), "left_at": at(hour, 30, day), "state": VisitState.DONE, "on": MONDAY}
    return make_visit(place, school=school, site=school.places[0].site, **(moments | columns))


def test_the_log_goes_from_the_base_over_the_stops_as_they_were_driven_and_back(place: Place) -> None:
    reached(place, 10, 51.55, name="Zweite", position=1)
    reached(place, 8, 51.52, name="Erste", position=2)
    log = mileage.trips(place.manager, MONDAY, MONDAY)
    assert [trip.origin.split(",")[0] for trip in log] == ["Betriebshof", "Erste", "Zweite"]
    assert [trip.target.split(",")[0] for trip in log] == ["Erste", "Zweite", "Betriebshof"]
    assert [trip.arrives_at for trip in log[:2]] == [at(8), at(10)]
    assert log[2].leaves_at == at(10, 30)
    # 51.52 to 51.55 are 3.3 km of air line, times 1.3.
    assert 4_200 < log[1].metres < 4_500


def test_a_stop_with_nobody_there_was_driven_to_and_a_cancelled_one_was_not(place: Place) -> None:
    reached(place, 8, state=VisitState.MISSED, left_at=None, reason="Niemand da.")
    reached(place, 9, state=VisitState.CANCELLED, arrived_at=None, left_at=None, reason="Sportfest.")
    log = mileage.trips(place.manager, MONDAY, MONDAY)
    assert [trip.purpose for trip in log] == ["Schulbesuch", "Rückfahrt"]


def test_the_way_back_is_not_in_the_log_while_somebody_is_on_site(place: Place) -> None:
    reached(place, 8, state=VisitState.ON_SITE, left_at=None)
    assert [trip.purpose for trip in mileage.trips(place.manager, MONDAY, MONDAY)] == ["Schulbesuch"]


def test_departure_is_what_was_tapped_else_reckoned_from_the_drive(place: Place) -> None:
    reached(place, 8, departed_at=at(7, 40))
    second = reached(place, 9)
    log = mileage.trips(place.manager, MONDAY, MONDAY)
    assert log[0].leaves_at == at(7, 40)
    assert second.arrived_at is not None
    assert timedelta() <= second.arrived_at - log[1].leaves_at < timedelta(minutes=20)


def test_the_purpose_names_the_tickets(place: Place) -> None:
    visit = reached(place, 8)
    ticket = make_ticket(visit.school)
    db.session.refresh(visit)
    assert mileage.trips(place.manager, MONDAY, MONDAY)[0].purpose == "Schulbesuch"
    make_visit(place, ticket, on=MONDAY, state=VisitState.DONE, at=time(9))
    assert mileage.trips(place.manager, MONDAY, MONDAY)[1].purpose == f"Schulbesuch, {ticket.number}"


def test_a_month_has_its_own_start_and_way_back_each_day(place: Place) -> None:
    reached(place, 8)
    reached(place, 8, on=MONDAY + timedelta(days=1))
    reached(place, 8, on=date(2026, 12, 1))
    first_on, last_on = mileage.span_of(MONDAY, month=True)
    assert (first_on, last_on) == (date(2026, 11, 1), date(2026, 11, 30))
    log = mileage.trips(place.manager, first_on, last_on)
    assert [trip.origin for trip in log if trip.origin == "Betriebshof"] == ["Betriebshof"] * 2
    assert len(log) == 4


@pytest.mark.parametrize(("metres", "said"), [(0, "0,0"), (950, "0,9"), (5_240, "5,2"), (12_000, "12,0")])
def test_kilometres_have_a_comma(metres: int, said: str) -> None:
    assert mileage.kilometres(metres) == said


def test_the_file_opens_in_a_german_spreadsheet_and_holds_no_formula(client: FlaskClient, place: Place) -> None:
    sign_in(client, place.manager)
    reached(place, 8, name="=HYPERLINK(1)")
    answer = client.get(f"/tag/{MONDAY}/fahrtenbuch.csv")
    text = answer.get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert tuple(rows[0]) == mileage.HEAD
    assert rows[1][:3] == ["16.11.2026", rows[1][1], "8:00"]
    assert rows[1][4].startswith("'=HYPERLINK")
    assert "," in rows[1][6]
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_paper_takes_every_word_as_it_is(place: Place) -> None:
    reached(place, 8, name='#panic("x") *fett* $x$ <a> \\ " ]')
    log = mileage.trips(place.manager, MONDAY, MONDAY)
    paper = pdf.write(mileage.sheet(place.manager, MONDAY, MONDAY, log, MONDAY_9AM))
    assert paper.startswith(b"%PDF-")
    assert b"pdfuaid" in paper


def test_the_paper_of_a_day_without_drives_says_so_too(client: FlaskClient, place: Place) -> None:
    sign_in(client, place.manager)
    answer = client.get(f"/tag/{MONDAY}/fahrtenbuch.pdf?zeitraum=monat")
    assert answer.mimetype == "application/pdf"
    assert "fahrtenbuch-2026-11-01.pdf" in answer.headers["Content-Disposition"]


def test_the_team_lead_reads_the_log_of_a_manager_and_a_colleague_does_not(client: FlaskClient, place: Place) -> None:
    reached(place, 8, name="Erste")
    address = f"/tag/{MONDAY}/fahrtenbuch?person={place.manager.id}"
    for role, status in ((Role.DISPATCHER, 200), (Role.AUDITOR, 200), (Role.SECOND_LEVEL, 403)):
        sign_in(client, make_user(role))
        assert client.get(address).status_code == status
    sign_in(client, make_place().manager)
    assert client.get(address).status_code == 404


def test_the_day_sheet_has_address_contact_and_tickets(client: FlaskClient, place: Place) -> None:
    sign_in(client, place.manager)
    place.school.phone = "0231 50-1"
    ticket = make_ticket(place.school, title="Display dunkel")
    make_visit(place, ticket, on=MONDAY)
    text = client.get(f"/tag/{MONDAY}/blatt").text
    for words in (place.site.street, "0231 50-1", "Display dunkel", ticket.number):
        assert words in text
    assert client.get(f"/tag/{MONDAY}/blatt.pdf").data.startswith(b"%PDF-")
