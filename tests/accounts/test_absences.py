"""Absences: who enters whose, which days make sense, who is told."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.accounts import policy, queries
from itsm.accounts.events import AbsenceSet
from itsm.accounts.models import Absence
from itsm.accounts.service import absences as service
from itsm.core import clock, events
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from tests.accounts.factories import make_absence, make_manager
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_district, make_school

DAY = timedelta(days=1)


def test_a_manager_enters_their_own_absence_and_whoever_plans_is_told(session: scoped_session) -> None:
    told: list[AbsenceSet] = []
    events.listen(AbsenceSet, told.append)
    manager = make_manager(make_district().id)
    absence = service.set_absence(actor_for(manager), manager, MONDAY, MONDAY + DAY, None, "", MONDAY_9AM)
    assert queries.absence_of(manager.id, MONDAY + DAY) == absence
    assert told == [AbsenceSet(manager.id, MONDAY, MONDAY + DAY, MONDAY_9AM)]


def test_only_the_team_lead_enters_somebody_elses(session: scoped_session) -> None:
    district = make_district()
    manager, colleague = make_manager(district.id), make_manager(district.id)
    for actor in (colleague, make_user(Role.AUDITOR), make_user(Role.HEAD_OF_SCHOOL, school_id=make_school().id)):
        with pytest.raises(NotAllowed):
            service.set_absence(actor_for(actor), manager, MONDAY, MONDAY, None, "", MONDAY_9AM)
    service.set_absence(actor_for(make_user(Role.DISPATCHER)), manager, MONDAY, MONDAY, colleague, "", MONDAY_9AM)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (MONDAY, MONDAY - DAY, "vor dem ersten"),
        (MONDAY - 2 * DAY, MONDAY - DAY, "schon vorbei"),
        (MONDAY, MONDAY + 400 * DAY, "höchstens ein Jahr"),
        (MONDAY + 3 * DAY, MONDAY + 5 * DAY, "schon abwesend"),
    ],
)
def test_days_that_make_no_sense_are_refused(session: scoped_session, first: date, last: date, words: str) -> None:
    manager = make_manager(make_district().id)
    make_absence(manager, first_on=MONDAY + 5 * DAY, last_on=MONDAY + 6 * DAY)
    with pytest.raises(DomainError, match=words):
        service.set_absence(actor_for(manager), manager, first, last, None, "", MONDAY_9AM)


def test_the_day_before_and_the_day_after_do_not_overlap(session: scoped_session) -> None:
    manager = make_manager(make_district().id)
    make_absence(manager, first_on=MONDAY + DAY, last_on=MONDAY + 2 * DAY)
    for day in (MONDAY, MONDAY + 3 * DAY):
        service.set_absence(actor_for(manager), manager, day, day, None, "", MONDAY_9AM)


def test_a_deputy_is_somebody_else_of_the_support_staff(session: scoped_session) -> None:
    manager = make_manager(make_district().id)
    teacher = make_user(Role.REPORTER, school_id=make_school().id)
    for deputy, words in ((manager, "selbst vertreten"), (teacher, "gehört an diesem Tag nicht")):
        with pytest.raises(DomainError, match=words):
            service.set_absence(actor_for(manager), manager, MONDAY, MONDAY, deputy, "", MONDAY_9AM)
    with pytest.raises(DomainError, match="gehört an diesem Tag nicht"):
        service.set_absence(actor_for(make_user(Role.DISPATCHER)), teacher, MONDAY, MONDAY, None, "", MONDAY_9AM)


def test_one_that_has_begun_ends_yesterday_and_one_ahead_goes(session: scoped_session) -> None:
    manager = make_manager(make_district().id)
    begun = make_absence(manager, first_on=MONDAY - 3 * DAY, last_on=MONDAY + DAY)
    ahead = make_absence(manager, first_on=MONDAY + 5 * DAY, last_on=MONDAY + 6 * DAY)
    today = make_absence(manager, first_on=MONDAY + 2 * DAY, last_on=MONDAY + 2 * DAY)
    for absence in (begun, ahead):
        service.remove_absence(actor_for(manager), absence, MONDAY_9AM)
    service.remove_absence(actor_for(manager), today, MONDAY_9AM + 2 * DAY)
    db.session.commit()
    assert [(one.first_on, one.last_on) for one in db.session.query(Absence)] == [(MONDAY - 3 * DAY, MONDAY - DAY)]


def test_the_filter_and_the_rule_for_one_draw_the_same_line(session: scoped_session) -> None:
    district = make_district()
    manager, colleague = make_manager(district.id), make_manager(district.id)
    absence = make_absence(manager, deputy=colleague)
    seen = {
        "self": manager,
        "deputy": colleague,
        "stranger": make_manager(make_district().id),
        "lead": make_user(Role.DISPATCHER),
        "auditor": make_user(Role.AUDITOR),
        "school": make_user(Role.HEAD_OF_SCHOOL, school_id=make_school().id),
    }
    shown = {who for who, user in seen.items() if list(queries.absences(actor_for(user), MONDAY)) == [absence]}
    assert shown == {"self", "deputy", "lead", "auditor"}
    noted = {who for who, user in seen.items() if policy.may_see_note(actor_for(user), absence)}
    assert noted == {"self", "lead"}


def test_the_page_enters_lists_and_removes(client: FlaskClient, session: scoped_session) -> None:
    manager = make_manager(make_district().id)
    sign_in(client, manager)
    assert "Niemand ist abwesend gemeldet" in client.get("/abwesenheiten").text
    tomorrow = clock.local_day(clock.now()) + DAY
    data = {"person": manager.id, "first_on": f"{tomorrow:%d.%m.%y}", "last_on": f"{tomorrow:%d.%m.%Y}", "deputy": 0}
    assert client.post("/abwesenheiten/neu", data=data | {"note": "Arzt"}).status_code == 302
    assert "Arzt" in client.get("/abwesenheiten").text
    (absence,) = db.session.query(Absence)
    assert client.post(f"/abwesenheiten/{absence.id}/entfernen").status_code == 302
    assert db.session.query(Absence).count() == 0


def test_the_page_refuses_somebody_else_and_bad_days(client: FlaskClient, session: scoped_session) -> None:
    manager, other = make_manager(make_district().id), make_manager(make_district().id)
    sign_in(client, manager)
    good = {"person": manager.id, "first_on": "1.2.2030", "last_on": "2.2.2030", "deputy": 0}
    for wrong in ({"person": other.id}, {"person": "x"}, {"first_on": "31.2.2030"}, {"deputy": 999}, {"last_on": ""}):
        assert client.post("/abwesenheiten/neu", data=good | wrong).status_code == 422, wrong
    assert db.session.query(Absence).count() == 0
