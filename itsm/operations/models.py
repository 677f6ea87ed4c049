"""Tables of the operator: each due moment of a timed job, once."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from itsm.core.db import Model


class JobRun(Model):
    """One due moment of a timed job and what came of it; unique, so that many clocks count as one."""

    __tablename__ = "job_run"
    __table_args__ = (sa.UniqueConstraint("name", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    due_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    rows: Mapped[int | None]
    error: Mapped[str] = mapped_column(default="")
    started_by: Mapped[str] = mapped_column(default="")
