"""CSV as German Excel opens it, with cells that can never be formulas."""

import csv
import io
from collections.abc import Iterable, Iterator

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"


def lines(head: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Return the lines of a file one by one, so that a long list never lies in memory as a whole."""
    yield BYTE_ORDER_MARK + _line(head)
    for row in rows:
        yield _line(row)


def cell(value: object) -> str:
    """Return the text of a cell; one that would start a formula is marked as text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _line(values: Iterable[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerow([cell(value) for value in values])
    return buffer.getvalue()
