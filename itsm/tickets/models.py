"""Tables of the service desk: fault types, routing, tickets and their timeline."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.assets.models import Device
from itsm.core.db import Model, choice
from itsm.org.models import District, Room, School, Site
from itsm.tickets.states import State


class Outcome(StrEnum):
    """What came of a first-level step."""

    HELPED = "helped"
    NOT_HELPED = "not_helped"
    NOT_POSSIBLE = "not_possible"


class Target(StrEnum):
    """Where the routing table sends a ticket."""

    ON_SITE = "on_site"
    SECOND_LEVEL = "second_level"
    NOT_OURS = "not_ours"


class FaultType(Model):
    """A kind of fault a school can pick, with the steps to try first."""

    __tablename__ = "fault_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    hint: Mapped[str] = mapped_column(default="")
    position: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)

    steps: Mapped[list["FirstLevelStep"]] = relationship(
        order_by="FirstLevelStep.position", cascade="all, delete-orphan"
    )


class FirstLevelStep(Model):
    """Something the school tries itself before anybody drives out."""

    __tablename__ = "first_level_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    fault_type_id: Mapped[int] = mapped_column(sa.ForeignKey("fault_type.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    text: Mapped[str]


class SupportGroup(Model):
    """A desk that takes tickets the campus manager cannot solve, or one outside of IT."""

    __tablename__ = "support_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    is_ours: Mapped[bool] = mapped_column(default=True)


class RoutingRule(Model):
    """Fault type × site → who takes it; a rule for a site beats the general one."""

    __tablename__ = "routing_rule"
    __table_args__ = (
        sa.UniqueConstraint("fault_type_id", "site_id", postgresql_nulls_not_distinct=True),
        sa.CheckConstraint("(target = 'on_site') = (group_id IS NULL)", name="group_unless_on_site"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fault_type_id: Mapped[int] = mapped_column(sa.ForeignKey("fault_type.id", ondelete="CASCADE"))
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id", ondelete="CASCADE"), index=True)
    target: Mapped[Target]
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("support_group.id"))

    fault_type: Mapped[FaultType] = relationship()
    site: Mapped[Site | None] = relationship()
    group: Mapped[SupportGroup | None] = relationship()


class Disturbance(Model):
    """A fault many schools have at once and the desk knows about; no place means the whole city."""

    __tablename__ = "disturbance"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str]
    fault_type_id: Mapped[int | None] = mapped_column(sa.ForeignKey("fault_type.id"))
    school_id: Mapped[int | None] = mapped_column(sa.ForeignKey("school.id"), index=True)
    district_id: Mapped[int | None] = mapped_column(sa.ForeignKey("district.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    fault_type: Mapped[FaultType | None] = relationship()
    joined: Mapped[list["DisturbanceJoin"]] = relationship(cascade="all, delete-orphan")


class DisturbanceJoin(Model):
    """A school says with one tap that it has the known disturbance too."""

    __tablename__ = "disturbance_join"

    disturbance_id: Mapped[int] = mapped_column(sa.ForeignKey("disturbance.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"), index=True)
    joined_at: Mapped[datetime]


class Ticket(Model):
    """A reported fault, from the report to the end.

    Impact: 1 school or several rooms, 2 one room or class, 3 one person.
    Urgency: 1 lesson or exam stopped, 2 restricted, 3 can wait.
    Priority: 1 to 5 by the matrix TK-1 in docs/rules/tickets.md.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        sa.CheckConstraint("impact BETWEEN 1 AND 3 AND urgency BETWEEN 1 AND 3", name="matrix"),
        sa.CheckConstraint("priority BETWEEN 1 AND 5", name="priority"),
        sa.CheckConstraint("state = 'closed' OR (state = 'solved') = (solved_at IS NOT NULL)", name="solved"),
        sa.CheckConstraint("(state IN ('closed', 'withdrawn')) = (closed_at IS NOT NULL)", name="closed"),
        sa.Index("ix_ticket_state_id", "state", "id"),
        sa.Index("ix_ticket_district_id_state_id", "district_id", "state", "id"),
        sa.Index("ix_ticket_school_id_state_id", "school_id", "state", "id"),
        sa.Index("ix_ticket_group_id_state_id", "group_id", "state", "id"),
        sa.Index("ix_ticket_reporter_id_id", "reporter_id", "id"),
        sa.Index("ix_ticket_assignee_id_state_id", "assignee_id", "state", "id"),
        sa.Index("ix_ticket_room_id_id", "room_id", "id"),
        sa.Index("ix_ticket_priority_id", "priority", "id"),
        sa.Index("ix_ticket_state_at_id", "state_at", "id"),
        sa.Index("ix_ticket_lower_place_id", sa.text("lower(place)"), "id"),
        sa.Index("ix_ticket_search", "search", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"))
    district_id: Mapped[int | None] = mapped_column(sa.ForeignKey("district.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("site.id"), index=True)
    room_id: Mapped[int | None] = mapped_column(sa.ForeignKey("room.id"))
    place: Mapped[str] = mapped_column(default="")
    fault_type_id: Mapped[int] = mapped_column(sa.ForeignKey("fault_type.id"))
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    reporter_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))

    impact: Mapped[int]
    urgency: Mapped[int]
    is_exam: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int]

    state: Mapped[State]
    state_at: Mapped[datetime]
    created_at: Mapped[datetime]
    solved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    solved_at_school: Mapped[bool] = mapped_column(default=False)
    solution: Mapped[str] = mapped_column(default="")

    target: Mapped[Target]
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("support_group.id"))
    assignee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    # One key for one filled-in form: a second tap or a resend finds the ticket of the first.
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    idempotency_digest: Mapped[str]
    version_id: Mapped[int] = mapped_column(default=1)
    # Public text only: a school's search must never find an internal entry.
    search: Mapped[Any] = mapped_column(
        TSVECTOR,
        sa.Computed(
            "setweight(to_tsvector('german', title), 'A') || "
            "setweight(to_tsvector('german', place || ' ' || description || ' ' || solution), 'B')",
            persisted=True,
        ),
        deferred=True,
    )
    __mapper_args__ = {"version_id_col": version_id}

    school: Mapped[School] = relationship()
    district: Mapped[District | None] = relationship()
    site: Mapped[Site] = relationship()
    room: Mapped[Room | None] = relationship()
    fault_type: Mapped[FaultType] = relationship()
    reporter: Mapped[User] = relationship(foreign_keys=[reporter_id])
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])
    group: Mapped[SupportGroup | None] = relationship()
    devices: Mapped[list["TicketDevice"]] = relationship(order_by="TicketDevice.id", cascade="all, delete-orphan")
    steps: Mapped[list["TicketStep"]] = relationship(order_by="TicketStep.position", cascade="all, delete-orphan")
    photos: Mapped[list["Photo"]] = relationship(order_by="Photo.id", cascade="all, delete-orphan")
    entries: Mapped[list["Entry"]] = relationship(order_by="Entry.id", cascade="all, delete-orphan")

    @property
    def number(self) -> str:
        """How people name the ticket, such as S-1042."""
        return f"S-{self.id}"


class TicketDevice(Model):
    """A device named in the report, as it was typed or scanned, and which of the school's it is if one is known."""

    __tablename__ = "ticket_device"
    __table_args__ = (sa.Index("ix_ticket_device_upper_tag", sa.text("upper(tag)")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    tag: Mapped[str]
    device_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device.id", ondelete="SET NULL"), index=True)

    device: Mapped[Device | None] = relationship()


class TicketStep(Model):
    """A first-level step as it was worded on the day, and what came of it."""

    __tablename__ = "ticket_step"

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    outcome: Mapped[Outcome]


class Photo(Model):
    """A picture of the fault, re-encoded; the file lies in the upload folder under its token."""

    __tablename__ = "photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(unique=True)
    width: Mapped[int]
    height: Mapped[int]
    added_at: Mapped[datetime]


class Entry(Model):
    """One line of a ticket's timeline; an internal one never reaches a school."""

    __tablename__ = "ticket_entry"
    __table_args__ = (sa.Index("ix_ticket_entry_ticket_id_id", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("ticket.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    is_public: Mapped[bool]
    move: Mapped[str | None]
    from_state: Mapped[State | None] = mapped_column(choice(State, "from_state"))
    to_state: Mapped[State | None] = mapped_column(choice(State, "to_state"))
    text: Mapped[str] = mapped_column(default="")

    author: Mapped[User | None] = relationship()


class Referral(Model):
    """A fault that is not ours: the page named another office instead of filing a ticket; counted here."""

    __tablename__ = "referral"

    key: Mapped[str] = mapped_column(primary_key=True)
    fault_type_id: Mapped[int] = mapped_column(sa.ForeignKey("fault_type.id"), index=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"))
    group_id: Mapped[int | None] = mapped_column(sa.ForeignKey("support_group.id"))
    at: Mapped[datetime]


class SavedFilter(Model):
    """A search line a person keeps under a name."""

    __tablename__ = "saved_filter"
    __table_args__ = (sa.UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str]
    line: Mapped[str]
