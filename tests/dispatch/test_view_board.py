"""The page of the board: what it shows, how it answers, and that it stays small."""

from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.accounts.models import GrantRow
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import NotFound
from itsm.dispatch import board as boards
from itsm.dispatch import board_queries
from itsm.dispatch.models import Assurance, Visit, VisitKind
from itsm.dispatch.states import VisitState
from itsm.org import calendar
from itsm.tickets.states import State
from tests.counting import queries_of
from tests.dispatch.factories import WEDNESDAY, Place, make_place, make_visit
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_school
from tests.tickets.factories import make_ticket

TODAY = clock.local_day(clock.now())
# Two school days of one week, far enough ahead to be planned.
DAY = next(
    day
    for day in (TODAY + timedelta(days=offset) for offset in range(7, 90))
    if day.weekday() < 4 and calendar.is_school_day(day) and calendar.is_school_day(day + timedelta(days=1))
)
NEXT = DAY + timedelta(days=1)
LARGEST_PAGE = 300_000

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def place(client: FlaskClient) -> Place:
    place = make_place()
    sign_in(client, place.manager)
    return place


def spot(place: Place, visit: Visit, day: date = NEXT, **more: object) -> dict[str, object]:
    return {"person": place.manager.id, "tag": day.isoformat(), "version": visit.version_id, **more}


def test_the_board_shows_each_visit_with_time_jobs_and_state_in_words(client: FlaskClient, place: Place) -> None:
    ticket = make_ticket(place.school, state=State.PLANNED)
    visit = make_visit(place, ticket, on=DAY, assurance=Assurance.SOFT, is_day_pinned=True)
    text = client.get(f"/einsatz?woche={DAY}").text
    assert "9:00–9:30 Uhr, 1 Störung, vorgesehen, Tag angeheftet" in text
    assert f'href="/einsatz/besuche/{visit.id}"' in text
    assert "Mia Manager" in text


def test_what_fell_through_is_not_on_the_board(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=DAY, state=VisitState.CANCELLED)
    assert f"/einsatz/besuche/{visit.id}" not in client.get(f"/einsatz?woche={DAY}").text


def test_what_is_not_planned_stands_there_with_its_reason(client: FlaskClient, place: Place) -> None:
    ticket = make_ticket(place.school, title="Beamer <b>dunkel</b>", impact=1, urgency=1)
    text = client.get("/einsatz").text
    assert "Beamer &lt;b&gt;dunkel&lt;/b&gt;" in text
    assert "Für die Schule ist kein Besuch angelegt." in text
    page = client.get(f"/einsatz/stoerungen/{ticket.id}/einplanen").text
    assert "Warum noch nicht geplant" in page


def test_a_manager_sees_the_own_district_only(client: FlaskClient, place: Place) -> None:
    foreign = make_place()
    theirs = make_visit(foreign, on=DAY)
    assert f"/einsatz/besuche/{theirs.id}" not in client.get(f"/einsatz?woche={DAY}").text
    assert client.get(f"/einsatz?bezirk={foreign.district.number}").status_code == 404


def test_the_team_lead_chooses_a_district(client: FlaskClient, place: Place) -> None:
    foreign = make_place()
    mine, theirs = make_visit(place, on=DAY), make_visit(foreign, on=DAY)
    sign_in(client, make_user(Role.DISPATCHER))
    everything = client.get(f"/einsatz?tag={DAY}").text
    one = client.get(f"/einsatz?tag={DAY}&bezirk={place.district.number}").text
    assert f"/besuche/{mine.id}" in everything
    assert f"/besuche/{theirs.id}" in everything
    assert f"/besuche/{mine.id}" in one
    assert f"/besuche/{theirs.id}" not in one


@pytest.mark.parametrize("query", ["woche=gestern", "tag=9999-12-31", "bezirk=4711", "tag=2026-02-30"])
def test_an_address_without_a_day_or_district_is_not_found(client: FlaskClient, place: Place, query: str) -> None:
    assert client.get(f"/einsatz?{query}").status_code == 404


def test_the_effect_is_said_before_anything_moves(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=DAY)
    found = client.get("/einsatz/wirkung", query_string={"besuch": visit.id, **spot(place, visit, bei=600)}).json
    assert found is not None
    assert (found["kind"], found["possible"], found["nod"]) == ("success", True, False)
    assert found["sentence"].startswith("Mia Manager kommt am ")
    assert "Die Schule bekommt den neuen Termin per Mail." in found["lines"]
    assert visit.visit_on == DAY


def test_the_effect_of_planning_a_ticket_is_said(client: FlaskClient, place: Place) -> None:
    ticket = make_ticket(place.school)
    asked = {"stoerung": ticket.id, "person": place.manager.id, "tag": DAY.isoformat(), "bei": 600}
    found = client.get("/einsatz/wirkung", query_string=asked).json
    assert found is not None
    assert found["possible"]


@pytest.mark.parametrize("wrong", [{"person": 999}, {"tag": "morgen"}, {"person": "x"}, {"bei": "x", "person": 0}])
def test_no_effect_of_what_does_not_exist(client: FlaskClient, place: Place, wrong: dict[str, object]) -> None:
    visit = make_visit(place, on=DAY)
    asked = {"besuch": visit.id, **spot(place, visit), **wrong}
    assert client.get("/einsatz/wirkung", query_string=asked).status_code == 404


def test_the_menu_moves_a_visit_in_two_pages_without_javascript(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=DAY)
    assert "Verschieben nach …" in client.get(f"/einsatz/besuche/{visit.id}").text
    address = f"/einsatz/besuche/{visit.id}/verschieben"
    assert "Beste Plätze" in client.get(address).text
    shown = client.get(address, query_string=spot(place, visit, um="10:15")).text
    assert "Das geht." in shown
    assert "fest um 10:15 Uhr" in shown
    answer = client.post(address, data=spot(place, visit, um="10:15"))
    assert (answer.status_code, visit.visit_on, visit.is_fixed) == (302, NEXT, True)
    assert f"verschoben: {DAY:%d.%m.}"[:11] in client.get(answer.location).text


def test_the_way_back_leads_to_the_board_as_it_was_and_nowhere_else(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=DAY)
    address = f"/einsatz/besuche/{visit.id}/verschieben"
    back = f"/einsatz?tag={DAY}"
    assert client.post(address, data=spot(place, visit, zurueck=back)).location == f"{back}#b{visit.id}"
    away = client.post(address, data=spot(place, visit, DAY, zurueck="//example.org/einsatz")).location
    assert away.startswith("/einsatz?woche=")


def test_a_forbidden_place_is_refused_and_the_choice_is_kept(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=DAY)
    saturday = DAY + timedelta(days=5 - DAY.weekday())
    answer = client.post(f"/einsatz/besuche/{visit.id}/verschieben", data=spot(place, visit, saturday))
    assert answer.status_code == 422
    assert "arbeitet am Samstag" in answer.text
    assert visit.visit_on == DAY


def test_the_second_of_two_people_is_told_the_present_state(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=DAY)
    address, old = f"/einsatz/besuche/{visit.id}/verschieben", spot(place, visit)
    assert client.post(address, data=old).status_code == 302
    answer = client.post(address, data=old | {"um": "10:15"})
    assert answer.status_code == 409
    assert "ist inzwischen geändert" in answer.text
    assert "fest um 10:15 Uhr" in answer.text
    assert not visit.is_fixed


def test_a_step_has_a_button_that_takes_it_back(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=DAY)
    assert "Rückgängig" not in client.get("/einsatz").text
    client.post(f"/einsatz/besuche/{visit.id}/verschieben", data=spot(place, visit))
    text = client.get("/einsatz").text
    assert "Rückgängig" in text
    action = text[text.index("/einsatz/schritte/") :].split('"')[0]
    assert client.post(action).status_code == 302
    assert visit.visit_on == DAY
    assert client.post(action).status_code == 409
    sign_in(client, make_user(Role.DISPATCHER))
    assert client.post(action).status_code == 404


def test_pins_splitting_and_merging_have_forms(client: FlaskClient, place: Place) -> None:
    first, second = (make_ticket(place.school, state=State.PLANNED) for _ in range(2))
    visit = make_visit(place, first, second, on=DAY, kind=VisitKind.EXTRA)
    address = f"/einsatz/besuche/{visit.id}"
    assert client.post(f"{address}/anheften", data={"version": visit.version_id, "day": "y"}).status_code == 302
    assert visit.is_day_pinned
    assert client.post(f"{address}/teilen", data={"version": visit.version_id}).status_code == 422
    split = client.post(f"{address}/teilen", data={"version": visit.version_id, "tickets": [second.id]})
    assert (split.status_code, len(visit.jobs)) == (302, 1)
    text = client.get(address).text
    assert "Zusammenlegen mit" in text
    other = text[text.index('name="other" value="') :].split('"')[3]
    merged = client.post(f"{address}/zusammenlegen", data={"version": visit.version_id, "other": other})
    assert (merged.status_code, len(visit.jobs)) == (302, 2)


def test_a_sheet_is_the_page_without_its_frame(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=DAY)
    sheet = client.get(f"/einsatz/besuche/{visit.id}", headers={"X-Sheet": "1"}).text
    assert "<html" not in sheet
    assert "data-sheet-title" in sheet


def test_the_board_shows_times_load_break_and_overtime() -> None:
    place = make_place()
    for hour, position in ((8, 1), (10, 2), (15, 3)):
        make_visit(place, at=time(hour), minutes=60, position=position, travel_minutes=10)
    shown = boards.board(place.driver, [place.district], [WEDNESDAY], MONDAY_9AM)
    cell = shown.rows[0].cells[0]
    assert [block.bar for block in cell.blocks] == [(10.0, 10.0), (30.0, 10.0), (80.0, 10.0)]
    assert cell.load.startswith("3:3")
    assert cell.load.endswith("min Fahrt")
    assert cell.pause == (40.0, 5.0)
    assert 0 < cell.overtime_minutes < 20
    assert shown.overtime_days == 1


def test_names_that_would_lie_on_each_other_get_lines_of_their_own() -> None:
    place = make_place()
    for hour in (8, 9, 14):
        make_visit(place, at=time(hour), position=hour)
    day = boards.board(place.driver, [place.district], [WEDNESDAY], MONDAY_9AM).rows[0].cells[0]
    assert [block.lane for block in day.blocks] == [0, 1, 0]
    week = boards.board(place.driver, [place.district], boards.week_of(WEDNESDAY), MONDAY_9AM).rows[0].cells[2]
    assert [block.lane for block in week.blocks] == [0, 1, 2]


def test_a_weekend_shows_the_week_after_it() -> None:
    assert boards.week_of(date(2026, 11, 22))[0] == date(2026, 11, 23)
    assert boards.week_of(date(2026, 11, 20))[0] == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Kastaniengrund-Grundschule", "Kastaniengrund-GS"),
        ("Weiterbildungskolleg Farnpark", "WBK Farnpark"),
        ("Berufskolleg Wacholderpark", "BK Wacholderpark"),
        ("Schule am Hafen", "Schule am Hafen"),
    ],
)
def test_names_of_schools_are_shortened_as_people_say_them(name: str, short: str) -> None:
    assert boards.short_name(name) == short


def test_a_manager_sees_the_own_district_and_the_team_lead_all() -> None:
    place, other = make_place(), make_place()
    lead = actor_for(make_user(Role.DISPATCHER))
    assert board_queries.districts_for(place.driver) == [place.district]
    assert {place.district, other.district} <= set(board_queries.districts_for(lead))
    with pytest.raises(NotFound):
        board_queries.chosen([place.district], other.district.number)


def test_who_may_no_longer_drive_is_not_on_the_board() -> None:
    place = make_place()
    grant = db.session.scalars(sa.select(GrantRow).where(GrantRow.user_id == place.manager.id)).one()
    grant.until_on = date(2026, 11, 1)
    assert board_queries.managers_of([place.district.id], WEDNESDAY) == {}


def test_a_full_city_stays_one_small_page_with_few_queries(client: FlaskClient, place: Place) -> None:
    sign_in(client, make_user(Role.DISPATCHER))
    make_visit(place, on=DAY)
    with queries_of() as few:
        client.get(f"/einsatz?woche={DAY}")
    monday = DAY - timedelta(days=DAY.weekday())
    for number in range(11):
        one = make_place()
        one.manager.name = f"Manager Nummer {number}"
        schools = [make_school(one.district, name=f"Kastaniengrund-Grundschule {number}-{n}") for n in range(9)]
        for offset in range(5):
            day = monday + timedelta(days=offset)
            for position, school in enumerate(schools, 1):
                db.session.add(_visit(Place(one.district, school, one.manager), day, position))
    db.session.commit()
    with queries_of() as many:
        answer = client.get(f"/einsatz?woche={DAY}")
    assert answer.text.count('class="it-v ') == 11 * 5 * 9 + 1
    assert len(many) <= len(few) + 3
    assert len(answer.data) < LARGEST_PAGE


def _visit(place: Place, day: date, position: int) -> Visit:
    return Visit(
        school=place.school,
        site=place.site,
        district=place.district,
        user=place.manager,
        kind=VisitKind.REGULAR,
        visit_on=day,
        starts_at=clock.at_local(day, time(7 + position)),
        minutes=40,
        position=position,
        travel_minutes=12,
        jobs=[],
        tasks=[],
    )
