"""Excel files: what goes in comes out as the same kind of thing, and no text becomes a formula."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from itsm.core import workbook


def read_back(*values: object, title: str = "Liste") -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(workbook.xlsx(title, ["Spalte"] * len(values), [values])))
    assert book.sheetnames == [title]
    return list(book.active[2])


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 231", "-1", "@SUM(A1)", "<b>&\"'", "  Rand ", "zwei\nZeilen", "Größe €😀"]
)
def test_a_text_stays_a_text(text: str) -> None:
    (cell,) = read_back(text)
    assert (cell.value, cell.data_type) == (text, "s")


def test_numbers_and_days_stay_what_they_are() -> None:
    cells = read_back(42, 379.5, date(2026, 2, 28), None, "")
    assert [cell.value for cell in cells] == [42, 379.5, datetime(2026, 2, 28), None, None]


def test_what_xml_cannot_hold_does_not_spoil_the_file() -> None:
    (cell,) = read_back("a\x0bc")
    assert cell.value.startswith("a") and cell.value.endswith("c")


def test_the_name_of_the_sheet_is_escaped_and_the_head_stays_in_sight() -> None:
    read_back("x", title='Geräte & "mehr" <1>')
    assert openpyxl.load_workbook(io.BytesIO(workbook.xlsx("x", ["a"], []))).active.freeze_panes == "A2"
