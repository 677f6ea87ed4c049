"""Where a locked device was: each look is logged with a reason, and nothing is kept longer than needed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.claims import lock_queries
from itsm.claims.kinds import Kind
from itsm.claims.lock_page import place
from itsm.claims.mdm.answers import Fix
from itsm.claims.models import DamageCase, Position, PositionLook
from itsm.claims.service import cases, locks, positions
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from tests.claims.factories import make_case
from tests.people import MONDAY_9AM, actor_for, make_user

DAYS_30 = timedelta(days=30)


def make_position(case: DamageCase | None = None, **more: object) -> DamageCase:
    """A theft whose device said where it is."""
    case = case or make_case(kind=Kind.THEFT)
    order = lock_queries.orders_of(case)[0]
    values = {"latitude": 51.51361, "longitude": 7.46532, "accuracy_metres": 65.0, "seen_at": MONDAY_9AM} | more
    positions.keep(order, Fix(**values), MONDAY_9AM)
    db.session.commit()
    return case


def count() -> int:
    return len(db.session.scalars(sa.select(Position)).all())


def test_a_look_is_logged_with_person_moment_and_reason(session: scoped_session) -> None:
    case, user = make_position(), make_user(Role.CLAIMS_CLERK)
    [found] = positions.look(actor_for(user), case, "  Auskunft an die Polizei ", MONDAY_9AM)
    assert found.latitude == 51.51361
    [look] = lock_queries.looks_at(case)
    assert (look.user_id, look.at, look.reason) == (user.id, MONDAY_9AM, "Auskunft an die Polizei")


def test_without_a_reason_or_a_position_there_is_no_look(session: scoped_session) -> None:
    me = actor_for(make_user(Role.CLAIMS_CLERK))
    with pytest.raises(DomainError, match="warum"):
        positions.look(me, make_position(), " ", MONDAY_9AM)
    with pytest.raises(DomainError, match="kein Standort"):
        positions.look(me, make_case(kind=Kind.LOSS), "Polizei", MONDAY_9AM)
    assert db.session.scalars(sa.select(PositionLook)).all() == []


@pytest.mark.parametrize("role", [Role.HEAD_OF_SCHOOL, Role.ADMINISTRATOR, Role.AUDITOR, Role.SECOND_LEVEL])
def test_nobody_but_the_claims_staff_looks(session: scoped_session, role: Role) -> None:
    with pytest.raises(NotAllowed):
        positions.look(actor_for(make_user(role)), make_position(), "Neugier", MONDAY_9AM)


def test_positions_go_after_thirty_days_to_the_second_and_the_log_stays(session: scoped_session) -> None:
    case = make_position()
    positions.look(actor_for(make_user(Role.CLAIMS_CLERK)), case, "Polizei", MONDAY_9AM)
    assert positions.forget(MONDAY_9AM + DAYS_30 - timedelta(seconds=1)) == 0
    assert [positions.forget(MONDAY_9AM + DAYS_30) for _ in range(2)] == [1, 0]
    assert len(lock_queries.looks_at(case)) == 1


def test_a_place_that_was_old_when_it_came_goes_earlier(session: scoped_session) -> None:
    make_position(seen_at=MONDAY_9AM - timedelta(days=10))
    assert positions.forget(MONDAY_9AM + timedelta(days=20)) == 1


def test_a_find_deletes_the_positions_of_its_case_only(session: scoped_session) -> None:
    case, other = make_position(), make_position()
    locks.release_found(actor_for(make_user(Role.CLAIMS_CLERK)), case, MONDAY_9AM)
    assert not lock_queries.has_positions(case)
    assert lock_queries.has_positions(other)
    other.found_on = MONDAY_9AM.date()
    cases.move(actor_for(make_user(Role.CLAIMS_CLERK)), other, "find", MONDAY_9AM)
    assert count() == 0
    make_position(other)
    assert positions.forget(MONDAY_9AM) == 1


def test_an_unknown_accuracy_is_said(session: scoped_session) -> None:
    case = make_position(accuracy_metres=None)
    make_position(case)
    assert [place(one).accuracy for one in lock_queries.positions_of(case)] == [
        "auf etwa 65 m genau",
        "Genauigkeit unbekannt",
    ]
