"""The plan of a wave: by hand for small cities, and what must hold for any."""

from collections import Counter
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsm.assets.models import Fairness
from itsm.assets.waves.age import is_over_age, month_of, over_age
from itsm.assets.waves.plan import Plan, Quarter, SchoolStock, Terms, amounts, make
from tests.people import MONDAY

OLD, DUE, YOUNG = 2019 * 12, 2022 * 12, 2026 * 12
YEARS = (2027, 2028)
QUARTERS = [Quarter(year, number) for year in YEARS for number in (1, 2, 3, 4)]
LIFE = 60


def stock(
    school_id: int, months: dict[int | None, int], form: str = "Grundschule", *, startchancen: bool = False
) -> SchoolStock:
    return SchoolStock(school_id, f"{100_000 + school_id}", f"Schule {school_id}", form, startchancen, months)


def terms(limit: int, fairness: Fairness = Fairness.OLDEST_FIRST, **more: object) -> Terms:
    values: dict[str, object] = {"quarters": QUARTERS, "life_months": dict.fromkeys(YEARS, LIFE), "per_year": {}}
    return Terms(limit=limit, fairness=fairness, **(values | more))  # type: ignore[arg-type]


def per_school(plan: Plan) -> dict[int, int]:
    found: Counter[int] = Counter()
    for (school_id, _), count in plan.shares.items():
        found[school_id] += count
    return dict(found)


# Schools 1 and 2 have two old and two young devices; the three of school 3, a grammar school, become due.
CITY = [
    stock(1, {OLD: 1, OLD + 1: 1, YOUNG: 2}),
    stock(2, {OLD: 2, YOUNG: 2}, startchancen=True),
    stock(3, {DUE: 3}, "Gymnasium"),
]


@pytest.mark.parametrize(
    ("fairness", "limit", "counts"),
    [
        (Fairness.OLDEST_FIRST, 0, {}),
        (Fairness.OLDEST_FIRST, 1, {1: 1}),
        (Fairness.OLDEST_FIRST, 3, {1: 1, 2: 2}),
        (Fairness.OLDEST_FIRST, 5, {1: 2, 2: 2, 3: 1}),
        # Seven are due; only then the young ones of the lower school number.
        (Fairness.OLDEST_FIRST, 8, {1: 3, 2: 2, 3: 3}),
        (Fairness.OLDEST_FIRST, 99, {1: 4, 2: 4, 3: 3}),
        (Fairness.STARTCHANCEN_FIRST, 3, {2: 2, 1: 1}),
        # The young ones of the programme wait for what is due elsewhere.
        (Fairness.STARTCHANCEN_FIRST, 8, {2: 3, 1: 2, 3: 3}),
        # Four primary and three grammar devices are due: they take turns.
        (Fairness.SAME_SHARE, 1, {1: 1}),
        (Fairness.SAME_SHARE, 2, {1: 1, 3: 1}),
        (Fairness.SAME_SHARE, 4, {2: 1, 1: 1, 3: 2}),
        (Fairness.SAME_SHARE, 7, {1: 2, 2: 2, 3: 3}),
        # All of school 3 is over age at the end of 2027, half of the others.
        (Fairness.WHOLE_SCHOOLS, 3, {3: 3}),
        (Fairness.WHOLE_SCHOOLS, 4, {3: 3, 1: 1}),
        (Fairness.WHOLE_SCHOOLS, 7, {3: 3, 1: 2, 2: 2}),
    ],
)
def test_who_gets_how_many(fairness: Fairness, limit: int, counts: dict[int, int]) -> None:
    assert per_school(make(CITY, terms(limit, fairness))) == counts


@pytest.mark.parametrize(
    ("total", "per_year", "parts"),
    [
        (0, {}, [0] * 8),
        (1, {}, [1, 0, 0, 0, 0, 0, 0, 0]),
        (10, {}, [2, 1, 1, 1, 2, 1, 1, 1]),
        (10, {2027: 3}, [1, 1, 1, 0, 2, 2, 2, 1]),
        (10, {2028: 10}, [0, 0, 0, 0, 3, 3, 2, 2]),
        (10, {2027: 99}, [3, 3, 2, 2, 0, 0, 0, 0]),
        (10, {2027: 8, 2028: 8}, [2, 2, 2, 2, 1, 1, 0, 0]),
        # Every year has its number: what is over stays unplanned.
        (10, {2027: 4, 2028: 4}, [1] * 8),
        (10, {2030: 5}, [2, 1, 1, 1, 2, 1, 1, 1]),
    ],
)
def test_the_total_is_spread_over_the_quarters(total: int, per_year: dict[int, int], parts: list[int]) -> None:
    assert amounts(total, terms(total, per_year=per_year)) == parts


def test_a_first_year_with_one_quarter_left_gets_one_part_of_five() -> None:
    quarters = [Quarter(2026, 4), *QUARTERS[:4]]
    assert amounts(10, terms(10, quarters=quarters)) == [2, 2, 2, 2, 2]


def test_a_quarter_knows_its_days() -> None:
    days = [(quarter.first_on.isoformat(), quarter.last_on.isoformat()) for quarter in QUARTERS[:4]]
    assert days[0] == ("2027-01-01", "2027-03-31")
    assert days[3] == ("2027-10-01", "2027-12-31")


def test_a_whole_school_waits_for_the_quarter_its_devices_fit_into() -> None:
    plan = make([stock(1, {OLD: 3}), stock(2, {OLD: 5})], terms(8, Fairness.WHOLE_SCHOOLS))
    # One device a quarter: three are together in the third, five more in the eighth.
    assert dict(plan.shares) == {(1, Quarter(2027, 3)): 3, (2, Quarter(2028, 4)): 5}


def test_what_is_over_age_falls_as_devices_are_replaced_and_rises_as_others_age() -> None:
    plan = make(CITY, terms(2, per_year={2027: 2}))
    # At the end of 2027 the three of school 3 are over age as well: 4 + 3 − 2.
    assert dict(plan.left_over) == {2027: 5, 2028: 5}


def test_the_expected_use_is_that_of_the_end_of_each_year() -> None:
    plan = make([stock(1, {DUE: 3})], terms(0, life_months={2027: 60, 2028: 96}))
    assert dict(plan.left_over) == {2027: 3, 2028: 0}


def test_a_school_without_devices_gets_nothing() -> None:
    assert per_school(make([stock(1, {}), stock(2, {OLD: 1})], terms(5, Fairness.WHOLE_SCHOOLS))) == {2: 1}
    assert per_school(make([], terms(5))) == {}


@pytest.mark.parametrize("fairness", Fairness)
def test_a_device_nobody_knows_the_age_of_comes_before_the_oldest(fairness: Fairness) -> None:
    assert per_school(make([stock(1, {OLD: 1}), stock(2, {None: 1})], terms(1, Fairness.OLDEST_FIRST))) == {2: 1}
    assert dict(make([stock(1, {None: 1})], terms(0, fairness)).left_over) == {2027: 1, 2028: 1}


def test_over_age_begins_with_the_month_the_expected_use_ends() -> None:
    month = month_of(MONDAY)
    assert [is_over_age(month - age, MONDAY, LIFE) for age in (59, 60, 61)] == [False, True, True]
    assert over_age({month - 60: 2, month: 5, None: 1}, MONDAY, LIFE) == 3


MONTHS = st.dictionaries(st.none() | st.integers(2018 * 12, 2026 * 12), st.integers(1, 9), max_size=4)
CITIES = st.lists(st.tuples(MONTHS, st.sampled_from("ABC"), st.booleans()), max_size=6).map(
    lambda rows: [stock(number, months, form, startchancen=flag) for number, (months, form, flag) in enumerate(rows)]
)
PER_YEAR = st.dictionaries(st.sampled_from(YEARS), st.integers(0, 40), max_size=1)


@given(CITIES, st.integers(0, 120), PER_YEAR, st.sampled_from(Fairness))
def test_the_sum_is_exact_and_no_school_gets_more_than_it_has(
    city: list[SchoolStock], limit: int, per_year: dict[int, int], fairness: Fairness
) -> None:
    found = per_school(make(city, terms(limit, fairness, per_year=per_year)))
    assert sum(found.values()) == min(limit, sum(one.devices for one in city))
    assert all(0 < found.get(one.school_id, 1) <= max(one.devices, 1) for one in city)


@given(CITIES, st.integers(0, 120), st.integers(1, 20), PER_YEAR, st.sampled_from(Fairness))
def test_more_money_leaves_no_school_with_less(
    city: list[SchoolStock], limit: int, more: int, per_year: dict[int, int], fairness: Fairness
) -> None:
    less, rich = (make(city, terms(sum_, fairness, per_year=per_year)) for sum_ in (limit, limit + more))
    assert all(count <= per_school(rich)[school_id] for school_id, count in per_school(less).items())
    assert less.left_over[YEARS[-1]] >= rich.left_over[YEARS[-1]]


@given(CITIES, st.integers(0, 120), PER_YEAR, st.sampled_from(Fairness))
def test_up_to_no_quarter_more_is_planned_than_was_meant(
    city: list[SchoolStock], limit: int, per_year: dict[int, int], fairness: Fairness
) -> None:
    plan = make(city, terms(limit, fairness, per_year=per_year))
    total = sum(plan.shares.values())
    meant = accumulate(amounts(total, terms(total, per_year=per_year)))
    counts = Counter(dict.fromkeys(QUARTERS, 0))
    for (_, quarter), count in plan.shares.items():
        counts[quarter] += count
    for planned, most in zip(accumulate(counts[quarter] for quarter in QUARTERS), meant, strict=True):
        assert planned <= most if fairness is Fairness.WHOLE_SCHOOLS else planned == most


@given(CITIES, st.integers(0, 120), st.sampled_from(Fairness))
def test_nothing_young_is_replaced_before_the_last_that_is_due(
    city: list[SchoolStock], limit: int, fairness: Fairness
) -> None:
    at_end = Quarter(2028, 4).last_on
    due = sum(over_age(one.months, at_end, LIFE) for one in city)
    plan = make(city, terms(limit, fairness))
    assert plan.left_over[2028] == max(due - limit, 0)


@given(CITIES, st.integers(1, 120))
def test_all_school_forms_are_half_a_device_or_less_from_one_share(city: list[SchoolStock], limit: int) -> None:
    at_end = Quarter(2028, 4).last_on
    due: Counter[str] = Counter()
    for one in city:
        due[one.form] += over_age(one.months, at_end, LIFE)
    found = per_school(make(city, terms(min(limit, due.total()), Fairness.SAME_SHARE)))
    given_to: Counter[str] = Counter()
    for one in city:
        given_to[one.form] += found.get(one.school_id, 0)
    spans = [((given_to[form] - 0.5) / size, (given_to[form] + 0.5) / size) for form, size in due.items() if size]
    assert max((low for low, _ in spans), default=0) <= min((high for _, high in spans), default=1) + 1e-9


@given(CITIES, st.integers(0, 120))
def test_what_is_due_at_a_school_comes_in_one_quarter(city: list[SchoolStock], limit: int) -> None:
    at_end = Quarter(2028, 4).last_on
    due = sum(over_age(one.months, at_end, LIFE) for one in city)
    plan = make(city, terms(min(limit, due), Fairness.WHOLE_SCHOOLS))
    assert max(Counter(school_id for school_id, _ in plan.shares).values(), default=1) == 1
    in_parts = [one for one in city if 0 < per_school(plan).get(one.school_id, 0) < over_age(one.months, at_end, LIFE)]
    assert len(in_parts) <= 1
