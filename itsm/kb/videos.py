"""Videos people upload: checked by their container and kept in the upload folder under random names.

Source: docs/rules/writing.md, WR-6.
"""

import os
import secrets
import shutil
from pathlib import Path
from typing import IO, NamedTuple

from flask import current_app

from itsm.core.errors import DomainError

LARGEST_BYTES = 100 * 1024 * 1024
MEDIA_TYPE = "video/mp4"
_LARGEST_INDEX = 16 * 1024 * 1024
_MOST_BOXES = 1000
_HEADER = 8


class Kept(NamedTuple):
    """A video on the disk."""

    token: str
    size_bytes: int


def check(stream: IO[bytes]) -> None:
    """Look at the container of an uploaded video without reading it as a whole.

    Raises: DomainError with a sentence unless it is an MP4 with H.264, which every browser plays.
    """
    size = stream.seek(0, os.SEEK_END)
    if size > LARGEST_BYTES:
        raise DomainError("Das Video ist größer als 100 MB. Bitte kürzen Sie es oder speichern Sie es kleiner.")
    index = _index_of(stream, size)
    if index is None:
        raise DomainError("Die Datei ist kein Video im Format MP4. Bitte wählen Sie eine Datei mit der Endung .mp4.")
    if b"avc1" not in index and b"avc3" not in index:
        raise DomainError(
            "Dieses Video spielt nicht jeder Browser ab. Bitte speichern Sie es als MP4 mit H.264 "
            "(auf dem iPhone: Einstellungen, Kamera, Formate, „Maximale Kompatibilität“)."
        )


def keep(stream: IO[bytes]) -> Kept:
    """Write a checked video to the disk for good, piece by piece."""
    token = secrets.token_hex(16)
    target = path(token)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    stream.seek(0)
    with part.open("wb") as file:
        shutil.copyfileobj(stream, file, 1024 * 1024)
        file.flush()
        os.fsync(file.fileno())
        size_bytes = file.tell()
    part.rename(target)
    return Kept(token, size_bytes)


def drop(tokens: list[str]) -> None:
    """Delete videos that no row names."""
    for token in tokens:
        path(token).unlink(missing_ok=True)


def path(token: str) -> Path:
    """Return where the file of a token lies; the token is ours, never what somebody typed."""
    folder: Path = current_app.config["INSTANCE"] / "uploads" / token[:2] / token[2:4]
    return folder / f"{token}.mp4"


def _index_of(stream: IO[bytes], size: int) -> bytes | None:
    """Return the box `moov`, which names the codecs; None if the file is no MP4."""
    at = 0
    for number in range(_MOST_BOXES):
        stream.seek(at)
        header = stream.read(_HEADER + 8)
        name, length = header[4:_HEADER], int.from_bytes(header[:4])
        if length == 1:
            length = int.from_bytes(header[_HEADER:])
        elif length == 0:
            length = size - at
        if length < _HEADER or at + length > size or (number == 0 and name != b"ftyp"):
            return None
        if name == b"moov":
            stream.seek(at)
            return stream.read(min(length, _LARGEST_INDEX))
        at += length
    return None
