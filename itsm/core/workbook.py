"""Excel files of one sheet, with texts that can never be formulas."""

import io
from collections.abc import Iterable
from datetime import date
from typing import IO

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx(title: str, head: Iterable[object], rows: Iterable[Iterable[object]]) -> bytes:
    """Return a file with one sheet; numbers and days stay what they are, everything else is text."""
    file = io.BytesIO()
    write(file, title, head, rows)
    return file.getvalue()


def write(file: IO[bytes], title: str, head: Iterable[object], rows: Iterable[Iterable[object]]) -> None:
    """Write the same into a file row by row, so that a long list never lies in memory as a whole."""
    # Loaded by the first export: most processes never write one.
    from xlsxwriter import Workbook

    with Workbook(file, {"constant_memory": True}) as book:
        sheet, as_day = book.add_worksheet(title), book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.freeze_panes(1, 0)
        for column, label in enumerate(head):
            sheet.write_string(0, column, str(label))
        for place, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(place, column, value, as_day)
                elif isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(place, column, value)
                elif value is not None and value != "":
                    # Never `write`, which would take a text for a formula or an address.
                    sheet.write_string(place, column, str(value))
