"""The tables of the page of figures as lines of a file.

Source: docs/rules/claims.md, CL-82.
"""

import re
from collections.abc import Iterator

from itsm.claims.statistics_page import Cell, Money, Share, Table
from itsm.core import spreadsheet, workbook
from itsm.core.german import plain_euros

# What Excel allows in the name of a sheet.
_LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


def csv(table: Table) -> Iterator[str]:
    """Return a table line by line, as German spreadsheets read it."""
    return spreadsheet.lines(_heads(table), ([_text(cell) for cell in row] for row in table.rows))


def xlsx(table: Table) -> bytes:
    """Return a table as an Excel file whose numbers are numbers."""
    return workbook.xlsx(
        table.title[:_LONGEST_NAME], _heads(table), ([_value(cell) for cell in row] for row in table.rows)
    )


def _heads(table: Table) -> list[str]:
    """Return the heads with the unit in them, since cells hold bare numbers."""
    first: tuple[Cell, ...] = tuple(table.rows[0]) if table.rows else ()
    units = [_unit(cell) for cell in first] or [""] * len(table.heads)
    return [head + unit for head, unit in zip(table.heads, units, strict=True)]


def _unit(cell: Cell) -> str:
    return " (%)" if isinstance(cell, Share) else " (€)" if isinstance(cell, Money) else ""


def _text(cell: Cell) -> object:
    if isinstance(cell, Share):
        return str(cell).removesuffix(" %") if cell.whole else ""
    return plain_euros(cell.cents) if isinstance(cell, Money) else cell


def _value(cell: Cell) -> object:
    if isinstance(cell, Share):
        return cell.percent
    return cell.cents / 100 if isinstance(cell, Money) else cell
