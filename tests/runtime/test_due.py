"""When a timed job is due, in both nights of the change of the clock and otherwise."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from itsm.core import due
from itsm.core.clock import at_local
from itsm.core.jobs import Job
from tests.people import MONDAY_9AM

SECOND = timedelta(seconds=1)
NIGHTLY = Job("nightly", "Jede Nacht", {"hour": 2, "minute": 30}, lambda at: 0)
HOURLY = Job("hourly", "Jede Stunde", {"minute": 0}, lambda at: 0)
YEARLY = Job("yearly", "Einmal im Jahr", {"month": 1, "day": 2, "hour": 3, "minute": 0}, lambda at: 0)


def day_of(day: date) -> tuple[datetime, datetime]:
    return at_local(day, time(0)), at_local(day + timedelta(days=1), time(0)) - SECOND


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2026, 3, 28), datetime(2026, 3, 28, 1, 30, tzinfo=UTC)),
        # 02:30 does not exist in this night; the job runs at 03:30 of the new time.
        (date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # 02:30 comes twice in this night; the first one counts.
        (date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 10, 26), datetime(2026, 10, 26, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_nightly_job_is_due_exactly_once_in_every_night(day: date, moment: datetime) -> None:
    assert list(due.between(NIGHTLY, *day_of(day))) == [moment]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_an_hourly_job_is_due_in_every_real_hour(day: date, hours: int) -> None:
    assert len(list(due.between(HOURLY, *day_of(day)))) == hours


def test_the_latest_due_moment_includes_this_very_second() -> None:
    at = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)
    assert due.latest(NIGHTLY, at) == at
    assert due.latest(NIGHTLY, at - SECOND) == at - timedelta(days=1)


def test_a_yearly_job_is_found_far_back() -> None:
    assert due.latest(YEARLY, MONDAY_9AM) == datetime(2026, 1, 2, 2, 0, tzinfo=UTC)


def test_the_following_due_moment_is_later_than_now() -> None:
    at = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)
    assert due.following(NIGHTLY, at) == at + timedelta(days=1)


@pytest.mark.parametrize("hours", range(0, 60, 7))
def test_looking_again_and_again_misses_no_moment_of_an_autumn_night(hours: int) -> None:
    start = datetime(2026, 10, 24, 12, 0, tzinfo=UTC) + timedelta(minutes=hours)
    seen = {due.latest(NIGHTLY, start + timedelta(minutes=17 * step)) for step in range(170)}
    assert len(seen) == 3
