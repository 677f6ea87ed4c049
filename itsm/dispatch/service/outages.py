"""Somebody is ill or without a car, or a school is closed: the visits are kept and planned anew with the neighbours."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from itsm.accounts import policy as people_policy
from itsm.accounts import queries as people
from itsm.accounts.events import AbsenceEnded
from itsm.accounts.models import GrantRow, User
from itsm.accounts.service import absences
from itsm.accounts.sessions import holds
from itsm.core import clock, outbox
from itsm.core.access import SYSTEM, Actor, Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.german import local_date
from itsm.dispatch import figures, outage_queries, plan_queries, policy
from itsm.dispatch.models import Cause, Outage, OutageKind, WeekPlan
from itsm.dispatch.service import plans, routes, visits
from itsm.dispatch.service.withdrawals import withdraw_for
from itsm.dispatch.states import UNDER_WAY, PlanState
from itsm.org import calendar
from itsm.org import service as org
from itsm.org.models import District, School

# Measured: the own district and the four nearest heal most of it; more districts gain little and take longer.
NEIGHBOURS = 4
# What falls out later or for longer is an absence with a deputy; no plan reaches so far.
LONGEST_DAYS = 14
# Days behind the outage on which there may be room.
ROOM_DAYS = 2
CLOSED = "Schule geschlossen"
NOT_COMING = "Wir können heute leider nicht kommen und melden uns mit einem neuen Termin."
CLOSED_TODAY = "Die Schule ist heute geschlossen."
WORDS = {OutageKind.ILL: "krank", OutageKind.CAR: "ohne Auto", OutageKind.SCHOOL_CLOSED: "geschlossen"}


@dataclass(frozen=True)
class Report:
    """What fell out and for how long: a person for illness and the car, a school for its closure."""

    kind: OutageKind
    first_on: date
    last_on: date
    user: User | None = None
    school: School | None = None
    note: str = ""


def report(actor: Actor, said: Report, at: datetime) -> Outage:
    """Note an outage and ask for a joint plan with the neighbours; no visit moves before somebody accepts that.

    An ill person is absent, one without a car only does not drive, a closed school has holidays on these days.
    Raises: NotAllowed for somebody else's outage unless the actor leads the team, and for a school the actor does
        not plan; DomainError for days that make no sense or are noted already.
    Source: docs/rules/visits.md, VI-29 and VI-30.
    """
    _require(actor, said.kind, said.user, said.school)
    _check_days(said, clock.local_day(at))
    outage = Outage(
        kind=said.kind,
        user=said.user,
        school=said.school,
        first_on=said.first_on,
        last_on=said.last_on,
        note=said.note.strip(),
        made_by_id=actor.user_id,
        made_at=at,
    )
    # First of all: who hears of the absence has to find it, to leave the visits where they are.
    db.session.add(outage)
    db.session.flush()
    if said.kind is OutageKind.ILL and said.user is not None:
        absences.set_absence(actor, said.user, said.first_on, said.last_on, None, said.note, at)
    elif said.school is not None:
        _close(actor, said.school, outage)
    for visit in outage_queries.affected_by(outage):
        # No school says yes to a time at which nobody may come.
        withdraw_for(visit)
    replan(actor, outage, at)
    if not policy.may_edit_team(actor):
        _tell_lead(actor, outage, at)
    return outage


def replan(actor: Actor, outage: Outage, at: datetime) -> WeekPlan | None:
    """Ask for the plan of an outage; None while its own district is being planned already.

    A neighbour that is being planned at the moment is left out.
    """
    _require(actor, outage.kind, outage.user, outage.school)
    today = clock.local_day(at)
    if outage.last_on < today:
        raise DomainError("Dieser Ausfall ist vorbei. Da gibt es nichts mehr neu zu planen.")
    own = _districts_of(outage)
    busy = {district_id for plan in plan_queries.under_way_for(_all_ids()) for district_id in plan.district_ids}
    if not own or own & busy:
        return None
    first_on = max(outage.first_on, today)
    days = max(figures.plan_on(first_on)["days"], (outage.last_on - first_on).days + 1 + ROOM_DAYS)
    wanted = own | set(neighbours(own, without=busy))
    # The team decides on the proposal, but a manager who falls ill must be able to ask for it.
    asker = actor if policy.may_edit_team(actor) else SYSTEM
    outage.plan = plans.ask(
        asker, wanted, first_on, at, cause=Cause.OUTAGE, joint=True, note=words(outage), days=min(days, LONGEST_DAYS)
    )
    db.session.flush()
    return outage.plan


def end(actor: Actor, outage: Outage, at: datetime) -> None:
    """Let an outage end today: what has not been given to somebody else stands again as it stood.

    Raises: NotAllowed as for reporting it.
    """
    _require(actor, outage.kind, outage.user, outage.school)
    today = clock.local_day(at)
    if outage.kind is OutageKind.ILL and outage.user_id is not None:
        absence = people.absence_of(outage.user_id, max(outage.first_on, today))
        if absence is not None:
            # Its end is announced, and ends the outage.
            absences.remove_absence(actor, absence, at)
            return
    if outage.school is not None:
        _reopen(actor, outage.school, outage, today)
    _shorten(outage, at)


def absence_ended(event: AbsenceEnded) -> None:
    """End the illness of somebody whose absence is taken off the list."""
    today = clock.local_day(event.at)
    for outage in db.session.scalars(
        sa.select(Outage).where(
            Outage.user_id == event.user_id,
            Outage.kind == OutageKind.ILL,
            Outage.last_on >= today,
            Outage.first_on >= event.first_on,
            Outage.last_on <= event.last_on,
        )
    ).all():
        _shorten(outage, event.at)


def call_off_unserved(at: datetime) -> int:
    """Call off the visits of today whose time has come and nobody has taken over; their tickets go back.

    Source: docs/rules/visits.md, VI-30.
    """
    left = outage_queries.unserved(clock.local_day(at), at)
    for visit in left:
        reason = CLOSED_TODAY if outage_queries.is_closed(visit) else NOT_COMING
        visits.call_off(visit, "cancel", reason, at)
    return len(left)


def words(outage: Outage) -> str:
    """Who or what is out and when, in one line."""
    who = outage.user.name if outage.user else outage.school.short_name if outage.school else ""
    until = f" bis {local_date(outage.last_on)}" if outage.last_on != outage.first_on else ""
    return f"{who} {WORDS[outage.kind]}, {local_date(outage.first_on)}{until}"


def neighbours(own: Collection[int], without: Collection[int] = ()) -> list[int]:
    """Return the four districts whose bases are nearest to these, except those left out."""
    found = {row.id: row for row in db.session.scalars(sa.select(District).order_by(District.number))}
    here = [_base(found[district_id]) for district_id in own]
    others = [row for row in found.values() if row.id not in own and row.id not in without]
    others.sort(key=lambda row: min(_apart(_base(row), base) for base in here))
    return [row.id for row in others[:NEIGHBOURS]]


def _base(row: District) -> tuple[float, float]:
    if row.base_latitude is None or row.base_longitude is None:
        return routes.CITY_HALL.lat, routes.CITY_HALL.lon
    return row.base_latitude, row.base_longitude


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far two bases lie apart, good enough to say which is nearer."""
    return math.hypot(one[0] - other[0], (one[1] - other[1]) * math.cos(math.radians(one[0])))


def _require(actor: Actor, kind: OutageKind, user: User | None, school: School | None) -> None:
    if kind is OutageKind.SCHOOL_CLOSED:
        if school is None:
            raise DomainError("Bitte wählen Sie die Schule.")
        if not policy.may_plan_for(actor, school):
            raise NotAllowed("Dass eine Schule ausfällt, meldet das Campusmanagement des Bezirks oder die Teamleitung.")
        return
    if user is None:
        raise DomainError("Bitte wählen Sie die Person.")
    if not policy.may_see_team(actor) or not people_policy.may_set_absence(actor, user.id):
        raise NotAllowed("Einen Ausfall meldet die Person selbst oder die Teamleitung.")


def _check_days(said: Report, today: date) -> None:
    if said.last_on < said.first_on:
        raise DomainError("Der letzte Tag liegt vor dem ersten. Bitte prüfen Sie die Daten.")
    if said.first_on < today:
        raise DomainError("Ein Ausfall beginnt heute oder später. Bitte prüfen Sie den ersten Tag.")
    if (said.last_on - today).days >= LONGEST_DAYS:
        raise DomainError(
            "Ein Ausfall reicht höchstens zwei Wochen voraus. "
            "Für die Zeit danach tragen Sie bitte eine Abwesenheit mit Vertretung oder Ferientage der Schule ein."
        )
    same = Outage.user_id == said.user.id if said.user else Outage.school_id == (said.school.id if said.school else 0)
    known = db.session.scalar(
        sa.select(Outage).where(same, Outage.first_on <= said.last_on, Outage.last_on >= said.first_on).limit(1)
    )
    if known is not None:
        raise DomainError(f"Das ist schon gemeldet: {words(known)}.")
    if said.user is not None and not _grants_of(said.user.id, said.first_on):
        raise DomainError(f"{said.user.name} gehört an diesem Tag nicht zum Campusmanagement.")


def _grants_of(user_id: int, on: date) -> Sequence[int]:
    found = db.session.scalars(
        sa.select(GrantRow.district_id).where(
            GrantRow.user_id == user_id,
            GrantRow.role == Role.CAMPUS_MANAGER,
            GrantRow.district_id.is_not(None),
            holds(on),
        )
    )
    return [district_id for district_id in found if district_id is not None]


def _districts_of(outage: Outage) -> set[int]:
    """The districts whose visits are affected, and those of the person."""
    found = {visit.district_id for visit in outage_queries.affected_by(outage)}
    if outage.user_id is not None:
        found |= set(_grants_of(outage.user_id, outage.first_on))
    elif outage.school is not None:
        found.add(outage.school.district_id)
    return {district_id for district_id in found if district_id is not None}


def _all_ids() -> list[int]:
    return list(db.session.scalars(sa.select(District.id)))


def _close(actor: Actor, school: School, outage: Outage) -> None:
    """Give the school holidays on the days of the outage on which it would be open."""
    known = {row.day for row in school.movable_days}
    for day in outage_queries.days_of(outage):
        if calendar.is_school_day(day, known):
            org.add_movable_day(actor, school, day, outage.note or CLOSED)


def _reopen(actor: Actor, school: School, outage: Outage, today: date) -> None:
    """Take back the holidays of an outage from today on."""
    name = outage.note or CLOSED
    days = set(outage_queries.days_of(outage))
    for row in list(school.movable_days):
        if row.day in days and row.day >= today and row.name == name:
            org.remove_movable_day(actor, school, row.id)


def _shorten(outage: Outage, at: datetime) -> None:
    today = clock.local_day(at)
    left = outage_queries.affected_by(outage)
    plan = outage.plan
    if outage.first_on >= today:
        db.session.delete(outage)
    else:
        outage.last_on = min(outage.last_on, today - timedelta(days=1))
    db.session.flush()
    if plan is not None and plan.state in UNDER_WAY:
        plans.cancel(SYSTEM, plan, at)
    elif plan is not None and plan.state is PlanState.READY:
        # It gives away visits that have their driver again.
        plans.reject(SYSTEM, plan, at)
    for user_id, day in sorted({(visit.user_id, visit.visit_on) for visit in left if visit.visit_on >= today}):
        routes.ask_worker(user_id, day)


def _tell_lead(actor: Actor, outage: Outage, at: datetime) -> None:
    for lead in people.holders(Role.DISPATCHER, clock.local_day(at)):
        outbox.put(
            "outage",
            to=lead.email,
            to_name=lead.name,
            subject=f"Ausfall: {words(outage)}",
            item={
                "sentence": f"{actor.name} meldet: {words(outage)}.",
                "note": outage.note,
                "visits": len(outage_queries.affected_by(outage)),
                "outage_id": outage.id,
            },
            burst_key=f"outage-{outage.id}",
            at=at,
        )
