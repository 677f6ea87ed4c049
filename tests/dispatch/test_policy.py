"""Who sees, plans and drives visits."""

import pytest
import sqlalchemy as sa

from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch import policy
from itsm.dispatch.models import Visit
from tests.dispatch.factories import make_place, make_visit
from tests.people import actor_for, make_user

pytestmark = pytest.mark.usefixtures("session")


def test_the_list_and_the_single_visit_draw_the_same_line() -> None:
    place, other = make_place(), make_place()
    visits = [make_visit(place), make_visit(other), make_visit(other, user=place.manager)]
    people = [
        place.manager,
        other.manager,
        *(make_user(role) for role in (Role.DISPATCHER, Role.AUDITOR, Role.ADMINISTRATOR, Role.SECOND_LEVEL)),
        *(make_user(role, school_id=place.school.id) for role in (Role.REPORTER, Role.MEDIA_COORDINATOR)),
        make_user(Role.KB_EDITOR),
        make_user(),
    ]
    for person in people:
        actor = actor_for(person)
        listed = set(db.session.scalars(sa.select(Visit.id).where(policy.visible_to(actor))))
        assert listed == {visit.id for visit in visits if policy.may_see(actor, visit)}


@pytest.mark.parametrize(
    ("role", "sees", "orders"),
    [
        (Role.DISPATCHER, True, True),
        (Role.ADMINISTRATOR, True, True),
        (Role.AUDITOR, True, False),
        (Role.KB_EDITOR, False, False),
    ],
)
def test_who_looks_at_the_day_of_a_manager(role: Role, sees: bool, orders: bool) -> None:
    place, actor = make_place(), actor_for(make_user(role))
    assert policy.may_see_day_of(actor, place.manager) is sees
    assert policy.may_order_day_of(actor, place.manager) is orders


def test_a_manager_sees_and_orders_only_the_own_day() -> None:
    place, other = make_place(), make_place()
    assert policy.may_order_day_of(place.driver, place.manager)
    assert not policy.may_see_day_of(place.driver, other.manager)


def test_only_who_is_booked_drives_and_the_district_plans() -> None:
    place = make_place()
    colleague = make_user(Role.CAMPUS_MANAGER, district_id=place.district.id)
    visit = make_visit(place)
    assert policy.may_drive(place.driver, visit)
    assert not policy.may_drive(actor_for(colleague), visit)
    assert policy.may_plan(actor_for(colleague), visit)
    assert not policy.may_plan(make_place().driver, visit)
