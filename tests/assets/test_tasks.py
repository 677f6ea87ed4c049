"""Tasks about devices: who sees and settles them, done and undone, and what visits make of them."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from itsm.assets import policy, task_queries
from itsm.assets.models import DeviceTask
from itsm.assets.service import tasks
from itsm.core.access import SYSTEM, Role
from itsm.core.db import db
from itsm.core.errors import NotAllowed, NotFound
from itsm.org.models import School
from tests.assets.factories import make_device, make_task
from tests.counting import queries_of
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_school


@pytest.fixture
def school(client: FlaskClient) -> School:
    return make_school()


@pytest.fixture
def task(school: School) -> DeviceTask:
    return make_task(make_device(school))


def person(role: Role, school: School) -> Any:
    if role in (Role.SECOND_LEVEL, Role.DISPATCHER, Role.AUDITOR, Role.CLAIMS_CLERK):
        return make_user(role)
    if role is Role.CAMPUS_MANAGER:
        return make_user(role, district_id=school.district_id)
    return make_user(role, school_id=school.id)


@pytest.mark.parametrize(
    ("role", "sees", "settles"),
    [
        (Role.REPORTER, False, False),
        (Role.MEDIA_COORDINATOR, True, True),
        (Role.HEAD_OF_SCHOOL, True, True),
        (Role.CAMPUS_MANAGER, True, True),
        (Role.SECOND_LEVEL, True, True),
        (Role.DISPATCHER, True, True),
        (Role.CLAIMS_CLERK, True, False),
        (Role.AUDITOR, True, False),
    ],
)
def test_who_sees_and_settles_a_task(school: School, task: DeviceTask, role: Role, sees: bool, settles: bool) -> None:
    foreign = make_task(make_device())
    me = actor_for(person(role, school))
    found, _ = task_queries.page(me)
    assert (task in found, policy.may_see_task(me, task), policy.may_settle(me, task)) == (sees, sees, settles)
    sees_city = me.grants[0].school_id is None and me.grants[0].district_id is None
    assert (foreign in found) is policy.may_see_task(me, foreign) is sees_city


def test_a_task_is_done_with_a_word_and_open_again(school: School, task: DeviceTask) -> None:
    me = actor_for(person(Role.MEDIA_COORDINATOR, school))
    for outcome in (" im Nebenraum ", "noch einmal"):
        tasks.settle(me, task, outcome, MONDAY_9AM)
    assert (task.done_at, task.done_by_id, task.outcome) == (MONDAY_9AM, me.user_id, "im Nebenraum")
    for _ in range(2):
        tasks.reopen(me, task, MONDAY_9AM)
    assert (task.done_at, task.done_by_id, task.outcome) == (None, None, "")


def test_a_foreign_school_finds_and_settles_nothing(task: DeviceTask) -> None:
    stranger = actor_for(make_user(Role.MEDIA_COORDINATOR, school_id=make_school().id))
    with pytest.raises(NotFound):
        task_queries.get_for(stranger, task.id)
    with pytest.raises(NotAllowed):
        tasks.settle(stranger, task, "", MONDAY_9AM)


def test_the_page_settles_and_takes_back(client: FlaskClient, school: School, task: DeviceTask) -> None:
    browser = sign_in(client, person(Role.MEDIA_COORDINATOR, school))
    assert task.text in browser.get("/geraete/aufgaben").text
    assert browser.post(f"/geraete/aufgaben/{task.id}/erledigt", data={"outcome": "gefunden"}).status_code == 302
    assert task.text not in browser.get("/geraete/aufgaben").text
    assert "gefunden" in browser.get("/geraete/aufgaben?tab=erledigt").text
    browser.post(f"/geraete/aufgaben/{task.id}/offen")
    assert task.text in browser.get("/geraete/aufgaben").text
    assert browser.post(f"/geraete/aufgaben/{task.id}/erledigt", data={"outcome": "x" * 301}).status_code == 422


def test_the_list_goes_on_after_a_page_and_asks_as_often_for_many(client: FlaskClient, school: School) -> None:
    browser, device = sign_in(client, person(Role.MEDIA_COORDINATOR, school)), make_device(school)
    counts = []
    for number in (1, task_queries.PAGE):
        db.session.add_all(
            DeviceTask(school=school, device=device, kind="missing", text=f"Nr. {number}", created_at=MONDAY_9AM)
            for _ in range(number)
        )
        with queries_of() as statements:
            page = browser.get("/geraete/aufgaben").text
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert "nach=" in page and page.count("Nr. ") == task_queries.PAGE
    me = actor_for(person(Role.MEDIA_COORDINATOR, school))
    first, after = task_queries.page(me)
    rest, end = task_queries.page(me, after=after)
    assert (len(first) + len(rest), end) == (task_queries.PAGE + 1, None) and not set(first) & set(rest)
    assert task_queries.page(SYSTEM, school=make_school().number) == ([], None)
