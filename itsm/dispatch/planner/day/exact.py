"""Dynamic programming over sets of stops: all of them up to a dozen, the best beyond."""

from itsm.dispatch.planner.day import improve
from itsm.dispatch.planner.day.bound import Bound
from itsm.dispatch.planner.day.model import Cost, Day
from itsm.dispatch.planner.day.timeline import Label, Timeline, add_undominated, order_of

Fronts = dict[tuple[int, int], list[Label]]
Found = tuple[Cost, list[int]]


def best_order(day: Day, seed: int) -> list[int]:
    """Indices of the stops in an order that no other beats."""
    clock = Timeline(day)
    known = improve.local_search(clock, improve.insertion(clock), seed, rounds=2)
    return sweep(clock, known)[1]


def sweep(clock: Timeline, known: Found, width: int | None = None) -> Found:
    """The best order, or `known` when nothing is better.

    Labels with the same stops served and the same last stop compete; what cannot beat
    `known` is dropped on the way. A `width` keeps only so many of the most promising
    labels after each stop: quick, and no longer exact.
    """
    bound = Bound(clock)
    fronts: Fronts = {(0, -1): [clock.departure()]}
    for _ in clock.timed:
        fronts = _one_more_stop(clock, bound, known[0], fronts)
        if width is not None:
            fronts = _narrowed(bound, fronts, width, len(clock.timed))
    best = known
    for front in fronts.values():
        for label in front:
            cost = clock.finish(label)
            if cost < best[0]:
                best = cost, order_of(label)
    return best


def _one_more_stop(clock: Timeline, bound: Bound, known: Cost, fronts: Fronts) -> Fronts:
    following: Fronts = {}
    everyone = (1 << len(clock.timed)) - 1
    for (served, _), front in fronts.items():
        missing = everyone & ~served
        for label in front:
            if served and not bound.least(label, missing) < known:
                continue
            for stop in range(len(clock.timed)):
                if not missing >> stop & 1:
                    continue
                rivals = following.setdefault((served | 1 << stop, stop), [])
                for longer in clock.extend(label, stop):
                    add_undominated(rivals, longer)
    return following


def _narrowed(bound: Bound, fronts: Fronts, width: int, count: int) -> Fronts:
    everyone = (1 << count) - 1
    ranked = sorted(
        ((bound.least(label, everyone & ~key[0]), key, label) for key, front in fronts.items() for label in front),
        key=lambda entry: entry[:2],
    )
    kept: Fronts = {}
    for _, key, label in ranked[:width]:
        kept.setdefault(key, []).append(label)
    return kept
