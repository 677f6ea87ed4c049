"""Tables of what was agreed outside: slots a school is asked for, and calendars that read along."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.core.db import Model
from itsm.dispatch.models.visits import Visit
from itsm.dispatch.states import OfferState


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
