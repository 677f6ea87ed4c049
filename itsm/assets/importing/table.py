"""What every kind of list becomes before it is understood: a header and rows of texts."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from itsm.core.errors import DomainError

LARGEST_FILE_BYTES = 500 * 1024 * 1024
MOST_ROWS = 500_000
MOST_COLUMNS = 200
LONGEST_CELL = 100_000


class Row(NamedTuple):
    """One row with the number people find it by; `problem` says why it cannot be read at all."""

    line: int
    cells: list[str]
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """A list as it was found. `share` says how much of it has been read so far, from 0 to 1."""

    header: list[str]
    rows: Iterator[Row]
    share: Callable[[], float]
    unit: str = "Zeile"


def size_of(file: BinaryIO) -> int:
    """Return how many bytes the file has; it is at its start afterwards.

    Raises: DomainError for an empty or oversized file.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size == 0:
        raise DomainError("Die Datei ist leer.")
    if size > LARGEST_FILE_BYTES:
        raise DomainError(
            f"Die Datei ist mit {size // 1024 // 1024} MB zu groß, höchstens {LARGEST_FILE_BYTES // 1024 // 1024} MB "
            "sind möglich. Bitte teilen Sie die Liste."
        )
    return size


def check_header(header: list[str]) -> list[str]:
    """Return the names of the columns without white space around them.

    Raises: DomainError if there are none or too many.
    """
    if len(header) > MOST_COLUMNS:
        raise DomainError(f"Die Liste hat mehr als {MOST_COLUMNS} Spalten. Bitte lassen Sie die überflüssigen weg.")
    names = [" ".join(name.split()) for name in header]
    if not any(names):
        raise DomainError("Die erste Zeile nennt keine Spalten. Bitte ergänzen Sie eine Kopfzeile.")
    return names


def limited(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows.

    Raises: DomainError after too many of them.
    """
    for count, row in enumerate(rows):
        if count >= MOST_ROWS:
            raise DomainError("Die Liste hat mehr als 500.000 Zeilen. Bitte teilen Sie sie.")
        yield row
