from functools import cache
from itertools import product
from random import Random

import pytest
from hypothesis import strategies as st

from itsm.assets.entitlement import redistribution
from itsm.assets.entitlement.redistribution import distribute
from itsm.assets.entitlement.trips import Loads, cost

small = st.lists(st.integers(1, 4), min_size=1, max_size=3)


def _best(surplus: tuple[int, ...], gaps: tuple[int, ...], metres: list[list[int]]) -> tuple[int, int]:
    """The cheapest of all plans that move as much as possible, by trying them all."""
    whole = min(sum(surplus), sum(gaps))
    pairs = list(product(range(len(surplus)), range(len(gaps))))

    @cache
    def after(place: int, left: tuple[int, ...], open_: tuple[int, ...], moved: int) -> tuple[int, int] | None:
        if place == len(pairs):
            return (0, 0) if moved == whole else None
        here, there = pairs[place]
        found = after(place + 1, left, open_, moved)
        for count in range(1, min(left[here], open_[there]) + 1):
            rest = after(
                place + 1,
                (*left[:here], left[here] - count, *left[here + 1 :]),
                (*open_[:there], open_[there] - count, *open_[there + 1 :]),
                moved + count,
            )
            if rest is not None:
                mine = (rest[0] + 1, rest[1] + metres[here][there])
                found = mine if found is None else min(found, mine)
        return found

    found = after(0, surplus, gaps, 0)
    assert found is not None
    return found


def _holds(loads: Loads, surplus: list[int], gaps: list[int]) -> None:
    assert sum(loads.values()) == min(sum(surplus), sum(gaps))
    for here, most in enumerate(surplus):
        assert sum(count for (at, _), count in loads.items() if at == here) <= most
    for there, most in enumerate(gaps):
        assert sum(count for (_, to), count in loads.items() if to == there) <= most
    assert all(count > 0 for count in loads.values())


@pytest.mark.parametrize(("givers", "takers"), [(6, 9), (9, 6), (7, 7)])
def test_a_city_cut_into_parts_keeps_the_rules_and_is_better_than_its_first_plan(givers: int, takers: int) -> None:
    random = Random(givers)
    surplus, gaps = ([random.randint(1, 60) for _ in range(count)] for count in (givers, takers))
    metres = [[random.randrange(1, 20_000) for _ in gaps] for _ in surplus]
    found = distribute(surplus, gaps, metres)
    _holds(found, surplus, gaps)
    scarce, room, ways = (
        (surplus, gaps, metres) if sum(surplus) <= sum(gaps) else (gaps, surplus, list(zip(*metres, strict=True)))
    )
    assert len(found) >= len(scarce)
    assert cost(found, metres) < cost(redistribution._first(scarce, room, ways), ways)


def test_the_same_city_gives_the_same_plan() -> None:
    surplus, gaps = [9, 8, 7, 6, 5], [5, 6, 7, 8, 20]
    metres = [[100 * abs(here - there) + 1 for there in range(5)] for here in range(5)]
    assert distribute(surplus, gaps, metres) == distribute(surplus, gaps, metres)


def test_one_trip_to_the_far_school_beats_two_to_near_ones() -> None:
    assert distribute([10], [5, 5, 10], [[100, 100, 9_000]]) == {(0, 2): 10}


def test_among_as_many_trips_the_shorter_ways_win() -> None:
    assert distribute([4, 4], [4, 4], [[1_000, 100], [100, 1_000]]) == {(0, 1): 4, (1, 0): 4}


def test_what_is_missing_stays_missing_and_what_is_left_over_stays() -> None:
    assert distribute([3], [5], [[700]]) == {(0, 0): 3}
    assert distribute([5], [3], [[700]]) == {(0, 0): 3}


def test_without_a_surplus_or_a_gap_nothing_moves() -> None:
    assert distribute([], [3], []) == {}
    assert distribute([3], [], [[]]) == {}
