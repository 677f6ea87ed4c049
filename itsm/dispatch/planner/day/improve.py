"""A good order by insertion, made better by moving and turning pieces of it."""

import random
from collections.abc import Iterator, Sequence

from itsm.dispatch.planner.day.model import Cost
from itsm.dispatch.planner.day.timeline import Timeline, best_finish

# Longer pieces are turned or moved by the search at random, not by trying all.
_PIECE = 3


def insertion(clock: Timeline, start: Sequence[int] = ()) -> list[int]:
    """Each missing stop at its cheapest place, the earliest last start first."""
    end = clock.day.shift.end

    def last_start(stop: int) -> int:
        return max((last for _, last in clock.timed[stop].starts), default=end)

    order = list(start)
    missing = [stop for stop in range(len(clock.timed)) if stop not in start]
    for stop in sorted(missing, key=lambda stop: (last_start(stop), stop)):
        places = [[*order[:at], stop, *order[at:]] for at in range(len(order) + 1)]
        order = min(places, key=lambda place: (best_finish(clock, place)[0], place))
    return order


def local_search(clock: Timeline, order: list[int], seed: int, rounds: int) -> tuple[Cost, list[int]]:
    """The order after all single moves are used up, `rounds` times from a shaken start."""
    chance = random.Random(seed)  # noqa: S311 — repeatable on purpose, guards nothing
    best = _descend(clock, order)
    for _ in range(rounds - 1):
        best = min(best, _descend(clock, _shaken(chance, best[1])))
    return best


def _descend(clock: Timeline, order: list[int]) -> tuple[Cost, list[int]]:
    cost = best_finish(clock, order)[0]
    improving = True
    while improving:
        improving = False
        for candidate in _neighbours(order):
            candidate_cost = best_finish(clock, candidate)[0]
            if candidate_cost < cost:
                cost, order, improving = candidate_cost, candidate, True
                break
    return cost, order


def _neighbours(order: list[int]) -> Iterator[list[int]]:
    """Pieces of up to three stops put elsewhere, and all pieces turned round."""
    count = len(order)
    for size in range(1, min(_PIECE, count - 1) + 1):
        for at in range(count - size + 1):
            piece, rest = order[at : at + size], order[:at] + order[at + size :]
            for to in range(len(rest) + 1):
                if to != at:
                    yield rest[:to] + piece + rest[to:]
    for at in range(count - 1):
        for to in range(at + 2, count + 1):
            yield order[:at] + order[at:to][::-1] + order[to:]


def _shaken(chance: random.Random, order: list[int]) -> list[int]:
    """Two cuts, the middle piece goes to the end; one stop changes places."""
    count = len(order)
    if not count:
        return order
    low, high = sorted(chance.sample(range(count + 1), 2))
    shaken = order[:low] + order[high:] + order[low:high]
    one, other = chance.randrange(count), chance.randrange(count)
    shaken[one], shaken[other] = shaken[other], shaken[one]
    return shaken
