"""Calendar addresses: secret, revocable, and right on every day of the year."""

from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.accounts.models import GrantRow
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from itsm.dispatch import ics
from itsm.dispatch.models import Assurance, CalendarFeed
from itsm.dispatch.planner.day.model import Breach
from itsm.dispatch.service import feeds
from itsm.dispatch.states import VisitState
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")

TODAY = clock.local_day(clock.now())


@pytest.fixture
def place() -> Place:
    return make_place()


def own(place: Place) -> str:
    token = feeds.make(place.driver, None, MONDAY_9AM)
    db.session.commit()
    return token


def for_school(place: Place) -> str:
    lead = make_user(Role.HEAD_OF_SCHOOL, school_id=place.school.id)
    token = feeds.make(actor_for(lead), place.school, MONDAY_9AM)
    db.session.commit()
    return token


def events(client: FlaskClient, token: str) -> list[icalendar.Event]:
    answer = client.get(f"/kalender/{token}.ics")
    assert answer.status_code == 200
    return list(icalendar.Calendar.from_ical(answer.data).walk("VEVENT"))


def test_a_manager_reads_their_own_visits_and_nobody_elses(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, make_ticket(place.school), on=TODAY, at=time(9))
    make_visit(make_place(), on=TODAY)
    (event,) = events(client, own(place))
    assert event["SUMMARY"] == f"{place.school.short_name} (1 Störung)"
    assert event["UID"] == f"visit-{visit.id}@schul-it-service"
    assert event["DTSTART"].dt == clock.at_local(TODAY, time(9))
    assert event["LOCATION"] == f"{place.site.street}, 44137 Dortmund"
    assert event["SEQUENCE"] == visit.version_id


def test_a_school_reads_the_span_it_was_told_and_only_visits_it_knows_of(client: FlaskClient, place: Place) -> None:
    make_visit(place, on=TODAY, at=time(9, 20))
    make_visit(place, on=TODAY, at=time(11), assurance=Assurance.SOFT)
    make_visit(make_place(), on=TODAY)
    (event,) = events(client, for_school(place))
    assert event["SUMMARY"] == f"Besuch Schul-IT-Service zwischen 9:00 und 10:30 Uhr: {place.school.short_name}"
    assert event["DTSTART"].dt == clock.at_local(TODAY, time(9))
    assert event["DTEND"].dt == clock.at_local(TODAY, time(10, 30))


def test_no_name_of_a_person_and_no_word_of_a_ticket_is_in_it(client: FlaskClient, place: Place) -> None:
    ticket = make_ticket(place.school, title="Frau Kaya braucht Hilfe")
    make_visit(place, ticket, on=TODAY, note="geheim")
    for token in (own(place), for_school(place)):
        text = client.get(f"/kalender/{token}.ics").text
        for word in ("Mia Manager", "Kaya", "geheim", ticket.number):
            assert word not in text


def test_a_fixed_or_delayed_visit_stands_at_its_time(client: FlaskClient, place: Place) -> None:
    make_visit(place, on=TODAY, at=time(9, 20), is_fixed=True)
    make_visit(place, on=TODAY, at=time(11, 0), told_late_minutes=25)
    starts = [event["DTSTART"].dt for event in events(client, for_school(place))]
    assert starts == [clock.at_local(TODAY, time(9, 20)), clock.at_local(TODAY, time(11, 25))]


def test_a_visit_without_a_sure_time_fills_the_day(client: FlaskClient, place: Place) -> None:
    make_visit(place, on=TODAY, breach=Breach.WINDOW)
    (event,) = events(client, for_school(place))
    assert event["DTSTART"].dt == TODAY


def test_a_cancelled_visit_stays_and_says_so_with_a_higher_sequence(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=TODAY)
    token = own(place)
    before = events(client, token)[0]
    visit.state, visit.reason = VisitState.CANCELLED, "Sportfest."
    db.session.commit()
    after = events(client, token)[0]
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["UID"] == before["UID"]


def test_the_feed_holds_eight_weeks_back_and_all_that_comes(client: FlaskClient, place: Place) -> None:
    for days in (-57, -56, 200):
        make_visit(place, on=TODAY + timedelta(days=days))
    assert len(events(client, own(place))) == 2


@pytest.mark.parametrize(
    ("day", "hour"), [(date(2027, 3, 26), 8), (date(2027, 3, 29), 7), (date(2027, 10, 29), 7), (date(2027, 11, 1), 8)]
)
def test_nine_in_berlin_is_nine_in_berlin_on_both_sides_of_the_change(place: Place, day: date, hour: int) -> None:
    visit = make_visit(place, on=day, at=time(9), is_fixed=True)
    text = ics.calendar("x", [visit], "http://x", MONDAY_9AM, is_school=True).decode()
    assert f"DTSTART:{day:%Y%m%d}T0{hour}0000Z" in text


def test_a_visit_over_the_night_of_the_change_lasts_as_long_as_it_lasts(place: Place) -> None:
    visit = make_visit(place, on=date(2027, 3, 28), at=time(1, 45), minutes=30, is_fixed=True)
    (event,) = icalendar.Calendar.from_ical(ics.calendar("x", [visit], "http://x", MONDAY_9AM, is_school=False)).walk(
        "VEVENT"
    )
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (
        datetime(2027, 3, 28, 0, 45, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 15, tzinfo=UTC),
    )


def test_lines_a_school_types_cannot_add_lines_to_the_file(place: Place) -> None:
    place.school.short_name = "A\r\nEND:VEVENT\r\nX;Y,Z"
    visit = make_visit(place, on=TODAY)
    written = ics.calendar("x", [visit], "http://x", MONDAY_9AM, is_school=False)
    assert len(list(icalendar.Calendar.from_ical(written).walk("VEVENT"))) == 1
    assert b"\r\nX;Y" not in written


def test_only_the_digest_of_the_secret_is_kept(place: Place) -> None:
    token = own(place)
    feed = db.session.scalars(sa.select(CalendarFeed)).one()
    assert len(token) >= 40
    assert token not in (feed.digest,)
    assert len(feed.digest) == 64


@pytest.mark.parametrize("token", ["x", "x" * 5000, "%00", "..%2f", "%ff", "ä"])
def test_a_wrong_secret_is_not_found(client: FlaskClient, place: Place, token: str) -> None:
    own(place)
    assert client.get(f"/kalender/{token}.ics").status_code == 404


def test_a_revoked_address_is_dead_at_once(client: FlaskClient, place: Place) -> None:
    token = own(place)
    feed = db.session.scalars(sa.select(CalendarFeed)).one()
    sign_in(client, place.manager)
    assert client.post(f"/kalender/{feed.id}/widerrufen").status_code == 302
    assert client.get(f"/kalender/{token}.ics").status_code == 404


def test_an_address_dies_with_the_right_of_whoever_made_it(client: FlaskClient, place: Place) -> None:
    token = for_school(place)
    db.session.execute(sa.delete(GrantRow).where(GrantRow.role == Role.HEAD_OF_SCHOOL))
    db.session.commit()
    assert client.get(f"/kalender/{token}.ics").status_code == 404
    mine = own(place)
    place.manager.disabled_at = MONDAY_9AM
    db.session.commit()
    assert client.get(f"/kalender/{mine}.ics").status_code == 404


def test_a_stranger_neither_makes_nor_revokes(place: Place) -> None:
    own(place)
    feed = db.session.scalars(sa.select(CalendarFeed)).one()
    stranger = make_place()
    reporter = actor_for(make_user(Role.REPORTER, school_id=place.school.id))
    with pytest.raises(NotFound):
        feeds.revoke(stranger.driver, feed.id, MONDAY_9AM)
    with pytest.raises(NotAllowed):
        feeds.make(stranger.driver, place.school, MONDAY_9AM)
    with pytest.raises(NotAllowed):
        feeds.make(reporter, None, MONDAY_9AM)


def test_there_are_at_most_five_addresses_for_one_person(place: Place) -> None:
    for _ in range(5):
        own(place)
    with pytest.raises(DomainError, match="widerrufen"):
        own(place)


def test_an_unchanged_calendar_is_not_sent_again(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=TODAY)
    token = own(place)
    first = client.get(f"/kalender/{token}.ics")
    again = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"/kalender/{token}.ics", headers=again).status_code == 304
    visit.minutes += 5
    db.session.commit()
    assert client.get(f"/kalender/{token}.ics", headers=again).status_code == 200
    assert first.headers["Cache-Control"].startswith("private")
    assert first.mimetype == "text/calendar"


def test_the_page_shows_the_address_once_and_when_it_was_read(client: FlaskClient, place: Place) -> None:
    sign_in(client, place.manager)
    answer = client.post("/kalender")
    assert "no-store" in answer.headers["Cache-Control"]
    token = answer.text.split("/kalender/")[1].split(".ics")[0]
    assert "noch nie gelesen" in client.get("/kalender").text
    assert token not in client.get("/kalender").text
    client.get(f"/kalender/{token}.ics")
    assert "zuletzt gelesen" in client.get("/kalender").text


def test_a_school_lead_makes_an_address_for_the_school(client: FlaskClient, place: Place) -> None:
    sign_in(client, make_user(Role.MEDIA_COORDINATOR, school_id=place.school.id))
    assert "Die Adresse ist angelegt" in client.post("/kalender", data={"school": place.school.id}).text
    assert client.post("/kalender", data={"school": make_place().school.id}).status_code == 404
    assert client.post("/kalender", data={"school": 2**40}).status_code == 404
