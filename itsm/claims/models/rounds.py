"""Table of rounds: letters that are written together, printed as one paper and posted together."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from itsm.core.db import Model


class LetterRound(Model):
    """What a round is to do and how far it is, so that whoever goes on with it does nothing twice."""

    __tablename__ = "claim_letter_round"
    __table_args__ = (
        sa.CheckConstraint("written BETWEEN 0 AND jsonb_array_length(orders)", name="written"),
        sa.CheckConstraint("(posted_on IS NULL) = (posted_by_id IS NULL)", name="posted"),
    )

    # Drawn with the form, so that the same form sent twice is one round. Its letters carry it as `run`.
    key: Mapped[str] = mapped_column(primary_key=True)
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    # Which letters, each as claim, debtor and kind, and how many of them were written or left out.
    orders: Mapped[list[tuple[int, int, str]]] = mapped_column(JSONB)
    written: Mapped[int] = mapped_column(default=0)
    # Claims whose letter was not written, each with the sentence why; no claim, where it concerns all that is left.
    left_out: Mapped[list[tuple[int | None, str]]] = mapped_column(JSONB, default=list)
    # Once somebody said on which day they went to the post: up to which letter that is taken down, and why not for all.
    posted_on: Mapped[date | None]
    posted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    posted_up_to_id: Mapped[int] = mapped_column(default=0)
    not_posted: Mapped[list[tuple[int | None, str]]] = mapped_column(JSONB, default=list)
    # The worker has something left to do.
    is_running: Mapped[bool] = mapped_column(default=False)

    @property
    def is_written(self) -> bool:
        """Whether every letter was written or left out."""
        return self.written == len(self.orders)
