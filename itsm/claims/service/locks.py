"""Locking and locating a device that is gone: asked for by one person, released by another, undone when it is found.

Source: docs/rules/claims.md, CL-70 to CL-79.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from itsm.assets.kinds import Kind as DeviceKind
from itsm.claims import lock_queries, policy
from itsm.claims.events import CaseMoved, CaseReported
from itsm.claims.kinds import MISSING, Kind
from itsm.claims.lock_states import KIND_LABELS, LABELS, MOVES, OPEN, OrderKind, OrderState
from itsm.claims.mdm import jamf_pro
from itsm.claims.models import DamageCase, MdmOrder, Position
from itsm.claims.service import cases
from itsm.claims.states import State
from itsm.core.access import SYSTEM, Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.core.queue import enqueue
from itsm.core.states import find

STAFF_ONLY = "Sperren und Orten ist Sache der Schadensbearbeitung."
TASK = "mdm-order"
# Back, or never gone: nothing is locked or located any more.
HERE = frozenset({State.FOUND, State.WITHDRAWN})
# What an MDM can lock.
_LOCKABLE = frozenset({DeviceKind.IPAD, DeviceKind.LAPTOP, DeviceKind.DIGITAL_TOOL})
_REPORTED = {
    Kind.THEFT: "Diebstahl gemeldet",
    Kind.LOSS: "Verlust gemeldet",
    Kind.NOT_RETURNED: "Als nicht zurückgegeben gemeldet",
}


def request(actor: Actor, case: DamageCase, kind: OrderKind, purpose: str, at: datetime) -> MdmOrder:
    """Ask for a lock or a location; a second person releases it.

    Raises: NotAllowed unless the actor is of the claims staff; DomainError without a purpose, for a device that is not
        gone, or a location of a device that is not locked; Conflict if one is open.
    Source: docs/rules/claims.md, CL-70, CL-71, CL-74.
    """
    check_staff(actor)
    if kind is OrderKind.UNLOCK:
        return unlock(actor, case, purpose, at)
    case = lock_queries.hold_case(case.id)
    check_missing(case)
    orders = lock_queries.orders_of(case)
    _refuse_second(orders, kind)
    if kind is OrderKind.LOCATE:
        check_locatable(orders)
    elif lock_queries.lock_of(orders):
        raise DomainError("Das Gerät ist schon gesperrt.")
    else:
        _refuse_second(orders, OrderKind.UNLOCK)
    return _add(actor, case, kind, OrderState.REQUESTED, _purpose(purpose), at)


def release(actor: Actor, order: MdmOrder, at: datetime) -> None:
    """Let an order be carried out, by the worker or by hand.

    Raises: NotAllowed unless the actor is of the claims staff and did not ask for it; DomainError once it was
        released or withdrawn, or if the device is back.
    Source: docs/rules/claims.md, CL-71.
    """
    check_staff(actor)
    order = _held(order)
    if actor.user_id is None or actor.user_id in (order.requested_by_id, order.case.incident.reporter_id):
        raise NotAllowed(
            "Wer das beantragt oder gemeldet hat, gibt es nicht selbst frei. Bitte fragen Sie jemand anderen."
        )
    target = find(MOVES, "release", order.state, LABELS)
    check_missing(order.case)
    if order.kind is OrderKind.LOCATE:
        check_locatable(lock_queries.orders_of(order.case))
    order.released_at, order.released_by_id = at, actor.user_id
    order.state, order.state_at = target.target, at
    order.is_by_hand = not _is_reachable(order.case)
    cases.note(actor, order.case, f"{order.kind}-released", at)
    try_at(order, at)
    db.session.flush()


def withdraw(actor: Actor, order: MdmOrder, at: datetime) -> None:
    """Take an order back; a lock that may have gone out already is undone.

    Raises: NotAllowed unless the actor is of the claims staff; DomainError once it is over, or for setting free.
    Source: docs/rules/claims.md, CL-71.
    """
    check_staff(actor)
    order = _held(order)
    if order.kind is OrderKind.UNLOCK:
        raise DomainError("Eine Entsperrung wird nicht zurückgezogen. Beantragen Sie danach eine neue Sperre.")
    drop(actor, order, at)
    set_free(actor, order.case, "Der Auftrag zu sperren wurde zurückgezogen.", at, only_unheard=True)


def unlock(actor: Actor, case: DamageCase, purpose: str, at: datetime) -> MdmOrder:
    """Set a device free; one person is enough. What was still to be locked is not locked any more.

    Raises: NotAllowed unless the actor is of the claims staff; DomainError without a reason or without a lock.
    Source: docs/rules/claims.md, CL-76.
    """
    check_staff(actor)
    case = lock_queries.hold_case(case.id)
    reason = _purpose(purpose)
    order = set_free(actor, case, reason, at)
    if order is None:
        raise DomainError("Das Gerät ist nicht gesperrt, oder die Entsperrung läuft schon.")
    return order


def confirm(actor: Actor, order: MdmOrder, done_at: datetime, at: datetime) -> None:
    """Say when a person locked or freed the device in the MDM.

    Raises: NotAllowed unless the actor is of the claims staff; DomainError for a moment before the release or in the
        future, an order that is not released, or a location.
    Source: docs/rules/claims.md, CL-75.
    """
    check_staff(actor)
    order = _held(order)
    find(MOVES, "confirm", order.state, LABELS)
    if order.kind is OrderKind.LOCATE:
        raise DomainError("Eine Ortung lässt sich nicht von Hand bestätigen.")
    if done_at > at:
        raise DomainError("Diese Uhrzeit liegt in der Zukunft. Bitte prüfen Sie Tag und Uhrzeit.")
    if order.released_at is not None and done_at < order.released_at.replace(second=0):
        raise DomainError("Zu dieser Uhrzeit war noch nichts freigegeben. Bitte prüfen Sie Tag und Uhrzeit.")
    if order.kind is OrderKind.LOCK:
        check_missing(order.case)
    order.is_by_hand, order.done_by_id = True, actor.user_id
    finish(actor, order, done_at, at)


def release_found(actor: Actor, case: DamageCase, at: datetime) -> None:
    """Undo what was ordered for a device that is found: open orders fall away, a lock ends, positions are deleted.

    Harmless twice; whoever may set the case to found may do this.
    Source: docs/rules/claims.md, CL-76.
    """
    case = lock_queries.hold_case(case.id)
    set_free(actor, case, "Das Gerät ist wieder da.", at)
    db.session.execute(sa.delete(Position).where(Position.case_id == case.id))


def stop_said_found(actor: Actor, case: DamageCase, at: datetime) -> None:
    """Let nothing more go out for a device of which its school says that it is there again.

    Open orders fall away, and a lock that may have gone out unheard is undone; one that is confirmed stays until the
    claims staff confirms the find. Whoever may say so may do this.
    Source: docs/rules/claims.md, CL-76.
    """
    case = lock_queries.hold_case(case.id)
    _drop_open(actor, lock_queries.orders_of(case), at)
    set_free(actor, case, "Die Schule hat das Gerät wieder.", at, only_unheard=True)


def follow_report(event: CaseReported) -> None:
    """Ask for a lock of a device that was reported gone: the report is the first of the two people.

    Source: docs/rules/claims.md, CL-70.
    """
    case = db.session.get_one(DamageCase, event.case_id)
    if event.kind not in _REPORTED or not is_lockable(case):
        return
    order = _add(SYSTEM, case, OrderKind.LOCK, OrderState.REQUESTED, _REPORTED[event.kind], event.at)
    order.requested_by_id = case.incident.reporter_id


def follow_case(event: CaseMoved) -> None:
    """Undo every order of a device that is back, or was never gone."""
    if event.to_state in HERE:
        release_found(SYSTEM, db.session.get_one(DamageCase, event.case_id), event.at)


def set_free(
    actor: Actor, case: DamageCase, purpose: str, at: datetime, *, only_unheard: bool = False
) -> MdmOrder | None:
    """Drop what is open of a held case and order it unlocked if it may be locked; return that order if it is new.

    `only_unheard` leaves a confirmed lock, and whatever else is open, as it is.
    """
    orders = lock_queries.orders_of(case)
    if not only_unheard:
        _drop_open(actor, orders, at)
    lock = lock_queries.possible_lock_of(orders)
    if lock is None or (only_unheard and lock.state is OrderState.CONFIRMED):
        return None
    return free_again(actor, lock, purpose, at)


def free_again(actor: Actor, lock: MdmOrder, purpose: str, at: datetime) -> MdmOrder:
    """Order a device unlocked that an order of a held case has locked, or may have."""
    order = _add(actor, lock.case, OrderKind.UNLOCK, OrderState.RELEASED, purpose, at)
    order.released_at = at
    order.is_by_hand = not _is_reachable(lock.case) or (lock.is_by_hand and not lock.attempts)
    try_at(order, at)
    db.session.flush()
    return order


def drop(actor: Actor, order: MdmOrder, at: datetime) -> None:
    """Take a held order out of the work."""
    order.state, order.state_at = find(MOVES, "withdraw", order.state, LABELS).target, at
    order.next_at = None
    cases.note(actor, order.case, f"{order.kind}-withdrawn", at)
    db.session.flush()


def finish(actor: Actor, order: MdmOrder, done_at: datetime, at: datetime) -> None:
    """Note that a held order is done."""
    order.state, order.state_at = find(MOVES, "confirm", order.state, LABELS).target, at
    order.done_at, order.next_at, order.last_error = done_at, None, ""
    cases.note(actor, order.case, f"{order.kind}-confirmed", at, is_public=order.kind is not OrderKind.LOCATE)
    db.session.flush()


def try_at(order: MdmOrder, moment: datetime, *, wait: timedelta = timedelta()) -> None:
    """Let the worker try an order; what is done by hand is left to the claims staff."""
    if order.is_by_hand:
        order.next_at = None
        return
    order.next_at = moment + wait
    hand_over(order, order.next_at if wait else None)


def hand_over(order: MdmOrder, moment: datetime | None = None) -> bool:
    """Put an order into the queue, one at a time per case; say whether it was not there yet."""
    return (
        enqueue(
            TASK,
            args={"order_id": order.id},
            lock=f"{TASK}-case-{order.case_id}",
            queueing_lock=f"{TASK}-{order.id}",
            scheduled_at=moment,
        )
        is not None
    )


def check_staff(actor: Actor) -> None:
    """Let only the claims staff go on.

    Raises: NotAllowed for everybody else.
    """
    if not policy.may_lock(actor):
        raise NotAllowed(STAFF_ONLY)


def is_lockable(case: DamageCase) -> bool:
    """Say whether the device of a case is of a class an MDM can lock."""
    return case.device is not None and case.device.model.kind in _LOCKABLE


def is_missing(case: DamageCase) -> bool:
    """Say whether the device of a case is gone; a clerk may find out that it is only broken, the school find it."""
    return case.kind in MISSING and case.state not in HERE and case.found_on is None


def check_missing(case: DamageCase) -> None:
    """Let only a device be locked or located that is gone.

    Raises: DomainError for a damage, or for a device that is back.
    """
    if case.kind not in MISSING:
        raise DomainError("Gesperrt und geortet wird nur, was gestohlen, verloren oder nicht zurückgegeben ist.")
    if case.state in HERE:
        raise DomainError("Das Gerät ist wieder da. Es wird nicht mehr gesperrt oder geortet.")
    if case.found_on is not None:
        raise DomainError(
            "Die Schule sagt, das Gerät ist wieder da: Es wird nicht mehr gesperrt oder geortet. Stimmt das nicht, "
            "bestätigen Sie den Fund und nehmen Sie den Fall danach wieder auf."
        )


def check_locatable(orders: list[MdmOrder]) -> None:
    """Let a device be located only while it is locked, and by an MDM we can ask.

    Raises: DomainError otherwise.
    """
    if lock_queries.lock_of(orders) is None:
        raise DomainError("Geortet wird nur, solange das Gerät gesperrt ist. Bitte sperren Sie es zuerst.")
    if jamf_pro.server() is None:
        raise DomainError("Orten geht nur mit Jamf Pro, und das ist nicht eingerichtet. Bitte schauen Sie im MDM nach.")


def _drop_open(actor: Actor, orders: list[MdmOrder], at: datetime) -> None:
    for order in orders:
        if order.state in OPEN and order.kind is not OrderKind.UNLOCK:
            drop(actor, order, at)


def _held(order: MdmOrder) -> MdmOrder:
    held = lock_queries.hold(order.id)
    if held is None:
        raise Conflict("Diesen Auftrag gibt es nicht mehr. Bitte laden Sie die Seite neu.")
    return held


def _refuse_second(orders: list[MdmOrder], kind: OrderKind) -> None:
    if any(one.kind is kind and one.state in OPEN for one in orders):
        raise Conflict(f"{KIND_LABELS[kind]}: Es läuft schon ein Auftrag. Bitte laden Sie die Seite neu.")


def _purpose(text: str) -> str:
    if not text.strip():
        raise DomainError("Bitte schreiben Sie, wozu. Ohne Zweck wird weder gesperrt noch geortet.")
    return text.strip()


def _add(actor: Actor, case: DamageCase, kind: OrderKind, state: OrderState, purpose: str, at: datetime) -> MdmOrder:
    order = MdmOrder(
        case=case,
        kind=kind,
        state=state,
        state_at=at,
        purpose=purpose,
        requested_at=at,
        requested_by_id=actor.user_id,
    )
    db.session.add(order)
    cases.note(actor, case, f"{kind}-requested", at)
    db.session.flush()
    return order


def _is_reachable(case: DamageCase) -> bool:
    """Whether the worker can ask the MDM for this device at all."""
    return jamf_pro.server() is not None and case.device is not None and bool(case.device.serial)
