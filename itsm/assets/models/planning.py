"""Tables of entitlement and replacement: sizes of schools, exceptions, waves."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.assets.kinds import Kind
from itsm.core.db import Model
from itsm.org.models import School


class SchoolSize(Model):
    """What the entitlement of a school is counted from, as it holds from a day on."""

    __tablename__ = "school_size"
    __table_args__ = (
        sa.CheckConstraint(
            "least(pupils_1_2, pupils_3_4, pupils_secondary, pupils_full_time, pupils_dual, teachers, rooms) >= 0",
            name="not_negative",
        ),
    )

    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    pupils_1_2: Mapped[int] = mapped_column(default=0)
    pupils_3_4: Mapped[int] = mapped_column(default=0)
    pupils_secondary: Mapped[int] = mapped_column(default=0)
    pupils_full_time: Mapped[int] = mapped_column(default=0)
    pupils_dual: Mapped[int] = mapped_column(default=0)
    teachers: Mapped[int] = mapped_column(default=0)
    # Teaching rooms, subject rooms and cluster centres.
    rooms: Mapped[int] = mapped_column(default=0)
    # Seats of each hall.
    halls: Mapped[list[int]] = mapped_column(ARRAY(sa.Integer), default=list)
    is_startchancen: Mapped[bool] = mapped_column(default=False)

    school: Mapped[School] = relationship()


class EntitlementException(Model):
    """A school gets more (or fewer) of a class than the key says, for a reason, between two days."""

    __tablename__ = "entitlement_exception"
    __table_args__ = (
        sa.CheckConstraint("delta <> 0 AND reason <> ''", name="meaning"),
        sa.CheckConstraint("until_on IS NULL OR from_on <= until_on", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id", ondelete="CASCADE"), index=True)
    kind: Mapped[Kind]
    delta: Mapped[int]
    reason: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    created_by: Mapped[str] = mapped_column(default="")

    school: Mapped[School] = relationship()


class Fairness(StrEnum):
    """Who comes first in a wave."""

    OLDEST_FIRST = "oldest_first"
    SAME_SHARE = "same_share"
    STARTCHANCEN_FIRST = "startchancen_first"
    WHOLE_SCHOOLS = "whole_schools"


class Wave(Model):
    """A plan to replace devices of a class over some quarters, by a quantity or a budget (gross cents)."""

    __tablename__ = "wave"
    __table_args__ = (
        sa.CheckConstraint("(quantity IS NULL) <> (budget_cents IS NULL)", name="one_limit"),
        sa.CheckConstraint("first_year <= last_year AND quantity > 0 AND budget_cents > 0", name="limits"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[Kind]
    first_year: Mapped[int]
    last_year: Mapped[int]
    quantity: Mapped[int | None]
    # More than the 21 million euros an ordinary number of cents can hold.
    budget_cents: Mapped[int | None] = mapped_column(sa.BigInteger)
    price_cents: Mapped[int]
    fairness: Mapped[Fairness]
    # The day whose stock and sizes the plan was made from.
    stock_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(default="")
    ordered_at: Mapped[datetime | None]
    # What stays over age at the end of each year, as {"2026": 12000, …}.
    left_over: Mapped[dict[str, Any]] = mapped_column(default=dict)

    shares: Mapped[list["WaveShare"]] = relationship(
        back_populates="wave", order_by="WaveShare.year, WaveShare.quarter, WaveShare.id", cascade="all, delete-orphan"
    )


class WaveShare(Model):
    """How many devices of a wave a school gets in a quarter, and how many were delivered."""

    __tablename__ = "wave_share"
    __table_args__ = (
        sa.UniqueConstraint("wave_id", "school_id", "year", "quarter"),
        sa.CheckConstraint("quarter BETWEEN 1 AND 4 AND count > 0", name="share"),
        sa.CheckConstraint("delivered BETWEEN 0 AND count", name="delivered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(sa.ForeignKey("wave.id", ondelete="CASCADE"))
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"), index=True)
    year: Mapped[int]
    quarter: Mapped[int]
    count: Mapped[int]
    delivered: Mapped[int] = mapped_column(default=0)

    wave: Mapped[Wave] = relationship(back_populates="shares")
    school: Mapped[School] = relationship()
