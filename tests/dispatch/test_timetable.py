"""When fixed visiting times fall."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.core.clock import local
from itsm.dispatch.timetable import Rhythm, occurrences
from itsm.org.calendar import is_school_day

WEDNESDAY_9AM = Rhythm(weekday=2, starts=time(9), minutes=60, every_weeks=1, from_on=date(2026, 11, 2))


def days(rhythm: Rhythm, first: date, last: date, closed: tuple[date, ...] = ()) -> list[date]:
    return [visit.visit_on for visit in occurrences(rhythm, first, last, lambda day: day not in closed)]


def test_every_week_on_its_weekday() -> None:
    found = days(WEDNESDAY_9AM, date(2026, 11, 1), date(2026, 11, 30))
    assert found == [date(2026, 11, 4), date(2026, 11, 11), date(2026, 11, 18), date(2026, 11, 25)]


def test_both_ends_of_the_asked_time_belong_to_it() -> None:
    assert days(WEDNESDAY_9AM, date(2026, 11, 4), date(2026, 11, 11)) == [date(2026, 11, 4), date(2026, 11, 11)]


def test_every_second_week_counts_from_the_week_it_began() -> None:
    rhythm = Rhythm(weekday=0, starts=time(8), minutes=30, every_weeks=2, from_on=date(2026, 11, 4))
    # Began on a Wednesday: that week's Monday is over, the next turn is two weeks later.
    assert days(rhythm, date(2026, 11, 1), date(2026, 12, 6)) == [date(2026, 11, 16), date(2026, 11, 30)]


def test_the_rhythm_does_not_depend_on_where_one_looks_from() -> None:
    rhythm = Rhythm(weekday=4, starts=time(8), minutes=30, every_weeks=3, from_on=date(2026, 1, 5))
    whole = days(rhythm, date(2026, 1, 1), date(2026, 12, 31))
    assert days(rhythm, date(2026, 8, 1), date(2026, 12, 31)) == [day for day in whole if day >= date(2026, 8, 1)]


def test_nothing_before_it_begins_or_after_it_ends() -> None:
    rhythm = Rhythm(2, time(9), 60, 1, from_on=date(2026, 11, 11), until_on=date(2026, 11, 18))
    assert days(rhythm, date(2026, 11, 1), date(2026, 12, 31)) == [date(2026, 11, 11), date(2026, 11, 18)]


def test_closed_days_are_skipped_and_the_rhythm_stays() -> None:
    rhythm = Rhythm(2, time(9), 60, 2, from_on=date(2026, 11, 4))
    found = days(rhythm, date(2026, 11, 1), date(2026, 12, 2), closed=(date(2026, 11, 18),))
    assert found == [date(2026, 11, 4), date(2026, 12, 2)]


def test_the_christmas_holidays_hold_no_visit() -> None:
    found = [v.visit_on for v in occurrences(WEDNESDAY_9AM, date(2026, 12, 14), date(2027, 1, 14), is_school_day)]
    assert found == [date(2026, 12, 16), date(2027, 1, 13)]


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [(date(2026, 3, 28), 8), (date(2026, 3, 29), 7), (date(2026, 10, 24), 7), (date(2026, 10, 25), 8)],
)
def test_nine_o_clock_stays_nine_o_clock_over_both_changes_of_the_clock(day: date, utc_hour: int) -> None:
    rhythm = Rhythm(day.weekday(), time(9), 90, 1, from_on=date(2026, 1, 1))
    (visit,) = occurrences(rhythm, day, day, lambda _: True)
    assert visit.span.start == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
    assert visit.span.length == timedelta(minutes=90)


def test_an_hour_that_the_clock_skips_lasts_an_hour_all_the_same() -> None:
    sunday = date(2026, 3, 29)
    rhythm = Rhythm(6, time(1, 30), 60, 1, from_on=sunday)
    (visit,) = occurrences(rhythm, sunday, sunday, lambda _: True)
    assert visit.span.length == timedelta(hours=1)
    assert local(visit.span.end).time() == time(3, 30)


# A busy machine may take longer than the library's fifth of a second.
@settings(deadline=None)
@given(st.integers(0, 6), st.integers(1, 12), st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 400))
def test_visits_are_whole_rhythms_apart_and_on_their_weekday(
    weekday: int, every_weeks: int, from_on: date, later: int
) -> None:
    rhythm = Rhythm(weekday, time(9), 45, every_weeks, from_on)
    found = days(rhythm, from_on, from_on + timedelta(days=later))
    assert all(day.weekday() == weekday and day >= from_on for day in found)
    gaps = {(after - before).days for before, after in pairwise(found)}
    assert gaps <= {7 * every_weeks}
