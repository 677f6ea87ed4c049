"""Tasks about devices on visits, and deliveries that become visits."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.assets.events import DeliveryWanted
from itsm.assets.models import DeviceTask, TaskKind
from itsm.assets.service import tasks
from itsm.core.access import SYSTEM
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from itsm.core.events import publish
from itsm.dispatch.models import Visit, VisitKind
from itsm.dispatch.service import deliveries, device_tasks, stops, visits
from itsm.dispatch.states import VisitState
from tests.assets.factories import make_device, make_task
from tests.counting import queries_of
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import MONDAY, MONDAY_9AM, sign_in
from tests.places import make_school

FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def place(client: FlaskClient) -> Place:
    return make_place()


def test_a_task_taken_along_is_settled_by_its_tick_and_opened_without_it(place: Place) -> None:
    task, visit = make_task(make_device(place.school)), make_visit(place, state=VisitState.ON_SITE)
    for _ in range(2):
        device_tasks.take(place.driver, visit, task.id, MONDAY_9AM)
        db.session.flush()
    [on_visit] = visit.tasks
    stops.tick(place.driver, visit, on_visit, MONDAY_9AM)
    assert task.done_at == on_visit.done_at == MONDAY_9AM and task.done_by_id == place.manager.id
    stops.tick(place.driver, visit, on_visit, MONDAY_9AM)
    assert task.done_at is on_visit.done_at is None


def test_a_task_settled_elsewhere_is_ticked_on_the_visit_ahead(place: Place) -> None:
    task, visit = make_task(make_device(place.school)), make_visit(place)
    device_tasks.take(place.driver, visit, task.id, MONDAY_9AM)
    db.session.flush()
    tasks.settle(SYSTEM, task, "", MONDAY_9AM)
    assert visit.tasks[0].done_at == MONDAY_9AM
    tasks.reopen(SYSTEM, task, MONDAY_9AM)
    assert visit.tasks[0].done_at is None


def test_what_was_not_ticked_goes_on_with_its_link(place: Place) -> None:
    task, visit = make_task(make_device(place.school)), make_visit(place, state=VisitState.ON_SITE)
    following = make_visit(place, on=FRIDAY)
    device_tasks.take(place.driver, visit, task.id, MONDAY_9AM)
    db.session.flush()
    stops.finish(place.driver, visit, MONDAY_9AM)
    assert [one.device_task_id for one in following.tasks] == [task.id]
    assert device_tasks.open_at(following) == []


def test_a_task_is_on_one_visit_only_and_free_again_when_that_falls_through(place: Place) -> None:
    task, visit, other = make_task(make_device(place.school)), make_visit(place), make_visit(place, on=FRIDAY)
    device_tasks.take(place.driver, visit, task.id, MONDAY_9AM)
    db.session.flush()
    assert device_tasks.open_at(other) == [(task, visit)]
    with pytest.raises(DomainError, match=r"18\.11\.2026"):
        device_tasks.take(place.driver, other, task.id, MONDAY_9AM)
    visits.cancel(place.driver, visit, "Keine Zeit", MONDAY_9AM)
    assert device_tasks.open_at(other) == [(task, None)]
    device_tasks.take(place.driver, other, task.id, MONDAY_9AM)


def test_foreign_done_and_late_tasks_stay_off_a_visit(place: Place) -> None:
    visit, over = make_visit(place), make_visit(place, on=FRIDAY, state=VisitState.DONE)
    mine, foreign = make_task(make_device(place.school)), make_task(make_device())
    done = make_task(make_device(place.school), done_at=MONDAY_9AM)
    for task, on, error in ((foreign, visit, NotFound), (done, visit, DomainError), (mine, over, DomainError)):
        with pytest.raises(error):
            device_tasks.take(place.driver, on, task.id, MONDAY_9AM)
    with pytest.raises(NotAllowed):
        device_tasks.take(make_place().driver, visit, mine.id, MONDAY_9AM)


def test_the_visit_page_offers_the_open_tasks_and_asks_as_often_for_many(client: FlaskClient, place: Place) -> None:
    visit, browser = make_visit(place), sign_in(client, place.manager)
    counts = []
    for _ in range(2):
        shown = [make_task(make_device(place.school)) for _ in range(3)]
        with queries_of() as statements:
            page = browser.get(f"/besuche/{visit.id}").text
        counts.append(len(statements))
        assert all(task.text in page for task in shown)
    assert counts[0] == counts[1]
    answer = browser.post(f"/besuche/{visit.id}/geraeteaufgaben/{shown[0].id}", follow_redirects=True)
    assert "Die Aufgabe steht jetzt auf diesem Besuch." in answer.text and len(visit.tasks) == 1


def deliver(place: Place, count: int, last_on: date) -> list[Visit | None]:
    """Plan deliveries to so many schools of a district between tomorrow and a day."""
    made = []
    for _ in range(count):
        task = make_task(make_device(make_school(place.district)), TaskKind.DELIVERY)
        made.append(deliveries.plan(task.id, MONDAY, last_on, MONDAY_9AM))
    return made


def test_many_deliveries_spread_over_the_school_days_of_their_span(place: Place) -> None:
    made = [visit for visit in deliver(place, 4, MONDAY + timedelta(days=2)) if visit]
    assert sorted(visit.visit_on - MONDAY for visit in made) == [timedelta(days=number) for number in (1, 1, 2, 2)]
    assert all(visit.user_id == place.manager.id and visit.kind is VisitKind.MANUAL for visit in made)
    assert all(visit.tasks[0].device_task_id for visit in made)


def test_a_delivery_keeps_away_from_busy_days_and_is_planned_once(place: Place) -> None:
    for number in (1, 2, 4):
        make_visit(place, on=MONDAY + timedelta(days=number), minutes=120)
    [visit] = deliver(place, 1, FRIDAY)
    assert visit is not None and visit.visit_on == MONDAY + timedelta(days=3)
    task_id = visit.tasks[0].device_task_id
    assert task_id is not None and deliveries.plan(task_id, MONDAY, FRIDAY, MONDAY_9AM) is None


def test_without_a_manager_a_day_or_a_district_the_task_stays_open(client: FlaskClient) -> None:
    task = make_task(make_device())
    assert deliveries.plan(task.id, MONDAY, FRIDAY, MONDAY_9AM) is None
    assert deliver(make_place(), 1, MONDAY) == [None]
    weekend = MONDAY + timedelta(days=5)
    of_place = make_task(make_device(make_place().school))
    assert deliveries.plan(of_place.id, weekend, weekend + timedelta(days=1), MONDAY_9AM) is None
    assert deliveries.plan(999_999, MONDAY, FRIDAY, MONDAY_9AM) is None
    assert task.done_at is None


def test_a_wave_only_puts_work_into_the_queue(place: Place) -> None:
    task = make_task(make_device(place.school), TaskKind.DELIVERY)
    with queries_of() as statements:
        publish(DeliveryWanted(task.id, place.school.id, MONDAY, FRIDAY, MONDAY_9AM))
        queued = db.session.execute(
            sa.text("SELECT args FROM procrastinate_jobs WHERE task_name = 'plan-delivery'")
        ).scalar_one()
    assert queued == {"task_id": task.id, "first_on": "2026-11-16", "last_on": "2026-11-20"}
    assert len(statements) <= 6


def test_a_delivery_that_lost_its_visit_finds_another_day_at_night(place: Place) -> None:
    [visit] = deliver(place, 1, FRIDAY)
    assert visit is not None
    task = db.session.get_one(DeviceTask, visit.tasks[0].device_task_id)
    far = make_task(make_device(place.school), TaskKind.DELIVERY)
    task.due_on, far.due_on = date(2026, 12, 31), MONDAY + timedelta(days=500)
    assert deliveries.ask_again(MONDAY_9AM) == 0
    visits.cancel(SYSTEM, visit, "Das Auto ist kaputt.", MONDAY_9AM)
    assert deliveries.ask_again(MONDAY_9AM) == 1
    args = sa.text("SELECT args FROM procrastinate_jobs WHERE task_name = 'plan-delivery' ORDER BY id DESC LIMIT 1")
    assert db.session.execute(args).scalar_one() == {
        "task_id": task.id,
        "first_on": "2026-11-16",
        "last_on": "2026-12-31",
    }
