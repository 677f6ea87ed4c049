"""Tables of field support: fixed visiting times, visits and what was done on them."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.core.db import Model
from itsm.dispatch.planner.day.model import Breach
from itsm.dispatch.states import OfferState, PlanState, VisitState
from itsm.org.models import District, School, Site
from itsm.tickets.models import Ticket


class VisitKind(StrEnum):
    """Why a visit exists."""

    REGULAR = "regular"
    EXTRA = "extra"
    MANUAL = "manual"
    PLANNED = "planned"


class Result(StrEnum):
    """What became of a ticket on a visit."""

    SOLVED = "solved"
    NOT_SOLVED = "not_solved"
    SECOND_LEVEL = "second_level"
    TAKEN_ALONG = "taken_along"
    FOLLOW_UP = "follow_up"


class Assurance(StrEnum):
    """How firmly a school may count on a visit."""

    SOFT = "soft"
    TOLD = "told"
    CONFIRMED = "confirmed"


class VisitingTime(Model):
    """A school's fixed visiting time: weekday (0 = Monday), Berlin wall clock, every n weeks."""

    __tablename__ = "visiting_time"
    __table_args__ = (
        sa.CheckConstraint("weekday BETWEEN 0 AND 6 AND every_weeks BETWEEN 1 AND 12", name="rhythm"),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id", ondelete="CASCADE"), index=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"))
    weekday: Mapped[int]
    starts: Mapped[time]
    minutes: Mapped[int]
    every_weeks: Mapped[int] = mapped_column(default=1)
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    school: Mapped[School] = relationship()
    site: Mapped[Site] = relationship()


class Workday(Model):
    """When a manager works on a weekday (0 = Monday), in Berlin wall-clock time."""

    __tablename__ = "workday"
    __table_args__ = (sa.CheckConstraint("starts < ends", name="order"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)
    starts: Mapped[time]
    ends: Mapped[time]


class DecidedDay(Model):
    """A day of a manager whose order somebody has decided, on the board or with a plan: it is kept."""

    __tablename__ = "decided_day"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


class Visit(Model):
    """One stop of a manager at a site for a school; moments are planned until they happened."""

    __tablename__ = "visit"
    __table_args__ = (
        sa.UniqueConstraint("visiting_time_id", "visit_on"),
        sa.Index("ix_visit_user_id_visit_on", "user_id", "visit_on"),
        sa.Index("ix_visit_school_id_visit_on", "school_id", "visit_on"),
        sa.Index("ix_visit_visit_on_state", "visit_on", "state"),
        sa.CheckConstraint("(state = 'done') = (left_at IS NOT NULL)", name="left"),
        sa.CheckConstraint("state NOT IN ('cancelled', 'missed') OR reason <> ''", name="reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"))
    district_id: Mapped[int | None] = mapped_column(sa.ForeignKey("district.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    visiting_time_id: Mapped[int | None] = mapped_column(sa.ForeignKey("visiting_time.id", ondelete="SET NULL"))
    kind: Mapped[VisitKind]
    visit_on: Mapped[date]
    # A fixed appointment keeps its time; any other stop moves where the route wants it.
    is_fixed: Mapped[bool] = mapped_column(default=False)
    is_day_pinned: Mapped[bool] = mapped_column(default=False)
    is_user_pinned: Mapped[bool] = mapped_column(default=False)
    assurance: Mapped[Assurance] = mapped_column(default=Assurance.TOLD)
    # The visit of a colleague on which this one lends a hand.
    helps_id: Mapped[int | None] = mapped_column(sa.ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    travel_minutes: Mapped[int] = mapped_column(default=0)
    travel_metres: Mapped[int] = mapped_column(default=0)
    # What the route could not keep at this stop, and by how many minutes.
    breach: Mapped[Breach | None]
    late_minutes: Mapped[int] = mapped_column(default=0)
    state: Mapped[VisitState] = mapped_column(default=VisitState.PLANNED)
    departed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    # When the stop begins as the day runs now, and the delay the school was last told.
    expected_at: Mapped[datetime | None]
    told_late_minutes: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    version_id: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version_id}

    school: Mapped[School] = relationship()
    site: Mapped[Site] = relationship()
    user: Mapped[User] = relationship()
    district: Mapped[District | None] = relationship()
    visiting_time: Mapped[VisitingTime | None] = relationship()
    jobs: Mapped[list["VisitTicket"]] = relationship(
        back_populates="visit", order_by="VisitTicket.id", cascade="all, delete-orphan"
    )
    tasks: Mapped[list["VisitTask"]] = relationship(order_by="VisitTask.id", cascade="all, delete-orphan")

    @property
    def ends_at(self) -> datetime:
        """When the visit ends as planned; added in UTC."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def waiting(self) -> list["VisitTicket"]:
        """The tickets still to be dealt with."""
        return [job for job in self.jobs if job.is_waiting]


class VisitTicket(Model):
    """A ticket to be dealt with on a visit, and then its result; at most one waiting per ticket."""

    __tablename__ = "visit_ticket"
    __table_args__ = (
        sa.UniqueConstraint("visit_id", "ticket_id"),
        sa.Index("uq_visit_ticket_waiting", "ticket_id", unique=True, postgresql_where=sa.text("is_waiting")),
        sa.CheckConstraint("NOT (is_waiting AND result IS NOT NULL)", name="waiting"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(sa.ForeignKey("visit.id", ondelete="CASCADE"))
    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("ticket.id"), index=True)
    is_waiting: Mapped[bool] = mapped_column(default=True)
    result: Mapped[Result | None]
    note: Mapped[str] = mapped_column(default="")
    spent_minutes: Mapped[int | None]
    parts: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime | None]

    visit: Mapped[Visit] = relationship(back_populates="jobs")
    ticket: Mapped[Ticket] = relationship()


class VisitTask(Model):
    """Something to do on a visit that is not a ticket; it may settle an open task of the device file."""

    __tablename__ = "visit_task"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(sa.ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    device_task_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device_task.id", ondelete="SET NULL"), index=True)
    done_at: Mapped[datetime | None]


class Skill(Model):
    """Something not every manager can do, such as working on the network."""

    __tablename__ = "skill"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class UserSkill(Model):
    """A manager who has a skill."""

    __tablename__ = "user_skill"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(sa.ForeignKey("skill.id", ondelete="CASCADE"), primary_key=True)


class WorkNeed(Model):
    """What the work on a ticket takes, where it differs from the usual; `waits_for` is what has not arrived yet."""

    __tablename__ = "work_need"
    __table_args__ = (
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
        sa.CheckConstraint("people BETWEEN 1 AND 2", name="people"),
    )

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    minutes: Mapped[int | None]
    people: Mapped[int] = mapped_column(default=1)
    not_before_on: Mapped[date | None]
    waits_for: Mapped[str] = mapped_column(default="")
    skills: Mapped[list[Skill]] = relationship(secondary="work_need_skill", order_by=Skill.name)


class WorkNeedSkill(Model):
    """A skill the work on a ticket takes."""

    __tablename__ = "work_need_skill"

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("work_need.ticket_id", ondelete="CASCADE"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(sa.ForeignKey("skill.id", ondelete="CASCADE"), primary_key=True)


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


class SlotOffer(Model):
    """The school is asked whether a visit suits, and may choose one of a few other times until `answer_by`."""

    __tablename__ = "slot_offer"
    __table_args__ = (
        sa.Index("uq_slot_offer_open", "visit_id", unique=True, postgresql_where=sa.text("state = 'open'")),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'changed', 'declined')) = (answered_at IS NOT NULL)", name="answered"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(sa.ForeignKey("visit.id", ondelete="CASCADE"))
    made_at: Mapped[datetime]
    answer_by: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[OfferState] = mapped_column(default=OfferState.OPEN)
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    answered_at: Mapped[datetime | None]
    # What the school wrote when no time suited it.
    note: Mapped[str] = mapped_column(default="")

    visit: Mapped[Visit] = relationship()
    answered_by: Mapped[User | None] = relationship()
    choices: Mapped[list["SlotChoice"]] = relationship(order_by="SlotChoice.starts_at", cascade="all, delete-orphan")


class SlotChoice(Model):
    """Another time that keeps the plan feasible; what it costs is not shown to the school."""

    __tablename__ = "slot_choice"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("slot_offer.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    starts_at: Mapped[datetime]
    cents: Mapped[int]


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


class CalendarFeed(Model):
    """A secret address under which a calendar reads the visits of a manager or of a school; only its digest is kept."""

    __tablename__ = "calendar_feed"
    __table_args__ = (sa.CheckConstraint("(user_id IS NULL) <> (school_id IS NULL)", name="whose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    school_id: Mapped[int | None] = mapped_column(sa.ForeignKey("school.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
