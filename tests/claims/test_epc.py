"""The account number and the code to pay: read back with a reader, hostile text included."""

import pytest
import zxingcpp
from PIL import Image

from itsm.claims import epc, iban
from itsm.core.errors import DomainError

IBAN = "DE02120300000000202051"
LINES = ["BCD", "002", "1", "SCT", "", "Stadt Dortmund", IBAN, "EUR113.70", "", "", "123456789014"]


def scanned(
    name: str = "Stadt Dortmund", account: str = IBAN, cents: int = 11_370, text: str = "123456789014"
) -> list[str]:
    """Return the lines a banking app reads from the code."""
    rows = [[0 if dark else 255 for dark in row] for row in epc.code(name, account, cents, text).matrix_iter(border=4)]
    picture = Image.new("L", (len(rows), len(rows)))
    picture.putdata([shade for row in rows for shade in row])
    found = zxingcpp.read_barcodes(picture.resize((len(rows) * 4, len(rows) * 4), Image.Resampling.NEAREST))
    return found[0].text.split("\n")


def test_a_banking_app_reads_name_account_amount_and_kassenzeichen() -> None:
    assert scanned() == LINES


@pytest.mark.parametrize(
    ("cents", "amount"),
    [(1, "EUR0.01"), (2_000, "EUR20.00"), (37_990, "EUR379.90"), (99_999_999_999, "EUR999999999.99")],
)
def test_amounts_are_exact_and_have_two_places(cents: int, amount: str) -> None:
    assert scanned(cents=cents)[7] == amount


def test_the_code_is_drawn_as_the_standard_wants_it() -> None:
    longest = epc.code("Ä€" * 70, IBAN, 99_999_999_999, "€" * 200)
    assert (longest.error, longest.is_micro) == ("M", False)
    assert isinstance(longest.version, int) and longest.version <= 13


def test_a_line_break_in_a_name_puts_no_foreign_account_before_ours() -> None:
    found = scanned(name="Stadt\nDE89370400440532013000\r\nDortmund\x00\u2028", text="1234\n5678")
    assert found[5:7] == ["Stadt DE89370400440532013000 Dortmund", IBAN]
    assert found[10:] == ["1234 5678"]


def test_long_words_of_many_bytes_are_cut_at_a_whole_sign() -> None:
    found = scanned(name="Ä€" * 70, text="€" * 200, cents=99_999_999_999)
    assert found[5] == "Ä€" * 22 and found[10] == "€" * 46
    assert len("\n".join(found).encode()) <= 331


@pytest.mark.parametrize("cents", [0, -1, 100_000_000_000])
def test_there_is_no_code_for_nothing(cents: int) -> None:
    with pytest.raises(DomainError, match="nichts mehr zu zahlen"):
        epc.code("Stadt", IBAN, cents, "1")


@pytest.mark.parametrize(("name", "text"), [("\n", "1"), ("Stadt", " \t")])
def test_a_blank_name_or_text_is_refused(name: str, text: str) -> None:
    with pytest.raises(DomainError, match="fehlt"):
        epc.code(name, IBAN, 1, text)


def test_the_picture_is_an_svg_without_a_fixed_size() -> None:
    drawn = epc.svg("Stadt Dortmund", "DE02 1203 0000 0000 2020 51", 11_370, "123456789014")
    assert drawn.startswith("<svg") and "viewBox" in drawn and "width=" not in drawn


@pytest.mark.parametrize(
    "typed", [IBAN, "de02 1203 0000 0000 2020 51", " DE02120300000000202051 ", "GB82WEST12345698765432"]
)
def test_an_iban_is_cleaned(typed: str) -> None:
    assert iban.clean(typed) == typed.replace(" ", "").upper()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "DE00123",
        "DE03120300000000202051",
        "DE0212030000000020205",
        "DE02120300000000202051\n",
        "DE021203000000002020-1",
        "DE0212030000000020205\u0661",
        "12345678901234567890",
    ],
)
def test_what_is_no_iban_is_refused(typed: str) -> None:
    with pytest.raises(DomainError, match="keine gültige IBAN"):
        iban.clean(typed)


def test_an_iban_is_shown_in_groups_of_four() -> None:
    assert iban.shown(IBAN) == "DE02 1203 0000 0000 2020 51"
