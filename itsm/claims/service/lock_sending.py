"""The worker's side of an order: ask the MDM, and note what came of it. No transaction is open while it answers.

Source: docs/rules/claims.md, CL-72, CL-73.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from itsm.claims import lock_queries
from itsm.claims.lock_states import LABELS, MOVES, OrderKind, OrderState
from itsm.claims.mdm import jamf_pro
from itsm.claims.mdm.answers import Fix, Found, Unavailable, Unknown
from itsm.claims.models import MdmOrder
from itsm.claims.service import cases, locks, positions
from itsm.core.access import SYSTEM
from itsm.core.db import db, writing
from itsm.core.states import find

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
# A device whose clock is a little slow has still answered to this order.
SLOW_CLOCK = timedelta(minutes=5)
NOT_KNOWN = "Über Jamf Pro ist dieses Gerät nicht zu erreichen. Bitte nutzen Sie das MDM, in dem es verwaltet wird."
NOT_LOCKED = "Das Gerät ist nicht gesperrt. Geortet wird nur, solange es gesperrt ist."


@dataclass(frozen=True)
class Trial:
    """What the worker needs to know of an order while it asks the MDM."""

    order_id: int
    kind: OrderKind
    serial: str
    sent_at: datetime | None


@dataclass
class Result:
    """What came of a trial."""

    is_done: bool = False
    # The number of the command, if one went out now; "" if the MDM named none.
    sent: str | None = None
    fix: Fix | None = None
    error: str = ""
    # The MDM does not have the device.
    is_unknown: bool = False
    # The MDM says the device is not locked, so it must not be located.
    is_free: bool = False


def carry_out(order_id: int, now: Callable[[], datetime], jamf: jamf_pro.Server | None = None) -> None:
    """Bring an order one step on: send it, or see whether the device has done it. One that is over is left alone."""
    server = jamf or jamf_pro.server()
    with writing():
        trial = _begin(order_id, now(), is_set_up=server is not None)
    if trial is None or server is None:
        return
    try:
        result = _ask(server, trial, now)
    except Unknown:
        result = Result(is_unknown=True)
    except Unavailable as error:
        result = Result(error=str(error))
    with writing():
        _note(trial, result, now())


def hand_over_due(at: datetime) -> int:
    """Put every order that is due and not in the queue into it; return how many."""
    due = sa.select(MdmOrder).where(MdmOrder.state == OrderState.RELEASED, MdmOrder.next_at <= at)
    return sum(locks.hand_over(order) for order in db.session.scalars(due.order_by(MdmOrder.id)))


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: 1, 2, 4 … minutes, at most an hour."""
    return min(FIRST_PAUSE * (1 << min(attempts - 1, 10)), LONGEST_PAUSE)


def _begin(order_id: int, at: datetime, *, is_set_up: bool) -> Trial | None:
    """Count the attempt, unless the order is over, by hand, or no longer wanted."""
    order = _wanted(order_id, at)
    if order is None:
        return None
    device = order.case.device
    if not is_set_up or device is None or not device.serial:
        _leave_to_people(order, at)
        return None
    order.attempts += 1
    # Tried again even if this worker dies on the way.
    order.next_at = at + pause(order.attempts)
    return Trial(order.id, order.kind, device.serial, order.sent_at)


def _wanted(order_id: int, at: datetime) -> MdmOrder | None:
    """Hold an order and return it if it may still be carried out; a device that is back is never locked."""
    order = lock_queries.hold(order_id)
    if order is None or order.state is not OrderState.RELEASED or order.is_by_hand:
        return None
    if order.kind is OrderKind.UNLOCK:
        return order
    if not locks.is_missing(order.case):
        locks.set_free(SYSTEM, order.case, "Das Gerät wird nicht mehr vermisst.", at)
        return None
    if order.kind is OrderKind.LOCATE and lock_queries.lock_of(lock_queries.orders_of(order.case)) is None:
        _refuse(order, NOT_LOCKED, at)
        return None
    return order


def _ask(server: jamf_pro.Server, trial: Trial, now: Callable[[], datetime]) -> Result:
    with jamf_pro.speaking(server) as talk:
        found = talk.find(trial.serial)
        result = _judge(trial, found)
        if trial.sent_at is not None or result.is_done or result.is_free:
            return result
        with writing():
            is_wanted = _wanted(trial.order_id, now()) is not None
        return Result(sent=talk.send(trial.kind, found.number)) if is_wanted else Result()


def _judge(trial: Trial, found: Found) -> Result:
    """Say what the state of the device means for the order."""
    if trial.kind is OrderKind.LOCK:
        return Result(is_done=found.is_lost)
    if trial.kind is OrderKind.UNLOCK:
        # Not before ours was sent: an earlier command to lock may still be on its way to the device.
        return Result(is_done=trial.sent_at is not None and not found.is_lost)
    if not found.is_lost:
        return Result(is_free=True)
    is_new = trial.sent_at is not None and found.fix is not None and found.fix.seen_at >= trial.sent_at - SLOW_CLOCK
    return Result(is_done=is_new, fix=found.fix if is_new else None)


def _note(trial: Trial, result: Result, at: datetime) -> None:
    """Write down what came of it, looking again whether it is still wanted: a late answer never counts for a lock."""
    order = _wanted(trial.order_id, at)
    if order is None:
        _undo_late(trial, result, at)
    elif result.is_unknown:
        _leave_to_people(order, at)
    elif result.is_free:
        _refuse(order, NOT_LOCKED, at)
    elif result.is_done:
        if result.fix is not None:
            positions.keep(order, result.fix, at)
        locks.finish(SYSTEM, order, at, at)
    else:
        order.last_error = result.error
        if result.sent is not None:
            order.sent_at, order.remote_id = at, result.sent
            cases.note(SYSTEM, order.case, f"{order.kind}-sent", at)
        locks.try_at(order, at, wait=FIRST_PAUSE if result.sent is not None else pause(order.attempts))


def _undo_late(trial: Trial, result: Result, at: datetime) -> None:
    """A lock that went out although it had been withdrawn in the meantime is undone, once more if need be."""
    order = lock_queries.hold(trial.order_id)
    if order is None or trial.kind is not OrderKind.LOCK or order.state is not OrderState.WITHDRAWN:
        return
    if result.sent is not None:
        order.sent_at, order.remote_id = at, result.sent
    if result.sent is None and not result.is_done and not result.error:
        return
    orders = lock_queries.orders_of(order.case)
    if not any(one.kind is OrderKind.UNLOCK and one.state is OrderState.RELEASED for one in orders):
        locks.free_again(SYSTEM, order, "Die Sperre kam, nachdem sie zurückgezogen war.", at)


def _leave_to_people(order: MdmOrder, at: datetime) -> None:
    if order.kind is OrderKind.LOCATE:
        _refuse(order, NOT_KNOWN, at)
        return
    order.is_by_hand, order.next_at, order.last_error = True, None, NOT_KNOWN
    cases.note(SYSTEM, order.case, f"{order.kind}-by-hand", at)


def _refuse(order: MdmOrder, sentence: str, at: datetime) -> None:
    order.state, order.state_at = find(MOVES, "refuse", order.state, LABELS).target, at
    order.next_at, order.last_error = None, sentence
    cases.note(SYSTEM, order.case, f"{order.kind}-refused", at)
