"""Verbs over absences: who is away, and who stands in."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from itsm.accounts import policy, queries
from itsm.accounts.events import AbsenceEnded, AbsenceSet
from itsm.accounts.models import Absence, User
from itsm.core import events
from itsm.core.access import Actor
from itsm.core.clock import local_day
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed

LONGEST = timedelta(days=366)


def set_absence(
    actor: Actor, user: User, first_on: date, last_on: date, deputy: User | None, note: str, at: datetime
) -> Absence:
    """Enter that a person is away; whoever plans visits is told.

    Raises: NotAllowed for somebody else's absence unless the actor leads the team; DomainError if the
        days or the deputy make no sense, or the person is away then already.
    """
    if not policy.may_set_absence(actor, user.id):
        raise NotAllowed("Sie können nur Ihre eigene Abwesenheit eintragen. Für andere trägt sie die Teamleitung ein.")
    _check_days(user, first_on, last_on, local_day(at))
    _check_deputy(user, deputy, first_on)
    absence = Absence(user=user, deputy=deputy, first_on=first_on, last_on=last_on, note=note)
    db.session.add(absence)
    db.session.flush()
    events.publish(AbsenceSet(user_id=user.id, first_on=first_on, last_on=last_on, at=at))
    return absence


def remove_absence(actor: Actor, absence: Absence, at: datetime) -> None:
    """Remove an absence that has not begun, or let one that has begun end yesterday.

    Raises: NotAllowed for somebody else's absence unless the actor leads the team.
    """
    if not policy.may_set_absence(actor, absence.user_id):
        raise NotAllowed("Diese Abwesenheit kann nur die Person selbst oder die Teamleitung entfernen.")
    today = local_day(at)
    ended = AbsenceEnded(user_id=absence.user_id, first_on=absence.first_on, last_on=absence.last_on, at=at)
    if absence.first_on < today:
        absence.last_on = min(absence.last_on, today - timedelta(days=1))
    else:
        db.session.delete(absence)
    db.session.flush()
    events.publish(ended)


def _check_days(user: User, first_on: date, last_on: date, today: date) -> None:
    if last_on < first_on:
        raise DomainError("Der letzte Tag liegt vor dem ersten. Bitte prüfen Sie die Daten.")
    if last_on < today:
        raise DomainError("Diese Zeit ist schon vorbei.")
    if last_on - first_on > LONGEST:
        raise DomainError("Eine Abwesenheit dauert höchstens ein Jahr. Bitte prüfen Sie die Daten.")
    overlapping = sa.select(Absence).where(
        Absence.user_id == user.id, Absence.first_on <= last_on, Absence.last_on >= first_on
    )
    if (other := db.session.scalar(overlapping.limit(1))) is not None:
        raise DomainError(f"{user.name} ist vom {other.first_on:%d.%m.%Y} bis {other.last_on:%d.%m.%Y} schon abwesend.")


def _check_deputy(user: User, deputy: User | None, first_on: date) -> None:
    people = {person.id for person in queries.supporters(first_on)}
    if user.id not in people:
        raise DomainError(f"{user.name} gehört an diesem Tag nicht zum Außendienst oder zum Systemhaus.")
    if deputy is None:
        return
    if deputy.id == user.id:
        raise DomainError("Niemand kann sich selbst vertreten. Bitte wählen Sie eine andere Person.")
    if deputy.id not in people:
        raise DomainError(f"{deputy.name} gehört an diesem Tag nicht zum Außendienst oder zum Systemhaus.")
