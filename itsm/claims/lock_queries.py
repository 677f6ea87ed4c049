"""Orders to the MDM, positions and looks, found for a person or for the worker."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.claims import policy
from itsm.claims.lock_states import OPEN, OrderKind, OrderState
from itsm.claims.models import DamageCase, MdmOrder, Position, PositionLook
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotFound

_PEOPLE = (
    joinedload(MdmOrder.requested_by),
    joinedload(MdmOrder.released_by),
    joinedload(MdmOrder.done_by),
)


def orders_of(case: DamageCase) -> list[MdmOrder]:
    """Return every order of a case, oldest first; whoever asks."""
    found = sa.select(MdmOrder).where(MdmOrder.case_id == case.id).order_by(MdmOrder.id)
    return list(db.session.scalars(found.options(*_PEOPLE)))


def order_for(actor: Actor, order_id: int) -> MdmOrder:
    """Return an order of a case this person sees, with its case.

    Raises: NotFound for one that does not exist or is for others.
    """
    order = db.session.scalar(
        sa.select(MdmOrder)
        .join(DamageCase, DamageCase.id == MdmOrder.case_id)
        .where(MdmOrder.id == min(order_id, LARGEST_ID), policy.visible_to(actor))
        .options(joinedload(MdmOrder.case).joinedload(DamageCase.incident), *_PEOPLE)
    )
    if order is None:
        raise NotFound
    return order


def open_orders() -> list[MdmOrder]:
    """Return every order that waits for a person or for the MDM, oldest first; for the claims staff."""
    return list(
        db.session.scalars(
            sa.select(MdmOrder)
            .where(MdmOrder.state.in_(OPEN))
            .order_by(MdmOrder.requested_at, MdmOrder.id)
            .options(
                joinedload(MdmOrder.case).joinedload(DamageCase.school),
                joinedload(MdmOrder.case).joinedload(DamageCase.incident),
                *_PEOPLE,
            )
        )
    )


def hold_case(case_id: int) -> DamageCase:
    """Return a case as it stands now, held until the transaction ends; always taken before its orders."""
    return db.session.scalars(
        sa.select(DamageCase)
        .where(DamageCase.id == case_id)
        .with_for_update(of=DamageCase)
        .execution_options(populate_existing=True)
    ).one()


def hold(order_id: int) -> MdmOrder | None:
    """Return an order as it stands now, held with its case until the transaction ends: of two at once, one waits."""
    case_id = db.session.scalar(sa.select(MdmOrder.case_id).where(MdmOrder.id == order_id))
    if case_id is None:
        return None
    hold_case(case_id)
    return db.session.scalar(
        sa.select(MdmOrder)
        .where(MdmOrder.id == order_id)
        .with_for_update(of=MdmOrder)
        .execution_options(populate_existing=True)
    )


def lock_of(orders: list[MdmOrder]) -> MdmOrder | None:
    """Return the order that holds a device locked now: confirmed, and nothing to set it free ordered after it."""
    freed = max((one.id for one in orders if _sets_free(one)), default=0)
    locks = (one for one in orders if one.kind is OrderKind.LOCK and one.state is OrderState.CONFIRMED)
    return next((one for one in locks if one.id > freed), None)


def possible_lock_of(orders: list[MdmOrder]) -> MdmOrder | None:
    """Return the last order that may have locked a device, even if nobody heard of it, and was not undone yet."""
    freed = max((one.id for one in orders if _sets_free(one)), default=0)
    tried = [one for one in orders if one.kind is OrderKind.LOCK and one.id > freed]
    return next((one for one in reversed(tried) if one.attempts or one.state is OrderState.CONFIRMED), None)


def positions_of(case: DamageCase) -> list[Position]:
    """Return where a device was, the latest first; only for a look that was logged."""
    found = sa.select(Position).where(Position.case_id == case.id)
    return list(db.session.scalars(found.order_by(Position.seen_at.desc(), Position.id.desc())))


def has_positions(case: DamageCase) -> bool:
    """Say whether it is known where the device was, without saying where."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Position.case_id == case.id))))


def looks_at(case: DamageCase) -> list[PositionLook]:
    """Return who looked at where a device was, and why; the latest first."""
    found = sa.select(PositionLook).where(PositionLook.case_id == case.id).options(joinedload(PositionLook.user))
    return list(db.session.scalars(found.order_by(PositionLook.id.desc())))


def _sets_free(order: MdmOrder) -> bool:
    return order.kind is OrderKind.UNLOCK and order.state in (OrderState.RELEASED, OrderState.CONFIRMED)
