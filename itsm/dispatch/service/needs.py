"""What the work on a ticket takes: minutes, people, skills, parts that have not arrived yet."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.german import local_date, minutes_words
from itsm.dispatch import need_queries, policy, queries
from itsm.dispatch.models import Skill, Visit, VisitKind, WorkNeed
from itsm.dispatch.service import bundles
from itsm.dispatch.states import VisitState
from itsm.tickets import service as tickets
from itsm.tickets.models import Ticket
from itsm.tickets.states import DONE

USUAL = "nichts Besonderes"
# Visits somebody has agreed on or accepted in a plan: a person decides what becomes of them.
AGREED = frozenset({VisitKind.MANUAL, VisitKind.PLANNED})


@dataclass(frozen=True)
class Said:
    """What somebody says about the work on a ticket; nothing said is the usual."""

    minutes: int | None = None
    people: int = 1
    skill_ids: frozenset[int] = frozenset()
    waits_for: str = ""
    not_before_on: date | None = None


def say(actor: Actor, ticket: Ticket, said: Said, at: datetime) -> Visit | None:
    """Keep what the work takes and note it inside; return the visit that now comes too early or not at all.

    A visit the ticket waits for gets the time it now needs. One before the parts are there loses the
    ticket, unless somebody has agreed on it by hand: then it is returned, for a person to decide.
    Raises: NotAllowed unless the actor plans for the school; DomainError for a ticket that is done, parts
        without a day, or a skill that does not exist any more.
    Source: docs/rules/visits.md, VI-25.
    """
    if not policy.may_say_needs(actor, ticket):
        raise NotAllowed("Was der Einsatz braucht, sagt das Campusmanagement des Bezirks oder die Teamleitung.")
    if ticket.state in DONE:
        raise DomainError("Diese Störung ist schon beendet. Für sie kommt niemand mehr.")
    skills = _skills(said.skill_ids)
    _check(said, at)
    before = words(need_queries.need_of(ticket.id))
    _keep(ticket, said, skills)
    after = words(need_queries.need_of(ticket.id))
    if before == after:
        return None
    tickets.note(actor, ticket, f"Der Einsatz braucht: {after}. Bisher: {before}.", at)
    return _fit_visit(actor, ticket, at)


def words(need: WorkNeed | None) -> str:
    """What the work takes, in one line."""
    if need is None:
        return USUAL
    parts = [minutes_words(need.minutes)] if need.minutes else []
    parts += ["zwei Personen"] if need.people > 1 else []
    parts += [skill.name for skill in need.skills]
    if need.waits_for and need.not_before_on:
        parts.append(f"wartet auf {need.waits_for}, da ab {local_date(need.not_before_on)}")
    elif need.not_before_on:
        parts.append(f"frühestens am {local_date(need.not_before_on)}")
    return ", ".join(parts) or USUAL


def _skills(ids: frozenset[int]) -> list[Skill]:
    found = list(db.session.scalars(sa.select(Skill).where(Skill.id.in_(ids)).order_by(Skill.name)))
    if len(found) < len(ids):
        raise DomainError("Eine der Fähigkeiten gibt es nicht mehr. Bitte wählen Sie noch einmal.")
    return found


def _check(said: Said, at: datetime) -> None:
    if said.waits_for and said.not_before_on is None:
        raise DomainError("Bitte sagen Sie auch, ab wann das Teil da ist. Ohne Tag lässt sich nicht planen.")
    if said.not_before_on is not None and (said.not_before_on - clock.local_day(at)).days > 366:
        raise DomainError("Bitte wählen Sie einen Tag höchstens ein Jahr im Voraus.")


def _keep(ticket: Ticket, said: Said, skills: list[Skill]) -> None:
    need = need_queries.need_of(ticket.id)
    if said == Said():
        if need is not None:
            db.session.delete(need)
    else:
        if need is None:
            need = WorkNeed(ticket_id=ticket.id, skills=[])
            db.session.add(need)
        need.minutes, need.people, need.skills = said.minutes, said.people, skills
        need.waits_for, need.not_before_on = said.waits_for, said.not_before_on
    db.session.flush()


def _fit_visit(actor: Actor, ticket: Ticket, at: datetime) -> Visit | None:
    """Bring the visit of the ticket in line with what the work takes."""
    visit = queries.next_visit_of(ticket.id)
    if visit is None or visit.state is not VisitState.PLANNED:
        return None
    earliest = need_queries.not_before([ticket.id]).get(ticket.id)
    if earliest is None or visit.visit_on >= earliest:
        bundles.measure(visit)
        return None
    if visit.kind in AGREED:
        return visit
    # Taken off its visit, the ticket finds the first one after the day.
    tickets.unplan(actor, ticket, f"Wir können erst ab {local_date(earliest)} daran arbeiten.", at)
    bundles.bundle(ticket.school_id, at, only=[ticket.id])
    return None
