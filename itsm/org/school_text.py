"""Text of school lists: which encoding it is in, and how telephone, address and date are spelled."""

import re
from datetime import date

from itsm.core.errors import DomainError

LARGEST_FILE_BYTES = 20 * 1024 * 1024
LONGEST_FIELD = 200

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# "Ã¤" instead of "ä": UTF-8 that somebody has already read as Windows-1252 and saved again.
_ENCODED_TWICE = re.compile("Ã[\u0080-\u00bf„–œŸ¤¶¼]")
_KNOWN_STARTS = {
    b"PK\x03\x04": "eine Excel- oder ZIP-Datei",
    b"\xd0\xcf\x11\xe0": "eine alte Excel-Datei",
    b"%PDF": "eine PDF-Datei",
    b"\x89PNG": "ein Bild",
    b"\xff\xd8\xff": "ein Bild",
    b"<": "eine HTML- oder XML-Datei",
}


def decode(content: bytes) -> str:
    """The text of a CSV file in UTF-8 (with or without BOM) or Windows-1252.

    Raises: DomainError for an empty, oversized or binary file and for a broken encoding.
    """
    if len(content) > LARGEST_FILE_BYTES:
        raise DomainError("Die Datei ist größer als 20 MB. Eine Schulliste ist viel kleiner.")
    for start, kind in _KNOWN_STARTS.items():
        if content.startswith(start):
            raise DomainError(f"Das ist {kind}, keine CSV-Datei. Bitte laden Sie die Schulliste als CSV hoch.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if not text.strip():
        raise DomainError("Die Datei ist leer.")
    if "\ufffd" in text or _ENCODED_TWICE.search(text):
        raise DomainError("Die Umlaute der Datei sind beschädigt. Bitte speichern Sie sie als CSV in UTF-8.")
    if _CONTROL.search(text):
        raise DomainError("Das ist keine Textdatei. Bitte laden Sie die Schulliste als CSV in UTF-8 hoch.")
    return text


def phone(*parts: str) -> str:
    """A telephone number as "0231 5012280", from one column or from area code and number."""
    return " ".join(piece for piece in re.split(r"[\s/]+", " ".join(parts)) if piece)


def homepage(address: str) -> str:
    """The web address, or nothing where it is none that a browser should follow."""
    if not address:
        return ""
    full = address if "://" in address else f"http://{address}"
    return full if re.fullmatch(r"https?://[\w-]+(\.[\w-]+)+(:\d+)?([/?#][^\s<>\"']*)?", full, re.IGNORECASE) else ""


def german_date(text: str) -> date | None:
    """A date written dd.mm.yyyy; nothing for an empty field.

    Raises: DomainError for anything else.
    """
    if not text:
        return None
    try:
        day, month, year = (int(piece) for piece in text.split("."))
        return date(year, month, day)
    except ValueError:
        raise DomainError(f"„{shorten(text)}“ ist kein Datum (tt.mm.jjjj).") from None


def shorten(text: str) -> str:
    """Foreign text short enough to stand inside a sentence."""
    return text if len(text) <= 40 else f"{text[:39]}…"
