"""Moments and local days, also in the two nights when the clock is changed."""

from datetime import UTC, date, datetime, time

import pytest

from itsm.core import clock


@pytest.mark.parametrize(
    ("day", "wall", "utc"),
    [
        (date(2026, 11, 16), time(9), datetime(2026, 11, 16, 8, tzinfo=UTC)),
        (date(2026, 7, 1), time(9), datetime(2026, 7, 1, 7, tzinfo=UTC)),
        # 02:30 does not exist on 29 March, and exists twice on 25 October.
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_wall_clock_time_becomes_one_moment(day: date, wall: time, utc: datetime) -> None:
    assert clock.at_local(day, wall) == utc


def test_the_local_day_begins_at_midnight_in_berlin() -> None:
    assert clock.local_day(datetime(2026, 11, 15, 22, 59, tzinfo=UTC)) == date(2026, 11, 15)
    assert clock.local_day(datetime(2026, 11, 15, 23, 0, tzinfo=UTC)) == date(2026, 11, 16)


def test_now_is_aware_and_in_whole_seconds() -> None:
    assert clock.now().tzinfo is UTC
    assert clock.now().microsecond == 0
