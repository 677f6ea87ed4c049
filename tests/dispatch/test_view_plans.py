"""Pages of week plans: asking, waiting, comparing, deciding."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch import comparison, reason_words
from itsm.dispatch.models import StepKind, Visit, WeekPlan
from itsm.dispatch.states import PlanState
from itsm.dispatch.week_forms import spans
from tests.counting import queries_of
from tests.dispatch.factories import make_place
from tests.dispatch.proposals import NO_ROOM, add_step, make_plan, numbers_of
from tests.people import make_user, sign_in
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def lead(client: FlaskClient) -> FlaskClient:
    """The team lead at the screen."""
    return sign_in(client, make_user(Role.DISPATCHER))


def tomorrow() -> datetime:
    return clock.now() + timedelta(days=1)


def test_the_team_lead_asks_for_districts_and_a_week(lead: FlaskClient) -> None:
    place, other = make_place(), make_place()
    page = lead.get("/einsatz/planen").text
    assert place.district.name in page and "Nächste Woche" in page and "Auch über Bezirksgrenzen" in page
    form = {"districts": [place.district.id, other.district.id], "span": "naechste", "joint": "y"}
    answer = lead.post("/einsatz/planen", data=form)
    plan = db.session.scalars(sa.select(WeekPlan)).one()
    assert answer.location == f"/einsatz/plaene/{plan.id}"
    assert (set(plan.district_ids), plan.is_joint) == ({place.district.id, other.district.id}, True)
    assert (plan.first_on.weekday(), plan.days) == (0, 5)
    assert f"/einsatz/plaene/{plan.id}" in lead.get("/einsatz/planen").text


def test_the_whole_city_is_one_tap(lead: FlaskClient) -> None:
    for _ in range(2):
        make_place()
    ticks = [tag for tag in re.findall(r"<input[^>]*>", lead.get("/einsatz/planen").text) if 'name="districts"' in tag]
    assert len(ticks) == 2 and all(" checked" in tag for tag in ticks)


def test_without_a_district_the_form_says_so(lead: FlaskClient) -> None:
    for _ in range(2):
        make_place()
    answer = lead.post("/einsatz/planen", data={"span": "naechste"})
    assert answer.status_code == 422
    assert "mindestens einen Bezirk" in answer.text


def test_a_manager_has_nothing_to_choose_but_the_week(client: FlaskClient) -> None:
    place = make_place()
    make_place()
    sign_in(client, place.manager)
    answer = client.post("/einsatz/planen", data={"span": "naechste"})
    assert answer.status_code == 302
    assert db.session.scalars(sa.select(WeekPlan)).one().district_ids == [place.district.id]


@pytest.mark.parametrize(
    ("today", "first", "days"),
    [(date(2026, 11, 16), date(2026, 11, 16), 5), (date(2026, 11, 20), date(2026, 11, 20), 1)],
)
def test_this_week_is_what_is_left_of_it(today: date, first: date, days: int) -> None:
    assert (spans(today)[0].first_on, spans(today)[0].days) == (first, days)


def test_on_the_weekend_this_week_is_over() -> None:
    assert [span.key for span in spans(date(2026, 11, 21))] == ["naechste", "uebernaechste"]
    assert spans(date(2026, 11, 22))[0].first_on == date(2026, 11, 23)


def test_who_waits_sees_how_far_it_is_and_may_cancel(lead: FlaskClient) -> None:
    plan = make_plan(make_place().district, state=PlanState.RUNNING, percent=40)
    page = lead.get(f"/einsatz/plaene/{plan.id}").text
    assert '<progress class="it-wait__bar"' in page and 'value="40"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    stand = lead.get(f"/einsatz/plaene/{plan.id}/stand").json
    assert stand == {"percent": 40, "words": "Die Planung läuft.", "waits": True}
    assert lead.post(f"/einsatz/plaene/{plan.id}/abbrechen").status_code == 302
    assert plan.state is PlanState.CANCELLED
    assert lead.get(f"/einsatz/plaene/{plan.id}/stand").json["waits"] is False


def test_a_plan_that_failed_says_so(lead: FlaskClient) -> None:
    plan = make_plan(make_place().district, state=PlanState.FAILED)
    assert "Es ging nicht." in lead.get(f"/einsatz/plaene/{plan.id}").text


def test_the_comparison_says_what_changes_and_why_something_waits(lead: FlaskClient) -> None:
    place = make_place()
    ticket, left = make_ticket(place.school, title="Display dunkel"), make_ticket(place.school)
    plan = make_plan(place.district)
    add_step(plan, place.school, StepKind.NEW, ticket, to=(place.manager.id, tomorrow()))
    add_step(plan, place.school, StepKind.LEFT_OUT, left)
    page = lead.get(f"/einsatz/plaene/{plan.id}").text
    assert (
        "1 Besuch neu, 1 Störung bleibt liegen; 10 km und 30 Minuten weniger Fahrt; keine Zusage wird gebrochen."
        in page
    )
    assert "Display dunkel" in page and "Verspätete Störungen" in page
    assert "würde verdrängen: Schule Nord (S-7)." in page and "Passt, wenn eine Überstunde erlaubt wäre" in page
    assert page.count('type="checkbox"') == 1


def test_all_or_the_chosen_steps_are_accepted(lead: FlaskClient) -> None:
    place = make_place()
    plan = make_plan(place.district)
    steps = [
        add_step(plan, place.school, StepKind.NEW, make_ticket(place.school), to=(place.manager.id, _school_day()))
        for _ in range(2)
    ]
    answer = lead.post(f"/einsatz/plaene/{plan.id}/uebernehmen", data={"schritt": [steps[0].id], "wahl": "gewaehlt"})
    assert answer.status_code == 302
    assert len(db.session.scalars(sa.select(Visit)).all()) == 1
    page = lead.get(f"/einsatz/plaene/{plan.id}").text
    assert "1 Änderung gilt. Die Schulen wissen Bescheid." in page and "nicht übernommen" in page
    again = lead.post(f"/einsatz/plaene/{plan.id}/uebernehmen", data={"wahl": "alle"})
    assert again.status_code == 409


def _school_day() -> datetime:
    """Some Wednesday morning ahead outside of all holidays."""
    return clock.at_local(date(clock.now().year + 1, 11, 17), time(9))


def test_a_rejected_plan_is_in_the_list(lead: FlaskClient) -> None:
    place = make_place()
    plan = make_plan(place.district)
    add_step(plan, place.school, StepKind.NEW, make_ticket(place.school), to=(place.manager.id, tomorrow()))
    lead.post(f"/einsatz/plaene/{plan.id}/verwerfen")
    page = lead.get("/einsatz/plaene").text
    assert "verworfen" in page and place.district.name in page and f"/einsatz/plaene/{plan.id}" in page


def test_a_manager_sees_only_plans_of_the_own_district_alone(client: FlaskClient) -> None:
    place, other = make_place(), make_place()
    own, shared = make_plan(place.district), make_plan(place.district, other.district)
    sign_in(client, place.manager)
    assert client.get(f"/einsatz/plaene/{own.id}").status_code == 200
    assert client.get(f"/einsatz/plaene/{shared.id}").status_code == 404
    page = client.get("/einsatz/plaene").text
    assert f"plaene/{own.id}" in page and f"plaene/{shared.id}" not in page


@pytest.mark.parametrize("number", [0, 999_999, 10**12])
def test_an_unknown_plan_is_not_found(lead: FlaskClient, number: int) -> None:
    assert lead.get(f"/einsatz/plaene/{number}").status_code == 404


def test_the_number_of_queries_does_not_depend_on_the_steps(lead: FlaskClient) -> None:
    place = make_place()
    plan = make_plan(place.district)
    address = f"/einsatz/plaene/{plan.id}"

    def count() -> int:
        with queries_of() as statements:
            assert lead.get(address).status_code == 200
        return len(statements)

    def add() -> None:
        add_step(plan, place.school, StepKind.NEW, make_ticket(place.school), to=(place.manager.id, tomorrow()))

    add()
    few = count()
    for _ in range(6):
        add()
    assert count() == few


@pytest.mark.parametrize(
    ("metres", "seconds", "words"),
    [
        (-38_000, -3_300, "38 km und 55 Minuten weniger Fahrt"),
        (12_000, 60, "12 km und 1 Minute mehr Fahrt"),
        (-5_000, 600, "5 km weniger und 10 Minuten mehr Fahrt"),
        (300, 0, "die Fahrten bleiben gleich lang"),
        (0, -600, "10 Minuten weniger Fahrt"),
    ],
)
def test_drives_are_compared_in_words(metres: int, seconds: int, words: str) -> None:
    place = make_place()
    plan = make_plan(place.district, before=numbers_of(), after=numbers_of(3600 + seconds, 30_000 + metres))
    step = add_step(plan, place.school, StepKind.NEW, make_ticket(place.school), to=(place.manager.id, tomorrow()))
    assert words in comparison.sentence([step], plan.before, plan.after)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ({"reason": "nobody", "leave_cents": 1}, "niemand im Dienst"),
        (
            {"reason": "no-skill", "leave_cents": 1, "skills": ["Netzwerk"], "people": ["A"]},
            "Im Bezirk fehlt dafür: Netzwerk.",
        ),
        ({"reason": "waits", "leave_cents": 1, "waits_for": "Lampe", "not_before_on": "2026-12-01"}, "am 01.12.2026"),
        ({"reason": "waits", "leave_cents": 1, "waits_for": "Lampe"}, "Wann es kommt, ist offen."),
        ({"reason": "no-window", "leave_cents": 1}, "geschlossen"),
        (
            {
                "reason": "no-window",
                "leave_cents": 1,
                "window": ["2026-11-18T08:00:00+00:00", "2026-11-18T09:00:00+00:00"],
                "short_minutes": 30,
            },
            "Mittwoch, 9:00 bis 10:00 Uhr. Es fehlen 30 Min.",
        ),
        ({"reason": "pin", "leave_cents": 1, "is_pinned": True}, "so angeheftet"),
        ({"reason": "pin", "leave_cents": 1, "pins": ["A", "B", "C", "D"]}, "A, B, C und 1 weitere"),
        ({"reason": "two-people", "leave_cents": 1}, "zwei Personen"),
        ({"reason": "too-far", "leave_cents": 1, "conflicts": [{"kind": "pause", "minutes": 3}]}, "für die Pause"),
        (
            {"reason": "not-worth", "leave_cents": 1000, "cents": 5000},
            "50 € kosten, das Warten bis zur nächsten Woche 10 €",
        ),
        (NO_ROOM, "am Mittwoch um 10:20 Uhr bei Mia Manager"),
        ({"reason": "no-room", "leave_cents": 1}, "kein Platz mehr"),
        ({"reason": "fits", "leave_cents": 1}, "Noch keinem Besuch"),
        ({}, "Noch keinem Besuch zugeordnet."),
        ({"reason": "new-in-a-later-version"}, "Noch keinem Besuch zugeordnet."),
    ],
)
def test_reasons_are_said_in_plain_words(reason: dict[str, object], words: str) -> None:
    assert words in reason_words.why(reason)


def test_what_would_let_it_in_names_the_place() -> None:
    (sentence,) = reason_words.fits_if(NO_ROOM)
    assert sentence == "eine Überstunde erlaubt wäre (dann am Mittwoch um 15:00 Uhr bei Mia Manager)"
    assert datetime(2026, 11, 18, 14, tzinfo=UTC) == datetime.fromisoformat(NO_ROOM["fits_if"][0]["starts_at"])
