"""Locking what is gone: two people, gates on every path, and what a find undoes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.claims import lock_queries
from itsm.claims.kinds import Kind
from itsm.claims.lock_states import OrderKind, OrderState
from itsm.claims.models import CaseEntry, DamageCase, MdmOrder
from itsm.claims.service import cases, locks
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from tests.claims.factories import make_case
from tests.people import MONDAY_9AM, actor_for, make_user

LATER = MONDAY_9AM + timedelta(minutes=20)


def clerk(role: Role = Role.CLAIMS_CLERK):
    return actor_for(make_user(role))


def order_of(case: DamageCase, kind: OrderKind = OrderKind.LOCK) -> MdmOrder:
    return [one for one in lock_queries.orders_of(case) if one.kind is kind][-1]


@pytest.mark.parametrize("kind", [Kind.THEFT, Kind.LOSS, Kind.NOT_RETURNED])
def test_the_report_of_a_missing_device_asks_for_its_lock(session: scoped_session, kind: Kind) -> None:
    case = make_case(kind=kind)
    order = order_of(case)
    assert order.state is OrderState.REQUESTED
    assert order.requested_by_id == case.incident.reporter_id
    locks.release(clerk(), order, LATER)
    assert order.state is OrderState.RELEASED
