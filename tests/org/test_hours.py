"""Visiting hours in the words of a door sign."""

from datetime import time

from itsm.org.hours import hours_as_typed, hours_in_words
from itsm.org.models import VisitingHours


def window(weekday: int, opens: int = 8, closes: int = 15) -> VisitingHours:
    return VisitingHours(weekday=weekday, opens=time(opens), closes=time(closes))


def test_equal_days_in_a_row_become_one_line() -> None:
    assert hours_in_words([window(day) for day in range(5)]) == [("Montag bis Freitag", "08:00–15:00 Uhr")]
    assert hours_in_words([window(0), window(1), window(3)]) == [
        ("Montag und Dienstag", "08:00–15:00 Uhr"),
        ("Donnerstag", "08:00–15:00 Uhr"),
    ]


def test_two_windows_of_a_day_stand_in_one_line() -> None:
    assert hours_in_words([window(4, 13, 15), window(4, 7, 8)]) == [("Freitag", "07:00–08:00, 13:00–15:00 Uhr")]
    assert hours_in_words([]) == []


def test_what_can_be_typed_is_as_short() -> None:
    hours = [window(0), window(1), window(4, 7, 8), window(4, 13, 15)]
    assert hours_as_typed(hours) == ["Mo–Di 08:00–15:00", "Fr 07:00–08:00", "Fr 13:00–15:00"]
