"""Excel files keep numbers as numbers and never hold a formula."""

import io

import openpyxl

from itsm.core.workbook import xlsx


def test_numbers_stay_numbers_and_a_formula_is_text() -> None:
    content = xlsx("Liste", ("Name", "Anzahl"), [("=1+1", 3), ("\x0bTab", None)])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Name", "Anzahl"],
        ["=1+1", 3],
        ["Tab", None],
    ]
    assert sheet["A2"].data_type == "s"
