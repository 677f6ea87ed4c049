"""Tables of holders: the terms of a loan, and who has which device until when."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.assets.models.devices import Device
from itsm.core.db import Model
from itsm.org.models import School


class HolderKind(StrEnum):
    """Whom a device is handed to."""

    PUPIL = "pupil"
    STAFF = "staff"


class Condition(StrEnum):
    """How a device came back."""

    GOOD = "good"
    WORN = "worn"
    DAMAGED = "damaged"
    INCOMPLETE = "incomplete"


class Acknowledgement(StrEnum):
    """How the holder agreed to the terms."""

    SIGNATURE = "signature"
    LINK = "link"
    PAPER = "paper"


class LoanTerms(Model):
    """The terms of a loan from a day on; a school's own beat those of the city."""

    __tablename__ = "loan_terms"
    __table_args__ = (sa.UniqueConstraint("school_id", "valid_from", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int | None] = mapped_column(sa.ForeignKey("school.id", ondelete="CASCADE"))
    valid_from: Mapped[date]
    text: Mapped[str]


class Loan(Model):
    """A device in somebody's hands, from the hand-out to the return; one open loan per device.

    A holder's name, class and address are blanked when the loan has been over long enough.
    """

    __tablename__ = "loan"
    __table_args__ = (
        sa.Index("uq_loan_open", "device_id", unique=True, postgresql_where=sa.text("returned_at IS NULL")),
        sa.Index("ix_loan_device_id_id", "device_id", "id"),
        sa.Index("ix_loan_school_id_open", "school_id", "due_on", postgresql_where=sa.text("returned_at IS NULL")),
        sa.Index("ix_loan_holder", sa.text("lower(holder_name)"), "id"),
        sa.CheckConstraint("(returned_at IS NULL) = (condition IS NULL)", name="returned"),
        sa.CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="acknowledged"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(sa.ForeignKey("device.id", ondelete="CASCADE"))
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"))
    holder_kind: Mapped[HolderKind]
    holder_name: Mapped[str]
    holder_group: Mapped[str] = mapped_column(default="")
    # Where the link and the reminders go; for a pupil usually the guardians'.
    holder_email: Mapped[str] = mapped_column(default="")
    # The account of a member of staff, so that the device is one of "my devices".
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    terms_id: Mapped[int | None] = mapped_column(sa.ForeignKey("loan_terms.id"))
    accessories: Mapped[str] = mapped_column(default="")
    handed_out_at: Mapped[datetime]
    handed_out_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    due_on: Mapped[date | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[Acknowledgement | None]
    # The strokes on the phone, as the path of an SVG drawing; only digits, M, L and blanks.
    signature: Mapped[str] = mapped_column(default="")
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    reminded_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    returned_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    condition: Mapped[Condition | None]
    condition_note: Mapped[str] = mapped_column(default="")
    # Declared not returned: counts as theft in the statistics since 2025 and is a kind of its own.
    given_up_at: Mapped[datetime | None]
    anonymised_at: Mapped[datetime | None]
    version_id: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version_id}

    device: Mapped[Device] = relationship()
    school: Mapped[School] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    terms: Mapped[LoanTerms | None] = relationship()
    handed_out_by: Mapped[User | None] = relationship(foreign_keys=[handed_out_by_id])
    returned_to: Mapped[User | None] = relationship(foreign_keys=[returned_to_id])
