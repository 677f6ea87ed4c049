"""The team: who works when, and who can do what."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from itsm.accounts.models import User
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.queue import enqueue
from itsm.dispatch import policy
from itsm.dispatch.models import Skill, UserSkill, Visit, Workday, WorkNeedSkill
from itsm.dispatch.states import VisitState

# ArbZG § 3: no more than ten hours of work a day, the break not counted.
LONGEST_DAY = timedelta(hours=10, minutes=30)
MOST_SKILLS = 40

Hours = Mapping[int, tuple[time, time]]


def set_hours(actor: Actor, user: User, hours: Hours, at: datetime) -> None:
    """Set when a manager works, by weekday (0 = Monday); a weekday left out is free.

    Raises: NotAllowed unless the actor leads the team; DomainError without any day, or for a day too long.
    Source: docs/rules/visits.md, VI-26.
    """
    _require(actor)
    if not hours:
        raise DomainError("Bitte tragen Sie mindestens einen Tag ein. Wer nicht da ist, bekommt eine Abwesenheit.")
    for starts, ends in hours.values():
        if datetime.combine(date.min, ends) - datetime.combine(date.min, starts) > LONGEST_DAY:
            raise DomainError("Ein Dienst dauert höchstens zehn Stunden und eine halbe Stunde Pause (ArbZG § 3).")
    known = {row.weekday: row for row in db.session.scalars(sa.select(Workday).where(Workday.user_id == user.id))}
    if {weekday: (row.starts, row.ends) for weekday, row in known.items()} == dict(hours):
        return
    for weekday in known.keys() - hours.keys():
        db.session.delete(known[weekday])
    for weekday, (starts, ends) in hours.items():
        row = known.get(weekday)
        if row is None:
            db.session.add(Workday(user_id=user.id, weekday=weekday, starts=starts, ends=ends))
        else:
            row.starts, row.ends = starts, ends
    db.session.flush()
    _order_coming_days(user.id, clock.local_day(at))


def set_skills(actor: Actor, user: User, skill_ids: Collection[int]) -> None:
    """Set what a manager can do.

    Raises: NotAllowed unless the actor leads the team; DomainError for a skill that does not exist any more.
    """
    _require(actor)
    wanted = set(db.session.scalars(sa.select(Skill.id).where(Skill.id.in_(skill_ids))))
    if len(wanted) < len(set(skill_ids)):
        raise DomainError("Eine der Fähigkeiten gibt es nicht mehr. Bitte wählen Sie noch einmal.")
    known = {row.skill_id: row for row in db.session.scalars(sa.select(UserSkill).where(UserSkill.user_id == user.id))}
    for skill_id in known.keys() - wanted:
        db.session.delete(known[skill_id])
    db.session.add_all(UserSkill(user_id=user.id, skill_id=skill_id) for skill_id in sorted(wanted - known.keys()))
    db.session.flush()


def add_skill(actor: Actor, name: str) -> Skill:
    """Add a skill to the list.

    Raises: NotAllowed unless the actor leads the team; DomainError if it is there already.
    """
    _require(actor)
    _refuse_second(name)
    if (db.session.scalar(sa.select(sa.func.count()).select_from(Skill)) or 0) >= MOST_SKILLS:
        raise DomainError(f"Mehr als {MOST_SKILLS} Fähigkeiten übersieht niemand. Bitte entfernen Sie zuerst eine.")
    skill = Skill(name=name)
    _save(skill)
    return skill


def rename_skill(actor: Actor, skill: Skill, name: str) -> None:
    """Call a skill something else; who has it keeps it."""
    _require(actor)
    _refuse_second(name, skill.id)
    skill.name = name
    _save(skill)


def remove_skill(actor: Actor, skill: Skill) -> None:
    """Take a skill off the list, and from whoever has it.

    Raises: NotAllowed unless the actor leads the team; DomainError while the work on a ticket takes it.
    """
    _require(actor)
    needed = sa.select(sa.func.count()).select_from(WorkNeedSkill).where(WorkNeedSkill.skill_id == skill.id)
    if db.session.scalar(needed):
        raise DomainError(f"„{skill.name}“ wird für Störungen gebraucht. Benennen Sie die Fähigkeit stattdessen um.")
    db.session.delete(skill)
    db.session.flush()


def _save(skill: Skill) -> None:
    name = skill.name
    try:
        with db.session.begin_nested():
            db.session.add(skill)
            db.session.flush()
    except IntegrityError:
        raise DomainError(_known(name)) from None


def _refuse_second(name: str, own_id: int | None = None) -> None:
    same = sa.select(Skill.id).where(sa.func.lower(Skill.name) == name.lower(), Skill.id.is_distinct_from(own_id))
    if db.session.scalar(same.limit(1)) is not None:
        raise DomainError(_known(name))


def _known(name: str) -> str:
    return f"„{name}“ steht schon in der Liste."


def _order_coming_days(user_id: int, today: date) -> None:
    """Let the worker put the coming days of somebody into the new hours."""
    days = db.session.scalars(
        sa.select(Visit.visit_on)
        .where(Visit.user_id == user_id, Visit.visit_on >= today, Visit.state == VisitState.PLANNED)
        .distinct()
        .order_by(Visit.visit_on)
    )
    for day in days:
        route = f"route-{user_id}-{day}"
        args: dict[str, object] = {"user_id": user_id, "day": day.isoformat()}
        enqueue("plan-route", args=args, queue="plan", lock=route, queueing_lock=route)


def _require(actor: Actor) -> None:
    if not policy.may_edit_team(actor):
        raise NotAllowed("Dienstzeiten und Fähigkeiten legt die Teamleitung fest.")
