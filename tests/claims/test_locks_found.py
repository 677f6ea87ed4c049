"""A school says that a device is back while its lock waits, is queued or is on its way: nothing more goes out."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import scoped_session

from itsm.claims.kinds import Kind
from itsm.claims.lock_states import OrderKind, OrderState
from itsm.claims.models import DamageCase, MdmOrder
from itsm.claims.service import finding, handling, locks, supplements
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import DomainError
from tests.claims.factories import make_case
from tests.claims.jamf_pro_server import JamfPro, configured, jamf_pro_server
from tests.claims.steps import approver, clerk
from tests.claims.test_locks_sending import history, last, make_locked, make_released, released, work
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

LOCK, LOCATE, UNLOCK = OrderKind.LOCK, OrderKind.LOCATE, OrderKind.UNLOCK


@pytest.fixture
def jamf(app: Flask, session: scoped_session) -> Iterator[JamfPro]:
    with jamf_pro_server() as server, configured(app, server):
        yield server


def say_found(case_id: int) -> None:
    """The school says so, at another computer."""
    case = db.session.get_one(DamageCase, case_id)
    lead = actor_for(make_user(Role.HEAD_OF_SCHOOL, school_id=case.school_id))
    supplements.say_found(lead, case, MONDAY, MONDAY_9AM + timedelta(minutes=1))
    db.session.commit()


def test_a_lock_that_waits_for_release_is_withdrawn_with_a_trace(session: scoped_session) -> None:
    case = make_case(kind=Kind.THEFT)
    order = last(case, LOCK)
    say_found(case.id)
    db.session.refresh(order)
    assert (order.state, history(case)) == (OrderState.WITHDRAWN, ["lock-requested", "say-found", "lock-withdrawn"])
    with pytest.raises(DomainError, match="zurückgezogen"):
        locks.release(approver(), order, MONDAY_9AM)
    with pytest.raises(DomainError, match="Die Schule sagt"):
        locks.request(clerk(), case, LOCK, "Doch sperren", MONDAY_9AM)


def test_a_lock_in_the_queue_is_not_sent(jamf: JamfPro) -> None:
    order = make_released(jamf)
    say_found(order.case_id)
    work(jamf, order, times=3)
    assert (order.state, order.next_at, jamf.commands) == (OrderState.WITHDRAWN, None, [])


def test_a_find_said_while_the_device_is_looked_up_stops_the_command(app: Flask, jamf: JamfPro) -> None:
    order = make_released(jamf)
    case_id = order.case_id
    jamf.on_find = _once(app, lambda: say_found(case_id))
    work(jamf, order, times=2)
    assert (order.state, jamf.commands) == (OrderState.WITHDRAWN, [])


def test_a_lock_on_its_way_is_undone(jamf: JamfPro) -> None:
    order = make_released(jamf)
    jamf.devices_are_on = False
    work(jamf, order)
    say_found(order.case_id)
    work(jamf, order)
    free = last(order.case, UNLOCK)
    work(jamf, free)
    assert (order.state, free.state) == (OrderState.WITHDRAWN, OrderState.RELEASED)
    assert jamf.command_names() == ["EnableLostMode", "DisableLostMode"]


def test_a_locked_device_stays_locked_until_the_claims_staff_confirms_and_is_not_located(jamf: JamfPro) -> None:
    order = make_locked(jamf)
    locate = released(order.case, LOCATE)
    say_found(order.case_id)
    work(jamf, locate)
    assert (order.state, locate.state, jamf.commands) == (OrderState.CONFIRMED, OrderState.WITHDRAWN, [])
    finding.found(clerk(), order.case, MONDAY, MONDAY_9AM)
    db.session.commit()
    free = last(order.case, UNLOCK)
    work(jamf, free)
    assert jamf.command_names() == ["DisableLostMode"]


def test_a_device_that_is_missing_after_all_can_be_locked_again(session: scoped_session) -> None:
    case = make_case(kind=Kind.LOSS)
    say_found(case.id)
    me: Actor = clerk()
    finding.found(me, case, MONDAY, MONDAY_9AM)
    handling.reopen(me, case, "Es war ein anderes Gerät.", MONDAY_9AM)
    order: MdmOrder = locks.request(me, case, LOCK, "Doch verloren", MONDAY_9AM)
    assert order.state is OrderState.REQUESTED


def _once(app: Flask, act: Callable[[], None]) -> Callable[[], None]:
    done: list[bool] = []

    def hook() -> None:
        if not done:
            done.append(True)
            with app.app_context():
                act()

    return hook
