"""Known disturbances: enter, end, and say with one tap that one's school has it too."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from itsm.accounts.models import User
from itsm.core import outbox
from itsm.core.access import Actor, Verb
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from itsm.org.models import District, School
from itsm.tickets import policy
from itsm.tickets.models import Disturbance, DisturbanceJoin

SHOWN = 100
SCHOOL_DIGITS = 6


def at_school(school: School, at: datetime) -> list[Disturbance]:
    """Return the disturbances that hold at a school now: its own, its district's, the city's."""
    return list(db.session.scalars(_running(at).where(_concerns(school)).order_by(Disturbance.id.desc()).limit(SHOWN)))


def running(actor: Actor, at: datetime) -> list[Disturbance]:
    """Return the latest disturbances that hold now where this person is."""
    return list(db.session.scalars(_running(at).where(visible_to(actor)).order_by(Disturbance.id.desc()).limit(3)))


def joined_by(actor: Actor, disturbances: list[Disturbance]) -> set[int]:
    """Return which of these the person has joined already."""
    if not disturbances:
        return set()
    mine = sa.select(DisturbanceJoin.disturbance_id).where(
        DisturbanceJoin.user_id == actor.user_id,
        DisturbanceJoin.disturbance_id.in_([disturbance.id for disturbance in disturbances]),
    )
    return set(db.session.scalars(mine))


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter of disturbances a person may read: those of the city and of their own places."""
    scope = actor.scope(Verb.SCHOOL_SEE)
    if scope.everywhere:
        return sa.true()
    districts = sa.select(School.district_id).where(School.id.in_(sorted(scope.school_ids)))
    schools = sa.select(School.id).where(School.district_id.in_(sorted(scope.district_ids)))
    return sa.or_(
        sa.and_(Disturbance.school_id.is_(None), Disturbance.district_id.is_(None)),
        scope.among(Disturbance.school_id, Disturbance.district_id),
        sa.and_(Disturbance.school_id.is_(None), Disturbance.district_id.in_(districts)),
        Disturbance.school_id.in_(schools),
    )


def listed(actor: Actor) -> list[tuple[Disturbance, int]]:
    """Return the disturbances a person may read, running ones first, with how many schools joined."""
    joined = (
        sa.select(sa.func.count(sa.distinct(DisturbanceJoin.school_id)))
        .where(DisturbanceJoin.disturbance_id == Disturbance.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(Disturbance, joined)
        .where(visible_to(actor))
        .order_by(Disturbance.ended_at.is_not(None), Disturbance.id.desc())
        .limit(SHOWN)
    )
    return [(disturbance, count) for disturbance, count in rows]


def get_for(actor: Actor, disturbance_id: int) -> Disturbance:
    """Return the disturbance.

    Raises: NotFound unless it exists and the person may read it.
    """
    found = None
    if 0 < disturbance_id <= LARGEST_ID:
        found = db.session.scalar(sa.select(Disturbance).where(Disturbance.id == disturbance_id, visible_to(actor)))
    if found is None:
        raise NotFound
    return found


def add(actor: Actor, title: str, text: str, place: str, at: datetime) -> Disturbance:
    """Enter a disturbance the desk knows about; `place` is a school's number, a district's, or empty for the city.

    Raises: DomainError if there is no such place; NotAllowed unless the actor may enter one there.
    """
    disturbance = Disturbance(
        title=title, text=text, started_at=at, ended_at=None, created_by_id=actor.user_id, **_place_of(place)
    )
    if not policy.may_edit_disturbance(actor, disturbance):
        raise NotAllowed("Für diesen Ort können Sie keine bekannte Störung eintragen. Bitte nennen Sie Ihren Bezirk.")
    db.session.add(disturbance)
    db.session.flush()
    return disturbance


def join(actor: Actor, disturbance: Disturbance, school: School, at: datetime) -> None:
    """Say that this school has the disturbance too; a second tap changes nothing."""
    if not policy.may_report(actor, school):
        raise NotAllowed("Für diese Schule können Sie nichts melden.")
    if disturbance.ended_at is not None:
        raise DomainError("Diese Störung ist behoben. Wenn es noch nicht geht, melden Sie bitte eine neue.")
    if disturbance.id not in {known.id for known in at_school(school, at)}:
        raise DomainError("Diese Störung betrifft Ihre Schule nicht.")
    db.session.execute(
        insert(DisturbanceJoin)
        .values(disturbance_id=disturbance.id, user_id=actor.user_id, school_id=school.id, joined_at=at)
        .on_conflict_do_nothing()
    )


def end(actor: Actor, disturbance: Disturbance, text: str, at: datetime) -> int:
    """End a disturbance and tell everyone who joined; return how many were told."""
    if not policy.may_edit_disturbance(actor, disturbance):
        raise NotAllowed("Diese bekannte Störung können Sie nicht beenden.")
    if disturbance.ended_at is not None:
        raise DomainError("Diese Störung ist schon beendet.")
    disturbance.ended_at = at
    joined = db.session.scalars(
        sa.select(User)
        .join(DisturbanceJoin, DisturbanceJoin.user_id == User.id)
        .where(DisturbanceJoin.disturbance_id == disturbance.id, User.disabled_at.is_(None))
        .order_by(User.id)
    ).all()
    for person in joined:
        outbox.put(
            "ticket-disturbance-ended",
            to=person.email,
            to_name=person.name,
            subject=f"Behoben: {disturbance.title}",
            item={"title": disturbance.title, "text": text.strip()},
            burst_key=f"disturbance-{disturbance.id}",
            at=at,
        )
    return len(joined)


def _place_of(typed: str) -> dict[str, int | None]:
    """Return the columns of a place; a school's carries its district, whose managers answer for it."""
    if not typed:
        return {"school_id": None, "district_id": None}
    if len(typed) == SCHOOL_DIGITS:
        school = db.session.scalar(sa.select(School).where(School.number == typed))
        if school is not None:
            return {"school_id": school.id, "district_id": school.district_id}
    elif typed.isascii() and typed.isdigit():
        district_id = db.session.scalar(sa.select(District.id).where(District.number == int(typed)))
        if district_id is not None:
            return {"school_id": None, "district_id": district_id}
    raise DomainError("Diese Schule oder diesen Bezirk gibt es nicht. Bitte prüfen Sie die Nummer.")


def _running(at: datetime) -> sa.Select[Disturbance]:
    return sa.select(Disturbance).where(
        Disturbance.started_at <= at, sa.or_(Disturbance.ended_at.is_(None), Disturbance.ended_at > at)
    )


def _concerns(school: School) -> sa.ColumnElement[bool]:
    return sa.or_(
        Disturbance.school_id == school.id,
        sa.and_(Disturbance.school_id.is_(None), Disturbance.district_id == school.district_id),
        sa.and_(Disturbance.school_id.is_(None), Disturbance.district_id.is_(None)),
    )
