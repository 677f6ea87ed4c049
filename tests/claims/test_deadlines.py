"""Time limits and both limitations: the worked examples of the rules, and the day after each."""

from datetime import date, timedelta

import pytest

from itsm.claims import deadlines, limitation
from itsm.claims.limitation import Rule

RETURNED_ON = date(2026, 8, 31)


@pytest.mark.parametrize(
    ("letter_on", "due_on"),
    [
        (date(2026, 3, 4), date(2026, 4, 7)),
        (date(2026, 9, 3), date(2026, 10, 5)),
        (date(2026, 11, 25), date(2026, 12, 28)),
        (date(2026, 5, 5), date(2026, 6, 5)),
    ],
    ids=["Good Friday", "Saturday and holiday", "Christmas", "Corpus Christi is a holiday in NRW"],
)
def test_a_time_to_pay_ends_on_a_working_day(letter_on: date, due_on: date) -> None:
    assert deadlines.payment_due(letter_on, 30) == due_on


def test_a_working_day_stays_where_it_is() -> None:
    assert deadlines.working_day(date(2026, 11, 16)) == date(2026, 11, 16)


def test_an_act_counts_as_known_on_the_fourth_day_even_a_sunday() -> None:
    assert deadlines.delivered(date(2026, 9, 3), 4) == date(2026, 9, 7)
    assert deadlines.delivered(date(2026, 11, 18), 4) == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("returned_on", "ends_on"), [(RETURNED_ON, date(2027, 2, 28)), (date(2026, 10, 30), date(2027, 4, 30))]
)
def test_six_months_from_return_end_with_a_short_month(returned_on: date, ends_on: date) -> None:
    first = limitation.clocks(known_on=date(2026, 8, 1), returned_on=returned_on)[0]
    assert (first.rule, first.ends_on) == (Rule.RETURN, ends_on)


@pytest.mark.parametrize("known_on", [date(2026, 1, 1), date(2026, 12, 31)])
def test_three_years_end_with_the_year_and_run_alone_without_a_return(known_on: date) -> None:
    assert [clock.ends_on for clock in limitation.clocks(known_on=known_on)] == [date(2029, 12, 31)]


def test_the_general_clock_is_the_earlier_one_where_the_device_came_back_late() -> None:
    running = limitation.clocks(known_on=date(2026, 8, 1), returned_on=date(2029, 9, 1))
    assert limitation.earliest(running).rule is Rule.GENERAL
    assert [clock.rule for clock in running] == [Rule.GENERAL, Rule.RETURN]


def test_negotiations_add_their_days() -> None:
    first = limitation.clocks(known_on=date(2026, 8, 1), returned_on=RETURNED_ON, suspended_days=10)[0]
    assert first.ends_on == date(2027, 3, 10)


@pytest.mark.parametrize(("left", "mark"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 7)])
def test_it_warns_60_30_and_7_days_ahead(left: int, mark: int | None) -> None:
    clock = limitation.clocks(known_on=date(2026, 8, 1), returned_on=RETURNED_ON)[0]
    on = clock.ends_on - timedelta(days=left)
    assert (clock.mark(on), clock.days_left(on), clock.is_over(on)) == (mark, left, left < 0)


def test_a_court_holds_the_clock() -> None:
    clock = limitation.clocks(known_on=date(2026, 8, 1), returned_on=RETURNED_ON, is_at_court=True)[0]
    assert clock.mark(clock.ends_on) is None
    assert not clock.is_over(clock.ends_on + timedelta(days=1))
