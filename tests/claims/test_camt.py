"""Statements of the bank are read whatever somebody sends; hostile files are refused with a sentence."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.claims.statements import reading
from itsm.claims.statements.movement import Movement, marks
from itsm.core.errors import DomainError
from tests.claims.bank_files import camt, entry, export, page, pages, part
from tests.people import MONDAY

FRIDAY = date(2026, 11, 13)


def one(content: bytes) -> Movement:
    """Return the only movement of a file."""
    found = reading.read(content, MONDAY)
    assert not found.refused
    assert len(found.movements) == 1
    return found.movements[0]


@pytest.mark.parametrize("version", ["02", "03", "04", "05", "06", "07", "08"])
def test_reads_every_version_the_banks_send(version: str) -> None:
    assert one(camt(entry("KZ 1", number="A1"), version=version)) == Movement(
        FRIDAY, 11_370, "Kim Beispiel", "KZ 1", "A1"
    )


def test_the_lines_of_a_purpose_become_one() -> None:
    assert one(camt(entry(["Schaden iPad", "  9876 54", "321093"]))).purpose == "Schaden iPad 9876 54 321093"


def test_money_that_went_is_negative_and_a_reversal_says_its_own_direction() -> None:
    assert one(camt(entry(direction="DBIT", payer="Kim"))).cents == -11_370
    assert one(camt(entry(direction="DBIT", reversal=True))).cents == -11_370
    assert one(camt(entry(direction="CRDT", reversal=True))).cents == 11_370


def test_a_batch_is_taken_apart_and_one_that_does_not_add_up_stays_one_sum() -> None:
    parts = part("KZ 1", "13.70") + part("KZ 2", "100.00")
    found = reading.read(camt(entry(amount="113.70", number="B", details=parts), version="08"), MONDAY)
    assert [(move.cents, move.purpose, move.number) for move in found.movements] == [
        (1_370, "KZ 1", "B/1"),
        (10_000, "KZ 2", "B/2"),
    ]
    whole = one(camt(entry(amount="113.71", number="B", details=parts), version="08"))
    assert (whole.cents, whole.purpose) == (11_371, "")


def test_a_batch_of_which_one_part_is_told_is_not_booked_on_that_part() -> None:
    alone = part("KZ 1", "13.70")
    for content in (
        camt(entry(amount="41.10", details=alone, batch_of=3)),
        camt(entry(amount="41.10", details=alone)),
        camt(entry("KZ 1", amount="41.10", batch_of=3)),
    ):
        assert (one(content).cents, one(content).purpose) == (4_110, "")
    assert one(camt(entry("KZ 1", batch_of=1))).purpose == "KZ 1"


def test_all_pages_of_a_file_are_read_and_one_that_stands_there_twice_counts_once() -> None:
    same, other = entry("KZ 1"), entry("KZ 2")
    found = reading.read(pages(page(same, same), page(other, number=2), page(same, same), page(same, number=3)), MONDAY)
    assert [move.purpose for move in found.movements] == ["KZ 1", "KZ 1", "KZ 2", "KZ 1"]
    assert found.repeated == 2


def test_the_number_an_entry_has_within_its_statement_is_no_number_of_the_bank() -> None:
    assert one(camt(entry("KZ 1").replace("<Sts>", "<NtryRef>1</NtryRef><Sts>"))).number == ""


@pytest.mark.parametrize("day", ["0026-11-13", "1999-12-31", "2026-12-18", "2926-11-13"])
def test_a_day_on_which_no_money_can_have_moved_is_refused(day: str) -> None:
    year, month, number = day.split("-")
    for content in (camt(entry(day=day)), export(f"{number}.{month}.{year};K;x;5,00;EUR")):
        found = reading.read(content, MONDAY)
        assert not found.movements
        assert "kann nicht der Tag der Buchung sein" in found.refused[0]


def test_other_currencies_and_what_is_not_booked_yet_are_refused_line_by_line() -> None:
    found = reading.read(camt(entry(currency="USD"), entry(status="PDNG"), entry(amount="0.00"), entry("KZ 1")), MONDAY)
    assert [move.purpose for move in found.movements] == ["KZ 1"]
    assert found.refused == [
        "Umsatz 1: Gebucht werden nur Beträge in Euro, dieser ist in USD.",
        "Umsatz 2: Der Umsatz ist nur vorgemerkt. Er wird gebucht, wenn er im Kontoauszug gebucht ist.",
        "Umsatz 3: Dieser Betrag lässt sich nicht buchen.",
    ]


def test_amounts_are_exact_to_the_cent_and_no_further() -> None:
    assert one(camt(entry(amount="0.01"))).cents == 1
    assert one(camt(entry(amount="5"))).cents == 500
    for amount in ("1.005", "99999999999.00", "-5.00", "1e3", "NaN", ""):
        assert len(reading.read(camt(entry(amount=amount)), MONDAY).refused) == 1


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE foo [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "content",
    [
        camt(entry("&c;"), head=LAUGHS),
        camt(entry("x"), head=LAUGHS),
        camt(entry("x"), head=OUTSIDE),
        camt(entry("x"), head='<!DOCTYPE Document SYSTEM "http://example.org/x.dtd">'),
        camt(entry("x"), version="01"),
        camt(entry("x"), version="09"),
        camt(entry("x")).replace(b"camt.053", b"camt.052"),
        camt(entry("x")).replace(b' xmlns="', b' xmlns:x="'),
        camt(entry("x"))[:-30],
        camt(),
        b"<html><body>Sitzung abgelaufen</body></html>",
        b'<?xml version="1.0" encoding="EBCDIC-9"?><Document/>',
        b"<" * 1000,
        b"<a>" * 1000,
        b"",
        b"   \n",
        b"PK\x03\x04irgendwas",
        b"\x00\x01\x02\x03",
        bytes(range(256)),
        b"Name;Vorname\nMuster;Kim\n",
        export(),
        b'Buchungstag;Verwendungszweck;Betrag\n"' + b"x" * 20_000,
        b"Buchungstag;Verwendungszweck;Betrag\n" + b";" * 200_000,
    ],
)
def test_whatever_else_is_sent_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(DomainError, match=r"^[A-ZÄÖÜ].*\.$"):
        reading.read(reading.content_of(BytesIO(content)), MONDAY)


def test_a_file_above_the_limit_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_BYTES", 100)
    with pytest.raises(DomainError, match="größer als 50 MB"):
        reading.content_of(BytesIO(b"x" * 101))


@given(st.binary(max_size=300), st.integers(0, 300))
@settings(max_examples=100)
def test_no_damaged_file_breaks_the_reader(noise: bytes, place: int) -> None:
    whole = camt(entry("KZ 1"))
    try:
        reading.read(whole[:place] + noise + whole[place:], MONDAY)
        reading.read(noise + b";Buchungstag;Betrag;Verwendungszweck\n" + noise, MONDAY)
    except DomainError as error:
        assert error.sentence.endswith(".")


def test_reads_the_csv_of_a_savings_bank() -> None:
    assert one(export("13.11.26;Jörg Müller;Schaden 9876 5432 1093;1.113,70;EUR")) == Movement(
        FRIDAY, 111_370, "Jörg Müller", "Schaden 9876 5432 1093"
    )


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        (
            "Konto;DE02\n\nZeitraum;November\nBuchungsdatum;Zahlungspflichtige*r;Verwendungszweck;Betrag (€)\n"
            "13.11.2026;K;x;5,00",
            500,
        ),
        ("Datum,Name,Verwendungszweck,Betrag\n2026-11-13,K,x,-12.5", -1_250),
        ("Buchungstag;Verwendungszweck;Soll;Haben\n13.11.2026;x;;7,10", 710),
        ("Buchungstag;Verwendungszweck;Soll;Haben\n13.11.2026;x;7,10;", -710),
        ("Buchungstag;Verwendungszweck;Umsatz;S/H\n13.11.2026;x;7,10;S", -710),
        ("Buchungstag;Verwendungszweck;Betrag\n13.11.2026;x;7,10-", -710),
        ("Buchungstag;Verwendungszweck;Betrag\n13.11.2026;x;1.234.567,89 €", 123_456_789),
        ("\ufeffBuchungstag;Verwendungszweck;Betrag\n13.11.2026;x;+1,00\n;;Summe", 100),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_reads_the_exports_of_other_banks(text: str, cents: int, encoding: str) -> None:
    assert one(text.encode(encoding)).cents == cents


@pytest.mark.parametrize("amount", ["1e5", "1,234.56", "1.23.4", "--5,00", "-5,00-", "0,00", "21474836,48", "5,005"])
def test_what_is_no_amount_of_a_bank_is_refused(amount: str) -> None:
    found = reading.read(export(f"13.11.2026;K;x;{amount};EUR"), MONDAY)
    assert (found.movements, len(found.refused)) == ([], 1)


def test_lines_of_a_csv_that_cannot_be_booked_are_told_by_their_number() -> None:
    found = reading.read(
        export("13.11.2026;K;x;5,00;CHF", "30.02.2026;K;x;5,00;EUR", "13.11.2026;K;x;viel;EUR"), MONDAY
    )
    assert found.refused == [
        "Zeile 2: Gebucht werden nur Beträge in Euro, dieser ist in CHF.",
        "Zeile 3: Der Tag der Buchung ist nicht lesbar.",
        "Zeile 4: Der Betrag ist nicht lesbar.",
    ]


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal("9999999.99"), places=2))
def test_an_amount_is_the_same_cents_in_xml_and_csv(amount: Decimal) -> None:
    german = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    expected = int(amount * 100)
    assert one(camt(entry(amount=str(amount)))).cents == expected
    assert one(export(f"13.11.2026;K;x;{german};EUR")).cents == expected


def test_a_movement_is_known_again_by_the_number_of_the_bank_or_by_all_it_says() -> None:
    numbered, plain = Movement(FRIDAY, 500, "Kim", "KZ 1", "A1"), Movement(FRIDAY, 500, "Kim", "KZ 1")
    assert list(marks([numbered])) == list(marks([Movement(FRIDAY, 500, "KIM", "anders geschrieben", "A1")]))
    assert list(marks([plain])) == list(marks([Movement(FRIDAY, 500, "kim", "K Z1", "NONREF")]))
    assert len(set(marks([numbered, plain, plain, Movement(FRIDAY, 501, "Kim", "KZ 1", "A1")]))) == 4
