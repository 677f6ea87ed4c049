"""The value on the day: the worked examples of the rules, and what holds for every value."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsm.claims.valuation import Convention, Inputs, Share, share, value
from itsm.core.errors import DomainError

CALENDAR, FULL, STARTED, DAYS, YEARLY = Convention
E1 = Inputs(37_900, date(2022, 9, 12), date(2026, 3, 17), 60)
E2 = replace(E1, damaged_on=date(2022, 9, 30))
E3 = Inputs(37_900, date(2024, 1, 31), date(2024, 2, 29), 60)
E4 = replace(E3, damaged_on=date(2025, 2, 28))
E5 = Inputs(37_900, date(2021, 3, 15), date(2026, 3, 14), 60)
E6 = replace(E5, damaged_on=date(2027, 1, 10))
E7 = Inputs(74_999, date(2023, 8, 1), date(2026, 2, 2), 60)
E8 = Inputs(324_900, date(2020, 5, 20), date(2026, 5, 19), 96)
E9 = Inputs(8_900, date(2024, 8, 21), date(2026, 1, 9), 36)
# Half a cent: 189.575 and 189.525.
E10 = Inputs(37_915, date(2024, 1, 1), date(2026, 7, 1), 60)
E11 = replace(E10, base_cents=37_905)
EXAMPLES = (E1, E2, E3, E4, E5, E6, E7, E8, E9)

# Months and cents of each example; days have no months in the table of the rules.
TABLE = {
    CALENDAR: "42 11370 | 0 37900 | 1 37268 | 13 29688 | 60 0 | 60 0 | 30 37500 | 72 81225 | 17 4697",
    FULL: "42 11370 | 0 37900 | 1 37268 | 13 29688 | 59 632 | 60 0 | 30 37500 | 71 84609 | 16 4944",
    STARTED: "43 10738 | 1 37268 | 1 37268 | 13 29688 | 60 0 | 60 0 | 31 36250 | 72 81225 | 17 4697",
    DAYS: "- 11291 | - 37526 | - 37298 | - 29727 | - 21 | - 0 | - 37397 | - 81392 | - 4787",
    # Whole years gone: 3, 0, 0, 1, 4, 5 (the end), 2, 5, 1.
    YEARLY: "36 15160 | 0 37900 | 0 37900 | 12 30320 | 48 7580 | 60 0 | 24 44999 | 60 121838 | 12 5933",
}
FLOOR_10 = (11_370, 37_900, 37_268, 29_688, 3_790, 3_790, 37_500, 81_225, 4_697)
ROWS = [
    pytest.param(replace(example, convention=convention), *row.split(), id=f"E{number}-{convention}")
    for convention, rows in TABLE.items()
    for number, (example, row) in enumerate(zip(EXAMPLES, rows.split("|"), strict=True), 1)
]

cents = st.integers(0, 5_000_000)
inputs = st.builds(
    Inputs,
    base_cents=cents,
    in_service_on=st.dates(date(2015, 1, 1), date(2026, 12, 31)),
    damaged_on=st.dates(date(2027, 1, 1), date(2040, 12, 31)),
    life_months=st.integers(1, 120),
    convention=st.sampled_from(Convention),
    floor_basis_points=st.integers(0, 10_000),
)


@pytest.mark.parametrize(("example", "months", "worth"), ROWS)
def test_worked_examples_of_every_convention(example: Inputs, months: str, worth: str) -> None:
    found = value(example)
    assert found.cents == int(worth)
    assert months in ("-", str(found.months))


@pytest.mark.parametrize(("example", "worth"), [*zip(EXAMPLES, FLOOR_10, strict=True)])
def test_a_floor_of_a_tenth_holds_up_what_would_fall_below_it(example: Inputs, worth: int) -> None:
    found = value(replace(example, floor_basis_points=1_000))
    assert found.cents == worth
    assert found.is_floor == (worth == 3_790)


@pytest.mark.parametrize(("inputs", "worth"), [(E10, 18_958), (E11, 18_953)], ids=["E10", "E11"])
def test_half_a_cent_goes_up_where_floats_and_bankers_go_down(inputs: Inputs, worth: int) -> None:
    found = value(inputs)
    assert (found.months, found.cents) == (30, worth)


@pytest.mark.parametrize(
    ("repair", "more", "expected"),
    [
        (9_500, {}, Share(9_500, is_total_loss=False)),
        (11_370, {}, Share(11_370, is_total_loss=False)),
        (11_371, {}, Share(11_370, is_total_loss=True)),
        (None, {"quota_basis_points": 5_000}, Share(5_685, is_total_loss=False)),
        (20_000, {"wreck_cents": 2_000}, Share(9_370, is_total_loss=True)),
        (None, {"insurer_cents": 20_000}, Share(0, is_total_loss=False)),
        (11_305, {"quota_basis_points": 5_000, "insurer_cents": 653}, Share(5_000, is_total_loss=False)),
        (9_500, {"wreck_cents": 50_000}, Share(0, is_total_loss=False)),
    ],
)
def test_what_can_be_claimed_of_e1(repair: int | None, more: dict[str, int], expected: Share) -> None:
    assert share(value(E1).cents, repair_cents=repair, **more) == expected


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"damaged_on": date(2022, 9, 11)}, "kann nicht vor der Inbetriebnahme"),
        ({"base_cents": -1}, "nicht unter 0 €"),
        ({"life_months": 0}, "zwischen 1 und 600 Monaten"),
        ({"life_months": 601}, "zwischen 1 und 600 Monaten"),
        ({"floor_basis_points": 10_001}, "zwischen 0 und 100 %"),
        ({"damaged_on": date(9999, 12, 31)}, "lässt sich nicht rechnen"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(DomainError, match=words):
        value(replace(E1, **wrong))  # type: ignore[arg-type]


def test_a_day_in_the_future_is_refused() -> None:
    assert value(E1, today=E1.damaged_on).cents == 11_370
    with pytest.raises(DomainError, match="liegt in der Zukunft"):
        value(E1, today=E1.damaged_on - timedelta(days=1))


@pytest.mark.parametrize("wrong", [{"wreck_cents": -1}, {"insurer_cents": -1}, {"repair_cents": -1}])
def test_no_amount_lies_below_nothing(wrong: dict[str, int]) -> None:
    with pytest.raises(DomainError, match="nicht unter 0 €"):
        share(100, **wrong)


@pytest.mark.parametrize("quota", [-1, 10_001])
def test_a_quota_lies_between_nothing_and_all(quota: int) -> None:
    with pytest.raises(DomainError, match="Quote"):
        share(100, quota_basis_points=quota)


@given(inputs)
def test_a_value_is_never_below_nothing_nor_above_the_base(one: Inputs) -> None:
    assert 0 <= value(one).cents <= one.base_cents


@given(inputs, st.integers(0, 900))
def test_a_value_never_rises_from_a_day_to_a_later_one(one: Inputs, days: int) -> None:
    later = replace(one, damaged_on=one.damaged_on + timedelta(days=days))
    assert value(later).cents <= value(one).cents


@given(inputs, cents, cents, st.integers(0, 10_000), cents)
def test_a_share_is_never_below_nothing_nor_above_value_and_repair(
    one: Inputs, repair: int, wreck: int, quota: int, insurer: int
) -> None:
    worth = value(one).cents
    found = share(worth, repair_cents=repair, wreck_cents=wreck, quota_basis_points=quota, insurer_cents=insurer)
    assert 0 <= found.cents <= min(worth, repair)
    assert found.is_total_loss == (repair > worth)
