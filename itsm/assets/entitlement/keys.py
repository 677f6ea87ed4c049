"""The keys of the standard equipment: how many devices for how many people and rooms.

Source: docs/rules/entitlement.md, EN-1 (annual report 2025, chapter 5.1).
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from itsm.assets.kinds import Kind
from itsm.core import figures
from itsm.core.figures import Figure, define

# The classes that have a key, in the order of the pages.
KEYED = (Kind.IPAD, Kind.LAPTOP, Kind.DESKTOP, Kind.DISPLAY, Kind.PROJECTOR)

_PREFIX = "entitlement."

# Column of the size → what its people are called, and how many of them share a device at the start.
_SHARED = {
    "pupils_1_2": ("Klassen 1–2: Kinder je iPad", "Kinder", 2),
    "pupils_3_4": ("Klassen 3–4: Kinder je iPad", "Kinder", 1),
    "pupils_secondary": ("Sekundarstufen: Schüler*innen je iPad", "Personen", 1),
    "pupils_full_time": ("Berufskolleg Vollzeit: Schüler*innen je iPad", "Personen", 1),
    "pupils_dual": ("Berufskolleg dual: Auszubildende je iPad", "Personen", 2),
    "teachers": ("Lehrkräfte je Laptop der Schulorganisation", "Personen", 5),
}
_GIVEN = {
    "displays": ("Displays je Unterrichtsraum", "Displays", 1),
    "desktops": ("OPS-PCs je Unterrichtsraum", "OPS-PCs", 1),
    "projectors": ("Beamer je Aula", "Beamer", 1),
    "hall_seats": ("Eine Aula bekommt einen Beamer ab", "Plätzen", 200),
}

define(
    *(
        Figure(f"{_PREFIX}{key}", f"Ausstattung, {label}", unit, start, lowest=1, highest=100)
        for key, (label, unit, start) in _SHARED.items()
    ),
    *(
        Figure(f"{_PREFIX}{key}", f"Ausstattung, {label}", unit, start, highest=10_000)
        for key, (label, unit, start) in _GIVEN.items()
    ),
)


@dataclass(frozen=True)
class Keys:
    """The keys of a day; people per device for the first six, devices per room or hall for the rest."""

    pupils_1_2: Fraction = Fraction(2)
    pupils_3_4: Fraction = Fraction(1)
    pupils_secondary: Fraction = Fraction(1)
    pupils_full_time: Fraction = Fraction(1)
    pupils_dual: Fraction = Fraction(2)
    teachers: Fraction = Fraction(5)
    displays: Fraction = Fraction(1)
    desktops: Fraction = Fraction(1)
    projectors: Fraction = Fraction(1)
    hall_seats: Fraction = Fraction(200)


def keys_on(on: date) -> Keys:
    """Return the keys as they hold on that day; one query."""
    # By their decimal digits: 1.1 people per device are eleven tenths, not the binary number beside it.
    found = {key.removeprefix(_PREFIX): Fraction(str(value)) for key, value in figures.values(_PREFIX, on).items()}
    return Keys(**found)
