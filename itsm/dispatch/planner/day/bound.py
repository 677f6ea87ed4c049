"""What the rest of a day costs at least."""

from functools import cache
from typing import NamedTuple

from itsm.dispatch.planner.day.model import Cost
from itsm.dispatch.planner.day.timeline import APPOINTMENT, Label, Timeline


class Rest(NamedTuple):
    """What serving a set of stops takes at least, whatever the time of day.

    `deadlines` lists site, last start, weight of a miss; `openings` lists the first
    start and what follows from then until the return.
    """

    minutes: int
    metres: int
    unkeepable: int
    deadlines: tuple[tuple[int, int, int], ...]
    openings_end: int


class Bound:
    """Lower bounds for the days that begin with a label."""

    def __init__(self, clock: Timeline) -> None:
        self._clock = clock
        self._shortest = _shortest(clock)
        self._rest = cache(self._work_out_rest)

    def least(self, label: Label, remaining: int) -> Cost:
        """What a day that begins with `label` costs at least.

        Each stop to come is entered by its shortest drive at least, and reached at the
        earliest by the shortest way past all others; what is late then stays late.
        """
        clock, day = self._clock, self._clock.day
        site = clock.site_of(label)
        rest = self._rest(remaining, site)
        back_at = max(label.ready_at + rest.minutes, rest.openings_end)
        if not label.paused and clock.needs_pause(back_at) and day.pause is not None:
            back_at = max(back_at, label.ready_at + rest.minutes + day.pause.minutes)
        broken, late = label.broken + rest.unkeepable, label.late
        away = self._shortest[site]
        for target, latest, weight in rest.deadlines:
            behind = label.ready_at + away[target] - latest
            if behind > 0:
                broken += weight
                late += behind
        appointments, windows = divmod(broken, APPOINTMENT)
        late += max(0, back_at - day.shift.end)
        return Cost(appointments, windows, late, back_at, label.metres + rest.metres)

    def _work_out_rest(self, remaining: int, site: int) -> Rest:
        day = self._clock.day
        stops = [one for at, one in enumerate(self._clock.timed) if remaining >> at & 1]
        minutes = metres = openings_end = 0
        froms = [site, *(one.site for one in stops)]
        for at, target in enumerate([*(one.site for one in stops), day.end_site]):
            # A stop is not entered from itself; the end of the day not from before.
            origins = froms[1:] if at == len(stops) else froms[: at + 1] + froms[at + 2 :]
            origins = origins or froms
            minutes += min(day.minutes[origin][target] for origin in origins)
            metres += min(day.metres[origin][target] for origin in origins)
        for one in stops:
            minutes += one.service
            if one.starts:
                home = self._shortest[one.site][day.end_site]
                openings_end = max(openings_end, one.starts[0][0] + one.service + home)
        return Rest(
            minutes,
            metres,
            sum(one.unkeepable for one in stops),
            tuple(
                (one.site, max(last for _, last in one.starts), one.weight * (not one.unkeepable))
                for one in stops
                if one.starts
            ),
            openings_end,
        )


def _shortest(clock: Timeline) -> list[list[int]]:
    """Shortest minutes between sites, over other sites where that is shorter."""
    used = _sites(clock)
    sites = range(1 + max(used))
    minutes = [[clock.day.minutes[a][b] for b in sites] for a in sites]
    for via in used:
        for origin in used:
            over = minutes[origin][via]
            for target in used:
                if over + minutes[via][target] < minutes[origin][target]:
                    minutes[origin][target] = over + minutes[via][target]
    return minutes


def _sites(clock: Timeline) -> set[int]:
    day = clock.day
    return {day.start_site, day.end_site, *(timed.site for timed in clock.timed)}
