"""Opens a device list, whatever kind of file it is.

Source: docs/rules/device-import.md, DI-1.
"""

from typing import BinaryIO

from itsm.assets.importing import json_file, text_file
from itsm.assets.importing.table import Table, size_of
from itsm.core.errors import DomainError

_OTHERS = {
    b"%PDF": "eine PDF-Datei",
    b"\x89PNG": "ein Bild",
    b"\xff\xd8\xff": "ein Bild",
    b"GIF8": "ein Bild",
    b"\xd0\xcf\x11\xe0": "eine alte Excel-Datei (.xls)",
    b"\x1f\x8b": "ein Archiv",
    b"<": "eine HTML- oder XML-Datei",
}


def open_table(file: BinaryIO) -> Table:
    """Return the header of a list, and its rows to be read one by one.

    Raises: DomainError, now or while rows are read, for a file that is no list.
    """
    size = size_of(file)
    start = file.read(512)
    file.seek(0)
    head = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, kind in _OTHERS.items():
        if head.startswith(magic):
            raise DomainError(f"Das ist {kind}. Einlesen lassen sich CSV, Excel (.xlsx) und JSON aus Jamf School.")
    if start.startswith(b"PK\x03\x04"):
        # What reads Excel takes a while to load, and most processes never see such a file.
        from itsm.assets.importing import spreadsheet_file

        return spreadsheet_file.read(file)
    if head.startswith((b"{", b"[")):
        return json_file.read(file, size)
    return text_file.read(file, size)
