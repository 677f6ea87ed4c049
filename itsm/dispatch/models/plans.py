"""Tables of proposals for a week, and of what was done on the board."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.core.db import Model
from itsm.dispatch.models.visits import Visit
from itsm.dispatch.states import PlanState
from itsm.org.models import School, Site


class Cause(StrEnum):
    """Why a week was planned anew."""

    ASKED = "asked"
    NIGHTLY = "nightly"
    CHANGE = "change"
    OUTAGE = "outage"


class WeekPlan(Model):
    """A proposal for the coming days of some districts: asked for, worked out by the worker, then accepted or not.

    `before` and `after` hold what the plan in force and the proposal cost, part by part
    (see itsm/dispatch/service/plans). At most one per district is on its way at a time.
    """

    __tablename__ = "week_plan"
    __table_args__ = (
        sa.CheckConstraint("days BETWEEN 1 AND 14", name="days"),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        sa.CheckConstraint("(state = 'failed') = (error <> '')", name="error"),
        sa.Index("ix_week_plan_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_on: Mapped[date]
    days: Mapped[int]
    district_ids: Mapped[list[int]] = mapped_column(ARRAY(sa.Integer))
    # Whether managers may drive into each other's districts, at its price.
    is_joint: Mapped[bool] = mapped_column(default=False)
    cause: Mapped[Cause]
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[PlanState] = mapped_column(default=PlanState.QUEUED)
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    percent: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    travel_note: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    version_id: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version_id}

    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])
    steps: Mapped[list["WeekPlanStep"]] = relationship(
        back_populates="plan", order_by="WeekPlanStep.id", cascade="all, delete-orphan"
    )


class StepKind(StrEnum):
    """What a proposal does with a visit or with tickets that have none."""

    NEW = "new"
    MOVED = "moved"
    CANCELLED = "cancelled"
    LEFT_OUT = "left_out"
    KEPT = "kept"


class WeekPlanStep(Model):
    """One line of a proposal: the tickets, where they stand today and where they would stand.

    `accepted` is None until somebody has decided. `reason` says why something is left out
    (see itsm/dispatch/planner/week/reasons).
    """

    __tablename__ = "week_plan_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("week_plan.id", ondelete="CASCADE"), index=True)
    kind: Mapped[StepKind]
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"))
    visit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("visit.id", ondelete="CASCADE"))
    visit_version: Mapped[int | None]
    ticket_ids: Mapped[list[int]] = mapped_column(ARRAY(sa.Integer))
    priority: Mapped[int]
    minutes: Mapped[int]
    old_user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    old_starts_at: Mapped[datetime | None]
    new_user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    helper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    new_starts_at: Mapped[datetime | None]
    breaks_promise: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    accepted: Mapped[bool | None]

    plan: Mapped[WeekPlan] = relationship(back_populates="steps")
    school: Mapped[School] = relationship()
    site: Mapped[Site] = relationship()
    visit: Mapped[Visit | None] = relationship()
    old_user: Mapped[User | None] = relationship(foreign_keys=[old_user_id])
    new_user: Mapped[User | None] = relationship(foreign_keys=[new_user_id])
    helper: Mapped[User | None] = relationship(foreign_keys=[helper_id])


class BoardStep(Model):
    """Something done on the board, with what it takes to undo it: per visit the columns as they were."""

    __tablename__ = "board_step"
    __table_args__ = (sa.Index("ix_board_step_user_id_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    done_at: Mapped[datetime]
    label: Mapped[str]
    undo: Mapped[dict[str, Any]] = mapped_column(JSONB)
    undone_at: Mapped[datetime | None]
