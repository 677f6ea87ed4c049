"""Reads school lists as they really are: the ministry's schuldaten.csv and the city's enriched list."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from itsm.core.errors import DomainError
from itsm.org import school_text
from itsm.org.coordinates import Position, from_degrees, from_utm
from itsm.org.school_forms import OFFICES, SCHOOL_FORMS
from itsm.org.school_layouts import FileKind, Layout, layout_of
from itsm.org.school_names import call_name, rejoin

_SEPARATORS = ";,\t"


@dataclass(frozen=True)
class SchoolRow:
    """One school as the file gives it; `source_columns` are the columns as read."""

    line: int
    number: str
    name: str
    call_name: str
    short_name: str
    form_key: str
    street: str
    postcode: str
    town: str
    phone: str
    email: str
    homepage: str
    legal_form: str
    carrier: str
    municipality_key: str
    operating_key: str
    operating_since: date | None
    latitude: float | None
    longitude: float | None
    pupils: int | None
    source_columns: dict[str, str]


@dataclass(frozen=True)
class Rejection:
    """A line that cannot be taken over; number and carrier as far as they can be read."""

    line: int
    reason: str
    number: str = ""
    carrier: str = ""


@dataclass(frozen=True)
class SchoolFile:
    """Everything a school list says."""

    layout: Layout
    rows: tuple[SchoolRow, ...]
    rejections: tuple[Rejection, ...]


def read_school_file(content: bytes) -> SchoolFile:
    """The schools and the rejected lines of a list, each with its line number in the file.

    Raises: DomainError if the bytes are no school list at all.
    Source: docs/rules/schools.md, SC-1 to SC-6.
    """
    lines = school_text.decode(content).splitlines()
    separator, header_line = _separator(lines)
    header = _header(lines[header_line - 1], separator)
    layout = layout_of(header)
    rows: dict[str, SchoolRow] = {}
    rejections: list[Rejection] = []
    for line, text in _filled(lines, header_line):
        columns: dict[str, str] = {}
        try:
            columns = _columns(text, separator, header)
            row = _school(line, columns, layout)
            if row.number in rows:
                raise DomainError(f"Die Schulnummer {row.number} steht schon in Zeile {rows[row.number].line}.")
            rows[row.number] = row
        except DomainError as error:
            number, carrier = (columns.get(layout.columns[field], "") for field in ("number", "carrier"))
            rejections.append(Rejection(line, error.sentence, number, carrier))
    if not rows and not rejections:
        raise DomainError("Die Datei enthält keine Schule, nur die Kopfzeile.")
    return SchoolFile(layout, tuple(rows.values()), tuple(rejections))


def _separator(lines: list[str]) -> tuple[str, int]:
    """The separator and the line number of the header; Excel's "sep=;" line may stand before it."""
    first = lines[0].strip('"').lower()
    if first.startswith("sep=") and len(lines) > 1:
        return first[4:5] or ";", 2
    return max(_SEPARATORS, key=lines[0].count), 1


def _header(line: str, separator: str) -> list[str]:
    try:
        return [name.strip() for name in _cells(line, separator)]
    except DomainError:
        raise DomainError("Das ist keine Schulliste: Die erste Zeile nennt keine Spalten.") from None


def _filled(lines: list[str], header_line: int) -> Iterator[tuple[int, str]]:
    numbered = enumerate(lines[header_line:], start=header_line + 1)
    return ((line, text) for line, text in numbered if text.strip())


def _cells(text: str, separator: str) -> list[str]:
    # Line by line: an unclosed quote costs one line and does not swallow the rest of the file.
    try:
        return next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error:
        raise DomainError("Ein Anführungszeichen ist nicht geschlossen, oder ein Feld ist viel zu lang.") from None


def _columns(text: str, separator: str, header: list[str]) -> dict[str, str]:
    cells = _cells(text, separator)
    # The official header ends in a separator, its lines do not: 24 names for 23 values.
    named = len(header) - (1 if header[-1] == "" else 0)
    if len(cells) < named or any(cell.strip() for cell in cells[named:]):
        raise DomainError(f"Die Zeile hat {len(cells)} Spalten, die Kopfzeile {named}.")
    return {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}


def _school(line: int, columns: dict[str, str], layout: Layout) -> SchoolRow:
    def value(field: str) -> str:
        return columns.get(layout.columns.get(field, ""), "")

    _check(columns, value("number"), value("form_key"), value("postcode"))
    parts = [columns.get(name, "") for name in layout.name_parts]
    latitude, longitude = _position(columns, layout)
    named_in_file = value("call_name") if layout.kind is FileKind.CITY else ""
    return SchoolRow(
        line=line,
        number=value("number"),
        name=rejoin(parts),
        call_name=named_in_file or call_name(parts),
        short_name=value("short_name"),
        form_key=value("form_key"),
        street=value("street"),
        postcode=value("postcode"),
        town=value("town"),
        phone=school_text.phone(*(columns.get(name, "") for name in layout.phone)),
        email=value("email").lower(),
        homepage=school_text.homepage(value("homepage")),
        legal_form=value("legal_form"),
        carrier=value("carrier"),
        municipality_key=value("municipality_key"),
        operating_key=value("operating_key"),
        operating_since=school_text.german_date(value("operating_since")),
        latitude=latitude,
        longitude=longitude,
        pupils=_pupils(value("pupils")),
        source_columns=columns,
    )


def _check(columns: dict[str, str], number: str, form_key: str, postcode: str) -> None:
    if not re.fullmatch(r"[0-9]{6}", number):
        raise DomainError(f"„{school_text.shorten(number)}“ ist keine sechsstellige Schulnummer.")
    if form_key in OFFICES:
        raise DomainError(f"Die Nummer {number} ist ein {OFFICES[form_key]}, keine Schule.")
    if form_key not in SCHOOL_FORMS:
        raise DomainError(f"Die Schulform „{school_text.shorten(form_key)}“ ist nicht bekannt.")
    if not re.fullmatch(r"[0-9]{5}", postcode):
        raise DomainError(f"„{school_text.shorten(postcode)}“ ist keine Postleitzahl.")
    for name, text in columns.items():
        if len(text) > school_text.LONGEST_FIELD:
            raise DomainError(f"Das Feld {school_text.shorten(name)} ist mit {len(text)} Zeichen zu lang.")


def _position(columns: dict[str, str], layout: Layout) -> Position:
    values = [columns.get(name, "") for name in layout.position]
    return from_degrees(*values) if layout.kind is FileKind.CITY else from_utm(*values)


def _pupils(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", text):
        raise DomainError(f"„{school_text.shorten(text)}“ ist keine Schülerzahl.")
    return int(text)
