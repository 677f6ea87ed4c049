"""Every cut of a city: nothing lost, nothing torn apart, loads level, the same answer each time."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.core.errors import DomainError
from itsm.org.districting import Point, partition
from itsm.org.ministry_file import read_school_file

ENRICHED = Path(__file__).parents[3] / "shared" / "data" / "schulen" / "dortmund_schulen.csv"

cities = st.lists(
    st.tuples(st.floats(51.42, 51.60), st.floats(7.30, 7.64), st.integers(50, 1500)), min_size=2, max_size=40
)


def make_city(spots: list[tuple[float, float, int]]) -> tuple[dict[str, list[Point]], dict[str, int]]:
    numbered = {f"{100000 + index}": spot for index, spot in enumerate(spots)}
    sites = {key: [(latitude, longitude)] for key, (latitude, longitude, _) in numbered.items()}
    return sites, {key: weight for key, (_, _, weight) in numbered.items()}


def make_grid(side: int) -> tuple[dict[str, list[Point]], dict[str, int]]:
    return make_city([(51.45 + row / 200, 7.4 + column / 130, 100) for row in range(side) for column in range(side)])


def separate_places(sites: dict[str, list[Point]]) -> int:
    return len({(round(latitude, 5), round(longitude, 5)) for ((latitude, longitude),) in sites.values()})


@settings(max_examples=15, deadline=None)
@given(cities, st.integers(1, 6), st.integers(0, 3))
def test_every_school_is_in_exactly_one_district(spots: list[tuple[float, float, int]], count: int, seed: int) -> None:
    sites, weights = make_city(spots)
    count = min(count, separate_places(sites))
    cut = partition(sites, weights, count, seed=seed)
    members = [key for shape in cut.districts for key in shape.members]
    assert sorted(members) == sorted(sites)
    assert [shape.load for shape in cut.districts] == [
        sum(weights[key] for key in shape.members) for shape in cut.districts
    ]


@settings(max_examples=8, deadline=None)
@given(cities, st.randoms(use_true_random=False))
def test_the_same_city_in_another_order_gives_the_same_cut(
    spots: list[tuple[float, float, int]], random: Random
) -> None:
    sites, weights = make_city(spots)
    shuffled = list(sites.items())
    random.shuffle(shuffled)
    count = min(2, separate_places(sites))
    assert partition(sites, weights, count) == partition(dict(shuffled), weights, count)


def test_a_grid_is_cut_level_and_compact() -> None:
    sites, weights = make_grid(8)
    cut = partition(sites, weights, 4)
    assert [shape.load for shape in cut.districts] == [1600] * 4
    diagonal = partition(sites, weights, 1).districts[0].longest_metres
    assert max(shape.longest_metres for shape in cut.districts) < 0.65 * diagonal


@pytest.mark.skipif(not ENRICHED.exists(), reason="the school list is not beside the project")
@pytest.mark.parametrize(("count", "seed"), [(11, 0), (11, 1), (9, 0)])
def test_the_real_city_is_cut_within_five_per_cent(count: int, seed: int) -> None:
    sites, weights = real_city()
    cut = partition(sites, weights, count, seed=seed)
    assert cut.worst_deviation <= 0.05
    assert sum(len(shape.members) for shape in cut.districts) == 156
    assert max(shape.longest_metres for shape in cut.districts) < 10_500


@pytest.mark.skipif(not ENRICHED.exists(), reason="the school list is not beside the project")
def test_schools_of_one_address_stay_together_and_a_second_cut_moves_nobody() -> None:
    sites, weights = real_city()
    cut = partition(sites, weights, 11).assignment
    for first, second in (("100177", "162784"), ("129264", "129616"), ("162887", "169298")):
        assert cut[first] == cut[second]
    assert partition(sites, weights, 11, keep=cut, seed=7).assignment == cut


def test_a_school_with_two_buildings_is_not_torn_apart() -> None:
    sites, weights = make_grid(4)
    sites["999999"], weights["999999"] = [sites["100000"][0], sites["100015"][0]], 100
    cut = partition(sites, weights, 2).assignment
    assert cut["999999"] == cut["100000"] == cut["100015"]


def test_a_new_cut_leaves_schools_where_they_are_unless_the_load_demands_it() -> None:
    sites, weights = make_grid(8)
    today = partition(sites, weights, 4).assignment
    grown = weights | dict.fromkeys(list(weights)[:8], 130)
    tomorrow = partition(sites, grown, 4, keep=today)
    assert tomorrow.worst_deviation <= 0.05
    assert sum(tomorrow.assignment[key] != today[key] for key in sites) <= 8


@pytest.mark.parametrize("count", [0, -1, 17])
def test_an_impossible_number_of_districts_is_refused(count: int) -> None:
    sites, weights = make_grid(4)
    with pytest.raises(DomainError, match=f"nicht {count} Bezirke"):
        partition(sites, weights, count)


def test_schools_on_one_spot_count_as_one_place() -> None:
    sites, weights = make_city([(51.5, 7.4, 100)] * 3 + [(51.52, 7.4, 300)])
    assert [shape.load for shape in partition(sites, weights, 2).districts] == [300, 300]


def real_city() -> tuple[dict[str, list[Point]], dict[str, int]]:
    rows = read_school_file(ENRICHED.read_bytes()).rows
    sites = {row.number: [(row.latitude or 0.0, row.longitude or 0.0)] for row in rows}
    return sites, {row.number: max(150, row.pupils or 0) for row in rows}
