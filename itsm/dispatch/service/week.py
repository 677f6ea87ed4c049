"""A week of some districts as the planner asks for it, and the way back from its clock to ours."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np

from itsm.accounts.models import User
from itsm.core import clock
from itsm.dispatch import figures, plan_queries
from itsm.dispatch.distance import Place
from itsm.dispatch.models import Outage, Visit
from itsm.dispatch.planner.day.model import Window
from itsm.dispatch.planner.week.index import Index
from itsm.dispatch.planner.week.model import (
    DAY_SECONDS,
    Job,
    Plan,
    Problem,
    Rates,
    Route,
    Shift,
    Table,
    Worker,
)
from itsm.dispatch.planner.week.timeline import tour
from itsm.dispatch.service import routes, travel, week_jobs, week_workers
from itsm.dispatch.service.week_jobs import Piece, Terms, worker_key
from itsm.dispatch.service.week_prices import Prices
from itsm.dispatch.service.week_workers import Duty, Running
from itsm.dispatch.states import VisitState
from itsm.org.models import District, Site
from itsm.tickets.models import Ticket


@dataclass(frozen=True)
class Week:
    """A week ready to be planned.

    `in_force` holds the visits as they stand; `kept` what of it breaks no rule, the start of every search.
    `seconds_driven` are the drives alone; those of the problem hold the minutes to sign in too.
    `guests` are visits of these people outside the districts: they stay where they are. `booked` is the later day
    of tickets that have a visit behind this week.
    """

    problem: Problem
    in_force: Plan
    kept: Plan
    pieces: dict[str, Piece]
    users: dict[str, User]
    first_on: date
    at: datetime
    note: str
    seconds_driven: Table
    guests: frozenset[str]
    booked: dict[str, date]
    sign_in_minutes: int

    def day(self, index: int) -> date:
        """The day of a number, the first is 0."""
        return self.first_on + timedelta(days=index)

    def moment(self, seconds: int) -> datetime:
        """The moment at which the planner's clock shows this; a stop's start is when its visit starts."""
        days, rest = divmod(seconds, DAY_SECONDS)
        return clock.at_local(self.day(days), time(rest // 3600, rest // 60 % 60, rest % 60))

    def seconds(self, moment: datetime) -> int:
        """What the planner's clock shows at a moment."""
        shown = clock.local(moment)
        return (shown.date() - self.first_on).days * DAY_SECONDS + shown.hour * 3600 + shown.minute * 60 + shown.second

    def with_problem(self, problem: Problem, kept: Plan) -> "Week":
        """The same week with other rules and another start of the search."""
        return replace(self, problem=problem, kept=kept)

    def user(self, key: str) -> User:
        """The person the planner calls this."""
        return self.users[key]


def build(first_on: date, days: int, district_ids: Collection[int], at: datetime, *, joint: bool = False) -> Week:
    """Read everything that is to be planned in these days; the number of queries does not depend on the jobs.

    `joint` lets managers drive into each other's districts, at its price.
    Source: docs/rules/visits.md, VI-13 to VI-15.
    """
    last_on = first_on + timedelta(days=days - 1)
    grants = plan_queries.manager_grants(first_on, last_on)
    away, outages = week_workers.read_away(first_on, last_on)
    duties = week_workers.duties(grants, away, district_ids, week_workers.days_from(first_on, days, at))
    visits = plan_queries.visits_between(first_on, last_on, district_ids, [duty.user.id for duty in duties])
    tickets = _tickets(district_ids, last_on)
    return _Builder(first_on, days, district_ids, at, joint, duties, visits, tickets, outages).week()


def _tickets(district_ids: Collection[int], last_on: date) -> list[tuple[Ticket, date | None]]:
    """Each ticket nobody comes for by the last day, with the later day it is booked for if there is one."""
    booked = plan_queries.booked_on(district_ids)
    found = ((ticket, booked.get(ticket.id)) for ticket in plan_queries.tickets_to_visit(district_ids))
    return [(ticket, day) for ticket, day in found if day is None or day > last_on]


class _Sites:
    """The places of a problem, each with its row, its district and whether one signs in there."""

    def __init__(self) -> None:
        self._rows: dict[object, int] = {}
        self.places: list[Place] = []
        self.districts: list[int] = []
        self.signs_in: list[bool] = []

    def row(self, key: object, place: Place, district: int, *, signs_in: bool) -> int:
        if key not in self._rows:
            self._rows[key] = len(self.places)
            self.places.append(place)
            self.districts.append(district)
            self.signs_in.append(signs_in)
        return self._rows[key]


class _Builder:
    """Puts the rows that were read together; asks for needs, skills, hours and drives only."""

    def __init__(
        self,
        first_on: date,
        days: int,
        district_ids: Collection[int],
        at: datetime,
        joint: bool,
        duties: Sequence[Duty],
        visits: Sequence[Visit],
        tickets: Sequence[tuple[Ticket, date | None]],
        outages: Sequence[Outage],
    ) -> None:
        everything = [
            *(ticket for ticket, _ in tickets),
            *(job.ticket for visit in visits for job in visit.jobs if job.is_waiting),
        ]
        plan = figures.plan_on(first_on)
        self.terms = Terms(
            first_on=first_on,
            days=days,
            at=at,
            plan=plan,
            visit=figures.visit_on(first_on),
            prices=Prices.of(first_on, days, plan, everything),
            needs=plan_queries.needs(everything),
            closed=_closed(outages),
        )
        self.joint, self.district_ids, self.duties = joint, frozenset(district_ids), duties
        self.labels = week_workers.labels(duties, district_ids)
        self.by_id = {row.id: row for row in plan_queries.districts(district_ids)}
        self.bases = {duty.user.id: duty.base for duty in duties}
        self.home = {duty.user.id: self.labels[min(duty.all_districts)] for duty in duties}
        self.sites, self.tickets = _Sites(), tickets
        self.visits = {visit.id: visit for visit in visits if visit.state is VisitState.PLANNED}
        self.by_day: dict[tuple[int, date], list[Visit]] = defaultdict(list)
        for visit in visits:
            self.by_day[visit.user_id, visit.visit_on].append(visit)

    def week(self) -> Week:
        """The whole of it."""
        today = clock.local_day(self.terms.at)
        running = {
            duty.user.id: week_workers.running(self.by_day[duty.user.id, today], self.terms.at)
            for duty in self.duties
            if today in duty.districts and today >= self.terms.first_on
        }
        pieces, jobs, guests = self._jobs(frozenset(visit.id for one in running.values() for visit in one.ahead))
        workers = tuple(self._workers(running, pieces))
        drives = travel.matrix_for(self.sites.places, self.terms.first_on)
        problem = _loosened(self._problem(workers, jobs, drives.seconds, drives.metres))
        in_force = self._in_force(problem, pieces)
        return Week(
            problem=problem,
            in_force=in_force,
            kept=feasible_part(problem, in_force),
            pieces=pieces,
            users=week_jobs.people_of(duty.user for duty in self.duties),
            first_on=self.terms.first_on,
            at=self.terms.at,
            note=drives.note,
            seconds_driven=drives.seconds,
            guests=guests,
            booked={f"t{ticket.id}": day for ticket, day in self.tickets if day is not None},
            sign_in_minutes=self.terms.sign_in,
        )

    def _jobs(self, frozen: frozenset[int]) -> tuple[dict[str, Piece], list[Job], frozenset[str]]:
        pieces, jobs, guests = dict[str, Piece](), list[Job](), set[str]()
        for visit in self.visits.values():
            is_guest = visit.district_id not in self.district_ids
            if self._is_part_of_another(visit, frozen) or (is_guest and not self._drives(visit)):
                continue
            piece = week_jobs.piece_of_visit(visit)
            job = self._job_of(piece, visit, is_frozen=visit.id in frozen)
            if is_guest:
                guests.add(piece.key)
            pieces[piece.key] = piece
            jobs.append(job)
        for ticket, booked_on in self.tickets:
            piece = week_jobs.piece_of_ticket(self.terms, ticket)
            label = self.labels[ticket.district_id or 0]
            jobs.append(week_jobs.ticket_job(self.terms, piece, self._site(ticket.site, label), label, booked_on))
            pieces[piece.key] = piece
        return pieces, jobs, frozenset(guests)

    def _job_of(self, piece: Piece, visit: Visit, *, is_frozen: bool) -> Job:
        is_asked = visit.district_id in self.district_ids
        label = self.labels[visit.district_id] if is_asked and visit.district_id else self.home[visit.user_id]
        site = self._site(visit.site, label)
        if is_frozen:
            return week_jobs.frozen_job(self.terms, piece, visit, site, self.home[visit.user_id])
        if not is_asked:
            return week_jobs.guest_job(self.terms, piece, visit, site, label)
        helpers = sum(other.helps_id == visit.id for other in self.visits.values())
        place = site, label
        return week_jobs.visit_job(self.terms, piece, visit, place, is_driven=self._drives(visit), helpers=helpers)

    def _is_part_of_another(self, visit: Visit, frozen: frozenset[int]) -> bool:
        """Whether this lends a hand on a visit that is planned here, for both people at once."""
        main = self.visits.get(visit.helps_id or 0)
        return main is not None and main.district_id in self.district_ids and not {visit.id, main.id} & frozen

    def _is_open(self, visit: Visit) -> bool:
        return self.terms.is_open(visit.school, visit.visit_on)

    def _drives(self, visit: Visit) -> bool:
        return any(duty.user.id == visit.user_id and visit.visit_on in duty.districts for duty in self.duties)

    def _workers(self, running: dict[int, Running], pieces: dict[str, Piece]) -> Iterator[Worker]:
        ids = [duty.user.id for duty in self.duties]
        workdays, skills = plan_queries.workdays(ids), plan_queries.skills(ids)
        for duty in self.duties:
            user_id = duty.user.id
            label = self.home[user_id]
            base = self._base(duty.base or self.by_id[min(duty.all_districts)], label)
            shifts = []
            for day in sorted(duty.districts):
                window = week_workers.working_hours(workdays.get(user_id, {}), day)
                now = running.get(user_id) if day == clock.local_day(self.terms.at) else None
                if window is not None and (found := self._shift(day, window, now, label)):
                    shifts.append(found)
            yield Worker(worker_key(user_id), label, base, tuple(shifts), skills.get(user_id, frozenset()))

    def _shift(self, day: date, window: Window, now: Running | None, label: int) -> Shift | None:
        index, terms = self.terms.index(day), self.terms
        pause, overtime = terms.visit[figures.PAUSE_MINUTES], terms.plan["overtime_minutes"]
        found = week_workers.shift(index, window, pause, overtime, now)
        if found is None or now is None:
            return found
        from_site = None
        if now.site is not None:
            from_site = self.sites.row(("from", now.site.id), self._place(now.site, label), label, signs_in=False)
        keys = tuple(f"v{visit.id}" for visit in now.ahead)
        return replace(found, from_site=from_site, frozen=keys)

    def _problem(self, workers: Sequence[Worker], jobs: Sequence[Job], seconds: Table, metres: Table) -> Problem:
        plan = self.terms.plan
        leaving = np.array(self.sites.signs_in, dtype=np.bool_)[:, None] & (seconds > 0)
        return Problem(
            days=self.terms.days,
            site_districts=tuple(self.sites.districts),
            workers=tuple(workers),
            jobs=tuple(jobs),
            # Signing in is paid on leaving a building, so that a visit starts when the planner says it does
            # and several jobs at one building share it.
            seconds=seconds + leaving * (self.terms.sign_in * 60),
            metres=metres,
            rates=Rates(
                second_cents=plan["hour_cents"] / 3600,
                metre_cents=plan["kilometre_cents"] / 1000,
                foreign_cents=plan["foreign_cents"] if self.joint else None,
                overtime_second_cents=plan["overtime_hour_cents"] / 3600,
            ),
        )

    def _in_force(self, problem: Problem, pieces: dict[str, Piece]) -> Plan:
        working = {(worker.key, shift.day) for worker in problem.workers for shift in worker.shifts}
        orders: dict[tuple[str, int], list[str]] = defaultdict(list)
        together = []
        for (user_id, day), visits in self.by_day.items():
            key = worker_key(user_id), self.terms.index(day)
            if key in working:
                names = (_name(visit, pieces) for visit in visits if visit.id in self.visits and self._is_open(visit))
                orders[key] = [name for name in names if name in pieces]
        for job in problem.jobs:
            visit = pieces[job.key].visit
            if job.people > 1 and visit is not None:
                together.append((job.key, self.terms.seconds(visit.starts_at)))
        ordered = (Route(worker, day, tuple(jobs)) for (worker, day), jobs in sorted(orders.items()) if jobs)
        return Plan(tuple(ordered), tuple(together))

    def _site(self, site: Site, label: int) -> int:
        return self.sites.row(site.id, self._place(site, label), label, signs_in=True)

    def _base(self, district: District | None, label: int) -> int:
        return self.sites.row(("base", district.id if district else 0), _base(district), label, signs_in=False)

    def _place(self, site: Site, label: int) -> Place:
        if site.latitude is None or site.longitude is None:
            return _base(self.by_id.get(label))
        return Place(site.latitude, site.longitude)


def _base(district: District | None) -> Place:
    if district is None or district.base_latitude is None or district.base_longitude is None:
        return routes.CITY_HALL
    return Place(district.base_latitude, district.base_longitude)


def _name(visit: Visit, pieces: dict[str, Piece]) -> str:
    """The job a visit belongs to: its own, or that of the visit on which it lends a hand."""
    own = f"v{visit.id}"
    return own if own in pieces else f"v{visit.helps_id}"


def feasible_part(problem: Problem, plan: Plan) -> Plan:
    """What of a plan breaks no rule: each route without the jobs that do not fit behind those before them."""
    index, together = Index.of(problem), dict(plan.together)
    found = []
    for route in plan.routes:
        shift = index.work[route.worker, route.day].shift
        kept: tuple[str, ...] = shift.frozen
        for job in route.jobs:
            if job not in kept and tour(index, replace(route, jobs=(*kept, job)), together) is not None:
                kept = (*kept, job)
        found.append(replace(route, jobs=kept))
    # Work for several people needs all of them.
    counted = defaultdict[str, int](int)
    for route in found:
        for job in route.jobs:
            counted[job] += 1
    whole = {key for key, count in counted.items() if count == index.jobs[key].people}
    clean = (replace(route, jobs=tuple(job for job in route.jobs if job in whole)) for route in found)
    return Plan(
        tuple(route for route in clean if route.jobs),
        tuple((key, start) for key, start in plan.together if key in whole),
    )


def _loosened(problem: Problem) -> Problem:
    """Let running days that break a rule already be driven as they stand, however late, even past midnight."""
    index, loose = Index.of(problem), dict[str, tuple[int, int]]()

    def loosen(worker: Worker, shift: Shift) -> Shift:
        if not shift.frozen or tour(index, Route(worker.key, shift.day, shift.frozen)) is not None:
            return shift
        begins, ends = shift.day * DAY_SECONDS, (shift.day + 2) * DAY_SECONDS
        loose.update(dict.fromkeys(shift.frozen, (begins, ends)))
        return replace(shift, latest_end=ends, pause=None)

    workers = tuple(
        replace(worker, shifts=tuple(loosen(worker, shift) for shift in worker.shifts)) for worker in problem.workers
    )
    jobs = tuple(replace(job, windows=(loose[job.key],)) if job.key in loose else job for job in problem.jobs)
    return replace(problem, workers=workers, jobs=jobs)


def _closed(outages: Iterable[Outage]) -> dict[int, frozenset[date]]:
    closed: dict[int, set[date]] = defaultdict(set)
    for row in outages:
        if row.school_id is not None:
            closed[row.school_id].update(
                row.first_on + timedelta(days=offset) for offset in range((row.last_on - row.first_on).days + 1)
            )
    return {school_id: frozenset(days) for school_id, days in closed.items()}
