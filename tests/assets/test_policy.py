"""Each rule for one thing and its twin for lists draw one line, and it is the line written here by hand."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from itsm.assets import policy
from itsm.assets.models import Device, Loan
from itsm.core.access import STRANGER, SYSTEM, Actor, Role
from itsm.core.db import db
from itsm.org.models import School
from tests.assets.factories import make_device, make_loan, make_model
from tests.people import actor_for, make_user
from tests.places import make_district, make_school
from tests.saving import at_once

ALL = {"here", "neighbour", "elsewhere", "stock"}
AT_SCHOOLS = ALL - {"stock"}
# By hand: who sees which devices: at the own school, at another school of the district, in another district,
# in the stock of the city.
SEES = {
    "reporter": set(),
    "media coordinator": {"here"},
    "head": {"here"},
    "head next door": {"neighbour"},
    "manager": {"here", "neighbour"},
    "manager elsewhere": {"elsewhere"},
    "second level": ALL,
    "dispatcher": ALL,
    "claims clerk": ALL,
    "claims approver": ALL,
    "auditor": ALL,
    "administrator": ALL,
    "editor": set(),
    "stranger": set(),
    "system": ALL,
}
PICKS = SEES | {"reporter": {"here"}, "claims clerk": set(), "claims approver": set(), "auditor": set()}
# The names of holders concern the school and whoever examines a damage, nobody else.
KNOWS_HOLDERS: dict[str, set[str]] = {name: set() for name in SEES} | {
    "media coordinator": {"here"},
    "head": {"here"},
    "head next door": {"neighbour"},
    "claims clerk": AT_SCHOOLS,
    "claims approver": AT_SCHOOLS,
}

World = tuple[dict[str, Actor], dict[str, Device]]


@pytest.fixture
@at_once()
def world(session: Session) -> World:
    here, there = make_district(), make_district()
    school, neighbour, elsewhere = make_school(here), make_school(here), make_school(there)
    users = {
        "reporter": make_user(Role.REPORTER, school_id=school.id),
        "media coordinator": make_user(Role.MEDIA_COORDINATOR, school_id=school.id),
        "head": make_user(Role.HEAD_OF_SCHOOL, school_id=school.id),
        "head next door": make_user(Role.HEAD_OF_SCHOOL, school_id=neighbour.id),
        "manager": make_user(Role.CAMPUS_MANAGER, district_id=here.id),
        "manager elsewhere": make_user(Role.CAMPUS_MANAGER, district_id=there.id),
        "second level": make_user(Role.SECOND_LEVEL),
        "dispatcher": make_user(Role.DISPATCHER),
        "claims clerk": make_user(Role.CLAIMS_CLERK),
        "claims approver": make_user(Role.CLAIMS_APPROVER),
        "auditor": make_user(Role.AUDITOR),
        "administrator": make_user(Role.ADMINISTRATOR),
        "editor": make_user(Role.KB_EDITOR),
    }
    model = make_model()
    devices = {
        "here": make_device(school, model=model),
        "neighbour": make_device(neighbour, model=model),
        "elsewhere": make_device(elsewhere, model=model),
        "stock": make_device(school, model=model),
    }
    devices["stock"].school_id = devices["stock"].site_id = None
    db.session.commit()
    return {name: actor_for(user) for name, user in users.items()} | {"stranger": STRANGER, "system": SYSTEM}, devices


@pytest.mark.parametrize(
    ("among", "may", "expected"),
    [(policy.visible_to, policy.may_see, SEES), (policy.pickable_by, policy.may_pick, PICKS)],
    ids=["see", "pick"],
)
def test_the_list_and_the_single_device_agree_with_the_table(
    world: World,
    among: Callable[[Actor], sa.ColumnElement[bool]],
    may: Callable[[Actor, Device], bool],
    expected: dict[str, set[str]],
) -> None:
    actors, devices = world
    assert set(actors) == set(expected)
    for name, actor in actors.items():
        listed = set(db.session.scalars(sa.select(Device.id).where(among(actor))))
        assert {word for word, device in devices.items() if device.id in listed} == expected[name], name
        assert {word for word, device in devices.items() if may(actor, device)} == expected[name], name


def test_who_has_a_device_is_known_to_its_school_and_to_claims_alone(world: World) -> None:
    actors, devices = world
    loans = {word: make_loan(devices[word]) for word in sorted(AT_SCHOOLS)}
    for name, actor in actors.items():
        listed = set(db.session.scalars(sa.select(Loan.id).where(policy.visible_loans(actor))))
        assert {word for word, loan in loans.items() if loan.id in listed} == KNOWS_HOLDERS[name], name
        assert {word for word, loan in loans.items() if policy.may_see_loan(actor, loan)} == KNOWS_HOLDERS[name], name
        assert {word for word in ALL if policy.may_see_holder(actor, devices[word])} == KNOWS_HOLDERS[name], name


@pytest.mark.parametrize(
    ("among", "may"),
    [
        (policy.life_cycle_schools, policy.may_see_life_cycle),
        (policy.addable_schools, policy.may_add_at),
        (policy.countable_schools, policy.may_count_at),
    ],
)
def test_rules_over_schools_have_a_twin_for_lists(world: World, among: Any, may: Any) -> None:
    actors, devices = world
    schools = [devices[word].school for word in AT_SCHOOLS]
    for actor, school in product(actors.values(), schools):
        listed = db.session.scalar(sa.select(School.id).where(School.id == school.id, among(actor)))
        assert (listed is not None) == may(actor, school)
