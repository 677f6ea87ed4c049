"""A grant covers a school, a district or the city; one row and lists draw the same line."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.core.access import GRANTED, STRANGER, Actor, Grant, Role, Verb
from itsm.org.models import School
from tests.places import make_school


def test_every_verb_is_granted_to_somebody_and_every_role_may_do_something() -> None:
    assert set(GRANTED) == set(Verb)
    assert all(GRANTED.values())
    assert set().union(*GRANTED.values()) == set(Role)


def test_a_stranger_may_nothing() -> None:
    assert not any(STRANGER.may_somewhere(verb) for verb in Verb)


@pytest.mark.parametrize("reach", ["school", "district", "city", "nowhere"])
def test_the_row_and_the_list_agree(session: scoped_session, reach: str) -> None:
    mine, neighbour = make_school(), make_school()
    grants = {
        "school": (Grant(Role.CAMPUS_MANAGER, school_id=mine.id),),
        "district": (Grant(Role.CAMPUS_MANAGER, district_id=mine.district_id),),
        "city": (Grant(Role.CAMPUS_MANAGER),),
        "nowhere": (Grant(Role.KB_EDITOR),),
    }[reach]
    scope = Actor(user_id=1, name="P", grants=grants).scope(Verb.TICKET_SEE)
    listed = set(session.scalars(sa.select(School.id).where(scope.among(School.id, School.district_id))))
    assert listed == {s.id for s in (mine, neighbour) if scope.covers(s.id, s.district_id)}
    assert (
        listed == {"school": {mine.id}, "district": {mine.id}, "city": {mine.id, neighbour.id}, "nowhere": set()}[reach]
    )
