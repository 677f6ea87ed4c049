"""A search line: words with a colon are filters, the rest is text."""

import pytest

from itsm.core.errors import DomainError
from itsm.core.search import Line, parse, without

WORDS = {"status": None, "raum": None}


@pytest.mark.parametrize(
    ("line", "filters", "text"),
    [
        ("", (), ""),
        ("beamer flackert", (), "beamer flackert"),
        ("status:offen raum:2.14 beamer", (("status", "offen"), ("raum", "2.14")), "beamer"),
        ('raum:"Aula West" ton', (("raum", "Aula West"),), "ton"),
        ("STATUS:offen", (("status", "offen"),), ""),
        ("http://iserv.example", (), "http://iserv.example"),
        ("a\x00b", (), "a b"),
    ],
)
def test_a_line_is_taken_apart(line: str, filters: tuple[tuple[str, str], ...], text: str) -> None:
    assert parse(line, WORDS) == Line(filters, text)


def test_a_chip_takes_its_filter_out_of_the_line() -> None:
    assert without('status:offen raum:"Aula West" ton', "raum", "Aula West") == "status:offen ton"


def test_a_line_longer_than_anybody_types_is_refused() -> None:
    with pytest.raises(DomainError, match="300 Zeichen"):
        parse("x" * 301, WORDS)
