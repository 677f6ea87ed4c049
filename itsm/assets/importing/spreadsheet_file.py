"""Reads the first sheet of an Excel file, after a look at what unpacking it would cost.

Source: docs/rules/device-import.md, DI-3.
"""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from itsm.assets.importing.table import LONGEST_CELL, MOST_COLUMNS, Row, Table, check_header, limited
from itsm.core.errors import DomainError

MOST_PARTS = 1_000
MOST_UNPACKED_BYTES = 400 * 1024 * 1024
# The texts of all cells lie in memory as a whole while the sheet is read.
MOST_TEXT_BYTES = 60 * 1024 * 1024
# A part smaller than this may be packed as well as it likes.
_SMALL_BYTES = 1024 * 1024
BEST_RATIO = 150
_BROKEN = "Die Excel-Datei ist beschädigt oder nicht sicher zu lesen. Bitte speichern Sie die Liste neu, gern als CSV."
_ERRORS = (
    zipfile.BadZipFile,
    InvalidFileException,
    DefusedXmlException,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    NotImplementedError,
    EOFError,
)


def read(file: BinaryIO) -> Table:
    """Return the first sheet; its rows are read as they are asked for.

    Raises: DomainError, now or while rows are read, for anything that is no plain list.
    """
    _check_parts(file)
    try:
        # data_only would give the last result of a formula instead of the formula.
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        sheet: Any = book.worksheets[0]
        most = sheet.max_row or 0
        sheet.reset_dimensions()
    except _ERRORS:
        raise DomainError(_BROKEN) from None
    seen = [0]
    rows = _rows(sheet, seen)
    header = next(rows, None)
    if header is None:
        raise DomainError("Das erste Blatt der Excel-Datei ist leer.")
    if header.problem:
        raise DomainError(f"Die Kopfzeile ist nicht lesbar: {header.problem}")
    names = check_header(header.cells)
    return Table(names, limited(_padded(rows, len(names))), lambda: min(seen[0] / most, 1.0) if most else 0.0)


def _check_parts(file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except _ERRORS:
        raise DomainError(_BROKEN) from None
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise DomainError(
            "Das ist ein ZIP-Archiv, keine Excel-Datei. Bitte packen Sie es aus und wählen Sie die Liste."
        )
    texts = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    tight = any(part.file_size > max(_SMALL_BYTES, BEST_RATIO * part.compress_size) for part in parts)
    too_much = sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES or texts > MOST_TEXT_BYTES
    if len(parts) > MOST_PARTS or tight or too_much:
        raise DomainError(
            "Die Excel-Datei würde beim Auspacken zu groß und wurde deshalb nicht geöffnet. "
            "Bitte speichern Sie die Liste als CSV."
        )
    file.seek(0)


def _rows(sheet: Any, seen: list[int]) -> Iterator[Row]:
    try:
        for line, cells in enumerate(sheet.iter_rows(), start=1):
            seen[0] = line
            if len(cells) > MOST_COLUMNS:
                raise DomainError(f"Zeile {line} hat mehr als {MOST_COLUMNS} Spalten. Bitte kürzen Sie die Liste.")
            formula = next((cell for cell in cells if cell.data_type == "f"), None)
            if formula is not None:
                yield Row(
                    line, [], f"Feld {formula.coordinate} enthält eine Formel. Bitte fügen Sie dort den Wert ein."
                )
                continue
            texts = [_text(cell.value) for cell in cells]
            if any(texts) or line == 1:
                yield Row(line, texts, "" if max(map(len, texts)) <= LONGEST_CELL else "Ein Feld ist zu lang.")
    except _ERRORS:
        raise DomainError(_BROKEN) from None


def _text(value: Any) -> str:
    """Return a cell as a CSV would have it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _padded(rows: Iterator[Row], width: int) -> Iterator[Row]:
    """A sheet leaves out the empty cells at the end of a row."""
    for line, cells, problem in rows:
        yield Row(line, cells + [""] * (width - len(cells)), problem)
