"""Tables of what a manager can do, and of what the work on a ticket takes."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.core.db import Model


class Skill(Model):
    """Something not every manager can do, such as working on the network."""

    __tablename__ = "skill"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class UserSkill(Model):
    """A manager who has a skill."""

    __tablename__ = "user_skill"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(sa.ForeignKey("skill.id", ondelete="CASCADE"), primary_key=True)


class WorkNeed(Model):
    """What the work on a ticket takes, where it differs from the usual; `waits_for` is what has not arrived yet."""

    __tablename__ = "work_need"
    __table_args__ = (
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
        sa.CheckConstraint("people BETWEEN 1 AND 2", name="people"),
    )

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    minutes: Mapped[int | None]
    people: Mapped[int] = mapped_column(default=1)
    not_before_on: Mapped[date | None]
    waits_for: Mapped[str] = mapped_column(default="")
    skills: Mapped[list[Skill]] = relationship(secondary="work_need_skill", order_by=Skill.name)


class WorkNeedSkill(Model):
    """A skill the work on a ticket takes."""

    __tablename__ = "work_need_skill"

    ticket_id: Mapped[int] = mapped_column(sa.ForeignKey("work_need.ticket_id", ondelete="CASCADE"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(sa.ForeignKey("skill.id", ondelete="CASCADE"), primary_key=True)
