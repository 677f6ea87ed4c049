"""Tables of people: users, grants, sessions, single-use links, absences."""

from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.core.access import Role
from itsm.core.db import Model
from itsm.org.models import District, School

# The first mark found counts: an iPad also says Mac OS X, Edge also says Chrome and Safari.
_SYSTEMS = (
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("Windows", "Windows-PC"),
    ("CrOS", "Chromebook"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux-PC"),
)
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))


class User(Model):
    """A person who can sign in; the password is an argon2 hash or empty until it was set."""

    __tablename__ = "user"
    __table_args__ = (sa.Index("ix_user_name", sa.text("lower(name)"), "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    grants: Mapped[list["GrantRow"]] = relationship(
        back_populates="user", order_by="GrantRow.id", cascade="all, delete-orphan"
    )


class GrantRow(Model):
    """A role of a user at a school, in a district, or (both empty) for the city, between two dates."""

    __tablename__ = "grant"
    __table_args__ = (
        sa.CheckConstraint("school_id IS NULL OR district_id IS NULL", name="one_place"),
        sa.CheckConstraint("until_on IS NULL OR from_on IS NULL OR from_on <= until_on", name="order"),
        sa.UniqueConstraint(
            "user_id", "role", "school_id", "district_id", "from_on", postgresql_nulls_not_distinct=True
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role]
    school_id: Mapped[int | None] = mapped_column(sa.ForeignKey("school.id", ondelete="CASCADE"), index=True)
    district_id: Mapped[int | None] = mapped_column(sa.ForeignKey("district.id"), index=True)
    is_deputy: Mapped[bool] = mapped_column(default=False)
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]

    user: Mapped[User] = relationship(back_populates="grants")
    school: Mapped[School | None] = relationship()
    district: Mapped[District | None] = relationship()


class Session(Model):
    """A sign-in on one device; only the hash of its token is kept."""

    __tablename__ = "session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    agent: Mapped[str] = mapped_column(default="")

    @property
    def device(self) -> str:
        """What people call the device, as far as the browser tells."""
        system = next((name for mark, name in _SYSTEMS if mark in self.agent), "Unbekanntes Gerät")
        browser = next((name for mark, name in _BROWSERS if mark in self.agent), "")
        return f"{system}, {browser}" if browser else system


class LinkKind(StrEnum):
    """What a link in a mail is for."""

    INVITATION = "invitation"
    RESET = "reset"


class Link(Model):
    """A link that works until it is used or too old; only the hash of its token is kept."""

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LinkKind]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class Attempt(Model):
    """A try to sign in or to ask for a link, kept only to limit how many there may be."""

    __tablename__ = "attempt"
    __table_args__ = (sa.Index("ix_attempt_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    at: Mapped[datetime]


class Absence(Model):
    """A person is away from the first to the last day, both included; a deputy may stand in."""

    __tablename__ = "absence"
    __table_args__ = (sa.CheckConstraint("first_on <= last_on", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")

    @property
    def back_on(self) -> date:
        """The first day the person is there again."""
        return self.last_on + timedelta(days=1)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    deputy: Mapped[User | None] = relationship(foreign_keys=[deputy_id])
