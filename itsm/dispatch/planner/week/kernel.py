"""The compiled part of the search: routes as arrays, ruin and recreate on them.

All of it stands in this one file: numba's cache on disk is renewed when the file of
a function changes, and does not notice a change in another file it calls (`compiling` and `tables` stay as they are).
Source: Christiaens & Vanden Berghe 2020, Slack induction by string removals for vehicle routing problems.
"""

from typing import Any

import numpy as np

from itsm.dispatch.planner.week.compiling import bare, below, compiled, share
from itsm.dispatch.planner.week.tables import (
    BACK,
    BASE,
    CENTS,
    CLOSES,
    DAY,
    DURATION,
    END,
    FIRST,
    FROZEN,
    LAST,
    LATEST,
    LEAVE,
    LIMIT,
    LIMIT_RESTED,
    NEEDS,
    NEVER,
    OPENS,
    ORIGIN,
    OUT,
    PAUSE,
    PAUSE_FROM,
    PAUSE_TO,
    READY,
    RESTED,
    SITE,
    SIZE,
    START,
)

ORDERS = 6
REMOVED = 2
LONGEST_STRING, SHORTEST_LIMIT = 10, 3
LOSING = 10


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
def _drive(cents: Any, seconds: Any, foreign: Any, here: Any, there: Any) -> Any:
    """Price of a drive; an arrival in a foreign district costs more."""
    price = np.int64(cents[here, there])
    if foreign[there] != 0 and here != there and seconds[here, there] > 0:
        price += foreign[there]
    return price


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
        price += _drive(cents, seconds, foreign, here, there) + week.price[job, tour]
        first, last = spans_of[job, day, FIRST], spans_of[job, day, LAST]
        ready, rested = _serve(spans, first, last, duration, shift, ready, rested, drive)
        times[at + 1, READY], times[at + 1, RESTED] = ready, rested
        here = there
    head[BACK] = min(NEVER, (rested if shift[NEEDS] else ready) + seconds[here, base])
    # Whoever begins the day elsewhere drives home without jobs too.
    home = _drive(cents, seconds, foreign, here, base)
    idle = seconds[shift[ORIGIN], base] + shift[START]
    head[CENTS] = price + home + _overtime(week.overtime, shift, head[BACK] if size else idle)
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
def cheapest(
    week: Any, tours: Any, job: Any, touched: Any, only_touched: Any, slack: Any, blink: Any, state: Any
) -> Any:
    """Tour and place of the cheapest insertion; a tour of -1 where leaving the job out is cheaper by `slack`."""
    seconds, cents, jobs, spans, prices = week.seconds, week.cents, week.jobs, week.spans, week.price
    stops, all_times, heads = tours.stops, tours.times, tours.heads
    best, best_tour, best_at = jobs[job, LEAVE] + slack, -1, -1
    site, duration = jobs[job, SITE], jobs[job, DURATION]
    for tour in range(heads.shape[0]):
        price = prices[job, tour]
        # Empty tours are never ruined, and so always open to what is out.
        is_passed = only_touched and touched[tour] == 0 and heads[tour, SIZE] > week.shifts[tour, FROZEN]
        if price >= best or is_passed:
            continue
        shift, times, foreign = week.shifts[tour], all_times[tour], week.foreign[tour]
        size, base, frozen, day = heads[tour, SIZE], shift[BASE], shift[FROZEN], shift[DAY]
        first, last = week.spans_of[job, day, FIRST], week.spans_of[job, day, LAST]
        opens, latest = spans[first, OPENS], spans[last - 1, CLOSES]
        idle = shift[START] + seconds[shift[ORIGIN], base]
        paid = _overtime(week.overtime, shift, heads[tour, BACK] if size else idle)
        here = jobs[stops[tour, frozen - 1], SITE] if frozen else shift[ORIGIN]
        for at in range(frozen, size + 1):
            ready, rested = times[at, READY], times[at, RESTED]
            if min(ready, rested) > latest:
                break
            drive = np.int64(seconds[here, site])
            there = jobs[stops[tour, at], SITE] if at < size else base
            delta = price + _drive(cents, seconds, foreign, here, site) + _drive(cents, seconds, foreign, site, there)
            delta -= _drive(cents, seconds, foreign, here, there) + paid
            here = there
            if delta >= best or (blink > 0.0 and share(state) < blink):
                continue
            onward = seconds[site, there]
            if max(min(ready, rested) + drive, opens) + duration + onward > times[at, LIMIT_RESTED]:
                continue
            ready, rested = _serve(spans, first, last, duration, shift, ready, rested, drive)
            if ready + onward > times[at, LIMIT] and rested + onward > times[at, LIMIT_RESTED]:
                continue
            if shift[LATEST] > shift[END]:
                back = _back_with(week, tours, tour, at, job, ready, rested)
                delta += _overtime(week.overtime, shift, back)
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
        tours.of[job] = OUT
        todo[found] = job
        found += 1
    tours.heads[tour, SIZE] -= count
    for at in range(begin, tours.heads[tour, SIZE]):
        tours.stops[tour, at] = tours.stops[tour, at + count]
    return found


@compiled
def _cut_string(week: Any, tours: Any, tour: Any, place: Any, longest: Any, room: Any, found: Any) -> Any:
    """Take a string of stops around a place out, half of the times with a piece in its middle left standing."""
    state, frozen = room.random, week.shifts[tour, FROZEN]
    free = tours.heads[tour, SIZE] - frozen
    count = 1 + below(state, min(longest, free))
    kept = 0
    if count > 1 and count < free and below(state, 2) == 0:
        kept = 1
        while count + kept < free and share(state) > 0.5:
            kept += 1
    span = count + kept
    low, high = max(frozen, place - span + 1), min(place, tours.heads[tour, SIZE] - span)
    begin = low + below(state, high - low + 1)
    if kept == 0:
        return _cut(tours, tour, begin, count, room.todo, found)
    ahead = 1 + below(state, count - 1) if count > 1 else 1
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
    longest = max(SHORTEST_LIMIT, min(LONGEST_STRING, planned // used))
    strings = 1 + below(state, max(1, int(4.0 * removed / (1 + longest))))
    seed = below(state, jobs)
    found, changed = 0, 0
    for at in range(week.near.shape[1]):
        job = week.near[seed, at]
        tour = tours.of[job]
        if tour < 0 or room.touched[tour]:
            continue
        place = week.shifts[tour, FROZEN]
        while place < tours.heads[tour, SIZE] and tours.stops[tour, place] != job:
            place += 1
        if place == tours.heads[tour, SIZE]:
            continue
        found = _cut_string(week, tours, tour, place, longest, room, found)
        refresh(week, tours, tour)
        if tours.heads[tour, BACK] > week.shifts[tour, LATEST]:
            # The way past a stop was shorter than the straight one: without it nothing of the tour holds.
            frozen = week.shifts[tour, FROZEN]
            found = _cut(tours, tour, frozen, tours.heads[tour, SIZE] - frozen, room.todo, found)
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
        other = below(state, at + 1)
        todo[at], todo[other] = todo[other], todo[at]
    order = below(state, ORDERS)
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
    # A drive that one job does not pay for may be paid for by two: now and then the first may lose.
    slack = np.int64(-np.log(share(room.random) + 1e-300) * week.slack) if below(room.random, LOSING) == 0 else 0
    for at in range(found):
        room.fresh[room.todo[at]] = REMOVED
    for job in range(tours.of.size):
        if tours.of[job] == OUT and room.fresh[job] != REMOVED:
            room.todo[found] = job
            found += 1
    _sort(week, room, found)
    for at in range(found):
        job = room.todo[at]
        # What was out before found no place in the other tours then.
        fresh = room.fresh[job]
        room.fresh[job] = 0
        tour, place = cheapest(week, tours, job, room.touched, fresh == 0, slack, blink, room.random)
        if tour < 0:
            continue
        insert(week, tours, job, tour, place)
        if room.touched[tour] == 0:
            room.touched[tour] = 1
            room.changed[changed] = tour
            changed += 1
    return found, changed


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
    week, now, next_, room = bare(week), bare(now), bare(next_), bare(room)
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
            if (next_.of[job] == OUT) != (now.of[job] == OUT):
                price += week.jobs[job, LEAVE] if next_.of[job] == OUT else -week.jobs[job, LEAVE]
        if price < current - heat * np.log(share(room.random) + 1e-300):
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
