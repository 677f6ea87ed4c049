"""Visiting hours in the words of a door sign: equal days in a row become one line."""

from collections.abc import Sequence

from itsm.core.german import WEEKDAYS
from itsm.org.models import VisitingHours


def hours_in_words(hours: Sequence[VisitingHours]) -> list[tuple[str, str]]:
    """Days and times, in the order of the week: ("Montag bis Freitag", "07:30–15:30 Uhr")."""
    return [(_days(first, last), f"{', '.join(spans)} Uhr") for first, last, spans in _runs(hours)]


def hours_as_typed(hours: Sequence[VisitingHours]) -> list[str]:
    """The same as lines that can be typed: "Mo–Fr 07:30–15:30"."""
    return [f"{_short_days(first, last)} {span}" for first, last, spans in _runs(hours) for span in spans]


def _runs(hours: Sequence[VisitingHours]) -> list[tuple[int, int, list[str]]]:
    """First day, last day and spans of each run of equal days."""
    by_day: dict[int, list[str]] = {}
    for one in sorted(hours, key=lambda one: (one.weekday, one.opens)):
        by_day.setdefault(one.weekday, []).append(f"{one.opens:%H:%M}–{one.closes:%H:%M}")
    runs: list[tuple[int, int, list[str]]] = []
    for day, spans in by_day.items():
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], day, spans)
        else:
            runs.append((day, day, spans))
    return runs


def _days(first: int, last: int) -> str:
    if first == last:
        return WEEKDAYS[first]
    return f"{WEEKDAYS[first]} {'und' if last == first + 1 else 'bis'} {WEEKDAYS[last]}"


def _short_days(first: int, last: int) -> str:
    return WEEKDAYS[first][:2] if first == last else f"{WEEKDAYS[first][:2]}–{WEEKDAYS[last][:2]}"
