"""Who drives in a district on a day: absences, named deputies, dates."""

from datetime import date, timedelta

from sqlalchemy.orm import scoped_session

from itsm.accounts import queries, sessions
from itsm.core import clock
from itsm.core.access import Role, Verb
from itsm.core.db import db
from tests.accounts.factories import make_absence, make_manager
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_district

DAY = timedelta(days=1)


def test_the_first_manager_drives(session: scoped_session) -> None:
    district = make_district()
    first = make_manager(district.id)
    make_manager(district.id)
    assert queries.manager_on(district.id, MONDAY) == (first, None)


def test_a_manager_comes_before_a_deputy_who_was_entered_earlier(session: scoped_session) -> None:
    district = make_district()
    make_manager(district.id, is_deputy=True)
    first = make_manager(district.id)
    assert queries.manager_on(district.id, MONDAY) == (first, None)


def test_the_deputy_named_in_the_absence_stands_in_even_from_another_district(session: scoped_session) -> None:
    district = make_district()
    first, second = make_manager(district.id), make_manager(district.id)
    stranger = make_manager(make_district().id)
    make_absence(first, deputy=stranger)
    assert queries.manager_on(district.id, MONDAY) == (stranger, first)
    assert queries.manager_on(district.id, MONDAY - DAY) == (first, None)
    assert queries.manager_on(district.id, MONDAY + DAY) == (first, None)
    assert second != stranger


def test_both_ends_of_an_absence_count(session: scoped_session) -> None:
    district = make_district()
    first, second = make_manager(district.id), make_manager(district.id, is_deputy=True)
    make_absence(first, first_on=MONDAY, last_on=MONDAY + 2 * DAY)
    drivers = [queries.manager_on(district.id, MONDAY + number * DAY)[0] for number in range(-1, 4)]
    assert drivers == [first, second, second, second, first]


def test_without_a_named_deputy_the_next_one_of_the_district_stands_in(session: scoped_session) -> None:
    district = make_district()
    first, second, third = (make_manager(district.id) for _ in range(3))
    make_absence(first)
    make_absence(second)
    assert queries.manager_on(district.id, MONDAY) == (third, first)


def test_an_absent_or_disabled_named_deputy_is_passed_over(session: scoped_session) -> None:
    district = make_district()
    first, second = make_manager(district.id), make_manager(district.id)
    away = make_manager(make_district().id)
    absence = make_absence(first, deputy=away)
    make_absence(away)
    assert queries.manager_on(district.id, MONDAY) == (second, first)
    gone = make_manager(make_district().id)
    gone.disabled_at = MONDAY_9AM
    absence.deputy = gone
    db.session.commit()
    assert queries.manager_on(district.id, MONDAY) == (second, first)


def test_if_everybody_is_away_nobody_drives_and_it_is_said_for_whom(session: scoped_session) -> None:
    district = make_district()
    first, second = make_manager(district.id), make_manager(district.id)
    make_absence(first, deputy=second)
    make_absence(second, deputy=first)
    assert queries.manager_on(district.id, MONDAY) == (None, first)


def test_a_district_without_people_has_nobody(session: scoped_session) -> None:
    assert queries.manager_on(make_district().id, MONDAY) == (None, None)


def test_only_grants_that_hold_on_the_day_count(session: scoped_session) -> None:
    district = make_district()
    old = make_manager(district.id, until_on=MONDAY)
    new = make_manager(district.id, from_on=MONDAY + DAY)
    assert queries.manager_on(district.id, MONDAY) == (old, None)
    assert queries.manager_on(district.id, MONDAY + DAY) == (new, None)
    assert queries.manager_on(district.id, date(2020, 1, 1)) == (old, None)


def test_a_disabled_manager_does_not_drive(session: scoped_session) -> None:
    district = make_district()
    gone, second = make_manager(district.id), make_manager(district.id)
    gone.disabled_at = MONDAY_9AM
    db.session.commit()
    assert queries.manager_on(district.id, MONDAY) == (second, None)


def test_who_holds_two_grants_counts_once(session: scoped_session) -> None:
    district = make_district()
    twice, second = make_manager(district.id, from_on=date(2026, 1, 1)), make_manager(district.id)
    twice.grants.append(type(twice.grants[0])(role=Role.CAMPUS_MANAGER, district_id=district.id))
    db.session.commit()
    assert queries.holders(Role.CAMPUS_MANAGER, MONDAY, district_id=district.id) == [twice, second]


def test_a_named_deputy_may_work_in_the_district_on_these_days_only(session: scoped_session) -> None:
    district = make_district()
    first, deputy = make_manager(district.id), make_manager(make_district().id)
    make_absence(first, deputy=deputy)
    assert actor_for(deputy).may(Verb.VISIT_DRIVE, district_id=district.id)
    assert not actor_for(deputy, MONDAY + DAY).may(Verb.VISIT_DRIVE, district_id=district.id)
    token = sessions.begin(deputy, MONDAY_9AM)
    person = sessions.find(token, MONDAY_9AM)
    assert person and set(person.actor.grants) == set(actor_for(deputy).grants)


def test_a_deputy_gets_no_other_rights_of_the_absent_person(session: scoped_session) -> None:
    administrator, deputy = make_user(Role.ADMINISTRATOR), make_manager(make_district().id)
    make_absence(administrator, deputy=deputy)
    assert not actor_for(deputy).may(Verb.PERSON_MANAGE)
    assert clock.local_day(MONDAY_9AM) == MONDAY
