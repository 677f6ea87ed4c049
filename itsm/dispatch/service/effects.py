"""What a visit or a ticket put somewhere else would bring with it, worked out before anything is dropped."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from itsm.accounts.models import User
from itsm.core import clock
from itsm.core.errors import DomainError
from itsm.core.german import local_time, long_date
from itsm.dispatch import board_queries, effect_words, hours, reason_words, words
from itsm.dispatch.models import Assurance, Visit
from itsm.dispatch.planner.week import change as planner
from itsm.dispatch.planner.week import reasons, slots
from itsm.dispatch.planner.week.evaluate import travel_of
from itsm.dispatch.planner.week.model import DAY_SECONDS, Plan, Problem, Shift, Worker
from itsm.dispatch.planner.week.timeline import tour
from itsm.dispatch.service import plan_reasons
from itsm.dispatch.service import week as weeks
from itsm.dispatch.service.week_jobs import worker_key
from itsm.dispatch.states import LABELS, VisitState
from itsm.tickets.models import Ticket

LONGEST_DAYS = 14
WORKING_DAYS = 5
NEWS = "Die Schule bekommt den Termin per Mail."
# Dropped so much later than the route would be there, a visit is meant to begin where it was dropped.
WAIT_MINUTES = 45
STEP_MINUTES = 15


@dataclass(frozen=True)
class Goal:
    """Where somebody wants a visit: with whom, on which day; a minute is a place in the order, or the exact time."""

    user: User
    day: date
    minute: int | None = None
    is_exact: bool = False


@dataclass(frozen=True)
class Effect:
    """What would come of it.

    `needs_nod` marks what only a person may decide to break: overtime, a confirmed promise, a pin. `order`
    holds the jobs of the day afterwards, `helper_key` who else has to come.
    Units: seconds, metres, cents more than now.
    """

    is_possible: bool
    sentence: str
    lines: tuple[str, ...] = ()
    needs_nod: bool = False
    starts_at: datetime | None = None
    is_fixed: bool = False
    seconds: int = 0
    metres: int = 0
    cents: int = 0
    order: tuple[str, ...] = ()
    helper_key: str | None = None

    @property
    def kind(self) -> str:
        """How it looks: success, warning or danger."""
        if not self.is_possible:
            return "danger"
        return "warning" if self.needs_nod else "success"


def of(subject: Visit | Ticket, goal: Goal, at: datetime) -> Effect:
    """Work out what putting a visit, or a ticket without one, there would bring with it.

    Source: docs/rules/visits.md, VI-21.
    """
    refusal = _refusal(subject, goal, at)
    if refusal:
        return Effect(False, refusal)
    week = _week(subject, goal, at)
    key = _key(subject)
    if key not in week.pieces:
        return Effect(False, "Das lässt sich in diesen Tagen nicht planen. Bitte prüfen Sie Bezirk und Tag.")
    problem = _freed(week.problem, key)
    found = _moved(week, problem, key, goal)
    if not found.change.feasible:
        lines = tuple(effect_words.conflicts(week, key, goal.user, goal.day, found.change))
        return Effect(False, lines[0], lines[1:])
    return _possible(subject, week, problem, key, goal, found)


@dataclass(frozen=True)
class Choice:
    """A place that leaves everything else where it is.

    Units: seconds, metres more than now.
    """

    user: User
    starts_at: datetime
    seconds: int
    metres: int

    @property
    def day(self) -> date:
        """The day in Berlin."""
        return clock.local_day(self.starts_at)

    @property
    def minute(self) -> int:
        """Where in the order of the day it is."""
        return hours.minute_at(self.starts_at)


def best(subject: Visit | Ticket, at: datetime, count: int = 4) -> list[Choice]:
    """The cheapest places in the week of a visit, or in this week, for a person to choose from."""
    week, key = _own_week(subject, at), _key(subject)
    if key not in week.pieces:
        return []
    return [
        Choice(week.user(slot.worker), week.moment(slot.start_at), slot.delta_seconds, slot.delta_metres)
        for slot in slots.best_slots(_freed(week.problem, key), week.in_force, key, count)
    ]


@dataclass(frozen=True)
class Why:
    """Why nobody is booked for a ticket, and what would let it in."""

    sentence: str
    fits_if: tuple[str, ...]


def why_open(ticket: Ticket, at: datetime) -> Why | None:
    """Find out by trying why nobody is booked for a ticket; nothing if its visit comes after this week."""
    week, key = _own_week(ticket, at), _key(ticket)
    if key not in week.pieces:
        return None
    found = plan_reasons.reason_of(week, reasons.explain(week.problem, week.in_force, key))
    return Why(reason_words.why(found), tuple(reason_words.fits_if(found)))


def _key(subject: Visit | Ticket) -> str:
    return f"v{subject.id}" if isinstance(subject, Visit) else f"t{subject.id}"


def _own_week(subject: Visit | Ticket, at: datetime) -> weeks.Week:
    today = clock.local_day(at)
    first = max(subject.visit_on, today) if isinstance(subject, Visit) else today
    if first.weekday() >= WORKING_DAYS:
        first += timedelta(days=7 - first.weekday())
    days = WORKING_DAYS - first.weekday()
    return weeks.build(first, days, [subject.district_id or 0], at)


@dataclass(frozen=True)
class _Found:
    change: planner.Change
    start: int | None


def _moved(week: weeks.Week, problem: Problem, key: str, goal: Goal) -> _Found:
    """Put the job in the order at the minute it was dropped at, and at that minute if it would begin long before."""
    worker, day = worker_key(goal.user.id), (goal.day - week.first_on).days
    start = None if goal.minute is None else day * DAY_SECONDS + goal.minute * 60
    if start is None:
        return _Found(planner.move(problem, week.in_force, key, worker, day), None)
    if goal.is_exact:
        return _Found(planner.move(problem, week.in_force, key, worker, day, start=start), start)
    position = _position(week, problem, key, (worker, day), start)
    found = planner.move(problem, week.in_force, key, worker, day, position=position)
    begins = _start(problem, found.plan, (worker, day), key) if found.feasible else None
    if begins is not None and start - begins > WAIT_MINUTES * 60:
        wanted = start - start % (STEP_MINUTES * 60)
        later = planner.move(problem, week.in_force, key, worker, day, start=wanted)
        if later.feasible:
            return _Found(later, wanted)
    return _Found(found, None)


def _possible(
    subject: Visit | Ticket, week: weeks.Week, problem: Problem, key: str, goal: Goal, found: _Found
) -> Effect:
    change, worker, day = found.change, worker_key(goal.user.id), (goal.day - week.first_on).days
    begins = _start(_pinned(problem, key, change), change.plan, (worker, day), key)
    starts_at = week.moment(begins if begins is not None else found.start or day * DAY_SECONDS)
    others = [route.worker for job, route in change.plan.placed() if job == key and route.worker != worker]
    nods = [*_overtime(goal, change), *(_promises(subject, goal, starts_at) if isinstance(subject, Visit) else ())]
    notes = tuple(_notes(subject, goal)) if isinstance(subject, Visit) else (NEWS,)
    helpers = tuple(f"{week.user(other).name} kommt dazu." for other in others)
    # Two people meet at a time that holds for both.
    exact, seconds = found.start is not None or bool(others), _driven(week, change)
    return Effect(
        is_possible=True,
        sentence=f"{goal.user.name} kommt am {long_date(goal.day)} "
        f"{'fest' if exact else 'etwa'} um {local_time(starts_at)} Uhr.",
        lines=(effect_words.difference(change, seconds), *nods, *helpers, *notes),
        needs_nod=bool(nods),
        starts_at=starts_at,
        is_fixed=exact,
        seconds=seconds,
        metres=change.delta_metres,
        cents=effect_words.cents(change),
        order=next((route.jobs for route in change.plan.routes if (route.worker, route.day) == (worker, day)), ()),
        helper_key=others[0] if others else None,
    )


def _driven(week: weeks.Week, change: planner.Change) -> int:
    """The seconds driven more than now; the minutes to sign in are none of them."""
    drives = replace(week.problem, seconds=week.seconds_driven)
    return travel_of(drives, change.plan)[0] - travel_of(drives, week.in_force)[0]


def _refusal(subject: Visit | Ticket, goal: Goal, at: datetime) -> str:
    if isinstance(subject, Visit) and subject.state is not VisitState.PLANNED:
        return f"Der Besuch ist schon {LABELS[subject.state]}. Er lässt sich nicht mehr verschieben."
    if isinstance(subject, Visit) and subject.helps_id is not None:
        return "Hier hilft jemand nur mit. Bitte verschieben Sie den eigentlichen Besuch."
    if goal.day < clock.local_day(at):
        return "Dieser Tag ist vorbei. Bitte wählen Sie einen Tag ab heute."
    if goal.is_exact and goal.minute is not None and clock.at_local(goal.day, _time(goal.minute)) <= at:
        return "Diese Uhrzeit ist schon vorbei. Bitte wählen Sie eine spätere."
    if subject.district_id is None:
        return "Die Schule gehört zu keinem Bezirk. Bitte ordnen Sie sie zuerst einem Bezirk zu."
    return ""


def _week(subject: Visit | Ticket, goal: Goal, at: datetime) -> weeks.Week:
    """The days from the present place to the wanted one, with the districts of both people.

    Raises: DomainError if the two days are more than two weeks apart.
    """
    here = max(subject.visit_on, clock.local_day(at)) if isinstance(subject, Visit) else goal.day
    first = min(here, goal.day)
    first_on = first - timedelta(days=first.weekday())
    days = (max(here, goal.day) - first_on).days + 1
    if days > LONGEST_DAYS:
        raise DomainError("Bitte wählen Sie einen Tag in derselben oder in der nächsten Woche.")
    theirs = board_queries.district_ids_of(goal.user.id, goal.day)
    wanted = {subject.district_id or 0, *theirs[:1]}
    if isinstance(subject, Visit):
        wanted |= set(board_queries.district_ids_of(subject.user_id, subject.visit_on)[:1])
    return weeks.build(first_on, days, sorted(wanted), at, joint=len(wanted) > 1)


def _freed(problem: Problem, key: str) -> Problem:
    """The week in which a person may put this job anywhere: its pins bind the planner, not people."""

    def freed(worker: Worker) -> Worker:
        return replace(worker, shifts=tuple(map(unfrozen, worker.shifts)))

    def unfrozen(shift: Shift) -> Shift:
        return replace(shift, frozen=tuple(other for other in shift.frozen if other != key))

    jobs = tuple(replace(job, pin=None) if job.key == key else job for job in problem.jobs)
    return replace(problem, jobs=jobs, workers=tuple(map(freed, problem.workers)))


def _pinned(problem: Problem, key: str, change: planner.Change) -> Problem:
    if change.pin is None:
        return problem
    jobs = tuple(replace(job, pin=change.pin) if job.key == key else job for job in problem.jobs)
    return replace(problem, jobs=jobs)


def _position(week: weeks.Week, problem: Problem, key: str, at: tuple[str, int], start: int) -> int:
    """How many stops of the day stand before this moment on the board, at least those that are frozen."""
    jobs = next((route.jobs for route in week.in_force.routes if (route.worker, route.day) == at), ())
    frozen = next((shift.frozen for shift in _shifts(problem, at)), ())
    visits = (week.pieces[job].visit for job in jobs if job != key)
    return max(len(frozen), sum(visit is not None and week.seconds(visit.starts_at) < start for visit in visits))


def _start(problem: Problem, plan: Plan, at: tuple[str, int], key: str) -> int | None:
    for route in plan.routes:
        if (route.worker, route.day) == at:
            driven = tour(problem, route, dict(plan.together))
            return next((stop.start_at for stop in driven.stops if stop.job == key), None) if driven else None
    return None


def _shifts(problem: Problem, at: tuple[str, int]) -> Iterator[Shift]:
    return (shift for worker in problem.workers if worker.key == at[0] for shift in worker.shifts if shift.day == at[1])


def _overtime(goal: Goal, change: planner.Change) -> Iterator[str]:
    if change.delta.overtime > 0:
        yield f"{goal.user.name} macht dafür Überstunden."


def _promises(visit: Visit, goal: Goal, starts_at: datetime) -> Iterator[str]:
    is_moved = (visit.user_id, visit.visit_on) != (goal.user.id, goal.day)
    if visit.assurance is Assurance.CONFIRMED and (is_moved or starts_at != visit.starts_at):
        begin, end = words.announced(visit)
        yield f"Die Schule hat {long_date(visit.visit_on)} zwischen {begin} und {end} Uhr bestätigt."
    pinned = [
        word
        for word, is_pinned, is_left in (
            ("Tag", visit.is_day_pinned, visit.visit_on != goal.day),
            ("Person", visit.is_user_pinned, visit.user_id != goal.user.id),
            ("Zeit", visit.is_fixed, starts_at != visit.starts_at),
        )
        if is_pinned and is_left
    ]
    if pinned:
        yield f"Angeheftet: {', '.join(pinned)}. Das Anheften wandert mit."


def _notes(visit: Visit, goal: Goal) -> Iterator[str]:
    if visit.visiting_time_id is not None and visit.visit_on != goal.day:
        yield "Der feste Besuchstermin der Schule an diesem Tag entfällt dafür."
    if visit.assurance is not Assurance.SOFT:
        yield "Die Schule bekommt den neuen Termin per Mail."
    else:
        yield "Die Schule weiß von diesem Besuch noch nichts und bekommt keine Mail."


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)
