"""Yearly figures as a report states them, read from a list.

Source: docs/rules/claims.md, CL-81.
"""

import re
from dataclasses import dataclass
from io import BytesIO

from itsm.assets.importing.reading import open_table
from itsm.core.errors import DomainError

# What the columns may be called, in small letters.
HEADS = {
    "year": ("jahr", "year"),
    "devices": ("ipads", "geräte", "geraete", "bestand", "devices"),
    "damaged": ("schadensfaelle", "schadensfälle", "schäden", "schaeden", "damaged"),
    "missing": ("diebstahl_verlust", "diebstahl/verlust", "diebstahl und verlust", "missing"),
}
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_YEARS = LAST_YEAR - FIRST_YEAR
LARGEST = 10_000_000
LARGEST_BYTES = 1024 * 1024
_WHOLE = re.compile(r"\d{1,8}|\d{1,3}(?:\.\d{3}){1,2}")


@dataclass(frozen=True)
class Stated:
    """What a report states for one year: iPads on its key date, damaged ones, stolen or lost ones."""

    year: int
    devices: int
    damaged: int
    missing: int


def read(content: bytes) -> list[Stated]:
    """Return the years of a list, the earliest first; one wrong line refuses the whole list.

    Raises: DomainError for a file that is no list, lacks a column, or holds a line that cannot be.
    """
    if len(content) > LARGEST_BYTES:
        raise DomainError("Die Datei ist größer als 1 MB. Eine Liste mit einer Zeile je Jahr ist viel kleiner.")
    table = open_table(BytesIO(content))
    places = _places([name.strip().casefold() for name in table.header])
    found: dict[int, Stated] = {}
    for row in table.rows:
        where = f"{table.unit} {row.line}"
        if row.problem:
            raise DomainError(f"{where}: {row.problem}")
        cells = [cell.strip() for cell in row.cells]
        if not any(cells):
            continue
        if len(found) == MOST_YEARS:
            raise DomainError("Die Liste hat zu viele Zeilen. Gebraucht wird eine Zeile je Jahr.")
        one = Stated(**{name: _number(cells, place, where) for name, place in places.items()})
        _check(one, where, is_known=one.year in found)
        found[one.year] = one
    if not found:
        raise DomainError("In der Liste steht kein Jahr.")
    return [found[year] for year in sorted(found)]


def _places(heads: list[str]) -> dict[str, int]:
    places = {
        name: next((place for place, head in enumerate(heads) if head in known), -1) for name, known in HEADS.items()
    }
    if missing := [HEADS[name][0] for name, place in places.items() if place < 0]:
        raise DomainError(f"In der Liste fehlen Spalten: {', '.join(missing)}.")
    return places


def _number(cells: list[str], place: int, where: str) -> int:
    text = cells[place] if place < len(cells) else ""
    if not text.isascii() or not _WHOLE.fullmatch(text):
        raise DomainError(f"{where}: „{text[:40]}“ ist keine ganze Zahl.")
    return int(text.replace(".", ""))


def _check(one: Stated, where: str, *, is_known: bool) -> None:
    if not FIRST_YEAR <= one.year <= LAST_YEAR:
        raise DomainError(f"{where}: „{one.year}“ ist kein Jahr zwischen {FIRST_YEAR} und {LAST_YEAR}.")
    if is_known:
        raise DomainError(f"{where}: Das Jahr {one.year} steht zweimal in der Liste.")
    if one.devices > LARGEST or max(one.damaged, one.missing) > one.devices:
        raise DomainError(f"{where}: Das Jahr {one.year} hat mehr Fälle als Geräte. Bitte prüfen Sie die Zeile.")
