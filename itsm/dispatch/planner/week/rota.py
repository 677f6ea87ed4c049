"""A plan taken apart into days, for trying what it costs to put a job in or take one out."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from itsm.dispatch.planner.week.evaluate import (
    cost_of_drives,
    late_of,
    moved_of,
    offset,
    overtime_of,
    sites_of,
    travel_of_route,
)
from itsm.dispatch.planner.week.index import Index, Together, Week, WorkDay
from itsm.dispatch.planner.week.model import Cost, Job, Pin, Plan, Route, Tour
from itsm.dispatch.planner.week.timeline import (
    NEVER,
    State,
    back_at,
    earliest,
    rest_from,
    return_of,
    serve,
    starts_on,
    states_of,
    tour,
)

DayKey = tuple[str, int]

# So many people of a day are compared for a common start before all of them are.
MOST_COMPARED = 4


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in the order of a day."""

    worker: str
    day: int
    position: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job could go: a seat, or one with each of several people who begin together.

    `cents` is what the plan would cost more, without what leaving the job out saves.
    """

    cents: int
    seats: tuple[Seat, ...]
    together_at: int | None = None


class Rota:
    """A plan as the jobs of each day; edits give a new one.

    Days nobody works on are kept `elsewhere` as they are; their jobs count as left out. Jobs the week does not know
    are dropped. What a day costs is told leniently: one that cannot be driven as it is has no overtime.
    """

    def __init__(self, problem: Week, plan: Plan) -> None:
        self.index = Index.of(problem)
        self.together: dict[str, int] = dict(plan.together)
        self.days: dict[DayKey, tuple[str, ...]] = dict.fromkeys(self.index.work, ())
        self.elsewhere = tuple(route for route in plan.routes if (route.worker, route.day) not in self.days)
        for route in plan.routes:
            if (route.worker, route.day) in self.days:
                self.days[route.worker, route.day] = tuple(key for key in route.jobs if key in self.index.jobs)
        self._costs: dict[DayKey, Cost] = {}

    def plan(self) -> Plan:
        """The plan again; days without jobs are not in it."""
        driven = [Route(worker, day, jobs) for (worker, day), jobs in self.days.items() if jobs]
        routes = sorted([*driven, *self.elsewhere], key=lambda route: (route.worker, route.day))
        placed = {key for route in routes for key in route.jobs}
        return Plan(tuple(routes), tuple(sorted((key, at) for key, at in self.together.items() if key in placed)))

    def on(self, index: Index) -> "Rota":
        """The same days in a week with other rules."""
        other = self._copy()
        other.index, other._costs = index, {}
        return other

    def without(self, *keys: str) -> "Rota":
        """The same days without these jobs."""
        gone, other = set(keys), self._copy()
        for at, jobs in self.days.items():
            if not gone.isdisjoint(jobs):
                other._put(at, tuple(key for key in jobs if key not in gone))
        for key in keys:
            other.together.pop(key, None)
        return other

    def with_job(self, key: str, place: Place) -> "Rota":
        """The same days with a job put where `place` says."""
        other = self._copy()
        for seat in place.seats:
            jobs = self.days[seat.worker, seat.day]
            other._put((seat.worker, seat.day), (*jobs[: seat.position], key, *jobs[seat.position :]))
        if place.together_at is not None:
            other.together[key] = place.together_at
        return other

    def places(self) -> dict[str, list[DayKey]]:
        """Worker and day of each planned job."""
        found: dict[str, list[DayKey]] = {}
        for at, jobs in self.days.items():
            for key in jobs:
                found.setdefault(key, []).append(at)
        return found

    def tour(self, worker: str, day: int) -> Tour | None:
        """The times of a day."""
        return tour(self.index, Route(worker, day, self.days.get((worker, day), ())), self.together)

    def day_cents(self, at: DayKey) -> int:
        """Drives and overtime of a day."""
        return self._day_cost(at).total

    def cents(self) -> int:
        """What the plan costs, as `evaluate.cost` says."""
        places, total = self.places(), sum(self.day_cents(at) for at in self.days)
        for key, job in self.index.jobs.items():
            where = places.get(key, ())
            total += price_of(job, where) if len(where) >= job.people else job.leave_cents
        return total

    def cost(self) -> Cost:
        """What the plan costs part by part, as `evaluate.cost` says."""
        places, days = self.places(), [self._day_cost(at) for at in self.days]
        done = [job for job in self.index.jobs.values() if len(places.get(job.key, ())) >= job.people]
        return Cost(
            travel=sum(day.travel for day in days),
            foreign=sum(day.foreign for day in days),
            overtime=sum(day.overtime for day in days),
            late=sum(late_of(job, places[job.key][0][1]) for job in done),
            moved=sum(moved_of(job, places[job.key]) for job in done),
            left_out=sum(job.leave_cents for job in self.index.jobs.values()) - sum(job.leave_cents for job in done),
            offset=offset(self.index),
        )

    def travel(self) -> tuple[int, int]:
        """What is driven.

        Units: seconds, metres.
        """
        travels = [self.day_travel(at) for at in self.days]
        return sum(seconds for seconds, _ in travels), sum(metres for _, metres in travels)

    def day_travel(self, at: DayKey) -> tuple[int, int]:
        """What is driven on a day.

        Units: seconds, metres.
        """
        return travel_of_route(self.index, Route(*at, self.days[at]))

    def _copy(self) -> "Rota":
        other = Rota.__new__(Rota)
        other.index, other.together, other.elsewhere = self.index, dict(self.together), self.elsewhere
        other.days, other._costs = dict(self.days), dict(self._costs)
        return other

    def _put(self, at: DayKey, jobs: tuple[str, ...]) -> None:
        self.days[at] = jobs
        self._costs.pop(at, None)

    def _day_cost(self, at: DayKey) -> Cost:
        known = self._costs.get(at)
        if known is None:
            work, jobs = self.index.work[at], self.days[at]
            back = return_of(self.index, work, jobs, self.together)
            known = self._costs[at] = cost_of_drives(self.index, work, jobs, back)
        return known


def price_of(job: Job, places: Sequence[DayKey]) -> int:
    """Lateness and moved promise of a job done there.

    Units: cents.
    """
    return late_of(job, places[0][1]) + moved_of(job, places)


def drive_cents(index: Index, work: WorkDay, jobs: Sequence[str]) -> int:
    """What the drives of a day cost, foreign districts included."""
    return sum(_arc(index, work, start, end) for start, end in pairwise(sites_of(index, work, jobs)))


def _arc(index: Index, work: WorkDay, start: int, end: int) -> int:
    return index.cents[start][end] + index.fee(work.worker, start, end)


def seats(rota: Rota, work: WorkDay, key: str, bound: int = NEVER, at: int | None = None) -> Iterator[tuple[int, int]]:
    """What the day would cost more, below `bound`, and the position, wherever the job fits; `at` holds its start."""
    index, jobs = rota.index, rota.days[work.key]
    if jobs[: len(work.shift.frozen)] != work.shift.frozen or not index.may_serve(work, index.jobs[key]):
        return
    together: Together = rota.together if at is None else {**rota.together, key: at}
    states = states_of(index, work, jobs, rota.together)
    sites, site = sites_of(index, work, jobs), index.jobs[key].site
    now = rota.day_cents(work.key)
    drives = drive_cents(index, work, jobs)
    for position in range(len(work.shift.frozen), len(states)):
        here, there = sites[position], sites[position + 1]
        new = drives + _arc(index, work, here, site) + _arc(index, work, site, there) - _arc(index, work, here, there)
        if new - now >= bound:
            continue
        back = _back_with(index, work, states[position], (key, *jobs[position:]), here, together)
        if back is None:
            continue
        cents = new + overtime_of(index, work, back) - now
        if cents < bound:
            yield cents, position


def _back_with(
    index: Index, work: WorkDay, state: State, jobs: Sequence[str], site: int, together: Together
) -> int | None:
    """When the day ends if it goes on from a state with these jobs."""
    pause, now = work.shift.pause, state
    for key in jobs:
        job = index.jobs[key]
        starts = starts_on(index, work, key, together)
        after = serve(pause, now, index.seconds[site][job.site], starts, job.seconds)
        if after is None:
            return None
        now, site = after, job.site
    return back_at(work, now, index.seconds[site][work.worker.base])


def places_for(rota: Rota, key: str, within: Iterable[WorkDay] | None = None) -> Iterator[Place]:
    """Every place where the job fits, each day of several people once, at its best."""
    work_days = list(rota.index.work.values() if within is None else within)
    job = rota.index.jobs[key]
    if job.people > 1:
        yield from _shared_places(rota, job, work_days)
        return
    for work in work_days:
        for cents, position in seats(rota, work, key):
            yield Place(cents + price_of(job, (work.key,)), (Seat(*work.key, position),))


def best_place(rota: Rota, key: str, within: Iterable[WorkDay] | None = None, bound: int = NEVER) -> Place | None:
    """The cheapest place below `bound` where the job fits."""
    job = rota.index.jobs[key]
    work_days = list(rota.index.work.values() if within is None else within)
    if job.people > 1:
        shared = (place for place in _shared_places(rota, job, work_days) if place.cents < bound)
        return min(shared, key=_order, default=None)
    best: Place | None = None
    for work in work_days:
        price = price_of(job, (work.key,))
        limit = (bound if best is None else best.cents) - price
        for cents, position in seats(rota, work, key, limit):
            if best is None or cents + price < best.cents:
                best = Place(cents + price, (Seat(*work.key, position),))
    return best


def _order(place: Place) -> tuple[int, int, int]:
    return place.cents, place.seats[0].day, place.together_at or 0


def _shared_places(rota: Rota, job: Job, work_days: Collection[WorkDay]) -> Iterator[Place]:
    """The cheapest place of each day and common start for a job of several people."""
    for day in sorted({work.day for work in work_days}):
        able = _by_price(rota, job, [work for work in work_days if work.day == day])
        found = _at_all_moments(rota, job, able[:MOST_COMPARED])
        if not found and len(able) > MOST_COMPARED:
            found = _at_all_moments(rota, job, able)
        if found:
            yield min(found, key=_order)


def _by_price(rota: Rota, job: Job, days: Sequence[WorkDay]) -> list[WorkDay]:
    """The days on which the job fits for one person, the one of the pin first, then the cheapest."""
    offers = ((work, min(seats(rota, work, job.key), default=None)) for work in days)
    fitting = ((not _is_named(job, work), best, work) for work, best in offers if best is not None)
    return [work for _, _, work in sorted(fitting, key=lambda offer: (offer[0], offer[1], offer[2].key))]


def _at_all_moments(rota: Rota, job: Job, able: Sequence[WorkDay]) -> list[Place]:
    """The cheapest place for each start; one can always be moved back to the earliest of one of the people."""
    if len(able) < job.people:
        return []
    moments = sorted({at for work in able for at in _moments(rota, work, job)})
    return [place for at in moments if (place := _shared_place(rota, job, able, at)) is not None]


def _shared_place(rota: Rota, job: Job, able: Sequence[WorkDay], at: int) -> Place | None:
    """The cheapest people for a job that begins at `at`, the one of the pin among them."""
    offers = []
    for work in able:
        best = min(seats(rota, work, job.key, at=at), default=None)
        if best is not None:
            offers.append((not _is_named(job, work), best[0], Seat(*work.key, best[1])))
    offers.sort(key=lambda offer: offer[:2])
    chosen = offers[: job.people]
    if len(chosen) < job.people or (_names_somebody(job) and chosen[0][0]):
        return None
    taken = tuple(seat for _, _, seat in chosen)
    price = price_of(job, [(seat.worker, seat.day) for seat in taken])
    return Place(sum(cents for _, cents, _ in chosen) + price, taken, at)


def held_by(rota: Rota, key: str, worker: str) -> Rota:
    """The same days with the job bound to a worker: of several people, one of them."""
    job = rota.index.jobs[key]
    return rota.on(rota.index.with_job(replace(job, pin=replace(job.pin or Pin(), worker=worker))))


def _names_somebody(job: Job) -> bool:
    return job.pin is not None and job.pin.worker is not None


def _is_named(job: Job, work: WorkDay) -> bool:
    return job.pin is not None and job.pin.worker == work.worker.key


def _moments(rota: Rota, work: WorkDay, job: Job) -> Iterator[int]:
    """Every start that is the earliest possible one for some place on this day."""
    index, jobs, pause = rota.index, rota.days[work.key], work.shift.pause
    states = states_of(index, work, jobs, rota.together)
    starts, sites = index.starts(job.key, work.day), sites_of(index, work, jobs)
    for position, state in enumerate(states):
        drive = index.seconds[sites[position]][job.site]
        ready = [state.ready_at + drive, state.rested_at + drive]
        at = rest_from(pause, state.ready_at + drive) if state.ready_at < NEVER else NEVER
        if pause is not None and at < NEVER:
            ready.append(at + pause.seconds)
        yield from (start for moment in ready if (start := earliest(starts, moment)) < NEVER)
