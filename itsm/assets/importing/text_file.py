"""Reads CSV and tab-separated lists in whatever encoding they come.

Source: docs/rules/device-import.md, DI-2.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

from itsm.assets.importing.table import LONGEST_CELL, Row, Table, check_header, limited
from itsm.core.errors import DomainError

_SEPARATORS = (";", ",", "\t")
# No line of a list is longer; an endless one is noticed before it fills the memory.
LONGEST_LINE = 1_000_000
_CHUNK = 1024 * 1024
# What a wrong encoding leaves behind, "Ã¤" instead of "ä" included.
_DAMAGED = re.compile("\ufffd|Ã[\u0080-\u00bf„–œŸ¤¶¼]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OTHER_ENCODING = "Die Umlaute sind beschädigt. Bitte speichern Sie die Liste als CSV in UTF-8."
_NO_TEXT = "Die Datei enthält Zeichen, die in keiner Liste stehen. Bitte speichern Sie sie als CSV in UTF-8."


def read(file: BinaryIO, size: int) -> Table:
    """Return the list; its rows are read as they are asked for.

    Raises: DomainError, now or while rows are read, for a broken encoding, quoting or an endless line.
    """
    text = io.TextIOWrapper(file, encoding=_encoding(file), newline="")
    lines = _lines(text)
    first = next(lines, "")
    named, skipped = "", 0
    if first.lower().startswith("sep="):
        named, first, skipped = first[4:5], next(lines, ""), 1
    separator = named if named in _SEPARATORS else max(_SEPARATORS, key=first.count)
    reader = csv.reader(chain([first], lines), delimiter=separator, strict=True)
    rows = _rows(reader, skipped)
    header = next(rows, None)
    if header is None:
        raise DomainError("Die Datei ist leer.")
    names = check_header(header.cells)
    # `text` is kept alive by the closure: it would close the file with its end.
    return Table(names, limited(rows), lambda: 1.0 if text.closed else file.tell() / size)


def _encoding(file: BinaryIO) -> str:
    """Look at the bytes of the whole file, a piece at a time."""
    start = file.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        found = "utf-16"
    elif start[1::2].count(0) > len(start) // 4:
        found = "utf-16-le"
    elif start[0::2].count(0) > len(start) // 4:
        found = "utf-16-be"
    elif b"\x00" in start:
        raise DomainError(_NO_TEXT)
    else:
        found = _utf8_or_windows(file)
    file.seek(0)
    return found


def _utf8_or_windows(file: BinaryIO) -> str:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in iter(partial(file.read, _CHUNK), b""):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise DomainError(f"Zeile {number} ist länger als eine Million Zeichen. Bitte prüfen Sie die Datei.")
            if _CONTROL.search(line):
                raise DomainError(f"Zeile {number}: {_NO_TEXT}")
            if _DAMAGED.search(line):
                raise DomainError(f"Zeile {number}: {_OTHER_ENCODING}")
            yield line
    except UnicodeDecodeError:
        raise DomainError(f"Zeile {number + 1}: {_OTHER_ENCODING}") from None


def _rows(reader: Any, skipped: int) -> Iterator[Row]:
    """Number each row by the line it begins in; empty ones are left out."""
    csv.field_size_limit(LONGEST_CELL)
    while True:
        line = reader.line_num + skipped + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise DomainError(
                f"Zeile {line}: Ein Anführungszeichen ist nicht geschlossen, oder ein Feld hat mehr als "
                f"{LONGEST_CELL:,} Zeichen. Ab hier ist die Liste nicht lesbar.".replace(",000", ".000")
            ) from None
        if cells is None:
            return
        if any(cells):
            yield Row(line, cells)
