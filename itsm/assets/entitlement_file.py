"""Sizes of schools as lines of a spreadsheet, written and read.

Source: docs/rules/entitlement.md, EN-4.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

from itsm.assets.importing.reading import open_table
from itsm.assets.models import SchoolSize
from itsm.core.errors import DomainError
from itsm.core.german import local_date
from itsm.org.models import School

# Column of the size → head of the column of the list.
FIGURES = {
    "pupils_1_2": "Klassen 1–2",
    "pupils_3_4": "Klassen 3–4",
    "pupils_secondary": "Sekundarstufen",
    "pupils_full_time": "Berufskolleg Vollzeit",
    "pupils_dual": "Berufskolleg dual",
    "teachers": "Lehrkräfte",
    "rooms": "Unterrichtsräume",
}
NUMBER, NAME, FROM, HALLS, STARTCHANCEN = "Schulnummer", "Name", "Gilt ab", "Aulen (Plätze)", "Startchancen"
COLUMNS = (NUMBER, NAME, FROM, *FIGURES.values(), HALLS, STARTCHANCEN)

_MOST_ROWS = 5_000
_LARGEST = 20_000
_WHOLE = re.compile(r"\d{1,3}(?:\.\d{3})?|\d{1,5}")
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})|(\d{4})-(\d{2})-(\d{2})(?:[ T].*)?")
_YES, _NO = ("ja", "j", "x", "1"), ("nein", "n", "", "0")


@dataclass(frozen=True)
class SizeRow:
    """The size of one school from a day on, as a line of the list says it."""

    school_id: int
    valid_from: date
    values: dict[str, Any]


@dataclass
class SizeList:
    """What a list says, and what is wrong with it; each error names its line."""

    rows: list[SizeRow] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def cells(school: School, size: SchoolSize | None) -> tuple[object, ...]:
    """Return the line of a school; empty figures while nobody has entered its size."""
    if size is None:
        return school.number, school.name, *[""] * (len(COLUMNS) - 2)
    figures = [getattr(size, name) for name in FIGURES]
    day = f"{size.valid_from:%d.%m.%Y}"
    return school.number, school.name, day, *figures, halls_text(size.halls), "ja" if size.is_startchancen else "nein"


def read(content: bytes, school_ids: Mapping[str, int]) -> SizeList:
    """Read a list; lines without any figure are passed over. `school_ids` are known by official number.

    Raises: DomainError for a file that is no list, or lacks a column.
    """
    table = open_table(BytesIO(content))
    if missing := [name for name in COLUMNS if name != NAME and name not in table.header]:
        raise DomainError(
            f"In der Liste fehlen Spalten: {', '.join(missing)}. Laden Sie die Vorlage und füllen Sie sie."
        )
    found, seen = SizeList(), set[tuple[int, date]]()
    for row in table.rows:
        if row.line > _MOST_ROWS:
            raise DomainError(f"Die Liste hat mehr als {_MOST_ROWS} Zeilen. Das sind mehr, als es Schulen gibt.")
        named = {name: cell.strip() for name, cell in zip(table.header, row.cells, strict=False)}
        if not row.problem and not any(named.get(name) for name in (*FIGURES.values(), HALLS)):
            continue
        try:
            size = _size_row(named, school_ids, row.problem)
            if (size.school_id, size.valid_from) in seen:
                raise ValueError(
                    f"Für diese Schule stehen zwei Zeilen mit „{local_date(size.valid_from)}“ in der Liste."
                )
        except ValueError as error:
            found.errors.append(f"{table.unit} {row.line}: {error}")
        else:
            seen.add((size.school_id, size.valid_from))
            found.rows.append(size)
    return found


def halls_text(halls: Sequence[int]) -> str:
    """Return the seats of the halls as people type them: 120, 350."""
    return ", ".join(map(str, halls))


def halls_in(typed: str) -> list[int]:
    """Return the seats of each hall.

    Raises: ValueError with a sentence for anything but numbers.
    """
    parts = [part for part in re.split(r"[,;/\s]+", typed) if part]
    if len(parts) > 20 or not all(
        part.isascii() and part.isdecimal() and 0 < int(part[:9]) <= _LARGEST for part in parts
    ):
        raise ValueError("Bitte geben Sie die Plätze jeder Aula als Zahl ein, mehrere mit Komma: 120, 350")
    return [int(part) for part in parts]


def _size_row(named: Mapping[str, str], school_ids: Mapping[str, int], problem: str) -> SizeRow:
    if problem:
        raise ValueError(problem)
    number = named.get(NUMBER, "")
    if number not in school_ids:
        raise ValueError(f"Die Schulnummer „{number[:20]}“ gehört zu keiner offenen Schule.")
    values: dict[str, Any] = {column: _figure(head, named.get(head, "")) for column, head in FIGURES.items()}
    values["halls"] = halls_in(named.get(HALLS, ""))
    values["is_startchancen"] = _yes(named.get(STARTCHANCEN, ""))
    return SizeRow(school_ids[number], _day(named.get(FROM, "")), values)


def _figure(head: str, typed: str) -> int:
    if not typed:
        return 0
    if not _WHOLE.fullmatch(typed) or int(typed.replace(".", "")) > _LARGEST:
        raise ValueError(f"„{typed[:20]}“ in „{head}“ ist keine ganze Zahl bis 20.000.")
    return int(typed.replace(".", ""))


def _day(typed: str) -> date:
    found = _DAY.fullmatch(typed)
    try:
        if not found or (found[3] or found[4])[:2] != "20":
            raise ValueError
        day, month, year = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(f"„{typed[:20]}“ in „{FROM}“ ist kein Datum. Bitte so: 01.08.2026") from None


def _yes(typed: str) -> bool:
    if typed.casefold() not in (*_YES, *_NO):
        raise ValueError(f"„{typed[:20]}“ in „{STARTCHANCEN}“ ist weder ja noch nein.")
    return typed.casefold() in _YES
