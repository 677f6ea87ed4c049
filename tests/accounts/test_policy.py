"""Who sees whom: the rule for one person and the filter for lists draw the same line."""

import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.accounts import policy
from itsm.accounts.models import User
from itsm.core.access import Actor, Grant, Role
from tests.accounts.factories import make_manager
from tests.people import actor_for, make_user
from tests.places import make_school


def test_one_person_and_the_list_agree_for_everybody_about_everybody(session: scoped_session) -> None:
    school, foreign = make_school(), make_school()
    people = [
        make_user(),
        *(make_user(role, school_id=place.id) for place in (school, foreign) for role in list(Role)[:3]),
        make_manager(school.district_id or 0),
        *(make_user(role) for role in (Role.SECOND_LEVEL, Role.DISPATCHER, Role.AUDITOR, Role.ADMINISTRATOR)),
    ]
    for person in people:
        actor = actor_for(person)
        listed = set(session.scalars(sa.select(User.id).where(policy.visible_to(actor))))
        seen = {user.id for user in people if policy.may_see(actor, user)}
        assert listed == seen, person.grants


def test_a_grant_for_the_city_is_not_a_matter_of_a_school(session: scoped_session) -> None:
    school = make_school()
    head = actor_for(make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))
    assert not policy.may_see(head, make_user(Role.ADMINISTRATOR))
    assert not policy.may_see(head, make_manager(school.district_id or 0))


def test_every_role_has_its_kind_of_place() -> None:
    assert set(policy.PLACE_OF) == set(Role)


def test_an_administrator_of_one_school_is_no_administrator() -> None:
    odd = Actor(user_id=1, name="-", grants=(Grant(Role.ADMINISTRATOR, school_id=1),))
    assert not policy.may_manage(odd)
    assert not policy.may_grant(odd, Role.ADMINISTRATOR, None, None)
    assert not policy.may_grant(odd, Role.REPORTER, 2, None)
