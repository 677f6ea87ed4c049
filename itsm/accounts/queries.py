"""Named selects over people and their grants."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from itsm.accounts.models import Absence, GrantRow, User
from itsm.accounts.sessions import holds
from itsm.core.access import Actor, Grant, Role
from itsm.core.db import db


def actor_of(user: User, on: date) -> Actor:
    """Return the user as an actor with the grants that hold on a day."""
    rows = db.session.scalars(sa.select(GrantRow).where(GrantRow.user_id == user.id, holds(on)))
    grants = tuple(Grant(row.role, row.school_id, row.district_id) for row in rows)
    return Actor(user_id=user.id, name=user.name, grants=grants, email=user.email)


def by_email(email: str) -> User | None:
    """Return the user with this address, whatever its capitals."""
    return db.session.scalar(sa.select(User).where(User.email == email.strip().lower()))


def holders(role: Role, on: date, *, school_id: int | None = None, district_id: int | None = None) -> list[User]:
    """Return the enabled users who hold a role there on a day, deputies last.

    With neither school nor district, those who hold it for the whole city.
    """
    return list(
        db.session.scalars(
            sa.select(User)
            .join(GrantRow)
            .where(
                GrantRow.role == role,
                GrantRow.school_id.is_not_distinct_from(school_id),
                GrantRow.district_id.is_not_distinct_from(district_id),
                holds(on),
                User.disabled_at.is_(None),
            )
            .order_by(GrantRow.is_deputy, GrantRow.id)
            .options(selectinload(User.grants))
        )
    )


def absence_of(user_id: int, on: date) -> Absence | None:
    """Return the absence of a user on a day, if there is one."""
    return db.session.scalar(
        sa.select(Absence).where(Absence.user_id == user_id, Absence.first_on <= on, Absence.last_on >= on).limit(1)
    )


def manager_on(district_id: int, on: date) -> tuple[User | None, User | None]:
    """Return who drives in a district on a day, and for whom they stand in if it is a deputy.

    If the first manager is absent: the deputy named in the absence, else the district's next one who is there.
    """
    people = holders(Role.CAMPUS_MANAGER, on, district_id=district_id)
    if not people:
        return None, None
    first = people[0]
    absence = absence_of(first.id, on)
    if absence is None:
        return first, None
    stand_ins = [absence.deputy] if absence.deputy else []
    for person in stand_ins + people[1:]:
        if person.disabled_at is None and not absence_of(person.id, on):
            return person, first
    return None, first
