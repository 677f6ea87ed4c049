"""Visiting hours in the words of a door sign: equal days in a row become one line."""

from collections.abc import Sequence

from itsm.core.german import WEEKDAYS
from itsm.org.models import VisitingHours


def hours_in_words(hours: Sequence[VisitingHours]) -> list[tuple[str, str]]:
    """Days and times, in the order of the week: ("Montag bis Freitag", "07:30–15:30 Uhr")."""
    by_day: dict[int, str] = {}
    for one in sorted(hours, key=lambda one: (one.weekday, one.opens)):
        span = f"{one.opens:%H:%M}–{one.closes:%H:%M}"
        by_day[one.weekday] = f"{by_day[one.weekday]}, {span}" if one.weekday in by_day else span
    runs: list[tuple[int, int, str]] = []
    for day, words in by_day.items():
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == words:
            runs[-1] = (runs[-1][0], day, words)
        else:
            runs.append((day, day, words))
    return [(_days(first, last), f"{words} Uhr") for first, last, words in runs]


def _days(first: int, last: int) -> str:
    if first == last:
        return WEEKDAYS[first]
    return f"{WEEKDAYS[first]} {'und' if last == first + 1 else 'bis'} {WEEKDAYS[last]}"
