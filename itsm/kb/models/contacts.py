"""Tables of the overview "Unterstützungsstruktur Digitale Schule": offices, and each edition as it was handed out."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.core.db import Model


class Office(Model):
    """An office that helps schools and is in no other table, such as the editors or the media consultants."""

    __tablename__ = "kb_office"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The questions it answers, as a school would say them.
    topic: Mapped[str]
    name: Mapped[str]
    # The number of the unit in the city's plan, such as 40/6.
    unit: Mapped[str] = mapped_column(default="")
    person: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    # Keys of school forms; none means all.
    school_forms: Mapped[list[str]] = mapped_column(sa.ARRAY(sa.Text), default=list)
    position: Mapped[int]
    version_id: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version_id}


class Edition(Model):
    """The overview as it was on a day, with a number people can ask for."""

    __tablename__ = "kb_edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    # What changed since the edition before, in a sentence.
    note: Mapped[str] = mapped_column(default="")
    content: Mapped[dict[str, Any]]

    by: Mapped[User | None] = relationship()
