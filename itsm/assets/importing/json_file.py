"""Reads the devices of Jamf School one by one, so that a large answer never lies in memory as a whole.

Source: docs/rules/device-import.md, DI-4.
"""

import codecs
import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

from itsm.assets.importing.table import LONGEST_CELL, Row, Table, check_header, limited
from itsm.core.errors import DomainError

_CHUNK = 64 * 1024
_LARGEST_DEVICE = 1_000_000
_START = re.compile(r'\s*(?:\[|\{.*?"devices"\s*:\s*\[)', re.DOTALL)
_BLANK = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()
_NO_DEVICES = "In der JSON-Datei steht keine Liste „devices“, wie Jamf School sie ausgibt."


def read(file: BinaryIO, size: int) -> Table:
    """Return the devices as rows; what lies deeper has names such as model.name.

    Raises: DomainError, now or while rows are read, for anything that is no list of devices.
    """
    devices = _devices(file)
    first = next(devices, None)
    if first is None:
        raise DomainError("Die JSON-Datei nennt kein Gerät.")
    header = check_header(list(first))
    rows = (
        Row(number, [device.get(name, "") for name in header])
        for number, device in enumerate(chain([first], devices), start=1)
    )
    return Table(header, limited(rows), lambda: file.tell() / size, unit="Gerät")


def _devices(file: BinaryIO) -> Iterator[dict[str, str]]:
    pieces = _pieces(file)
    text, start = "", None
    while start is None:
        piece = next(pieces, None)
        if piece is None or len(text) > _LARGEST_DEVICE:
            raise DomainError(_NO_DEVICES)
        text += piece
        start = _START.match(text)
    at, number = start.end(), 1
    while True:
        at = _BLANK.match(text, at).end()  # type: ignore[union-attr]
        if text.startswith("]", at):
            return
        try:
            found, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            # Cut off at the end of the piece, or no JSON at all: the next piece tells.
            piece = next(pieces, None)
            if piece is None or len(text) - at > _LARGEST_DEVICE:
                raise DomainError(f"Gerät {number}: Die JSON-Datei ist ab hier nicht lesbar.") from None
            text, at = text[at:] + piece, 0
            continue
        if not isinstance(found, dict):
            raise DomainError(_NO_DEVICES)
        number += 1
        yield dict(_flat(found))


def _pieces(file: BinaryIO) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        while piece := file.read(_CHUNK):
            yield decoder.decode(piece)
    except UnicodeDecodeError:
        raise DomainError("Die JSON-Datei ist nicht in UTF-8 gespeichert.") from None


def _flat(found: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        if isinstance(value, dict) and not before.count("."):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, list):
            yield before + name, ", ".join(str(one) for one in value)[:LONGEST_CELL]
        else:
            text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            yield before + name, text[:LONGEST_CELL].replace("\x00", "")
