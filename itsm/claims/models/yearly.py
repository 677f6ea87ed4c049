"""Table of past years: what a report already said, for the years before the product counted itself."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from itsm.core.db import Model


class DamageYear(Model):
    """The iPads of a year on its key date, and how many were damaged, stolen or lost, as a report stated it."""

    __tablename__ = "damage_year"
    __table_args__ = (sa.CheckConstraint("devices >= 0 AND damaged >= 0 AND missing >= 0", name="counts"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    devices: Mapped[int]
    damaged: Mapped[int]
    missing: Mapped[int]
    source: Mapped[str] = mapped_column(default="")
