"""Tables of money: bookings, instalments, and what came from the bank."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.claims.models.claims import Claim
from itsm.core.db import Model


class BookingKind(StrEnum):
    """What is booked on the account of a claim; `RAISES` says which kinds raise the balance, the others lower it."""

    PRINCIPAL = "principal"
    FEE = "fee"
    INTEREST = "interest"
    PAYMENT = "payment"
    INSURER = "insurer"
    WAIVER = "waiver"
    REFUND = "refund"


RAISES = frozenset({BookingKind.PRINCIPAL, BookingKind.FEE, BookingKind.INTEREST, BookingKind.REFUND})


class Booking(Model):
    """One amount of a claim, always positive; taken back by another booking, never deleted."""

    __tablename__ = "claim_booking"
    __table_args__ = (
        sa.CheckConstraint("cents > 0", name="cents"),
        sa.Index(
            "uq_claim_booking_fee",
            "claim_id",
            unique=True,
            postgresql_where=sa.text("kind = 'fee' AND reverses_id IS NULL AND NOT is_reversed"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(sa.ForeignKey("claim.id"), index=True)
    kind: Mapped[BookingKind]
    cents: Mapped[int]
    # The day it counts: when the money came.
    booked_on: Mapped[date]
    at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    # Of the principal: until when it was to be paid; interest runs from the day after.
    due_on: Mapped[date | None]
    # The line of a bank statement it came from, as a whole or as a part of it.
    line_id: Mapped[int | None] = mapped_column(sa.ForeignKey("bank_line.id"), index=True)
    # The booking this one takes back.
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("claim_booking.id"), unique=True)
    is_reversed: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(default="")

    claim: Mapped[Claim] = relationship()
    author: Mapped[User | None] = relationship()


class Instalment(Model):
    """One rate of a plan; a new plan takes the place of the old, which stays readable."""

    __tablename__ = "claim_instalment"
    __table_args__ = (
        sa.UniqueConstraint("claim_id", "plan", "number"),
        sa.CheckConstraint("cents > 0", name="cents"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(sa.ForeignKey("claim.id"))
    plan: Mapped[int]
    number: Mapped[int]
    due_on: Mapped[date]
    cents: Mapped[int]


class BankStatement(Model):
    """A file of the bank that was read in; the same file again books nothing."""

    __tablename__ = "bank_statement"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    read_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    # Movements that stood in an earlier file, and sentences about those that cannot be booked.
    known_lines: Mapped[int] = mapped_column(default=0)
    refused: Mapped[list[str]] = mapped_column(default=list)
    booked_at: Mapped[datetime | None]
    booked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    lines: Mapped[list["BankLine"]] = relationship(order_by="BankLine.number", back_populates="statement")
    author: Mapped[User | None] = relationship(foreign_keys=[author_id])


class BankLine(Model):
    """One movement of a statement: money that came (positive) or went back (negative)."""

    __tablename__ = "bank_line"
    __table_args__ = (
        sa.UniqueConstraint("bank_reference"),
        # What waits is counted on every page; nearly all of a statement is set aside.
        sa.Index("ix_bank_line_kept", "statement_id", "number", postgresql_where=sa.text("ignored_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(sa.ForeignKey("bank_statement.id"), index=True)
    number: Mapped[int]
    # The bank's own number of the movement, or one made of all its fields: the same movement in two files is one.
    bank_reference: Mapped[str]
    booked_on: Mapped[date]
    cents: Mapped[int]
    payer: Mapped[str] = mapped_column(default="")
    purpose: Mapped[str] = mapped_column(default="")
    # Set aside by a clerk: not ours; then payer and purpose are blank.
    ignored_at: Mapped[datetime | None]
    ignored_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    statement: Mapped[BankStatement] = relationship(back_populates="lines")
