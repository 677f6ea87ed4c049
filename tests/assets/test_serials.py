"""Numbers as people type, scan and export them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsm.assets.serials import clean, is_serial, is_tag, readings


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("dmpx 1234\tab", ("DMPX1234AB",)),
        ("SDMPX1234AB", ("SDMPX1234AB", "DMPX1234AB")),
        ("S1234567", ("S1234567",)),  # without the S only seven signs are left
        ("S12345678", ("S12345678", "12345678")),
        ("S" + "A" * 14, ("S" + "A" * 14, "A" * 14)),
        ("https://schul-it.example.org/g/DS-900101-0001?von=etikett", ("DS-900101-0001",)),
        ("/g/ds-1/", ("DS-1",)),
        ("", ()),
        ("   ", ()),
    ],
)
def test_a_typed_text_stands_for_these_numbers(typed: str, expected: tuple[str, ...]) -> None:
    assert readings(typed) == expected


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("A" * 7, False), ("A" * 8, True), ("A" * 14, True), ("A" * 15, False), ("ABCD-1234", False), ("ÄBCDEFGH", False)],
)
def test_a_serial_number_has_eight_to_fourteen_letters_and_digits(text: str, is_one: bool) -> None:
    assert is_serial(text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"), [("DS-1/2.A_3", True), ("-DS", False), ("", False), ("A" * 40, True), ("A" * 41, False)]
)
def test_a_tag_starts_with_a_letter_or_digit(text: str, is_one: bool) -> None:
    assert is_tag(text) is is_one


@given(st.text(max_size=30))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
