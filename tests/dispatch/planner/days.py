"""Days of the tests, and a slow, plain search that shares no line with the planner."""

import random
from collections.abc import Iterator

from itsm.dispatch.distance import Place, Travel, matrix
from itsm.dispatch.planner.day.model import Day, Pause, Stop, Window

SHIFT = Window(450, 960)
PAUSE = Pause(30, 660, 810)
ALL_DAY = (Window(450, 930),)
LESSON_WINDOWS = (
    (Window(450, 490), Window(795, 930)),
    (Window(570, 720),),
    (Window(450, 600), Window(735, 930)),
)

# missed appointments, broken windows, minutes late, back at, metres
Total = tuple[int, int, int, int, int]


def make_day(
    stops: int, seed: int, *, pause: Pause | None = PAUSE, services: tuple[int, ...] = (10, 15, 20, 30)
) -> Day:
    """A day in Dortmund: a third of the stops depends on lessons, one in ten is an appointment."""
    chance = random.Random(seed)
    places = [Place(chance.uniform(51.48, 51.55), chance.uniform(7.40, 7.52)) for _ in range(stops + 1)]
    table = matrix(places, Travel())
    return Day(
        shift=SHIFT,
        start_site=0,
        end_site=0,
        stops=tuple(
            Stop(
                key=100 + at,
                site=at + 1,
                service_minutes=chance.choice(services),
                windows=chance.choice(LESSON_WINDOWS) if chance.random() < 0.36 else ALL_DAY,
                fixed_start=chance.randrange(480, 900, 15) if chance.random() < 0.1 else None,
            )
            for at in range(stops)
        ),
        minutes=table.minutes,
        metres=table.metres,
        pause=pause,
    )


def make_narrow_day(stops: int, seed: int) -> Day:
    """A day in which some order keeps every window, each three hours and a half at most."""
    day, chance = make_day(stops, seed, pause=None), random.Random(seed)
    at, site, narrow = day.shift.start, day.start_site, []
    for stop in chance.sample(day.stops, stops):
        at += day.minutes[site][stop.site]
        window = Window(max(at - chance.randrange(100), SHIFT.start), at + stop.service_minutes + chance.randrange(100))
        narrow.append(Stop(stop.key, stop.site, stop.service_minutes, (window,)))
        at, site = at + stop.service_minutes, stop.site
    return Day(Window(SHIFT.start, 1200), 0, 0, tuple(narrow), day.minutes, day.metres)


def table_day(minutes: list[list[int]], *stops: Stop, shift: Window = SHIFT, pause: Pause | None = None) -> Day:
    """A day whose drives are written out; a kilometre for each minute."""
    metres = [[1000 * one for one in row] for row in minutes]
    return Day(shift, 0, 0, stops, minutes, metres, pause)


def cheapest(day: Day, below: Total | None = None) -> Total | None:
    """The cheapest day over all orders and timings, or None if none is below `below`.

    A search through the orders one stop at a time; it turns back only where the minutes
    and metres already spent, and the work still to do, cannot stay below the best.
    """
    best = below

    def search(at: int, site: int, left: frozenset[int], spent: tuple[int, int, int, int], paused: bool) -> None:
        nonlocal best
        missed, broken, late, metres = spent
        if best is not None and (missed, broken + _doomed(day, at, left), late) > best[:3]:
            return
        if best is not None and (missed, broken, late) == best[:3]:
            work = sum(day.stops[stop].service_minutes for stop in left)
            if at + work + _least_driving(day, site, left) > best[3]:
                return
        if not left:
            total = _total(day, at, site, spent, paused)
            best = total if best is None or total < best else best
            return
        for stop in left:
            target = day.stops[stop].site
            arrive = at + day.minutes[site][target]
            for ready, paused_before in _maybe_pause(day, arrive, paused):
                for start, fault, minutes in starts(day.stops[stop], ready):
                    fixed = day.stops[stop].fixed_start is not None
                    further = (
                        missed + (fault and fixed),
                        broken + (fault and not fixed),
                        late + minutes,
                        metres + day.metres[site][target],
                    )
                    leave = start + day.stops[stop].service_minutes
                    for free, paused_then in _maybe_pause(day, leave, paused_before):
                        search(free, target, left - {stop}, further, paused_then)

    search(day.shift.start, day.start_site, frozenset(range(len(day.stops))), (0, 0, 0, 0), day.pause is None)
    return None if best == below else best


def starts(stop: Stop, ready: int) -> Iterator[tuple[int, bool, int]]:
    """When the visit may begin: now, when the next window opens, or now and too late."""
    if stop.fixed_start is not None:
        spans = [(stop.fixed_start, stop.fixed_start)]
    else:
        spans = [
            (w.start, w.end - stop.service_minutes) for w in stop.windows if w.end - w.start >= stop.service_minutes
        ]
    if not spans and not stop.windows:
        yield ready, False, 0
        return
    too_short = not spans
    spans = spans or [(window.start, window.start) for window in stop.windows]
    if any(first <= ready <= last for first, last in spans):
        yield ready, too_short, 0
        return
    later = [first for first, _ in spans if first > ready]
    if later:
        yield min(later), too_short, 0
    gone = [last for _, last in spans if last < ready]
    if gone:
        yield ready, True, ready - max(gone)


def _doomed(day: Day, at: int, left: frozenset[int]) -> int:
    return sum(
        1
        for stop in left
        if day.stops[stop].fixed_start is None
        and day.stops[stop].windows
        and all(at > window.end - day.stops[stop].service_minutes for window in day.stops[stop].windows)
    )


def _least_driving(day: Day, site: int, left: frozenset[int]) -> int:
    targets = [day.stops[stop].site for stop in left]
    origins = [site, *targets]
    into = sum(
        min(day.minutes[origin][target] for number, origin in enumerate(origins) if number != at)
        for at, target in enumerate(targets, start=1)
    )
    return into + min(day.minutes[origin][day.end_site] for origin in targets or [site])


def _maybe_pause(day: Day, at: int, paused: bool) -> Iterator[tuple[int, bool]]:
    yield at, paused
    if not paused and day.pause is not None and at <= day.pause.latest:
        yield max(at, day.pause.earliest) + day.pause.minutes, True


def _total(day: Day, at: int, site: int, spent: tuple[int, int, int, int], paused: bool) -> Total:
    missed, broken, late, metres = spent
    back_at = at + day.minutes[site][day.end_site]
    tired = not paused and day.pause is not None and back_at - day.shift.start > day.pause.spare_minutes
    overtime = max(0, back_at - day.shift.end)
    return missed, broken + tired, late + overtime, back_at, metres + day.metres[site][day.end_site]
