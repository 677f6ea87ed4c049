"""Tables of claims: who owes what for which devices, why, who approved it, and the letters."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from itsm.accounts.models import User
from itsm.claims.models.cases import DamageCase, Paper, Repair, Valuation
from itsm.claims.states import ClaimState
from itsm.core.db import Model, choice
from itsm.org.models import School


class Fault(StrEnum):
    """How grave the fault is; only the last two go on."""

    NONE = "none"
    LIGHT = "light"
    GROSS = "gross"
    INTENT = "intent"


class LegalBasis(StrEnum):
    """Private law (a demand) or public law (an administrative act); it switches wording, fee and delivery."""

    PRIVATE = "private"
    PUBLIC = "public"


class Ground(StrEnum):
    """Why somebody owes: on which legal ground."""

    PUPIL = "pupil"
    GUARDIAN_CONTRACT = "guardian_contract"
    SUPERVISION = "supervision"
    THIRD_PARTY = "third_party"
    STATE = "state"


# Who owe for what they did themselves: their age on the day decides (§ 828 BGB).
BY_AGE = frozenset({Ground.PUPIL, Ground.THIRD_PARTY})


class Claim(Model):
    """A claim for compensation: the devices of one incident, one or several joint debtors."""

    __tablename__ = "claim"
    __table_args__ = (
        sa.CheckConstraint("reference ~ '^[0-9]{12}$'", name="reference"),
        sa.CheckConstraint("amount_cents > 0", name="amount"),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR NOT approved_by_id = ANY (array_append(amount_by_ids, proposed_by_id))",
            name="four_eyes",
        ),
        sa.CheckConstraint("waived_by_id IS NULL OR waived_by_id <> waiver_asked_by_id", name="waiver_four_eyes"),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'demanded', 'dunned', 'instalments', 'deferred', 'suspended', 'enforced',"
            " 'paid', 'waived') OR (approved_at IS NOT NULL AND approved_by_id IS NOT NULL AND amount_cents IS NOT NULL"
            " AND fault IN ('gross', 'intent'))",
            name="gates",
        ),
        sa.CheckConstraint(
            "(state IN ('paid', 'waived', 'dropped', 'cancelled')) = (over_at IS NOT NULL)", name="over"
        ),
        sa.Index("ix_claim_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # The Kassenzeichen: eleven digits and a check digit, never used again.
    reference: Mapped[str] = mapped_column(unique=True)
    incident_id: Mapped[int] = mapped_column(sa.ForeignKey("damage_incident.id"), index=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"), index=True)
    state: Mapped[ClaimState]
    state_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    clerk_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    legal_basis: Mapped[LegalBasis] = mapped_column(default=LegalBasis.PRIVATE)
    fault: Mapped[Fault | None]
    # What proves the fault; no claim goes on without it.
    evidence_id: Mapped[int | None] = mapped_column(sa.ForeignKey("damage_paper.id"))
    heard_on: Mapped[date | None]
    hearing_until: Mapped[date | None]
    answered_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(default="")
    # What is claimed in the end; fixed by the one who proposes.
    amount_cents: Mapped[int | None]
    # Whoever changed what the amount is made of since it was approved last: none of them approves it.
    amount_by_ids: Mapped[list[int]] = mapped_column(sa.ARRAY(sa.Integer), default=list)
    proposed_at: Mapped[datetime | None]
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    # Until when the whole is to be paid, until when it is deferred, or the day of the next rate.
    due_on: Mapped[date | None]
    # The last day to pay of which the staff was told that it has passed.
    overdue_told_on: Mapped[date | None]
    # Days in which negotiations held the limitation (§ 203 BGB).
    suspended_days: Mapped[int] = mapped_column(default=0)
    # A court or an order for payment holds it for good (§ 204 BGB).
    is_at_court: Mapped[bool] = mapped_column(default=False)
    # For which end of the limitation the staff was warned last, and how many days ahead.
    warned_for_on: Mapped[date | None]
    warned_days: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    # Who asked to waive what is owed, and who agreed.
    waiver_asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    waived_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    # When the council adopted the accounts of the year: receipts are kept six years from then on.
    accounts_adopted_on: Mapped[date | None]
    anonymised_at: Mapped[datetime | None]
    version_id: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version_id}

    school: Mapped[School] = relationship()
    evidence: Mapped[Paper | None] = relationship(foreign_keys=[evidence_id])
    clerk: Mapped[User | None] = relationship(foreign_keys=[clerk_id])
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])
    waiver_asked_by: Mapped[User | None] = relationship(foreign_keys=[waiver_asked_by_id])
    items: Mapped[list["ClaimItem"]] = relationship(order_by="ClaimItem.id", cascade="all, delete-orphan")
    debtors: Mapped[list["Debtor"]] = relationship(order_by="Debtor.id", cascade="all, delete-orphan")
    letters: Mapped[list["Letter"]] = relationship(order_by="Letter.id", back_populates="claim")
    entries: Mapped[list["ClaimEntry"]] = relationship(order_by="ClaimEntry.id")

    @property
    def number(self) -> str:
        """What people call it."""
        return f"F-{self.id}"

    @property
    def amount_people(self) -> frozenset[int]:
        """Who had a hand in the amount: none of them approves it."""
        proposed = [self.proposed_by_id] if self.proposed_by_id is not None else []
        return frozenset([*proposed, *self.amount_by_ids])


class ClaimItem(Model):
    """One device of a claim and how its share was reckoned; all amounts in cents."""

    __tablename__ = "claim_item"
    __table_args__ = (
        sa.CheckConstraint("quota_basis_points BETWEEN 1 AND 10000", name="quota"),
        sa.CheckConstraint(
            "wreck_cents >= 0 AND accessory_cents >= 0 AND insurer_cents >= 0 AND amount_cents >= 0", name="amounts"
        ),
        # Claims of a case that were taken back keep its device; one claim counts.
        sa.Index("uq_claim_item_current", "case_id", unique=True, postgresql_where=sa.text("is_current")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(sa.ForeignKey("claim.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("damage_case.id"), index=True)
    # False in a claim that was taken back, once another began for the case.
    is_current: Mapped[bool] = mapped_column(default=True)
    valuation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("damage_valuation.id"))
    repair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("damage_repair.id"))
    repair_cents: Mapped[int | None]
    wreck_cents: Mapped[int] = mapped_column(default=0)
    # What the affected accessories were worth, together.
    accessory_cents: Mapped[int] = mapped_column(default=0)
    # How much of it is the debtor's share (§ 254 BGB): 10000 is all.
    quota_basis_points: Mapped[int] = mapped_column(default=10000)
    insurer_cents: Mapped[int] = mapped_column(default=0)
    amount_cents: Mapped[int] = mapped_column(default=0)

    case: Mapped[DamageCase] = relationship()
    valuation: Mapped[Valuation | None] = relationship()
    repair: Mapped[Repair | None] = relationship()


class Debtor(Model):
    """Who owes, on which ground. Several are joint debtors: each for the whole."""

    __tablename__ = "claim_debtor"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(sa.ForeignKey("claim.id", ondelete="CASCADE"), index=True)
    ground: Mapped[Ground]
    name: Mapped[str]
    # To whom the letters of a minor go; blank for everybody else.
    guardian: Mapped[str] = mapped_column(default="")
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    # Asked of those only whose age decides.
    born_on: Mapped[date | None]
    # A third person said to be of age, or a company: no birthday is asked.
    is_of_age: Mapped[bool] = mapped_column(default=False)
    # The recorded finding that somebody of 7 to 17 understood what they did (§ 828 (3) BGB).
    insight: Mapped[str] = mapped_column(default="")
    insight_paper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("damage_paper.id"))
    # The last day to answer the hearing this person got; None before it, and once somebody else stands here.
    heard_until: Mapped[date | None]
    insurer: Mapped[str] = mapped_column(default="")
    insurer_reference: Mapped[str] = mapped_column(default="")


class ClaimEntry(Model):
    """One line of a claim's history. Amounts and letters are told, names are not."""

    __tablename__ = "claim_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(sa.ForeignKey("claim.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    what: Mapped[str]
    from_state: Mapped[ClaimState | None] = mapped_column(choice(ClaimState, "from_state"))
    to_state: Mapped[ClaimState | None] = mapped_column(choice(ClaimState, "to_state"))
    text: Mapped[str] = mapped_column(default="")

    author: Mapped[User | None] = relationship()


class LetterKind(StrEnum):
    """What a letter says."""

    HEARING = "hearing"
    DEMAND = "demand"
    REMINDER = "reminder"
    INSTALMENTS = "instalments"
    DEFERRAL = "deferral"
    WAIVER = "waiver"
    RECEIPT = "receipt"
    WITHDRAWAL = "withdrawal"


class Channel(StrEnum):
    """How a letter goes out."""

    POST = "post"
    MAIL = "mail"


class Letter(Model):
    """A letter as it was made, unchanged for ever: its paper, the hash of it, and what it asked for."""

    __tablename__ = "claim_letter"
    __table_args__ = (
        sa.CheckConstraint("(sent_at IS NULL) = (channel IS NULL)", name="sent"),
        # The same form sent twice writes no letter twice.
        sa.UniqueConstraint("run", "claim_id", "debtor_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(sa.ForeignKey("claim.id"), index=True)
    debtor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("claim_debtor.id", ondelete="SET NULL"))
    kind: Mapped[LetterKind]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    dated_on: Mapped[date]
    # Until when the letter asks for an answer or for money.
    until: Mapped[date | None]
    open_cents: Mapped[int]
    digest: Mapped[str]
    # Taken out when the claim is made anonymous; the hash stays.
    pdf: Mapped[bytes | None] = deferred(mapped_column(sa.LargeBinary))
    # What stands on it, so that many letters become one paper; goes with the paper.
    words: Mapped[dict[str, Any] | None] = deferred(mapped_column(JSONB))
    # The round in which it was written together with others.
    run: Mapped[str | None]
    channel: Mapped[Channel | None]
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    # By the four-day rule for administrative acts; else None.
    delivered_on: Mapped[date | None]

    claim: Mapped[Claim] = relationship(back_populates="letters")
    debtor: Mapped[Debtor | None] = relationship()
