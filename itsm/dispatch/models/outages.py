"""Table of what falls away: a person, a car, a school."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.core.db import Model
from itsm.dispatch.models.plans import WeekPlan
from itsm.org.models import School


class OutageKind(StrEnum):
    """What falls away."""

    ILL = "ill"
    CAR = "car"
    SCHOOL_CLOSED = "school_closed"


class Outage(Model):
    """Somebody or somewhere is out for some days; a plan over the neighbouring districts heals it."""

    __tablename__ = "outage"
    __table_args__ = (
        sa.CheckConstraint("first_on <= last_on", name="order"),
        sa.CheckConstraint("(kind = 'school_closed') = (school_id IS NOT NULL)", name="school"),
        sa.CheckConstraint("(kind = 'school_closed') = (user_id IS NULL)", name="person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OutageKind]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    school_id: Mapped[int | None] = mapped_column(sa.ForeignKey("school.id"))
    first_on: Mapped[date]
    last_on: Mapped[date] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(default="")
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    made_at: Mapped[datetime]
    plan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("week_plan.id", ondelete="SET NULL"))

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    school: Mapped[School | None] = relationship()
    plan: Mapped[WeekPlan | None] = relationship()
