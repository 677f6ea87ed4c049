"""Tables of visits: fixed visiting times, working days, visits and what was done on them."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.core.db import Model
from itsm.dispatch.planner.day.model import Breach
from itsm.dispatch.states import VisitState
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
