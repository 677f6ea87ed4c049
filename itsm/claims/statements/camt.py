"""Reads account statements in the XML of the banks, CAMT.053, versions 001.02 to 001.08.

No entity, no document type, nothing from outside: a statement needs none of them.

Source: docs/rules/claims.md, CL-64; ISO 20022, Deutsche Kreditwirtschaft, DFÜ-Abkommen, Anlage 3.
"""

import hashlib
import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from itsm.claims.statements.movement import MOST_CENTS, MOST_LINES, TOO_LONG, Movement, Reading, check_day, clean
from itsm.core.errors import DomainError

_NAMESPACE = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.0[2-8]\}Document")
_OTHER_KIND = (
    "Das ist kein Kontoauszug im Format CAMT.053 (001.02 bis 001.08). "
    "Bitte laden Sie bei der Bank den Kontoauszug in diesem Format."
)
_BROKEN = "Die Datei ist kein lesbares XML. Bitte laden Sie den Kontoauszug bei der Bank noch einmal."
_FORBIDDEN = "Die Datei enthält Anweisungen, die in keinem Kontoauszug stehen. Sie wird nicht gelesen."
# A statement is about ten levels deep.
_DEEPEST = 40
# A hundred for each of the most movements that are read.
_MOST_ELEMENTS = 100 * MOST_LINES
_AMOUNT = re.compile(r"\d{1,13}(?:\.\d{1,5})?")


def read(content: bytes, today: date) -> Reading:
    """Return the movements of a statement; a page that stands in the file twice, word for word, counts once.

    Raises: DomainError for anything but a statement.
    """
    reading, pages, place, begin = Reading(), set[tuple[str, tuple[Movement, ...]]](), 0, 0
    for found in _entries(io.BytesIO(content)):
        if isinstance(found, str):
            page = (found, tuple(reading.movements[begin:]))
            if page in pages:
                reading.repeated += len(reading.movements) - begin
                del reading.movements[begin:]
            pages.add(page)
            begin = len(reading.movements)
            continue
        place += 1
        try:
            movements = _movements(found)
            check_day(movements[0].booked_on, today)
            reading.movements += movements
        except ValueError as error:
            reading.refused.append(f"Umsatz {place}: {error}")
        reading.check_size()
    return reading


def _entries(file: BinaryIO) -> Iterator[Element | str]:
    """Return the entries one by one, and after those of a page a mark of what else stands on it.

    What was read is let go, so that a long statement does not fill the memory.
    """
    above, beside = list[Element](), hashlib.sha256()
    entry_at = 0
    try:
        for count, (event, element) in enumerate(iterparse(file, events=("start", "end"), forbid_dtd=True)):
            if count > 2 * _MOST_ELEMENTS:
                raise DomainError(TOO_LONG)
            if event == "start":
                if not above and not _NAMESPACE.fullmatch(element.tag):
                    raise DomainError(_OTHER_KIND)
                above.append(element)
                if len(above) > _DEEPEST:
                    raise DomainError(_FORBIDDEN)
                if _name(element) == "Stmt":
                    beside = hashlib.sha256()
                if not entry_at and _name(element) == "Ntry":
                    entry_at = len(above)
                continue
            if entry_at == len(above):
                entry_at = 0
                yield element
            elif not entry_at:
                beside.update(f"{_name(element)} {(element.text or '').strip()}\n".encode())
                if _name(element) == "Stmt":
                    yield beside.hexdigest()
            above.pop()
            if not entry_at and above:
                above[-1].remove(element)
    except DefusedXmlException:
        raise DomainError(_FORBIDDEN) from None
    except (ParseError, ValueError, LookupError):
        raise DomainError(_BROKEN) from None


def _movements(entry: Element) -> list[Movement]:
    """Return what an entry consists of: itself, or each payment of a batch.

    Raises: ValueError with the sentence why it cannot be booked.
    """
    status = _text(entry, "Sts", "Cd") or _text(entry, "Sts")
    if status != "BOOK":
        raise ValueError("Der Umsatz ist nur vorgemerkt. Er wird gebucht, wenn er im Kontoauszug gebucht ist.")
    total = _cents(_child(entry, "Amt")) * _sign(entry)
    day = _day(entry)
    details = [tx for block in _children(entry, "NtryDtls") for tx in _children(block, "TxDtls")]
    amounts = [_part_cents(tx, entry) for tx in details]
    # The other number of an entry (NtryRef) counts within one statement only, from 1 on.
    number = _text(entry, "AcctSvcrRef")
    if len(details) == 1 and _is_whole(details[0], entry, total):
        return [_movement(details[0], entry, day, total, number)]
    known = [cents for cents in amounts if cents is not None]
    if not details or len(known) != len(details) or sum(known) != total:
        # A batch that does not add up is one sum for the clerk to decide on.
        return [Movement(day, total, "", clean(_text(entry, "AddtlNtryInf")), number)]
    return [
        _movement(tx, entry, day, cents, f"{number}/{place}" if number else "")
        for place, (tx, cents) in enumerate(zip(details, known, strict=True), start=1)
    ]


def _is_whole(tx: Element, entry: Element, total: int) -> bool:
    """Say whether the one payment that is told is all of an entry, and not one of a batch whose others are left out."""
    counts = {_text(block, "Btch", "NbOfTxs") for block in _children(entry, "NtryDtls")}
    own = _child(tx, "Amt")
    return counts <= {"", "1"} and (own is None or own.get("Ccy") != "EUR" or abs(_cents(own)) == abs(total))


def _movement(tx: Element, entry: Element, day: date, cents: int, number: str) -> Movement:
    # Whoever is on the other side: the debtor of money that comes, the creditor of money that goes.
    side = "Dbtr" if cents > 0 else "Cdtr"
    payer = _text(tx, "RltdPties", side, "Pty", "Nm") or _text(tx, "RltdPties", side, "Nm")
    own = _text(tx, "Refs", "AcctSvcrRef")
    return Movement(day, cents, clean(payer, 140), clean(" ".join(_purpose(tx, entry))), own or number)


def _purpose(tx: Element, entry: Element) -> Iterator[str]:
    for remittance in _children(tx, "RmtInf"):
        for line in _children(remittance, "Ustrd"):
            yield line.text or ""
        for structured in _children(remittance, "Strd"):
            yield _text(structured, "CdtrRefInf", "Ref")
    end_to_end = _text(tx, "Refs", "EndToEndId")
    yield "" if end_to_end == "NOTPROVIDED" else end_to_end
    yield _text(tx, "AddtlTxInf")
    yield _text(entry, "AddtlNtryInf")


def _part_cents(tx: Element, entry: Element) -> int | None:
    """Return what one payment of a batch is, in euros; None if the bank does not say."""
    for amount in (_child(tx, "Amt"), _child(tx, "AmtDtls", "TxAmt", "Amt"), _child(tx, "AmtDtls", "InstdAmt", "Amt")):
        if amount is not None and amount.get("Ccy") == "EUR":
            return _cents(amount) * _sign(tx if _text(tx, "CdtDbtInd") else entry)
    return None


def _cents(amount: Element | None) -> int:
    typed = (amount.text or "").strip() if amount is not None else ""
    currency = amount.get("Ccy") if amount is not None else None
    if currency != "EUR":
        raise ValueError(f"Gebucht werden nur Beträge in Euro, dieser ist in {clean(currency, 3) or 'keiner Währung'}.")
    if not _AMOUNT.fullmatch(typed):
        raise ValueError("Der Betrag ist nicht lesbar.")
    try:
        cents = Decimal(typed) * 100
    except InvalidOperation:
        raise ValueError("Der Betrag ist nicht lesbar.") from None
    if cents != int(cents) or not 0 < cents <= MOST_CENTS:
        raise ValueError("Dieser Betrag lässt sich nicht buchen.")
    return int(cents)


def _sign(element: Element) -> int:
    # A reversal says its own direction; its mark alone turns nothing round.
    direction = _text(element, "CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        raise ValueError("Es fehlt, ob das Geld kam oder ging.")
    return 1 if direction == "CRDT" else -1


def _day(entry: Element) -> date:
    for name in ("BookgDt", "ValDt"):
        typed = _text(entry, name, "Dt") or _text(entry, name, "DtTm")
        try:
            return date.fromisoformat(typed[:10])
        except ValueError:
            continue
    raise ValueError("Der Tag der Buchung fehlt.")


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _name(child) == name]


def _child(element: Element, *path: str) -> Element | None:
    found: Element | None = element
    for name in path:
        found = next(iter(_children(found, name)), None) if found is not None else None
    return found


def _text(element: Element, *path: str) -> str:
    found = _child(element, *path)
    return (found.text or "").strip() if found is not None else ""
