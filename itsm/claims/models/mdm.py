"""Tables of locking and locating: orders to the MDM, positions, and who looked at them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.claims.lock_states import OrderKind, OrderState
from itsm.claims.models.cases import DamageCase
from itsm.core.db import Model


class MdmOrder(Model):
    """An order about one device: requested by one person, released by another, carried out by worker or hand."""

    __tablename__ = "mdm_order"
    __table_args__ = (
        sa.CheckConstraint("released_by_id IS NULL OR released_by_id <> requested_by_id", name="two_people"),
        sa.CheckConstraint("purpose <> ''", name="purpose"),
        # Nothing but setting free is ever done on the word of one person.
        sa.CheckConstraint(
            "kind = 'unlock' OR state NOT IN ('released', 'confirmed', 'refused') OR released_by_id IS NOT NULL",
            name="released",
        ),
        sa.CheckConstraint("(state = 'confirmed') = (done_at IS NOT NULL)", name="done"),
        # At most one open order of a kind per case.
        sa.Index(
            "uq_mdm_order_open",
            "case_id",
            "kind",
            unique=True,
            postgresql_where=sa.text("state IN ('requested', 'released')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("damage_case.id"), index=True)
    kind: Mapped[OrderKind]
    state: Mapped[OrderState]
    state_at: Mapped[datetime]
    purpose: Mapped[str]
    requested_at: Mapped[datetime]
    # None for an unlock that follows from a find, and for the report of a person without an account.
    requested_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    # Done by a person in the MDM, who confirms when.
    is_by_hand: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    # When the worker tries next; None for what is done by hand or over.
    next_at: Mapped[datetime | None]
    # When the MDM took it; the number the MDM gave it.
    sent_at: Mapped[datetime | None]
    remote_id: Mapped[str] = mapped_column(default="")
    # When it was done: the device is locked, was located, or is free again.
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    case: Mapped[DamageCase] = relationship()
    requested_by: Mapped[User | None] = relationship(foreign_keys=[requested_by_id])
    released_by: Mapped[User | None] = relationship(foreign_keys=[released_by_id])
    done_by: Mapped[User | None] = relationship(foreign_keys=[done_by_id])


class Position(Model):
    """Where a locked device was; deleted on recovery or after 30 days."""

    __tablename__ = "mdm_position"
    __table_args__ = (sa.CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("mdm_order.id"), index=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("damage_case.id"), index=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    # None if the device does not know.
    accuracy_metres: Mapped[float | None]
    seen_at: Mapped[datetime]
    received_at: Mapped[datetime]


class PositionLook(Model):
    """Somebody looked at where a device was, and why; stays when the position is gone."""

    __tablename__ = "mdm_look"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("damage_case.id"), index=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    reason: Mapped[str]

    user: Mapped[User | None] = relationship()
