"""On a stop: drive off, arrive, record what became of each ticket, finish."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from itsm.core import clock
from itsm.core.access import Actor, Grant, Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.events import publish
from itsm.core.german import local_date
from itsm.dispatch import notices, policy, queries
from itsm.dispatch.events import VisitFinished
from itsm.dispatch.models import Result, Visit, VisitTask, VisitTicket
from itsm.dispatch.service import bundles, device_tasks, late, moves
from itsm.dispatch.service.locks import hold
from itsm.dispatch.service.moves import move
from itsm.dispatch.states import LABELS, OPEN, VisitState
from itsm.tickets import service as tickets
from itsm.tickets.states import State

SOLVED_TEXT = "Vor Ort gelöst."
# Long enough to notice the wrong button, too short to rewrite the morning.
UNDO_WITHIN = timedelta(minutes=5)
TAKEN_TEXT = "Wir haben das Gerät zur Reparatur mitgenommen."
# Without words these results would leave the next person in the dark.
NEEDS_WORDS = {
    Result.NOT_SOLVED: "Bitte schreiben Sie, warum es nicht gelöst ist.",
    Result.SECOND_LEVEL: "Bitte schreiben Sie, was das Systemhaus wissen muss.",
    Result.FOLLOW_UP: "Bitte schreiben Sie, was beim nächsten Besuch zu tun ist.",
}


@dataclass(frozen=True)
class Record:
    """What became of a ticket on a visit."""

    result: Result
    note: str = ""
    spent_minutes: int | None = None
    parts: str = ""


def depart(actor: Actor, visit: Visit, at: datetime) -> None:
    """Drive off to this stop, on its day; only one at a time."""
    require_today(actor, visit, at)
    move(visit, "depart", at)
    late.follow(visit.user_id, visit.visit_on, at)


def arrive(actor: Actor, visit: Visit, at: datetime) -> None:
    """Be at the school; the rest of the day is reckoned from here."""
    require_today(actor, visit, at)
    move(visit, "arrive", at)
    late.follow(visit.user_id, visit.visit_on, at)


def require_today(actor: Actor, visit: Visit, at: datetime) -> None:
    """Hold the visit for whoever drives it today, at no other stop.

    Raises: NotAllowed for anybody else; DomainError for another day or while another stop is under way.
    """
    _require(actor, visit)
    _refuse_other_day(visit, at)
    _refuse_second(visit)


def may_take_back(visit: Visit, at: datetime) -> bool:
    """Say whether the last tap on *Losfahren* or *Angekommen* can still be undone."""
    tapped_at = {VisitState.DRIVING: visit.departed_at, VisitState.ON_SITE: visit.arrived_at}.get(visit.state)
    is_recent = tapped_at is not None and timedelta() <= at - tapped_at <= UNDO_WITHIN
    return is_recent and not any(job.result for job in visit.jobs) and not any(task.done_at for task in visit.tasks)


def take_back(actor: Actor, visit: Visit, at: datetime) -> None:
    """Undo the last tap on *Losfahren* or *Angekommen*.

    Source: docs/rules/visits.md, VI-35.
    """
    _require(actor, visit)
    if not may_take_back(visit, at):
        raise DomainError(
            "Das lässt sich nicht mehr zurücknehmen: Es ist länger als fünf Minuten her, oder ein Ergebnis ist schon "
            "eingetragen."
        )
    moves.take_back(visit)
    late.follow(visit.user_id, visit.visit_on, at)


def record(actor: Actor, visit: Visit, job: VisitTicket, said: Record, at: datetime) -> None:
    """Note what became of a ticket; it may be corrected until the stop is finished.

    Source: docs/rules/visits.md, VI-10.
    """
    require_on_site(actor, visit)
    note = said.note.strip()
    if said.result in NEEDS_WORDS and not note:
        raise DomainError(NEEDS_WORDS[said.result])
    job.is_waiting = False
    job.result, job.note, job.recorded_at = said.result, note, at
    job.spent_minutes, job.parts = said.spent_minutes, said.parts.strip()


def add_task(actor: Actor, visit: Visit, text: str) -> VisitTask:
    """Put something on the list of a visit that is not a ticket."""
    if not policy.may_plan(actor, visit):
        raise NotAllowed("Aufgaben trägt das Campusmanagement des Bezirks oder die Teamleitung ein.")
    if visit.state not in OPEN:
        raise DomainError(f"Der Besuch ist schon {LABELS[visit.state]}.")
    task = VisitTask(text=text.strip())
    visit.tasks.append(task)
    return task


def tick(actor: Actor, visit: Visit, task: VisitTask, at: datetime) -> None:
    """Tick a task off, or take the tick away again."""
    require_on_site(actor, visit)
    task.done_at = None if task.done_at else at
    device_tasks.follow_tick(actor, task, at)


def finish(actor: Actor, visit: Visit, at: datetime) -> None:
    """Leave the stop: each result drives its ticket on, and the school gets the report.

    Raises: DomainError while a ticket has no result; it names the tickets.
    Source: docs/rules/visits.md, VI-10 and VI-12.
    """
    require_on_site(actor, visit)
    if visit.waiting:
        missing = ", ".join(job.ticket.number for job in visit.waiting)
        raise DomainError(f"Für {missing} fehlt noch das Ergebnis. Bitte tragen Sie es ein, dann geht es weiter.")
    move(visit, "finish", at)
    db.session.flush()
    here = with_rights_here(actor, visit)
    for job in visit.jobs:
        _drive_on(here, job, at)
    follow_up = [job.ticket_id for job in visit.jobs if job.result is Result.FOLLOW_UP]
    bundles.bundle(visit.school_id, at, only=follow_up)
    _pass_on_tasks(visit)
    device_tasks.pass_on(visit, at)
    late.follow(visit.user_id, visit.visit_on, at)
    notices.report(visit, at)
    publish(VisitFinished(visit.id, at))


def _drive_on(actor: Actor, job: VisitTicket, at: datetime) -> None:
    """Do with the ticket what its result says; one that was ended meanwhile stays as it is."""
    ticket = job.ticket
    if ticket.state is not State.PLANNED:
        return
    if job.result is Result.SOLVED:
        tickets.solve(actor, ticket, job.note or SOLVED_TEXT, at)
    elif job.result is Result.SECOND_LEVEL:
        tickets.escalate(actor, ticket, job.note, at)
    elif job.result is Result.TAKEN_ALONG:
        tickets.await_supplier(actor, ticket, job.note or TAKEN_TEXT, at)
    else:
        tickets.unplan(actor, ticket, job.note, at)


def _pass_on_tasks(visit: Visit) -> None:
    """Put what was not ticked on the next visit of the school, if it has one."""
    following = queries.coming_visits_of(visit.school_id, visit.visit_on)
    if following:
        following[0].tasks.extend(
            VisitTask(text=task.text, device_task_id=task.device_task_id)
            for task in visit.tasks
            if task.done_at is None
        )


def with_rights_here(actor: Actor, visit: Visit) -> Actor:
    """Return who drives a visit as somebody who works on its tickets, also when standing in from another district."""
    if visit.district_id is None:
        return actor
    return replace(actor, grants=(*actor.grants, Grant(Role.CAMPUS_MANAGER, district_id=visit.district_id)))


def _refuse_other_day(visit: Visit, at: datetime) -> None:
    # Begun on another day, it would put that day's whole route out of time.
    if visit.visit_on != clock.local_day(at):
        raise DomainError(
            f"Dieser Besuch gehört zum {local_date(visit.visit_on)}. Bitte verschieben Sie ihn zuerst auf heute."
        )


def _refuse_second(visit: Visit) -> None:
    for other in queries.day_of(visit.user_id, visit.visit_on):
        if other.id != visit.id and other.state in (VisitState.DRIVING, VisitState.ON_SITE):
            raise DomainError(
                f"Sie sind noch bei {other.school.short_name}. Bitte schließen Sie diesen Halt zuerst ab."
            )


def _require(actor: Actor, visit: Visit) -> None:
    if not policy.may_drive(actor, visit):
        raise NotAllowed("Diesen Besuch führt nur durch, wer dafür eingeteilt ist.")
    # The worker or a report may have changed the visit since the page loaded it.
    hold(visit.district_id)
    db.session.refresh(visit)


def require_on_site(actor: Actor, visit: Visit) -> None:
    """Hold the visit for whoever drives it and is there.

    Raises: NotAllowed for anybody else; DomainError before the arrival and after the end.
    """
    _require(actor, visit)
    if visit.state is not VisitState.ON_SITE:
        raise DomainError("Bitte tippen Sie zuerst auf „Angekommen“.")
