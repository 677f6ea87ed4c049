"""Tables of damage cases: what happened, to which device, what is done about it, and the papers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.assets.models import Device, Loan
from itsm.claims.kinds import Cause, Kind, Place, StatisticsClass
from itsm.claims.states import State
from itsm.core.db import Model, choice
from itsm.org.models import School
from itsm.tickets.models import Ticket


class Incident(Model):
    """What happened, as the school reported it: one event, one or several devices."""

    __tablename__ = "damage_incident"
    __table_args__ = (
        sa.CheckConstraint("happened_to IS NULL OR happened_to >= happened_on", name="range"),
        sa.CheckConstraint("discovered_on >= coalesce(happened_on, discovered_on)", name="discovered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"), index=True)
    reported_at: Mapped[datetime]
    reporter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    # Who reported in words, for a report by a person without an account; blank otherwise.
    reporter_name: Mapped[str] = mapped_column(default="")
    # The day of the event; None if nobody knows. Then the day of discovery counts (CL-11).
    happened_on: Mapped[date | None]
    happened_to: Mapped[date | None]
    discovered_on: Mapped[date]
    place: Mapped[Place]
    was_locked_away: Mapped[bool | None]
    description: Mapped[str]
    witnesses: Mapped[bool] = mapped_column(default=False)
    third_party: Mapped[bool] = mapped_column(default=False)
    police_station: Mapped[str] = mapped_column(default="")
    police_reference: Mapped[str] = mapped_column(default="")
    police_reported_on: Mapped[date | None]
    # The key of the form that sent it: the same form sent twice is one report.
    form_key: Mapped[str | None] = mapped_column(unique=True)

    school: Mapped[School] = relationship()
    reporter: Mapped[User | None] = relationship()
    cases: Mapped[list["DamageCase"]] = relationship(back_populates="incident", order_by="DamageCase.id")

    @property
    def day(self) -> date:
        """The day the value is reckoned for: of the event, or of its discovery."""
        return self.happened_on or self.discovered_on


class DamageCase(Model):
    """One device of an incident, from the report to the end. No name of a pupil stands here."""

    __tablename__ = "damage_case"
    __table_args__ = (
        sa.CheckConstraint("(state IN ('closed', 'found', 'withdrawn')) = (over_at IS NOT NULL)", name="over"),
        sa.CheckConstraint("(state = 'found') <= (found_on IS NOT NULL)", name="found"),
        sa.Index("ix_damage_case_state_id", "state", "id"),
        sa.Index("ix_damage_case_school_id_id", "school_id", "id"),
        # A device has one open case at a time.
        sa.Index(
            "uq_damage_case_open_device",
            "device_id",
            unique=True,
            postgresql_where=sa.text("over_at IS NULL AND device_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(sa.ForeignKey("damage_incident.id"), index=True)
    # The school of the incident, kept here for lists and rights.
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"))
    device_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device.id", ondelete="SET NULL"))
    # What it was called when it was reported, such as "DO-12345 · Apple iPad 9".
    device_label: Mapped[str]
    # The loan the device was in; the holder's name is read there, by those who may.
    loan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("loan.id", ondelete="SET NULL"), index=True)
    kind: Mapped[Kind]
    statistics_class: Mapped[StatisticsClass]
    cause: Mapped[Cause] = mapped_column(default=Cause.UNKNOWN)
    accessories: Mapped[list[str]] = mapped_column(sa.ARRAY(sa.Text), default=list)
    is_usable: Mapped[bool] = mapped_column(default=False)
    needs_replacement: Mapped[bool] = mapped_column(default=True)
    state: Mapped[State]
    state_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    clerk_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ticket.id", ondelete="SET NULL"), index=True)
    # What the device was before the report, so that a find can put it back.
    device_state_before: Mapped[str] = mapped_column(default="")
    # When the damaged device came back to the city or school: the clock of § 606 BGB starts (CL-40).
    returned_on: Mapped[date | None]
    found_on: Mapped[date | None]
    replacement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device.id", ondelete="SET NULL"), index=True)
    # When the school got the replacement; before that it is only meant for it.
    replaced_on: Mapped[date | None]
    # The swap waits for a visit.
    swap_task_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device_task.id", ondelete="SET NULL"), index=True)
    # Since when a visit has passed without it and none ahead has it.
    swap_missed_on: Mapped[date | None]
    # The clerk has found nothing to claim; None while nobody has said.
    has_claim: Mapped[bool | None]
    # For which end of the six months the staff was warned last that nobody has said, and how many days ahead.
    warned_for_on: Mapped[date | None]
    warned_days: Mapped[int | None]
    # Why personal data stays although its time is over, such as a law suit.
    hold_reason: Mapped[str] = mapped_column(default="")
    anonymised_at: Mapped[datetime | None]
    version_id: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version_id}

    incident: Mapped[Incident] = relationship(back_populates="cases")
    school: Mapped[School] = relationship()
    device: Mapped[Device | None] = relationship(foreign_keys=[device_id])
    replacement: Mapped[Device | None] = relationship(foreign_keys=[replacement_id])
    loan: Mapped[Loan | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    clerk: Mapped[User | None] = relationship()
    repairs: Mapped[list["Repair"]] = relationship(order_by="Repair.id")
    entries: Mapped[list["CaseEntry"]] = relationship(order_by="CaseEntry.id")

    @property
    def number(self) -> str:
        """What people call it."""
        return f"SF-{self.id}"

    @property
    def lacks_police_reference(self) -> bool:
        """Whether it is a theft whose police number has not come yet."""
        return self.kind is Kind.THEFT and not self.incident.police_reference


class CaseEntry(Model):
    """One line of a case's history; a public one is read by the school. No name of a pupil stands here."""

    __tablename__ = "damage_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("damage_case.id"), index=True)
    at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    is_public: Mapped[bool] = mapped_column(default=False)
    what: Mapped[str]
    from_state: Mapped[State | None] = mapped_column(choice(State, "from_state"))
    to_state: Mapped[State | None] = mapped_column(choice(State, "to_state"))
    text: Mapped[str] = mapped_column(default="")

    author: Mapped[User | None] = relationship()


class Repair(Model):
    """One attempt to have a device repaired. A quote is net, an invoice gross (CL-14)."""

    __tablename__ = "damage_repair"
    __table_args__ = (
        sa.CheckConstraint("quote_net_cents > 0", name="quote"),
        sa.CheckConstraint("invoice_gross_cents > 0", name="invoice"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("damage_case.id"), index=True)
    supplier: Mapped[str]
    supplier_reference: Mapped[str] = mapped_column(default="")
    quote_net_cents: Mapped[int | None]
    quoted_on: Mapped[date | None]
    ordered_on: Mapped[date | None]
    invoice_gross_cents: Mapped[int | None]
    invoiced_on: Mapped[date | None]
    returned_on: Mapped[date | None]
    is_declined: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")

    @property
    def cost_cents(self) -> int | None:
        """What it costs: the invoice as soon as there is one, before that the quote."""
        return self.invoice_gross_cents or self.quote_net_cents


class PaperKind(StrEnum):
    """What an uploaded paper is."""

    PHOTO = "photo"
    EVIDENCE = "evidence"
    POLICE = "police"
    QUOTE = "quote"
    INVOICE = "invoice"
    ANSWER = "answer"
    INSIGHT = "insight"
    OTHER = "other"


class Paper(Model):
    """A photo or PDF of a case; only photos of the report are seen by the school."""

    __tablename__ = "damage_paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("damage_case.id"), index=True)
    kind: Mapped[PaperKind]
    # What the person who uploaded it called it.
    name: Mapped[str]
    media_type: Mapped[str]
    # The file's random name in the upload folder.
    token: Mapped[str] = mapped_column(unique=True)
    # Of the file as it was sent.
    digest: Mapped[str]
    size_bytes: Mapped[int]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    added_by: Mapped[User | None] = relationship()


class Valuation(Model):
    """The value of a device on a day, with everything it was reckoned from; never changed afterwards."""

    __tablename__ = "damage_valuation"
    __table_args__ = (sa.CheckConstraint("value_cents BETWEEN 0 AND base_cents", name="value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("damage_case.id"), index=True)
    # None for the device itself, else the accessory.
    accessory: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    policy_id: Mapped[int] = mapped_column(sa.ForeignKey("valuation_policy.id"))
    convention: Mapped[str]
    base_cents: Mapped[int]
    in_service_on: Mapped[date]
    damaged_on: Mapped[date]
    life_months: Mapped[int]
    floor_basis_points: Mapped[int] = mapped_column(default=0)
    months: Mapped[int]
    value_cents: Mapped[int]
    # Where the inputs came from, in words: price of the device, replacement price, typed by hand.
    sources: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    author: Mapped[User | None] = relationship()
    policy: Mapped["ValuationPolicy"] = relationship()


class ValuationPolicy(Model):
    """How the value on a day is reckoned from a day on; older versions stay for what was decided under them."""

    __tablename__ = "valuation_policy"
    __table_args__ = (sa.CheckConstraint("floor_basis_points BETWEEN 0 AND 10000", name="floor"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(unique=True)
    convention: Mapped[str]
    floor_basis_points: Mapped[int]
    changed_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
