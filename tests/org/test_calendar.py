"""School days and service minutes against the published dates and the worked examples."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.core.clock import BERLIN
from itsm.core.errors import DomainError
from itsm.org import calendar
from itsm.org.calendar import (
    DayTest,
    add_service_minutes,
    closed_reason,
    is_office_day,
    is_school_day,
    next_office_day,
    next_school_day,
    school_calendar,
    service_minutes_between,
)

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "ferien"
needs_dates = pytest.mark.skipif(not PUBLISHED.exists(), reason="the published holidays are not beside the project")


def berlin(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN).astimezone(UTC)


def rows(name: str) -> list[dict[str, str]]:
    with (PUBLISHED / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@needs_dates
def test_public_holidays_are_the_published_ones() -> None:
    published = {date.fromisoformat(row["datum"]): row["name"] for row in rows("nrw_feiertage_2025-2030.csv")}
    every_day = [date(2025, 1, 1) + timedelta(days=offset) for offset in range(6 * 365 + 1)]
    assert {day: calendar.public_holiday(day) for day in every_day if calendar.public_holiday(day)} == published


@needs_dates
def test_school_holidays_are_the_published_ones_from_2025_until_the_summer_of_2029() -> None:
    published = {}
    for row in rows("nrw_schulferien_2024-2030.csv"):
        first, last = date.fromisoformat(row["erster_tag"]), date.fromisoformat(row["letzter_tag"])
        for offset in range((last - first).days + 1):
            published[first + timedelta(days=offset)] = row["name"]
    every_day = [
        date(2025, 1, 7) + timedelta(days=offset) for offset in range((date(2029, 8, 14) - date(2025, 1, 7)).days)
    ]
    for day in every_day:
        assert calendar.school_holidays(day) == published.get(day, ""), day


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 4, 2), "Osterferien"),
        (date(2026, 4, 3), "Karfreitag"),
        (date(2026, 5, 26), "Pfingstferien"),
        (date(2026, 6, 4), "Fronleichnam"),
        (date(2026, 5, 15), "beweglicher Ferientag"),
        (date(2026, 11, 28), "Samstag"),
        (date(2026, 11, 29), "Sonntag"),
        (date(2027, 11, 1), "Allerheiligen"),
        (date(2026, 12, 24), "Weihnachtsferien"),
        (date(2026, 2, 16), ""),
        (date(2026, 11, 18), ""),
        (date(2026, 11, 23), ""),
    ],
)
def test_says_why_a_school_is_closed(day: date, reason: str) -> None:
    movable = {date(2026, 5, 15)}
    assert closed_reason(day, movable) == reason
    assert is_school_day(day, movable) is (reason == "")


def test_christmas_eve_and_rose_monday_are_office_days() -> None:
    assert is_office_day(date(2026, 12, 24))
    assert is_office_day(date(2026, 2, 16))
    assert not is_office_day(date(2026, 12, 25))


def test_the_next_day_skips_holidays_and_movable_days() -> None:
    assert next_school_day(date(2026, 3, 27)) == date(2026, 4, 13)
    assert next_school_day(date(2026, 5, 13)) == date(2026, 5, 15)
    assert next_school_day(date(2026, 5, 13), {date(2026, 5, 15)}) == date(2026, 5, 18)
    assert next_office_day(date(2026, 4, 2)) == date(2026, 4, 7)


SCHOOL = school_calendar()
SCHOOL_WITH_MOVABLE_DAY = school_calendar({date(2026, 5, 15)})


@pytest.mark.parametrize(
    ("start", "minutes", "days", "due"),
    [
        ("2026-04-03 10:00", 240, is_office_day, "2026-04-07 11:30"),
        ("2026-04-03 10:00", 240, SCHOOL, "2026-04-13 11:30"),
        ("2026-05-13 15:30", 480, is_office_day, "2026-05-15 15:00"),
        ("2026-05-13 15:30", 480, SCHOOL_WITH_MOVABLE_DAY, "2026-05-18 15:00"),
        ("2026-06-03 15:59", 2, is_office_day, "2026-06-05 07:31"),
        ("2026-07-17 15:00", 120, SCHOOL, "2026-09-02 08:30"),
        ("2027-10-29 15:00", 120, is_office_day, "2027-11-02 08:30"),
        ("2026-10-23 15:00", 570, is_office_day, "2026-10-26 16:00"),
        ("2026-11-23 08:00", 0, is_office_day, "2026-11-23 08:00"),
        ("2026-11-23 16:00", 0, is_office_day, "2026-11-24 07:30"),
        ("2026-03-27 15:30", 60, is_office_day, "2026-03-30 08:00"),
    ],
)
def test_a_deadline_falls_on_the_worked_moment(start: str, minutes: int, days: DayTest, due: str) -> None:
    assert add_service_minutes(berlin(start), minutes, days) == berlin(due)
    if minutes:
        assert service_minutes_between(berlin(start), berlin(due), days) == minutes


def test_the_weekend_of_the_clock_change_adds_and_loses_nothing() -> None:
    spring, autumn = berlin("2026-03-27 16:00"), berlin("2026-10-23 16:00")
    assert service_minutes_between(spring, berlin("2026-03-30 07:30")) == 0
    assert service_minutes_between(autumn, berlin("2026-10-26 08:30")) == 60
    assert add_service_minutes(spring, 1) == datetime(2026, 3, 30, 5, 31, tzinfo=UTC)
    assert add_service_minutes(autumn, 1) == datetime(2026, 10, 26, 6, 31, tzinfo=UTC)


def test_backwards_is_no_time_and_never_open_is_an_error() -> None:
    noon = berlin("2026-11-23 12:00")
    assert service_minutes_between(noon, noon - timedelta(hours=1)) == 0
    with pytest.raises(DomainError, match="nicht vor ihrem Beginn"):
        add_service_minutes(noon, -1)
    with pytest.raises(DomainError, match="öffnet an keinem Tag"):
        add_service_minutes(noon, 1, lambda day: False)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)).map(lambda when: when.replace(tzinfo=UTC))


@settings(deadline=None, max_examples=60)
@given(moments, st.integers(0, 3000), st.integers(0, 3000))
def test_adding_in_two_steps_is_adding_at_once_and_counting_gives_it_back(
    start: datetime, first: int, second: int
) -> None:
    once = add_service_minutes(start, first + second)
    assert add_service_minutes(add_service_minutes(start, first), second) == once
    assert service_minutes_between(start, once) == first + second
