"""What differs between two plans: altogether, per year, over age, per school form."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from itsm.assets.models import Wave
from itsm.assets.waves.summary import Sum, Summary
from itsm.assets.words import FAIRNESS
from itsm.core.german import euros, number


class Line(NamedTuple):
    """A label, then the first plan, the second, and the second less the first, as people read them."""

    label: str
    values: tuple[str, str, str]


def compare(one: tuple[Wave, Summary], other: tuple[Wave, Summary]) -> list[tuple[str, list[Line]]]:
    """Return the parts of the comparison under their headings."""
    (first, a), (second, b) = one, other
    return [
        (
            "Im Ganzen",
            [
                Line("Wer zuerst kommt", (FAIRNESS[first.fairness], FAIRNESS[second.fairness], "")),
                _line("Geräte", a.total.count, b.total.count),
                _line("Kosten", a.total.cost_cents, b.total.cost_cents, euros),
                _line("Schulen", len(a.schools()), len(b.schools())),
            ],
        ),
        ("Geräte je Jahr", _counts(a.per_year, b.per_year)),
        (
            "Über Alter am Ende des Jahres",
            [
                Line(str(year), _both(a.left_over.get(year), b.left_over.get(year)))
                for year in sorted(a.left_over.keys() | b.left_over.keys())
            ],
        ),
        ("Geräte je Schulform", _counts(a.per_form, b.per_form)),
    ]


def _counts(a: Mapping[Any, Sum], b: Mapping[Any, Sum]) -> list[Line]:
    nothing = Sum(0, 0, 0)
    keys: Iterable[Any] = sorted(a.keys() | b.keys())
    return [_line(str(key), a.get(key, nothing).count, b.get(key, nothing).count) for key in keys]


def _line(label: str, a: int, b: int, words: Callable[[int], str] = number) -> Line:
    return Line(label, (words(a), words(b), _signed(b - a, words)))


def _both(a: int | None, b: int | None) -> tuple[str, str, str]:
    """A year only one of the plans reaches has no difference."""
    difference = "" if a is None or b is None else _signed(b - a, number)
    return ("–" if a is None else number(a), "–" if b is None else number(b), difference)


def _signed(difference: int, words: Callable[[int], str]) -> str:
    if difference == 0:
        return "gleich"
    return f"{'+' if difference > 0 else '−'}{words(abs(difference))}"
