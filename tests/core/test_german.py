"""German words for moments, spans and numbers."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from itsm.core import german

# A Monday, 9:00 in Berlin.
MONDAY_9AM = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "gerade eben"),
        (timedelta(minutes=-1), "vor 1 Minute"),
        (timedelta(minutes=-59), "vor 59 Minuten"),
        (timedelta(minutes=40), "in 40 Minuten"),
        (timedelta(hours=-2), "heute, 7:00 Uhr"),
        (timedelta(hours=5), "heute, 14:00 Uhr"),
        (timedelta(hours=-10), "gestern, 23:00 Uhr"),
        (timedelta(hours=15), "morgen, 0:00 Uhr"),
        (timedelta(days=2), "Mittwoch, 9:00 Uhr"),
        (timedelta(days=6), "Sonntag, 9:00 Uhr"),
        (timedelta(days=7), "23.03.2026"),
        (timedelta(days=-2), "vor 2 Tagen"),
        (timedelta(days=-7), "09.03.2026"),
    ],
)
def test_a_moment_is_told_as_people_say_it(span: timedelta, words: str) -> None:
    assert german.relative_to(MONDAY_9AM + span, MONDAY_9AM) == words


def test_tomorrow_is_the_next_day_in_berlin_not_in_utc() -> None:
    late = datetime(2026, 3, 16, 22, 30, tzinfo=UTC)  # half past eleven in the evening
    assert german.relative_to(late + timedelta(hours=2), late) == "morgen, 1:30 Uhr"


def test_moments_and_dates_are_spelled_in_berlin() -> None:
    late = datetime(2026, 7, 1, 22, 5, tzinfo=UTC)
    assert german.local_moment(late) == "Do 02.07.2026, 0:05 Uhr"
    assert german.long_date(late) == "Donnerstag, 2. Juli"
    assert german.local_date(date(2026, 7, 1)) == "Mi 01.07.2026"
    assert german.local_time(time(9, 5)) == "9:05"


@pytest.mark.parametrize(("count", "words"), [(0, "0 Min."), (45, "45 Min."), (60, "1 Std."), (80, "1 Std. 20 Min.")])
def test_a_span_is_told_in_hours_and_minutes(count: int, words: str) -> None:
    assert german.minutes_words(count) == words


@pytest.mark.parametrize(("metres", "words"), [(350, "350 m"), (3449, "3,4 km"), (12_400, "12 km")])
def test_a_way_is_told_as_exactly_as_one_needs_it(metres: int, words: str) -> None:
    assert german.metres_words(metres) == words


@pytest.mark.parametrize(("value", "words"), [(1240, "1.240"), (1234.5, "1.234,5"), (0, "0"), (-1000, "-1.000")])
def test_numbers_have_german_separators(value: float, words: str) -> None:
    assert german.number(value) == words


@pytest.mark.parametrize(
    ("spoken", "address"),
    [
        ("0231 50-22222", "tel:+492315022222"),
        ("+49 (231) 50", "tel:+4923150"),
        ("0049 231 50", "tel:+4923150"),
        ("110", "tel:110"),
    ],
)
def test_a_telephone_number_becomes_an_address_that_dials(spoken: str, address: str) -> None:
    assert german.tel(spoken) == address


@pytest.mark.parametrize(
    ("cents", "words"), [(37_900, "379 €"), (123_450, "1.234,50 €"), (5, "0,05 €"), (-100, "−1 €"), (0, "0 €")]
)
def test_money_has_decimals_only_where_it_needs_them(cents: int, words: str) -> None:
    assert german.euros(cents) == words
