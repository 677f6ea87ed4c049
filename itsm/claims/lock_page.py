"""What a case shows of locking and locating, to the claims staff and to everybody else.

Source: docs/rules/claims.md, CL-79.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from itsm.claims import lock_queries, policy
from itsm.claims.kinds import MISSING
from itsm.claims.lock_states import OPEN, OrderKind, OrderState
from itsm.claims.mdm import jamf_pro
from itsm.claims.models import DamageCase, MdmOrder, Position
from itsm.claims.service.locks import is_missing
from itsm.core.access import Actor
from itsm.core.german import number

# The word of an address for what can be asked for.
WISHES = {"sperren": OrderKind.LOCK, "orten": OrderKind.LOCATE, "entsperren": OrderKind.UNLOCK}


@dataclass(frozen=True)
class OrderLine:
    """An order with what this person may do with it."""

    order: MdmOrder
    is_from_report: bool
    may_release: bool
    may_withdraw: bool
    may_confirm: bool


@dataclass(frozen=True)
class Panel:
    """Everything about the lock of a device on the page of its case."""

    lines: list[OrderLine]
    lock: MdmOrder | None
    wishes: tuple[str, ...]
    has_positions: bool
    looks: int


@dataclass(frozen=True)
class Status:
    """How it stands with the lock, for everybody who sees the case."""

    text: str
    kind: str
    since: datetime | None = None


@dataclass(frozen=True)
class Place:
    """Where a device was, in words and for the map."""

    text: str
    accuracy: str
    seen_at: datetime
    point: dict[str, Any]


def panel(actor: Actor, case: DamageCase) -> Panel | None:
    """Return what the claims staff sees; None for others, and where there is nothing to lock."""
    if not policy.may_lock(actor):
        return None
    orders = lock_queries.orders_of(case)
    if case.kind not in MISSING and not orders:
        return None
    return Panel(
        lines=[line(actor, order) for order in orders],
        lock=lock_queries.lock_of(orders),
        wishes=_wishes(case, orders),
        has_positions=lock_queries.has_positions(case),
        looks=len(lock_queries.looks_at(case)),
    )


def waiting(panel: Panel) -> list[OrderLine]:
    """Return the orders this person can bring on now."""
    return [one for one in panel.lines if one.may_release or (one.may_confirm and one.order.is_by_hand)]


def line(actor: Actor, order: MdmOrder) -> OrderLine:
    """Return an order with what this person may do with it."""
    reporter_id = order.case.incident.reporter_id
    is_requested = order.state is OrderState.REQUESTED
    return OrderLine(
        order=order,
        is_from_report=order.kind is OrderKind.LOCK and order.requested_by_id in (None, reporter_id),
        may_release=is_requested and actor.user_id not in (order.requested_by_id, reporter_id),
        may_withdraw=order.state in OPEN and order.kind is not OrderKind.UNLOCK,
        may_confirm=order.state is OrderState.RELEASED and order.kind is not OrderKind.LOCATE,
    )


def status(case: DamageCase) -> Status | None:
    """Return how it stands with the lock of a device that is or was gone; None for a damage."""
    orders = lock_queries.orders_of(case)
    if case.kind not in MISSING and not orders:
        return None
    if lock := lock_queries.lock_of(orders):
        return Status("gesperrt seit", "success", lock.done_at)
    if any(one.kind is OrderKind.UNLOCK and one.state is OrderState.RELEASED for one in orders):
        return Status("Entsperrung offen", "warning")
    if any(one.kind is OrderKind.LOCK and one.state in OPEN for one in orders):
        return Status("Sperre offen", "warning")
    freed = [one for one in orders if one.kind is OrderKind.UNLOCK and one.state is OrderState.CONFIRMED]
    return Status("entsperrt seit", "neutral", freed[-1].done_at) if freed else Status("nicht gesperrt", "neutral")


def place(position: Position) -> Place:
    """Return a position in words and for the map."""
    latitude, longitude = f"{position.latitude:.5f}", f"{position.longitude:.5f}"
    accuracy = position.accuracy_metres
    sure = f"auf etwa {number(round(accuracy))} m genau" if accuracy is not None else "Genauigkeit unbekannt"
    text = f"{latitude}, {longitude}"
    point = {"lat": position.latitude, "lon": position.longitude, "label": text, "text": sure}
    return Place(text, sure, position.seen_at, point)


def _wishes(case: DamageCase, orders: list[MdmOrder]) -> tuple[str, ...]:
    """What can be asked for now; the verbs check it again."""
    open_kinds = {one.kind for one in orders if one.state in OPEN}
    lock, is_here = lock_queries.lock_of(orders), not is_missing(case)
    found = []
    if not is_here and lock is None and not open_kinds & {OrderKind.LOCK, OrderKind.UNLOCK}:
        found.append("sperren")
    if not is_here and lock is not None and OrderKind.LOCATE not in open_kinds and jamf_pro.server() is not None:
        found.append("orten")
    if lock_queries.possible_lock_of(orders) is not None and OrderKind.LOCK not in open_kinds:
        found.append("entsperren")
    return tuple(found)
