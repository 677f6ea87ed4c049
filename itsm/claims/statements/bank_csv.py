"""Reads account movements from a bank's CSV export: columns found by their names, whatever stands above them.

Source: docs/rules/claims.md, CL-64.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date

from itsm.claims.statements.movement import MOST_CENTS, Movement, Reading, check_day, clean
from itsm.core.errors import DomainError

_SEPARATORS = (";", ",", "\t")
# Banks write their own address, the account and the period above the columns.
_HEAD_WITHIN = 30
_LONGEST_CELL = 10_000
_LONGEST_ROW = 100_000
_NAMES = {
    "day": ("buchungstag", "buchungsdatum", "buchung", "datum", "wertstellung", "valuta", "valutadatum"),
    "cents": ("betrag", "betrageur", "umsatz", "umsatzineur", "betragineur"),
    "debit": ("soll", "lastschrift", "belastung", "sollbetrag"),
    "credit": ("haben", "gutschrift", "habenbetrag"),
    "sign": ("sollhaben", "sh", "sollhabenkennzeichen"),
    "payer": (
        "beguenstigterzahlungspflichtiger",
        "namezahlungsbeteiligter",
        "auftraggeberbeguenstigter",
        "beguenstigterauftraggeber",
        "auftraggeber",
        "zahlungspflichtiger",
        "zahlungspflichtige",
        "zahlungspflichtigerin",
        "name",
    ),
    "purpose": ("verwendungszweck", "vwz", "buchungstext", "zweck"),
    "currency": ("waehrung", "wahrung"),
    "number": ("referenz", "bankreferenz", "umsatznummer", "kundenreferenzendtoend", "transaktionsnummer"),
}
_GERMAN = re.compile(r"([+−-]?)((?:\d{1,3}(?:\.\d{3})+|\d{1,11})(?:,\d{1,2})?)([+−-]?)")
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})")
_NO_HEAD = (
    "In der Datei fehlt die Zeile mit den Spalten. Gebraucht werden Buchungstag, Betrag und Verwendungszweck. "
    "Bitte laden Sie bei der Bank die Umsätze als CSV oder CAMT.053."
)
_BROKEN = "Die Datei lässt sich nicht lesen. Bitte laden Sie die Umsätze bei der Bank noch einmal als CSV."


def read(content: bytes, today: date) -> Reading:
    """Return the movements of an export.

    Raises: DomainError for anything but an export with a day, an amount and a purpose.
    """
    text = _decoded(content)
    separator = max(_SEPARATORS, key=text[:20_000].count)
    rows = _rows(text, separator)
    columns = _columns(rows)
    reading = Reading()
    for place, cells in rows:
        try:
            movement = _movement({key: cells[at].strip() for key, at in columns.items() if at < len(cells)})
            if movement is not None:
                check_day(movement.booked_on, today)
                reading.movements.append(movement)
        except ValueError as error:
            reading.refused.append(f"Zeile {place}: {error}")
        reading.check_size()
    return reading


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content:
        raise DomainError(_BROKEN)
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DomainError(_BROKEN)


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Return the filled rows with the line each ends in."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(_lines(text), delimiter=separator)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error:
        raise DomainError(_BROKEN) from None


def _lines(text: str) -> Iterator[str]:
    for line in io.StringIO(text, newline=""):
        if len(line) > _LONGEST_ROW:
            raise DomainError(_BROKEN)
        yield line


def _columns(rows: Iterator[tuple[int, list[str]]]) -> dict[str, int]:
    """Return which column holds what; the rows above the heads are passed over."""
    for _, (_, cells) in zip(range(_HEAD_WITHIN), rows, strict=False):
        heads = [_bare(cell) for cell in cells]
        found = {
            key: next(heads.index(name) for name in names if name in heads)
            for key, names in _NAMES.items()
            if any(name in heads for name in names)
        }
        if {"day", "purpose"} <= found.keys() and found.keys() & {"cents", "debit", "credit"}:
            return found
    raise DomainError(_NO_HEAD)


def _movement(cells: dict[str, str]) -> Movement | None:
    """Return the movement of a row; None for a row without amount and day, such as a sum at the end.

    Raises: ValueError with the sentence why it cannot be booked.
    """
    if not cells.get("day") or not any(cells.get(key) for key in ("cents", "debit", "credit")):
        return None
    if (currency := cells.get("currency", "")) and currency.upper() not in ("EUR", "€"):
        raise ValueError(f"Gebucht werden nur Beträge in Euro, dieser ist in {clean(currency, 3)}.")
    payer, purpose = clean(cells.get("payer"), 140), clean(cells.get("purpose"))
    return Movement(_day(cells["day"]), _signed(cells), payer, purpose, clean(cells.get("number"), 100))


def _signed(cells: dict[str, str]) -> int:
    if cells.get("cents"):
        cents = _cents(cells["cents"])
        # Some write every amount without a sign and the direction beside it.
        return -abs(cents) if cells.get("sign", "").upper() in ("S", "SOLL", "D") else cents
    return abs(_cents(cells["credit"])) if cells.get("credit") else -abs(_cents(cells["debit"]))


def _cents(typed: str) -> int:
    """Return an amount as German or English exports write it: -1.234,56, 12,5, 1234.50."""
    bare = typed.replace("\u00a0", "").replace(" ", "").removesuffix("€").removesuffix("EUR")
    if re.fullmatch(r"[+-]?\d{1,11}\.\d{1,2}", bare):
        bare = bare.replace(".", ",")
    found = _GERMAN.fullmatch(bare)
    if found is None or (found[1] and found[3]):
        raise ValueError("Der Betrag ist nicht lesbar.")
    whole, _, rest = found[2].replace(".", "").partition(",")
    cents = int(whole) * 100 + int(rest.ljust(2, "0") or 0)
    if not 0 < cents <= MOST_CENTS:
        raise ValueError("Dieser Betrag lässt sich nicht buchen.")
    return -cents if "-" in (found[1], found[3]) or "−" in (found[1], found[3]) else cents


def _day(typed: str) -> date:
    found = _DAY.fullmatch(typed)
    try:
        if found is None:
            return date.fromisoformat(typed)
        day, month, year = found.groups()
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        raise ValueError("Der Tag der Buchung ist nicht lesbar.") from None


def _bare(head: str) -> str:
    """Return a head without what banks spell differently."""
    spelt = head.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    return "".join(sign for sign in spelt if sign.isascii() and sign.isalpha())
