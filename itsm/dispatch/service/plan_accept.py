"""A proposal comes into force: each step is held against the present, then visits change, then schools are told."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from itsm.core import clock
from itsm.core.db import db
from itsm.dispatch import figures, notices, plan_queries
from itsm.dispatch.models import Assurance, StepKind, Visit, VisitTicket, WeekPlan, WeekPlanStep
from itsm.dispatch.service import bundles, placing, routes
from itsm.dispatch.service.moves import move
from itsm.dispatch.service.placing import Spot
from itsm.dispatch.service.plan_steps import CHANGES
from itsm.dispatch.service.week_jobs import is_firm
from itsm.dispatch.service.week_workers import read_away
from itsm.dispatch.service.withdrawals import withdraw_for
from itsm.dispatch.states import VisitState
from itsm.org import calendar
from itsm.tickets.models import Ticket

# What falls away makes room for what moves, and both for what is new.
ORDER = (StepKind.CANCELLED, StepKind.MOVED, StepKind.NEW)
CALLED_OFF = "Wir haben unsere Woche neu geplant und melden uns mit einem neuen Termin."

Day = tuple[int, date]


@dataclass
class Accepted:
    """What became of the chosen steps: how many are in force, and why the others are not."""

    applied: int = 0
    skipped: list[str] = field(default_factory=list)


def apply(plan: WeekPlan, step_ids: Collection[int] | None, at: datetime) -> Accepted:
    """Bring the chosen steps into force, retime the days they touch, and tell each school once."""
    steps = plan_queries.steps_to_apply(plan)
    change = _Change(plan, at)
    for step in sorted(steps, key=lambda step: ORDER.index(step.kind) if step.kind in CHANGES else len(ORDER)):
        if step.kind in CHANGES:
            is_chosen = step_ids is None or step.id in step_ids
            step.accepted = is_chosen and change.make(step)
    change.order_days(steps)
    change.tell()
    return change.done


class _Change:
    """The steps of one proposal on their way into force."""

    def __init__(self, plan: WeekPlan, at: datetime) -> None:
        self.at, self.done = at, Accepted()
        self._away, _ = read_away(plan.first_on, plan_queries.last_day(plan))
        self._days: set[Day] = set()
        self._starts: dict[int, datetime] = {}
        self._now: dict[int, Visit] = {}
        self._news: list[tuple[Callable[[Visit, datetime], None], Visit]] = []

    def make(self, step: WeekPlanStep) -> bool:
        """Bring one step into force, unless the present has overtaken it; say whether it was."""
        trouble = self._trouble(step)
        if trouble:
            step.reason = {**step.reason, "skipped": trouble}
            self.done.skipped.append(f"{step.school.short_name}: {trouble}")
            return False
        if step.kind is StepKind.CANCELLED:
            self._call_off(_visit(step))
        elif step.kind is StepKind.MOVED:
            self._move(step, _visit(step))
        else:
            self._open(step)
        self.done.applied += 1
        return True

    def _trouble(self, step: WeekPlanStep) -> str:
        """Why a step cannot come into force any more; empty if it can."""
        if step.kind is StepKind.NEW:
            if not self._tickets(step):
                return "Die Störung wartet nicht mehr auf einen Besuch."
        elif trouble := _changed(step):
            return trouble
        starts_at, user_id = step.new_starts_at, step.new_user_id
        if starts_at is None or user_id is None:
            return ""
        day = clock.local_day(starts_at)
        if starts_at <= self.at:
            return "Der vorgeschlagene Termin ist schon vorbei."
        if any(self._away.is_away(person, day) for person in (user_id, step.helper_id) if person is not None):
            return f"Am {day:%d.%m.%Y} ist die eingeteilte Person nicht mehr im Dienst."
        if closed := calendar.closed_reason(day, {row.day for row in step.school.movable_days}):
            return f"Am {day:%d.%m.%Y} ist die Schule geschlossen ({closed})."
        return ""

    def _tickets(self, step: WeekPlanStep) -> Sequence[Ticket]:
        day = clock.local_day(step.new_starts_at) if step.new_starts_at else None
        return plan_queries.still_waiting(step.ticket_ids, day) if day else ()

    def _call_off(self, visit: Visit) -> None:
        for one in (visit, *placing.helpers_of(visit)):
            self._days.add((one.user_id, one.visit_on))
            withdraw_for(one)
            move(one, "cancel", self.at, CALLED_OFF)
        bundles.release(visit, CALLED_OFF, self.at)
        self._news.append((notices.called_off, visit))

    def _move(self, step: WeekPlanStep, visit: Visit) -> None:
        self._touch(visit)
        was_told = visit.assurance is not Assurance.SOFT
        moved = placing.place(visit, _spot(step, visit.is_fixed), self.at)
        self._now[visit.id] = moved
        self._promise(moved, step, notices.moved if was_told else notices.planned)

    def _open(self, step: WeekPlanStep) -> None:
        tickets = self._tickets(step)
        host = self._host(step)
        if host is not None:
            for ticket in tickets:
                bundles.detach(ticket.id, self.at)
                host.jobs.append(VisitTicket(ticket_id=ticket.id, ticket=ticket))
            host.minutes = routes.needed_minutes(host, figures.visit_on(host.visit_on))
            db.session.flush()
            for ticket in tickets:
                bundles.note_planned(ticket, host, self.at)
            self._touch(host)
            return
        visit = placing.open_visit(tickets, step.site, _spot(step), step.minutes, self.at, step.helper_id)
        self._promise(visit, step, notices.planned)

    def _host(self, step: WeekPlanStep) -> Visit | None:
        """The visit the tickets were to go on, if it stands where the proposal saw it."""
        visit = self._now.get(step.visit_id or 0, step.visit)
        if visit is None or visit.state is not VisitState.PLANNED or step.new_starts_at is None:
            return None
        there = (visit.user_id, visit.visit_on) == (step.new_user_id, clock.local_day(step.new_starts_at))
        return visit if there else None

    def _promise(self, visit: Visit, step: WeekPlanStep, notice: Callable[[Visit, datetime], None]) -> None:
        for one in (visit, *placing.helpers_of(visit)):
            one.assurance = Assurance.TOLD
        if step.new_starts_at is not None:
            self._starts[visit.id] = step.new_starts_at
        self._touch(visit)
        self._news.append((notice, visit))

    def _touch(self, visit: Visit) -> None:
        self._days.update((one.user_id, one.visit_on) for one in (visit, *placing.helpers_of(visit)))

    def order_days(self, steps: Iterable[WeekPlanStep]) -> None:
        """Drive the touched days in the order of the proposal; what it does not know stands by its own time."""
        for step in steps:
            if step.kind is StepKind.KEPT and step.visit_id is not None and step.new_starts_at is not None:
                self._starts.setdefault(step.visit_id, step.new_starts_at)
        for user_id, day in sorted(self._days, key=lambda one: (one[1], one[0])):
            db.session.flush()
            visits = plan_queries.stops_of(user_id, day)
            ahead = [visit for visit in visits if visit.state is VisitState.PLANNED]
            ahead.sort(key=lambda visit: self._start_of(visit))
            for position, visit in enumerate(ahead, len(visits) - len(ahead) + 1):
                visit.position = position
            routes.retime(user_id, day, self.at)

    def _start_of(self, visit: Visit) -> datetime:
        return self._starts.get(visit.helps_id or visit.id) or visit.expected_at or visit.starts_at

    def tell(self) -> None:
        """Tell the schools, now that all times stand; what goes to one school becomes one mail."""
        for notice, visit in self._news:
            notice(visit, self.at)


def _spot(step: WeekPlanStep, is_fixed: bool = False) -> Spot:
    if step.new_user_id is None or step.new_starts_at is None:
        raise ValueError(f"step {step.id} leads nowhere")
    return Spot(step.new_user_id, step.new_starts_at, is_fixed, step.helper_id)


def _visit(step: WeekPlanStep) -> Visit:
    if step.visit is None:
        raise ValueError(f"step {step.id} has no visit")
    return step.visit


def _changed(step: WeekPlanStep) -> str:
    """Why a visit is not the one the proposal saw; its route may have been retimed, which changes nothing."""
    visit = step.visit
    if visit is None or visit.state is not VisitState.PLANNED:
        return "Der Besuch hat schon begonnen oder findet nicht mehr statt."
    if visit.version_id == step.visit_version or step.old_starts_at is None:
        return ""
    day = clock.local_day(step.old_starts_at)
    is_same = (visit.user_id, visit.visit_on) == (step.old_user_id, day)
    has_same = {job.ticket_id for job in visit.waiting} == set(step.ticket_ids)
    if not is_same or not has_same or (is_firm(visit) and step.kind is not StepKind.CANCELLED):
        return "Der Besuch ist inzwischen geändert worden."
    return ""
