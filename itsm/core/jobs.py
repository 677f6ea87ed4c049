"""What a timed job is, and each of its due moments once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from itsm.core.db import Model


@dataclass(frozen=True)
class Job:
    """A function run at due moments; it returns how many rows it changed.

    `cron` holds APScheduler cron fields in Berlin time, such as {"hour": 6, "minute": 30}.
    It runs in one transaction and gets the moment of the run, which may be later than the due one.
    """

    name: str
    title: str
    cron: dict[str, int | str]
    run: Callable[[datetime], int]


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
