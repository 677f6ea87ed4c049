"""Working hours and skills of the managers."""

from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.accounts.models import Absence
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from itsm.dispatch import team_queries
from itsm.dispatch.models import Skill, UserSkill, Workday, WorkNeed
from itsm.dispatch.service import team
from tests.counting import queries_of
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.tickets.factories import make_ticket

EARLY = (time(7, 30), time(16))
SHORT = (time(8), time(12, 30))


@pytest.fixture
def place(session: scoped_session) -> Place:
    return make_place()


def lead():
    return actor_for(make_user(Role.DISPATCHER))


def hours_of(place: Place) -> dict[int, tuple[time, time]]:
    rows = db.session.scalars(sa.select(Workday).where(Workday.user_id == place.manager.id))
    return {row.weekday: (row.starts, row.ends) for row in rows}


def test_hours_are_set_changed_and_taken_away_by_weekday(place: Place) -> None:
    actor = lead()
    team.set_hours(actor, place.manager, {0: EARLY, 1: EARLY, 4: SHORT}, MONDAY_9AM)
    team.set_hours(actor, place.manager, {0: SHORT, 2: EARLY, 4: SHORT}, MONDAY_9AM)
    assert hours_of(place) == {0: SHORT, 2: EARLY, 4: SHORT}


def test_a_week_without_a_day_and_a_day_too_long_are_refused(place: Place) -> None:
    with pytest.raises(DomainError, match="mindestens einen Tag"):
        team.set_hours(lead(), place.manager, {}, MONDAY_9AM)
    with pytest.raises(DomainError, match="zehn Stunden"):
        team.set_hours(lead(), place.manager, {0: (time(7), time(17, 31))}, MONDAY_9AM)
    team.set_hours(lead(), place.manager, {0: (time(7), time(17, 30))}, MONDAY_9AM)


def test_only_the_team_lead_changes_anything(place: Place) -> None:
    skill = team.add_skill(lead(), "Netzwerk")
    for person in (place.driver, actor_for(make_user(Role.AUDITOR)), actor_for(make_user(Role.SECOND_LEVEL))):
        with pytest.raises(NotAllowed):
            team.set_hours(person, place.manager, {0: EARLY}, MONDAY_9AM)
        with pytest.raises(NotAllowed):
            team.set_skills(person, place.manager, [skill.id])
        with pytest.raises(NotAllowed):
            team.add_skill(person, "Löten")
        with pytest.raises(NotAllowed):
            team.rename_skill(person, skill, "Löten")
        with pytest.raises(NotAllowed):
            team.remove_skill(person, skill)


def test_new_hours_let_the_worker_order_the_coming_days_once(place: Place) -> None:
    make_visit(place)
    make_visit(place)
    make_visit(place, on=MONDAY - timedelta(days=3))
    waiting = sa.text("SELECT args->>'day' FROM procrastinate_jobs WHERE task_name = 'plan-route'")
    for _ in range(2):
        team.set_hours(lead(), place.manager, {2: SHORT}, MONDAY_9AM)
    assert list(db.session.scalars(waiting)) == ["2026-11-18"]


def test_a_skill_stands_once_in_the_list_whatever_its_capitals(place: Place) -> None:
    skill = team.add_skill(lead(), "Netzwerk")
    with pytest.raises(DomainError, match="steht schon"):
        team.add_skill(lead(), "NETZWERK")
    team.rename_skill(lead(), skill, "netzwerk")
    assert skill.name == "netzwerk"


def test_skills_of_a_manager_are_replaced_and_leave_with_the_skill(place: Place) -> None:
    network, solder = team.add_skill(lead(), "Netzwerk"), team.add_skill(lead(), "Löten")
    team.set_skills(lead(), place.manager, [network.id, solder.id])
    team.set_skills(lead(), place.manager, [solder.id])
    mine = sa.select(UserSkill.skill_id).where(UserSkill.user_id == place.manager.id)
    assert list(db.session.scalars(mine)) == [solder.id]
    team.remove_skill(lead(), solder)
    assert list(db.session.scalars(mine)) == []
    with pytest.raises(DomainError, match="gibt es nicht mehr"):
        team.set_skills(lead(), place.manager, [999_999])


def test_a_skill_somebody_needs_is_not_removed(place: Place) -> None:
    skill = team.add_skill(lead(), "Netzwerk")
    db.session.add(WorkNeed(ticket_id=make_ticket(place.school).id, skills=[skill]))
    db.session.flush()
    with pytest.raises(DomainError, match="wird für Störungen gebraucht"):
        team.remove_skill(lead(), skill)
    assert db.session.get(Skill, skill.id) is not None


def test_the_lead_sees_the_team_and_a_manager_only_themselves(place: Place) -> None:
    other = make_place()
    mine = team_queries.members_for(place.driver, MONDAY)
    assert [member.user.id for member in mine] == [place.manager.id]
    everybody = {member.user.id for member in team_queries.members_for(lead(), MONDAY)}
    assert {place.manager.id, other.manager.id} <= everybody
    with pytest.raises(NotAllowed):
        team_queries.members_for(actor_for(make_user(Role.AUDITOR)), MONDAY)
    with pytest.raises(NotAllowed):
        team_queries.member_for(place.driver, place.manager.id, MONDAY)
    for number in (make_user(Role.DISPATCHER).id, 0, 2**40):
        with pytest.raises(NotFound):
            team_queries.member_for(lead(), number, MONDAY)


def test_hours_are_told_in_the_words_of_a_door_sign(place: Place) -> None:
    assert team_queries.members_for(place.driver, MONDAY)[0].hours_words == "Mo–Fr 7:30–16:00 (üblich)"
    team.set_hours(lead(), place.manager, {0: EARLY, 1: EARLY, 3: EARLY, 4: SHORT}, MONDAY_9AM)
    words = team_queries.members_for(place.driver, MONDAY)[0].hours_words
    assert words == "Mo–Di 7:30–16:00, Do 7:30–16:00, Fr 8:00–12:30"


def test_absences_of_the_coming_two_weeks_are_shown_and_no_others(place: Place) -> None:
    def away(first: date, last: date) -> Absence:
        return Absence(user=place.manager, first_on=first, last_on=last)

    last = MONDAY + timedelta(days=13)
    shown = [away(MONDAY - timedelta(days=3), MONDAY), away(last, last)]
    day = timedelta(days=1)
    db.session.add_all([*shown, away(MONDAY - day * 9, MONDAY - day), away(last + day, last + day)])
    db.session.commit()
    assert list(team_queries.members_for(place.driver, MONDAY)[0].absences) == shown


def test_the_number_of_queries_does_not_grow_with_the_team(session: scoped_session) -> None:
    actor, counts = lead(), []
    for _ in range(2):
        for _ in range(3):
            make_place()
        with queries_of() as statements:
            team_queries.members_for(actor, MONDAY)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5
