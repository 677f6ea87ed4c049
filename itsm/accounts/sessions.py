"""Sign-ins as rows: they can be ended one by one or all at once, and age."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from itsm.accounts.models import Absence, GrantRow, Session, User
from itsm.core import clock
from itsm.core.access import Actor, Grant, Role
from itsm.core.db import db
from itsm.core.tokens import digest_of

IDLE = timedelta(days=14)
LONGEST = timedelta(days=90)
# Seldom enough that reading a page does not write, often enough that idle means idle.
SEEN_EVERY = timedelta(minutes=30)

Day = date | sa.BindParameter[date]


@dataclass(frozen=True)
class Person:
    """Who has signed in, in the shape flask-login asks for."""

    session_id: int
    actor: Actor
    seen_at: datetime
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return the number of the sign-in."""
        return str(self.session_id)


def begin(user: User, at: datetime, agent: str = "") -> str:
    """Record a sign-in and return its token, which is kept nowhere else but in the cookie."""
    token = secrets.token_urlsafe(32)
    db.session.add(Session(token_hash=digest_of(token), user_id=user.id, created_at=at, seen_at=at, agent=agent[:200]))
    return token


def holds(today: Day) -> sa.ColumnElement[bool]:
    """Return the filter for grants that hold on a day."""
    return sa.and_(
        sa.or_(GrantRow.from_on.is_(None), GrantRow.from_on <= today),
        sa.or_(GrantRow.until_on.is_(None), GrantRow.until_on >= today),
    )


def grants_of(user_id: InstrumentedAttribute[int] | int, today: Day) -> sa.CompoundSelect[Role, int | None, int | None]:
    """Select what a user may where on a day: role, school, district.

    Their own grants, and the districts of whoever named them as deputy for an absence on that day:
    who stands in has to see and do the same there.
    """
    columns = sa.select(GrantRow.role, GrantRow.school_id, GrantRow.district_id).where(holds(today))
    lent = columns.join(Absence, Absence.user_id == GrantRow.user_id).where(
        Absence.deputy_id == user_id,
        Absence.first_on <= today,
        Absence.last_on >= today,
        GrantRow.role == Role.CAMPUS_MANAGER,
    )
    # Two selects instead of an OR, which would read the whole table at every request.
    return sa.union_all(columns.where(GrantRow.user_id == user_id), lent)


def _find_by_token() -> sa.Select[Session, str, str, Role, int | None, int | None]:
    grants = grants_of(User.id, sa.bindparam("today", type_=sa.Date)).lateral("grants")
    return (
        sa.select(Session, User.name, User.email, grants.c.role, grants.c.school_id, grants.c.district_id)
        .join(User, User.id == Session.user_id)
        .outerjoin(grants, sa.true())
        .where(
            Session.token_hash == sa.bindparam("token_hash"),
            Session.seen_at > sa.bindparam("idle_since"),
            Session.created_at > sa.bindparam("oldest"),
            User.disabled_at.is_(None),
        )
    )


# Written once: every request asks this, and putting it together takes longer than the answer.
_FIND = _find_by_token()


def find(token: str, at: datetime) -> Person | None:
    """Return who holds this token, or None if it has ended; one query.

    A disabled user and an aged sign-in are out at once.
    """
    rows = db.session.execute(
        _FIND,
        {
            "token_hash": digest_of(token),
            "idle_since": at - IDLE,
            "oldest": at - LONGEST,
            "today": clock.local_day(at),
        },
    ).all()
    if not rows:
        return None
    session = rows[0][0]
    held = tuple(Grant(Role(row.role), row.school_id, row.district_id) for row in rows if row.role)
    actor = Actor(user_id=session.user_id, name=rows[0].name, grants=held, email=rows[0].email)
    return Person(session_id=session.id, actor=actor, seen_at=session.seen_at)


def touch(person: Person, at: datetime) -> bool:
    """Note that the sign-in is in use; return whether there was anything to note."""
    if at - person.seen_at < SEEN_EVERY:
        return False
    db.session.execute(sa.update(Session).where(Session.id == person.session_id).values(seen_at=at))
    return True


def end(session_id: int) -> None:
    """End one sign-in."""
    db.session.execute(sa.delete(Session).where(Session.id == session_id))


def end_all(user_id: int, *, but: int | None = None) -> int:
    """End every sign-in of a user, except perhaps the one in use; return how many there were."""
    ended = sa.delete(Session).where(Session.user_id == user_id, Session.id.is_distinct_from(but))
    return len(db.session.scalars(ended.returning(Session.id)).all())


def purge(at: datetime) -> int:
    """Delete sign-ins that have aged out; return how many."""
    aged = sa.or_(Session.seen_at <= at - IDLE, Session.created_at <= at - LONGEST)
    return len(db.session.scalars(sa.delete(Session).where(aged).returning(Session.id)).all())
