"""Lists as they really come, and files that are no lists at all."""

import io
import json
import tracemalloc
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.assets.importing import values
from itsm.assets.importing.reading import open_table
from itsm.assets.importing.values import Wrong
from itsm.assets.models import Device, DeviceChange, DeviceImport, DeviceModel
from itsm.core.errors import DomainError
from itsm.org.models import Room
from tests.assets.lists import csv_of, taken_over
from tests.places import make_school

HEAD = "Seriennummer;Klasse;Modell;Schule;Raum;Notiz"


def rows_of(content: bytes) -> list[list[str]]:
    table = open_table(io.BytesIO(content))
    return [table.header, *(row.cells for row in table.rows)]


def sheet_of(*rows: tuple[object, ...]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, text: bytes) -> bytes:
    """The same archive with another text in one of its parts, well packed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, text if part.filename == name else old.read(part))
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_usual_encoding_and_separator_is_read(encoding: str, separator: str) -> None:
    text = f'Gerät{separator}Größe\r\n"zwei{separator}\nZeilen"{separator}Öse\r\n\r\nx{separator}y\r\n'
    table = open_table(io.BytesIO(text.encode(encoding)))
    assert table.header == ["Gerät", "Größe"]
    assert [(row.line, row.cells) for row in table.rows] == [(2, [f"zwei{separator}\nZeilen", "Öse"]), (5, ["x", "y"])]


def test_a_line_that_names_the_separator_is_skipped() -> None:
    assert rows_of(b"sep=,\r\na,b;c\r\n1,2\r\n") == [["a", "b;c"], ["1", "2"]]


def test_a_sheet_is_read_like_a_csv() -> None:
    content = sheet_of(("a", "b", "c", "d"), (129150.0, datetime(2026, 3, 17, 8), "0123"), (2266.13, date(2026, 1, 2)))
    assert rows_of(content)[1:] == [["129150", "2026-03-17", "0123", ""], ["2266.13", "2026-01-02", "", ""]]


def test_json_is_read_device_by_device() -> None:
    devices = [{"UDID": f"{n}" * 40, "model": {"name": f"iPad {n}"}, "inTrash": False} for n in range(5_000)]
    table = open_table(io.BytesIO(json.dumps({"code": 200, "devices": devices}).encode()))
    rows = list(table.rows)
    assert table.header == ["UDID", "model.name", "inTrash"]
    assert (len(rows), rows[4_999].line, rows[4_999].cells[1:]) == (5_000, 5_000, ["iPad 4999", "false"])


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("1.234,56", "123456"),
        ("2266.13", "226613"),
        ("1,234.56", "123456"),
        ("1.234", "123400"),
        ("1.000.000", "100000000"),
        ("379", "37900"),
        ("379,5 €", "37950"),
        ("1 049,50 EUR", "104950"),
        ("416.50000", "41650"),
        ("0,005", "1"),
        (" ", "\\N"),
    ],
)
def test_prices_are_read_as_people_and_programs_write_them(cell: str, cents: str) -> None:
    assert values.cents(cell) == cents


@pytest.mark.parametrize("cell", ["-5", "1,2,3", "1.23.4", "abc", "1e5", "٣", "9999999,00", "1" * 400, "12,34.56"])
def test_what_is_no_price_is_refused(cell: str) -> None:
    with pytest.raises(Wrong):
        values.cents(cell)


@pytest.mark.parametrize(
    "cell", ["17.3.26", "17.03.2026", "17.03.2026 08:00", "2026-03-17", "2026-03-17T08:00:00Z", "46098", "46098.0"]
)
def test_days_are_read_as_people_and_programs_write_them(cell: str) -> None:
    assert values.day(cell) == "2026-03-17"


@pytest.mark.parametrize("cell", ["31.2.2026", "2026-13-01", "3/17/2026", "gestern", "17.3.", "01.01.1900", "1.1.2999"])
def test_what_is_no_day_is_refused(cell: str) -> None:
    with pytest.raises(Wrong):
        values.day(cell)


def _good() -> str:
    return f"GOODSERIAL01;iPad;iPad 9;{make_school().number};1.01;"


def _sheet_with_formula() -> bytes:
    return sheet_of(tuple(HEAD.split(";")), ("GOODSERIAL01", "iPad", "iPad 9", "=1+1", "", ""))


def _xxe() -> bytes:
    evil = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><v>&e;</v></worksheet>'
    return with_part(sheet_of(("a",)), "xl/worksheets/sheet1.xml", evil)


def _bomb() -> bytes:
    return with_part(sheet_of(("a",)), "xl/worksheets/sheet1.xml", b" " * 30_000_000)


def _wide_sheet() -> bytes:
    return sheet_of(tuple(f"Spalte {n}" for n in range(1_000)))


HOSTILE = {
    "empty": (lambda: b"", "Die Datei ist leer"),
    "header only": (lambda: csv_of(HEAD), "nur eine Kopfzeile"),
    "no header": (lambda: csv_of("; ;;", "1;2;3;4"), "nennt keine Spalten"),
    "binary": (lambda: bytes(range(256)) * 50, "Zeichen, die in keiner Liste"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"x" * 99, "ein Bild"),
    "html": (lambda: b"<html><table><tr><td>Seriennummer</td></tr></table>", "HTML"),
    "old excel": (lambda: b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "alte Excel-Datei"),
    "nul in the middle": (lambda: csv_of(HEAD, *["x;;;;;"] * 900, "GOOD\x00SERIAL;;;;;"), "Zeile 902"),
    "encoded twice": (lambda: csv_of(HEAD, _good() + "SchÃ¼ler"), "Zeile 2: Die Umlaute sind beschädigt"),
    "not windows either": (lambda: csv_of(HEAD) + b"\x81\x8d\xff;;;;;\r\n", "Die Umlaute sind beschädigt"),
    "huge line": (lambda: csv_of(HEAD, "x" * 3_000_000), "länger als eine Million Zeichen"),
    "unclosed quote": (lambda: csv_of(HEAD, 'a;"b', *["c;d;e;f;g;h"] * 20_000), "Zeile 2: Ein Anführungszeichen"),
    "1,000 columns": (lambda: csv_of(";".join(f"Spalte {n}" for n in range(1_000))), "mehr als 200 Spalten"),
    "1,000 columns in a sheet": (_wide_sheet, "mehr als 200 Spalten"),
    "a header twice": (lambda: csv_of(f"{HEAD};Seriennummer", f"{_good()};x"), "steht zweimal in der Kopfzeile"),
    "nothing names a device": (lambda: csv_of("Farbe;Größe", "rot;1"), "Keine Spalte nennt"),
    "no archive of excel": (lambda: _zip("readme.txt"), "ZIP-Archiv, keine Excel-Datei"),
    "broken archive": (lambda: b"PK\x03\x04" + b"x" * 500, "beschädigt"),
    "zip bomb": (_bomb, "würde beim Auspacken zu groß"),
    "foreign entity": (_xxe, "beschädigt oder nicht sicher"),
    "too many parts": (lambda: _zip("xl/workbook.xml", *(f"p{n}" for n in range(1_200))), "zu groß"),
    "json of something else": (lambda: b'{"tickets": [1, 2]}', "keine Liste"),
    "json cut off": (lambda: b'{"devices": [{"serialNumber": "1"}, {"UDID', "Gerät 2"),
    "json too deep": (lambda: b'{"devices": [' + b"[" * 100_000, "Gerät 1"),
}
BAD_ROWS = {
    "formula": (_sheet_with_formula, "Feld D2 enthält eine Formel"),
    "one bad row in the middle": (
        lambda: csv_of(HEAD, _good(), "KURZ;iPad;x;;;", _good()),
        "Zeile 3: „KURZ“ ist keine",
    ),
    "a row too short": (lambda: csv_of(HEAD, _good(), "GOODSERIAL02;iPad"), "Zeile 3: Die Zeile hat 2 Felder"),
    "a long text": (lambda: csv_of(HEAD, _good() + "x" * 6_000), "zu lang"),
}


def _zip(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return file.getvalue()


def counts(session: scoped_session) -> list[int]:
    tables = (Device, DeviceChange, DeviceImport, DeviceModel, Room)
    return [session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables]


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_gets_a_sentence_and_changes_nothing(session: scoped_session, case: str) -> None:
    make, words = HOSTILE[case]
    content, before = make(), counts(session)
    with pytest.raises(DomainError) as error:
        taken_over(content, partial=True)
    assert words in error.value.sentence
    assert counts(session) == before


@pytest.mark.parametrize("case", BAD_ROWS)
def test_bad_rows_are_listed_and_nothing_is_changed(session: scoped_session, case: str) -> None:
    make, words = BAD_ROWS[case]
    content, before = make(), counts(session)
    outcome = taken_over(content)
    assert any(words in f"{outcome.unit} {one.line}: {one.sentence}" for one in outcome.problems)
    assert outcome.import_id is None
    assert counts(session) == before


def test_an_endless_field_does_not_fill_the_memory() -> None:
    content = io.BytesIO(b'Seriennummer\r\n"' + b"x" * 40_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(DomainError, match="länger als eine Million Zeichen"):
            list(open_table(content).rows)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 30_000_000


def test_text_that_looks_like_a_formula_is_kept_as_text(session: scoped_session) -> None:
    taken_over(csv_of(HEAD, _good() + "=HYPERLINK(1)"), partial=True)
    assert session.scalars(sa.select(Device.note).where(Device.serial == "GOODSERIAL01")).one() == "=HYPERLINK(1)"
