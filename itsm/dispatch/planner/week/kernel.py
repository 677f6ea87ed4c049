"""The compiled part of the search: routes as arrays, ruin and recreate on them.

All compiled functions stand in this one file: numba's cache on disk is renewed when the file of
a function changes, and does not notice a change in another file it calls.
Source: Christiaens & Vanden Berghe 2020, Slack induction by string removals for vehicle routing problems.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Function = TypeVar("Function", bound=Callable[..., Any])

NEVER = 1 << 40
ORDERS = 6
REMOVED = 2
LONGEST_STRING = 10

# Columns of the tables. Few wide tables instead of many arrays: each array costs a count of references per call.
SITE, DURATION, LEAVE = range(3)
DAY, ORIGIN, BASE, START, END, LATEST, NEEDS, PAUSE_FROM, PAUSE_TO, PAUSE, FROZEN = range(11)
SIZE, BACK, CENTS = range(3)
READY, RESTED, LIMIT, LIMIT_RESTED = range(4)
FIRST, LAST = range(2)
OPENS, CLOSES = range(2)


def compiled(function: Function) -> Function:
    """Compile once per machine; other threads run meanwhile."""
    return cast(Function, njit(cache=True, nogil=True, error_model="numpy")(function))


class Week(NamedTuple):
    """The question: tables of jobs (SITE to LEAVE) and of shifts (DAY to FROZEN), one row per tour.

    `spans` holds when jobs may begin (OPENS, CLOSES), `spans_of` per job and day which rows of it
    (FIRST, LAST). `price` is that of a job in a tour but for the drive, `foreign` that of an arrival
    per tour and site. `near` lists the nearest jobs of each, `rank` its places in the orders.
    """

    seconds: Shorts
    cents: Shorts
    foreign: Shorts
    jobs: Ints
    shifts: Ints
    price: Ints
    spans: Ints
    spans_of: Ints
    near: Shorts
    rank: Shorts
    overtime: float


class Tours(NamedTuple):
    """An answer: the tour of each job, SIZE, BACK and CENTS of each tour, its stops, and the times of each stop.

    READY and RESTED say when the stop before is left without and with the break behind, LIMIT and
    LIMIT_RESTED by when the stop must be reached so that the rest can be driven.
    """

    of: Ints
    heads: Ints
    stops: Shorts
    times: Ints


class Scratch(NamedTuple):
    """Room for one step: jobs to place, touched tours, the state of the random numbers, the best answer."""

    todo: Ints
    fresh: Ints
    touched: Ints
    changed: Ints
    random: NDArray[np.uint64]
    total: Ints
    best_heads: Ints
    best_stops: Shorts


def twin(tours: Tours) -> Tours:
    """Copy an answer."""
    return Tours(tours.of.copy(), tours.heads.copy(), tours.stops.copy(), tours.times.copy())


def scratch(week: Week, start: Tours, seed: int) -> Scratch:
    """Make room for a search from an answer on."""
    jobs, tours = week.price.shape
    cents = int(total(week, start))
    # Neighbouring seeds shall not walk alike: spread them over all bits (Knuth), never zero.
    state = (seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % (1 << 64) | 1

    def blank(size: int) -> Ints:
        return np.zeros(size, np.int64)

    return Scratch(
        todo=blank(jobs),
        fresh=np.ones(jobs, np.int64),
        touched=blank(tours),
        changed=blank(tours),
        random=np.array([state], np.uint64),
        total=np.array([cents, cents], np.int64),
        best_heads=start.heads.copy(),
        best_stops=start.stops.copy(),
    )


@compiled
def _draw(state: Any) -> Any:
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(2))


@compiled
def _below(state: Any, bound: Any) -> Any:
    return _draw(state) % bound


@compiled
def _share(state: Any) -> Any:
    return (_draw(state) >> 9) / 9007199254740992.0


@compiled
def _start(spans: Any, first: Any, last: Any, at: Any) -> Any:
    """First start of a job from a moment on."""
    for one in range(first, last):
        if at <= spans[one, CLOSES]:
            return max(at, spans[one, OPENS])
    return NEVER


@compiled
def _last_start(spans: Any, first: Any, last: Any, by: Any) -> Any:
    """Last start of a job up to a moment."""
    found = -NEVER
    for one in range(first, last):
        latest = min(spans[one, CLOSES], by)
        if latest >= spans[one, OPENS]:
            found = max(found, latest)
    return found


@compiled
def _serve(spans: Any, first: Any, last: Any, duration: Any, shift: Any, ready: Any, rested: Any, drive: Any) -> Any:
    """When a job is left without and with the break behind (before it, on arrival, or after it)."""
    after, after_rested = NEVER, NEVER
    if ready < NEVER:
        start = _start(spans, first, last, ready + drive)
        if start < NEVER:
            after = start + duration
    if shift[NEEDS] == 0:
        return after, after_rested
    if rested < NEVER:
        start = _start(spans, first, last, rested + drive)
        if start < NEVER:
            after_rested = start + duration
    if ready < NEVER:
        begin = max(ready + drive, shift[PAUSE_FROM])
        if begin <= shift[PAUSE_TO]:
            start = _start(spans, first, last, begin + shift[PAUSE])
            if start < NEVER:
                after_rested = min(after_rested, start + duration)
    if after < NEVER:
        begin = max(after, shift[PAUSE_FROM])
        if begin <= shift[PAUSE_TO]:
            after_rested = min(after_rested, begin + shift[PAUSE])
    return after, after_rested


@compiled
def _overtime(rate: Any, shift: Any, back: Any) -> Any:
    if back <= shift[END] or back >= NEVER:
        return 0
    return np.int64(np.floor(rate * (back - shift[END]) + 0.5))


@compiled
def refresh(week: Any, tours: Any, tour: Any) -> None:
    """Work out times, limits and price of a tour anew."""
    seconds, cents, jobs, spans = week.seconds, week.cents, week.jobs, week.spans
    shift, foreign, times = week.shifts[tour], week.foreign[tour], tours.times[tour]
    spans_of, stops, head = week.spans_of, tours.stops[tour], tours.heads[tour]
    size, day, base = head[SIZE], shift[DAY], shift[BASE]
    ready, rested = shift[START], NEVER
    if shift[NEEDS] and max(ready, shift[PAUSE_FROM]) <= shift[PAUSE_TO]:
        rested = max(ready, shift[PAUSE_FROM]) + shift[PAUSE]
    times[0, READY], times[0, RESTED] = ready, rested
    here, price = shift[ORIGIN], 0
    for at in range(size):
        job = stops[at]
        there, duration = jobs[job, SITE], jobs[job, DURATION]
        drive = np.int64(seconds[here, there])
        price += cents[here, there] + week.price[job, tour]
        if here != there and drive > 0:
            price += foreign[there]
        first, last = spans_of[job, day, FIRST], spans_of[job, day, LAST]
        ready, rested = _serve(spans, first, last, duration, shift, ready, rested, drive)
        times[at + 1, READY], times[at + 1, RESTED] = ready, rested
        here = there
    head[BACK] = min(NEVER, (rested if shift[NEEDS] else ready) + seconds[here, base])
    if size:
        price += cents[here, base] + _overtime(week.overtime, shift, head[BACK])
        if here != base and seconds[here, base] > 0:
            price += foreign[base]
    head[CENTS] = price
    _limits(seconds, jobs, spans, spans_of, shift, stops, size, times)


@compiled
def _limits(seconds: Any, jobs: Any, spans: Any, spans_of: Any, shift: Any, stops: Any, size: Any, times: Any) -> None:
    """Work out by when each stop of a tour must be reached."""
    needs, day, pause = shift[NEEDS], shift[DAY], shift[PAUSE]
    rested_from, rested_to = shift[PAUSE_FROM] + pause, shift[PAUSE_TO]
    there = shift[BASE]
    times[size, LIMIT_RESTED] = shift[LATEST]
    times[size, LIMIT] = -NEVER if needs else shift[LATEST]
    for at in range(size - 1, -1, -1):
        job = stops[at]
        here, duration = jobs[job, SITE], jobs[job, DURATION]
        first, last = spans_of[job, day, FIRST], spans_of[job, day, LAST]
        leave = times[at + 1, LIMIT] - seconds[here, there]
        leave_rested = times[at + 1, LIMIT_RESTED] - seconds[here, there]
        if needs and rested_from <= leave_rested:
            leave = max(leave, min(leave_rested - pause, rested_to))
        arrive = _last_start(spans, first, last, leave - duration)
        arrive_rested = _last_start(spans, first, last, leave_rested - duration)
        if needs and rested_from <= arrive_rested:
            arrive = max(arrive, min(arrive_rested - pause, rested_to))
        times[at, LIMIT], times[at, LIMIT_RESTED] = arrive, arrive_rested
        there = here


@compiled
def _back_with(week: Any, tours: Any, tour: Any, at: Any, job: Any, ready: Any, rested: Any) -> Any:
    """When a tour is back if `job` is put in at `at`, being left at `ready` or `rested`."""
    shift, here = week.shifts[tour], week.jobs[job, SITE]
    for later in range(at, tours.heads[tour, SIZE]):
        following = tours.stops[tour, later]
        there, span = week.jobs[following, SITE], week.spans_of[following, shift[DAY]]
        drive = np.int64(week.seconds[here, there])
        ready, rested = _serve(
            week.spans, span[FIRST], span[LAST], week.jobs[following, DURATION], shift, ready, rested, drive
        )
        here = there
    return (rested if shift[NEEDS] else ready) + week.seconds[here, shift[BASE]]


@compiled
def _drive(cents: Any, seconds: Any, foreign: Any, here: Any, there: Any) -> Any:
    """Price of a drive; an arrival in a foreign district costs more."""
    price = np.int64(cents[here, there])
    if foreign[there] != 0 and here != there and seconds[here, there] > 0:
        price += foreign[there]
    return price


@compiled
def cheapest(week: Any, tours: Any, job: Any, touched: Any, only_touched: Any, blink: Any, state: Any) -> Any:
    """Tour and place of the cheapest insertion; a tour of -1 where leaving the job out is cheaper."""
    seconds, cents, jobs, spans, prices = week.seconds, week.cents, week.jobs, week.spans, week.price
    stops, all_times, heads = tours.stops, tours.times, tours.heads
    best, best_tour, best_at = jobs[job, LEAVE], -1, -1
    site, duration = jobs[job, SITE], jobs[job, DURATION]
    for tour in range(heads.shape[0]):
        price = prices[job, tour]
        if price >= best or (only_touched and touched[tour] == 0):
            continue
        shift, times, foreign = week.shifts[tour], all_times[tour], week.foreign[tour]
        size, base, frozen, day = heads[tour, SIZE], shift[BASE], shift[FROZEN], shift[DAY]
        first, last = week.spans_of[job, day, FIRST], week.spans_of[job, day, LAST]
        latest = spans[last - 1, CLOSES]
        here = jobs[stops[tour, frozen - 1], SITE] if frozen else shift[ORIGIN]
        for at in range(frozen, size + 1):
            ready, rested = times[at, READY], times[at, RESTED]
            if min(ready, rested) > latest:
                break
            drive = np.int64(seconds[here, site])
            there = jobs[stops[tour, at], SITE] if at < size else base
            delta = price + _drive(cents, seconds, foreign, here, site) + _drive(cents, seconds, foreign, site, there)
            if size:
                delta -= _drive(cents, seconds, foreign, here, there)
            here = there
            if delta >= best or (blink > 0.0 and _share(state) < blink):
                continue
            ready, rested = _serve(spans, first, last, duration, shift, ready, rested, drive)
            onward = seconds[site, there]
            if ready + onward > times[at, LIMIT] and rested + onward > times[at, LIMIT_RESTED]:
                continue
            if shift[LATEST] > shift[END]:
                back = _back_with(week, tours, tour, at, job, ready, rested)
                delta += _overtime(week.overtime, shift, back)
                if size:
                    delta -= _overtime(week.overtime, shift, heads[tour, BACK])
                if delta >= best:
                    continue
            best, best_tour, best_at = delta, tour, at
    return best_tour, best_at


@compiled
def insert(week: Any, tours: Any, job: Any, tour: Any, at: Any) -> None:
    """Put a job into a tour."""
    for later in range(tours.heads[tour, SIZE], at, -1):
        tours.stops[tour, later] = tours.stops[tour, later - 1]
    tours.stops[tour, at] = job
    tours.heads[tour, SIZE] += 1
    tours.of[job] = tour
    refresh(week, tours, tour)


@compiled
def _cut(tours: Any, tour: Any, begin: Any, count: Any, todo: Any, found: Any) -> Any:
    """Take `count` stops out of a tour, without working it out anew."""
    for at in range(begin, begin + count):
        job = tours.stops[tour, at]
        tours.of[job] = -1
        todo[found] = job
        found += 1
    tours.heads[tour, SIZE] -= count
    for at in range(begin, tours.heads[tour, SIZE]):
        tours.stops[tour, at] = tours.stops[tour, at + count]
    return found


@compiled
def _cut_string(week: Any, tours: Any, tour: Any, job: Any, longest: Any, room: Any, found: Any) -> Any:
    """Take a string of stops around `job` out, half of the times with a piece in its middle left standing."""
    state, frozen = room.random, week.shifts[tour, FROZEN]
    place = frozen
    while tours.stops[tour, place] != job:
        place += 1
    free = tours.heads[tour, SIZE] - frozen
    count = 1 + _below(state, min(longest, free))
    kept = 0
    if count > 1 and count < free and _below(state, 2) == 0:
        kept = 1
        while count + kept < free and _share(state) > 0.5:
            kept += 1
    span = count + kept
    low, high = max(frozen, place - span + 1), min(place, tours.heads[tour, SIZE] - span)
    begin = low + _below(state, high - low + 1)
    if kept == 0:
        return _cut(tours, tour, begin, count, room.todo, found)
    ahead = 1 + _below(state, count - 1) if count > 1 else 1
    found = _cut(tours, tour, begin, ahead, room.todo, found)
    return _cut(tours, tour, begin + kept, count - ahead, room.todo, found)


@compiled
def _ruin(week: Any, tours: Any, room: Any, removed: Any) -> Any:
    """Take strings of stops near a random job out of some tours; return how many stops and tours."""
    state, jobs, count = room.random, tours.of.size, tours.heads.shape[0]
    planned, used = 0, 0
    for tour in range(count):
        room.touched[tour] = 0
        if tours.heads[tour, SIZE] > week.shifts[tour, FROZEN]:
            planned += tours.heads[tour, SIZE] - week.shifts[tour, FROZEN]
            used += 1
    if used == 0:
        return 0, 0
    longest = max(1, min(LONGEST_STRING, planned // used))
    strings = 1 + _below(state, max(1, int(4.0 * removed / (1 + longest))))
    seed = _below(state, jobs)
    found, changed = 0, 0
    for at in range(week.near.shape[1]):
        job = week.near[seed, at]
        tour = tours.of[job]
        if tour < 0 or room.touched[tour]:
            continue
        is_frozen = False
        for early in range(week.shifts[tour, FROZEN]):
            is_frozen = is_frozen or tours.stops[tour, early] == job
        if is_frozen:
            continue
        found = _cut_string(week, tours, tour, job, longest, room, found)
        refresh(week, tours, tour)
        room.touched[tour] = 1
        room.changed[changed] = tour
        changed += 1
        if changed >= strings:
            break
    return found, changed


@compiled
def _sort(week: Any, room: Any, count: Any) -> None:
    """Bring the jobs to place into one of several orders."""
    todo, state = room.todo, room.random
    for at in range(count - 1, 0, -1):
        other = _below(state, at + 1)
        todo[at], todo[other] = todo[other], todo[at]
    order = _below(state, ORDERS)
    if order == 0:
        return
    for at in range(1, count):
        job = todo[at]
        place = at
        while place > 0 and week.rank[order, todo[place - 1]] > week.rank[order, job]:
            todo[place] = todo[place - 1]
            place -= 1
        todo[place] = job


@compiled
def _copy(tour: Any, source: Any, target: Any) -> None:
    size = source.heads[tour, SIZE]
    target.heads[tour] = source.heads[tour]
    for at in range(size + 1):
        target.stops[tour, at] = source.stops[tour, at]
        for column in range(4):
            target.times[tour, at, column] = source.times[tour, at, column]


@compiled
def _step(week: Any, tours: Any, room: Any, removed: Any, blink: Any) -> Any:
    """Ruin and recreate once; return how many jobs and tours were in it."""
    found, changed = _ruin(week, tours, room, removed)
    for at in range(found):
        room.fresh[room.todo[at]] = REMOVED
    for job in range(tours.of.size):
        if tours.of[job] == -1 and room.fresh[job] != REMOVED:
            room.todo[found] = job
            found += 1
    _sort(week, room, found)
    for at in range(found):
        job = room.todo[at]
        # What was out before found no place in the other tours then.
        fresh = room.fresh[job]
        room.fresh[job] = 0
        tour, place = cheapest(week, tours, job, room.touched, fresh == 0, blink, room.random)
        if tour < 0:
            continue
        insert(week, tours, job, tour, place)
        if room.touched[tour] == 0:
            room.touched[tour] = 1
            room.changed[changed] = tour
            changed += 1
    return found, changed


@compiled
def total(week: Any, tours: Any) -> Any:
    """Price of a whole answer."""
    cents = 0
    for tour in range(tours.heads.shape[0]):
        cents += tours.heads[tour, CENTS]
    for job in range(tours.of.size):
        if tours.of[job] == -1:
            cents += week.jobs[job, LEAVE]
    return cents


@compiled
def search(
    week: Any,
    now: Any,
    next_: Any,
    room: Any,
    steps: Any,
    begun: Any,
    whole: Any,
    hot: Any,
    cold: Any,
    removed: Any,
    blink: Any,
) -> None:
    """Walk `steps` steps of annealing; `begun` of `whole` lie behind. `room.total` holds now's and the best price."""
    current, best = room.total[0], room.total[1]
    for step in range(steps):
        heat = hot * (cold / hot) ** ((begun + step) / whole)
        found, changed = _step(week, next_, room, removed, blink)
        price = current
        for at in range(changed):
            tour = room.changed[at]
            price += next_.heads[tour, CENTS] - now.heads[tour, CENTS]
        for at in range(found):
            job = room.todo[at]
            if (next_.of[job] == -1) != (now.of[job] == -1):
                price += week.jobs[job, LEAVE] if next_.of[job] == -1 else -week.jobs[job, LEAVE]
        if price < current - heat * np.log(_share(room.random) + 1e-300):
            source, target = next_, now
            current = price
        else:
            source, target = now, next_
        for at in range(changed):
            _copy(room.changed[at], source, target)
        for at in range(found):
            target.of[room.todo[at]] = source.of[room.todo[at]]
        if current < best:
            best = current
            room.best_heads[:] = now.heads
            room.best_stops[:] = now.stops
    room.total[0], room.total[1] = current, best
