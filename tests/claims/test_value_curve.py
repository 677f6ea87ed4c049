"""The picture of the value: it begins at the price, passes through the day, ends at nothing."""

from dataclasses import replace
from datetime import date

import pytest

from itsm.claims import value_words
from itsm.claims.valuation import Convention, Inputs, value
from itsm.claims.value_curve import BOTTOM, LEFT, RIGHT, TOP, curve

E1 = Inputs(37_900, date(2022, 9, 12), date(2026, 3, 17), 60)


def test_the_line_falls_from_the_price_to_nothing_through_the_day() -> None:
    drawn = curve(E1)
    assert (drawn.first.cents, drawn.first.x, drawn.first.y) == (37_900, LEFT, TOP)
    assert (drawn.marked.on, drawn.marked.cents) == (date(2026, 3, 17), 11_370)
    assert (drawn.last.on, drawn.last.cents, drawn.last.x, drawn.last.y) == (date(2027, 9, 12), 0, RIGHT, BOTTOM)
    assert f"{drawn.marked.x:.1f},{drawn.marked.y:.1f}" in drawn.line.split()
    heights = [float(point.split(",")[1]) for point in drawn.line.split()]
    assert heights == sorted(heights)


def test_the_table_has_every_year_and_the_day() -> None:
    rows = curve(E1).rows
    assert [point.on.year for point in rows] == [2022, 2023, 2024, 2025, 2026, 2026, 2027]
    assert date(2026, 3, 17) in [point.on for point in rows]


@pytest.mark.parametrize(
    ("damaged_on", "names_first", "turns"),
    [(date(2022, 9, 12), False, False), (date(2024, 9, 12), True, False), (date(2029, 9, 12), True, True)],
)
def test_words_keep_their_room_wherever_the_day_lies(damaged_on: date, names_first: bool, turns: bool) -> None:
    drawn = curve(replace(E1, damaged_on=damaged_on))
    assert (drawn.names_first, drawn.turns) == (names_first, turns)
    assert drawn.last.on == max(damaged_on, date(2027, 9, 12))


def test_a_device_that_cost_nothing_lies_on_the_ground() -> None:
    assert curve(replace(E1, base_cents=0)).marked.y == BOTTOM


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "waren davon noch 18 übrig: 379,00 € × 18 von 60 Monaten = 113,70 €."),
        ({"convention": Convention.DAYS}, "noch 544 übrig: 379,00 € × 544 von 1.826 Tagen = 112,91 €."),
        ({"damaged_on": date(2027, 8, 1)}, "war davon noch 1 übrig: 379,00 € × 1 von 60 Monaten = 6,32 €."),
        ({"damaged_on": date(2027, 9, 1)}, "war diese Zeit abgelaufen: 379,00 € × 0 von 60 Monaten = 0,00 €."),
        (
            {"life_months": 1, "damaged_on": date(2022, 9, 20)},
            "war davon noch 1 übrig: 379,00 € × 1 von 1 Monat = 379,00 €.",
        ),
    ],
)
def test_the_calculation_in_words(changed: dict[str, object], words: str) -> None:
    said = value_words.sentence(value(replace(E1, **changed)))  # type: ignore[arg-type]
    assert said.startswith("Das Gerät hat 379,00 € gekostet, gerechnet wird mit ") and said.endswith(words)
