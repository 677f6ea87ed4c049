"""Tables of stocktakes: what should be there, and what was scanned."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.assets.models.devices import Device
from itsm.core.db import Model
from itsm.org.models import Room, School


class Finding(StrEnum):
    """What a stocktake says about one device; unknown is a number no device of the school has."""

    FOUND = "found"
    MISSING = "missing"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


class Stocktake(Model):
    """Counting a school, one of its rooms or one charging case; at most one of room and case."""

    __tablename__ = "stocktake"
    __table_args__ = (
        sa.CheckConstraint("room_id IS NULL OR case_id IS NULL", name="one_place"),
        sa.Index("ix_stocktake_school_id_id", "school_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"))
    room_id: Mapped[int | None] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"))
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    started_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    finished_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    school: Mapped[School] = relationship()
    room: Mapped[Room | None] = relationship()
    case: Mapped[Device | None] = relationship()
    started_by: Mapped[User | None] = relationship()
    lines: Mapped[list["StocktakeLine"]] = relationship(order_by="StocktakeLine.id", cascade="all, delete-orphan")


class StocktakeLine(Model):
    """A device that was expected or scanned; the finding is set by a scan, and for the rest at the end."""

    __tablename__ = "stocktake_line"
    __table_args__ = (
        sa.Index("uq_stocktake_line_device", "stocktake_id", "device_id", unique=True),
        sa.Index(
            "uq_stocktake_line_typed",
            "stocktake_id",
            "typed",
            unique=True,
            postgresql_where=sa.text("device_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stocktake_id: Mapped[int] = mapped_column(sa.ForeignKey("stocktake.id", ondelete="CASCADE"))
    device_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device.id", ondelete="CASCADE"), index=True)
    typed: Mapped[str] = mapped_column(default="")
    is_expected: Mapped[bool] = mapped_column(default=False)
    finding: Mapped[Finding | None]
    scanned_at: Mapped[datetime | None]
    scanned_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    device: Mapped[Device | None] = relationship()
