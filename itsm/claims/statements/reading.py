"""Tells what kind of file a statement is, and reads it.

Source: docs/rules/claims.md, CL-64.
"""

import hashlib
from datetime import date
from typing import BinaryIO

from itsm.claims.statements import bank_csv, camt
from itsm.claims.statements.movement import Reading
from itsm.core.errors import DomainError

LARGEST_BYTES = 50 * 1024 * 1024
_XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")


def content_of(file: BinaryIO) -> bytes:
    """Return the bytes of a file.

    Raises: DomainError for an empty or too large one.
    """
    content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise DomainError("Die Datei ist größer als 50 MB. Bitte laden Sie einen kürzeren Zeitraum.")
    if not content.strip():
        raise DomainError("Die Datei ist leer. Bitte laden Sie den Kontoauszug bei der Bank noch einmal.")
    return content


def digest_of(content: bytes) -> str:
    """Return the mark of a file: the same file has the same."""
    return hashlib.sha256(content).hexdigest()


def read(content: bytes, today: date) -> Reading:
    """Return what a statement holds, CAMT.053 or CSV.

    Raises: DomainError for any other file, for one without movements, or with too many.
    """
    if content.startswith(b"PK\x03\x04"):
        raise DomainError("Das ist ein Archiv. Bitte packen Sie es aus und laden Sie die Datei darin hoch.")
    is_xml = content.lstrip().startswith(_XML_STARTS)
    reading = camt.read(content, today) if is_xml else bank_csv.read(content, today)
    if not reading.movements and not reading.refused:
        raise DomainError("In der Datei steht kein einziger Umsatz. Bitte prüfen Sie den Zeitraum.")
    return reading
