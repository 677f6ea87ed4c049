"""Named selects over people and their grants."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.accounts import policy
from itsm.accounts.models import Absence, GrantRow, Session, User
from itsm.accounts.sessions import grants_of, holds
from itsm.core.access import Actor, Grant, Role, Verb
from itsm.core.db import db
from itsm.core.errors import NotFound
from itsm.org.models import District, School


def actor_of(user: User, on: date) -> Actor:
    """Return the user as an actor with the grants that hold on a day."""
    rows = db.session.execute(grants_of(user.id, on))
    grants = tuple(Grant(role, school_id, district_id) for role, school_id, district_id in rows)
    return Actor(user_id=user.id, name=user.name, grants=grants, email=user.email)


def by_email(email: str) -> User | None:
    """Return the user with this address, whatever its capitals."""
    return db.session.scalar(sa.select(User).where(User.email == email.strip().lower()))


def holders(role: Role, on: date, *, school_id: int | None = None, district_id: int | None = None) -> list[User]:
    """Return the enabled users who hold a role there on a day, deputies last.

    With neither school nor district, those who hold it for the whole city.
    """
    found = db.session.scalars(_holding(role, on, school_id, district_id))
    # Two grants may overlap in time, one as deputy: the person counts once, at the better place.
    return list(dict.fromkeys(found))


def _holding(role: Role, on: date, school_id: int | None, district_id: int | None) -> sa.Select[User]:
    return (
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
    )


def absence_of(user_id: int, on: date) -> Absence | None:
    """Return the absence of a user on a day, if there is one."""
    return db.session.scalar(
        sa.select(Absence)
        .where(Absence.user_id == user_id, Absence.first_on <= on, Absence.last_on >= on)
        .order_by(Absence.id)
        .limit(1)
    )


def manager_on(district_id: int, on: date) -> tuple[User | None, User | None]:
    """Return who drives in a district on a day, and for whom they stand in if it is a deputy.

    If the first manager is absent: the deputy named in the absence, else the district's next one who is there.
    """
    away: dict[User, Absence | None] = {}
    for person, absence in db.session.execute(
        _holding(Role.CAMPUS_MANAGER, on, None, district_id)
        .add_columns(Absence)
        .outerjoin(Absence, sa.and_(Absence.user_id == User.id, Absence.first_on <= on, Absence.last_on >= on))
        .order_by(Absence.id)
    ):
        away.setdefault(person, absence)
    if not away:
        return None, None
    first = next(iter(away))
    absence = away[first]
    if absence is None:
        return first, None
    deputy = absence.deputy
    if deputy is not None and deputy.disabled_at is None and not absence_of(deputy.id, on):
        return deputy, first
    return next((person for person, absence in away.items() if absence is None), None), first


def get_for(actor: Actor, user_id: int) -> User:
    """Return a user with the grants and their places.

    Raises: NotFound for somebody this person may not know of.
    """
    user = db.session.scalar(
        sa.select(User).where(User.id == user_id, policy.visible_to(actor)).options(*with_places())
    )
    if user is None:
        raise NotFound("Diese Person gibt es nicht, oder Sie haben darauf keinen Zugriff.")
    return user


def own(actor: Actor) -> User:
    """Return the person of the request itself."""
    user = db.session.get(User, actor.user_id)
    if user is None:
        raise NotFound
    return user


def sessions_of(user_id: int) -> Sequence[Session]:
    """Return the sign-ins of a user, the last used first."""
    return db.session.scalars(
        sa.select(Session).where(Session.user_id == user_id).order_by(Session.seen_at.desc(), Session.id.desc())
    ).all()


def absences(actor: Actor, on: date) -> Sequence[Absence]:
    """Return the absences this person sees that last until this day or longer."""
    return db.session.scalars(
        sa.select(Absence)
        .where(policy.visible_absences(actor), Absence.last_on >= on)
        .options(joinedload(Absence.user), joinedload(Absence.deputy))
        .order_by(Absence.first_on, Absence.id)
    ).all()


def absence_for(actor: Actor, absence_id: int) -> Absence:
    """Return an absence.

    Raises: NotFound for one this person does not see.
    """
    absence = db.session.scalar(sa.select(Absence).where(Absence.id == absence_id, policy.visible_absences(actor)))
    if absence is None:
        raise NotFound("Diese Abwesenheit gibt es nicht mehr, oder Sie haben darauf keinen Zugriff.")
    return absence


def supporters(on: date) -> Sequence[User]:
    """Return everybody whose absence moves work to somebody else, by name."""
    return db.session.scalars(
        sa.select(User)
        .where(
            User.disabled_at.is_(None),
            User.id.in_(sa.select(GrantRow.user_id).where(GrantRow.role.in_(policy.SUPPORT), holds(on))),
        )
        .order_by(sa.func.lower(User.name), User.id)
    ).all()


def staff_of(on: date, *, district_id: int | None = None, school_id: int | None = None) -> list[GrantRow]:
    """Return the grants of enabled people of a district or school on a day, deputies last; one query."""
    return list(
        db.session.scalars(
            sa.select(GrantRow)
            .join(GrantRow.user)
            .where(
                GrantRow.district_id == district_id if district_id else GrantRow.school_id == school_id,
                holds(on),
                User.disabled_at.is_(None),
            )
            .options(joinedload(GrantRow.user))
            .order_by(GrantRow.is_deputy, GrantRow.id)
        )
    )


def managers_by_district(on: date) -> dict[int, list[str]]:
    """Return the names of the campus managers of every district on a day, deputies last and marked; one query."""
    rows = db.session.execute(
        sa.select(GrantRow.district_id, User.name, GrantRow.is_deputy)
        .join(GrantRow.user)
        .where(
            GrantRow.role == Role.CAMPUS_MANAGER,
            GrantRow.district_id.is_not(None),
            holds(on),
            User.disabled_at.is_(None),
        )
        .order_by(GrantRow.is_deputy, GrantRow.id)
    )
    names: dict[int, list[str]] = {}
    for district_id, name, is_deputy in rows:
        if district_id is not None:
            names.setdefault(district_id, []).append(f"{name} (Vertretung)" if is_deputy else name)
    return names


def absences_on(user_ids: Sequence[int], on: date) -> dict[int, Absence]:
    """Return who of these is away on a day."""
    rows = db.session.scalars(
        sa.select(Absence)
        .where(Absence.user_id.in_(user_ids), Absence.first_on <= on, Absence.last_on >= on)
        .options(joinedload(Absence.deputy))
    )
    return {absence.user_id: absence for absence in rows}


def is_last_administrator(user: User, on: date) -> bool:
    """Say whether nobody else could keep people and rights if this user were gone."""
    return holders(Role.ADMINISTRATOR, on) == [user]


def places_for(actor: Actor) -> tuple[list[tuple[int, str]], list[tuple[int, str, str]]]:
    """Return the districts (id, name) and schools (id, number, name) where this person may give rights."""
    open_schools = sa.select(School.id, School.number, School.short_name).where(School.closed_at.is_(None))
    schools = open_schools.order_by(School.short_name, School.id)
    if policy.may_manage(actor):
        districts = db.session.execute(sa.select(District.id, District.name).order_by(District.number))
        return [(id_, name) for id_, name in districts], _rows(schools)
    own_schools = schools.where(actor.scope(Verb.PERSON_INVITE).among(School.id, None))
    return [], _rows(own_schools)


def _rows(schools: sa.Select[int, str, str]) -> list[tuple[int, str, str]]:
    return [(id_, number, name) for id_, number, name in db.session.execute(schools)]


def place_by_number(*, school: str | None, district: int | None) -> tuple[int | None, int | None]:
    """Return the ids of a school or district by the number people know it by.

    Raises: NotFound if there is none with this number.
    """
    school_id = db.session.scalar(sa.select(School.id).where(School.number == school)) if school else None
    district_id = db.session.scalar(sa.select(District.id).where(District.number == district)) if district else None
    if school and school_id is None:
        raise NotFound(f"Eine Schule mit der Nummer {school} gibt es nicht.")
    if district and district_id is None:
        raise NotFound(f"Einen Bezirk mit der Nummer {district} gibt es nicht.")
    return school_id, district_id


def with_places() -> tuple[sa.sql.base.ExecutableOption, ...]:
    """Return the options that load the rights of people with the names of their places."""
    grants = selectinload(User.grants)
    return grants.joinedload(GrantRow.school).load_only(School.number, School.short_name), grants.joinedload(
        GrantRow.district
    )
