"""The rule for one row and the rule for lists draw the same line, for everybody."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.core.access import STRANGER, SYSTEM, Actor, Grant, Role
from itsm.org import policy
from itsm.org.models import District, School
from tests.places import make_district, make_school


def actors(school: School, district: District) -> list[Actor]:
    everybody = [STRANGER, SYSTEM]
    for role in Role:
        for grant in (Grant(role), Grant(role, school_id=school.id), Grant(role, district_id=district.id)):
            everybody.append(Actor(user_id=1, name=role.value, grants=(grant,)))
    both = (Grant(Role.REPORTER, school_id=school.id), Grant(Role.CAMPUS_MANAGER, district_id=district.id))
    return [*everybody, Actor(user_id=2, name="both", grants=both)]


def test_lists_of_schools_show_exactly_who_may_be_seen(session: scoped_session) -> None:
    district, own = make_district(), make_school()
    things = [own, make_school(district), make_school(), make_school()]
    things[3].district = None
    session.commit()
    for actor in actors(own, district):
        listed = set(session.scalars(sa.select(School.id).where(policy.visible_to(actor))))
        assert listed == {school.id for school in things if policy.may_see(actor, school)}, actor


def test_lists_of_districts_show_exactly_who_may_be_seen(session: scoped_session) -> None:
    district, school = make_district(), make_school()
    things = [district, school.district, make_district()]
    for actor in actors(school, district):
        listed = set(session.scalars(sa.select(District.id).where(policy.visible_districts(actor))))
        assert listed == {one.id for one in things if policy.may_see_district(actor, one)}, actor
        assert policy.may_see_districts(actor) is bool(listed)


@pytest.mark.parametrize(
    ("role", "edits", "shares", "moves"),
    [
        (Role.REPORTER, False, False, False),
        (Role.MEDIA_COORDINATOR, True, False, False),
        (Role.HEAD_OF_SCHOOL, True, True, False),
        (Role.SECOND_LEVEL, False, False, False),
        (Role.AUDITOR, False, False, False),
        (Role.CLAIMS_CLERK, False, False, False),
    ],
)
def test_at_a_school_each_role_may_what_the_table_says(
    session: scoped_session, role: Role, edits: bool, shares: bool, moves: bool
) -> None:
    school, other = make_school(), make_school()
    actor = Actor(user_id=1, name="x", grants=(Grant(role, school_id=school.id),))
    assert policy.may_edit(actor, school) is edits
    assert policy.may_share(actor, school) is shares
    assert policy.may_move(actor, school) is moves
    assert not policy.may_edit(actor, other)
    assert not policy.may_share(actor, other)


def test_only_the_city_cuts_districts(session: scoped_session) -> None:
    district = make_district()
    for role in Role:
        in_district = Actor(user_id=1, name="x", grants=(Grant(role, district_id=district.id),))
        for_city = Actor(user_id=1, name="x", grants=(Grant(role),))
        assert not policy.may_import(in_district)
        assert not policy.may_edit_districts(in_district)
        assert policy.may_import(for_city) is (role is Role.ADMINISTRATOR)
        assert policy.may_edit_districts(for_city) is (role in (Role.ADMINISTRATOR, Role.DISPATCHER))
