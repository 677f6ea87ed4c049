from functools import cache
from itertools import product

from hypothesis import given, settings
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


@settings(max_examples=60, deadline=None)
@given(surplus=small, gaps=small, seed=st.randoms(use_true_random=False))
def test_no_plan_of_a_small_city_has_fewer_trips_or_shorter_ways(surplus, gaps, seed) -> None:
    metres = [[seed.randrange(1, 20_000) for _ in gaps] for _ in surplus]
    found = distribute(surplus, gaps, metres)
    _holds(found, surplus, gaps)
    assert cost(found, metres) == _best(tuple(surplus), tuple(gaps), metres)


@settings(max_examples=6, deadline=None)
@given(
    surplus=st.lists(st.integers(1, 90), min_size=8, max_size=14),
    gaps=st.lists(st.integers(1, 90), min_size=8, max_size=14),
    seed=st.randoms(use_true_random=False),
)
def test_a_city_cut_into_parts_keeps_the_rules_and_is_no_worse_than_its_first_plan(surplus, gaps, seed) -> None:
    metres = [[seed.randrange(1, 20_000) for _ in gaps] for _ in surplus]
    found = distribute(surplus, gaps, metres)
    _holds(found, surplus, gaps)
    assert found == distribute(surplus, gaps, metres)
    assert len(found) >= (len(surplus) if sum(surplus) <= sum(gaps) else len(gaps))
    if sum(surplus) <= sum(gaps):
        assert cost(found, metres) <= cost(redistribution._first(surplus, gaps, metres), metres)


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
