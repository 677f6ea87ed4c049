"""Excel files, with texts that can never be formulas."""

import io
from collections.abc import Iterable
from itertools import chain
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx(title: str, head: Iterable[object], rows: Iterable[Iterable[object]]) -> bytes:
    """Return a file with one sheet; numbers and days stay what they are, everything else is text."""
    file = io.BytesIO()
    write(file, title, head, rows)
    return file.getvalue()


def write(file: IO[bytes], title: str, head: Iterable[object], rows: Iterable[Iterable[object]]) -> None:
    """Write the same into a file row by row, so that a long list never lies in memory as a whole."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"

    def cell(value: object) -> object:
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
        made.data_type = "s"
        return made

    for row in chain([head], rows):
        sheet.append([cell(value) for value in row])
    book.save(file)
