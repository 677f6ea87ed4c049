"""A cell is never a formula."""

import pytest

from itsm.core import spreadsheet


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_would_start_a_formula_is_marked_as_text(text: str) -> None:
    assert spreadsheet.cell(text) == f"'{text}"


def test_a_file_starts_with_the_mark_excel_needs_and_quotes_what_would_break_it() -> None:
    text = "".join(spreadsheet.lines(("Titel", "Raum"), [('Sagt "nein"; dunkel', None), ("zwei\nZeilen", 2)]))
    assert text == '\ufeffTitel;Raum\r\n"Sagt ""nein""; dunkel";\r\n"zwei\nZeilen";2\r\n'
