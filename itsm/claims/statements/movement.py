"""One movement of an account, and the mark by which it is known again.

Source: docs/rules/claims.md, CL-64.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from itsm.core.errors import DomainError

# The column of the database holds no more: over 20 million euros.
MOST_CENTS = 2**31 - 1
LONGEST = 500
MOST_LINES = 20_000
TOO_LONG = "Die Datei hat mehr als 20.000 Umsätze. Bitte laden Sie einen kürzeren Zeitraum."
# No account here is older; and no bank dates further ahead.
_FIRST_DAY = date(2000, 1, 1)
_AHEAD = timedelta(days=31)
# What banks write where they have no number.
_NO_NUMBER = frozenset({"", "NONREF", "NOTPROVIDED", "NOREF", "0"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Movement:
    """Money that came (positive) or went back (negative), with who paid and what for."""

    booked_on: date
    cents: int
    payer: str
    purpose: str
    # The bank's own number, if it gave one.
    number: str = ""


@dataclass
class Reading:
    """What a file holds: the movements, and sentences about lines that cannot be booked.

    `repeated` is how many movements were left out because their page stood in the file before.
    """

    movements: list[Movement] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    repeated: int = 0

    def check_size(self) -> None:
        """Stop before a file becomes too long.

        Raises: DomainError for too many lines.
        """
        if len(self.movements) + len(self.refused) + self.repeated > MOST_LINES:
            raise DomainError(TOO_LONG)


def clean(text: str | None, longest: int = LONGEST) -> str:
    """Return a text of the bank as one line without control signs, cut to what is kept."""
    return " ".join(_CONTROL.sub(" ", text or "").split())[:longest]


def check_day(day: date, today: date) -> None:
    """Let only days go on on which money can have moved.

    Raises: ValueError for any other.
    """
    if not _FIRST_DAY <= day <= today + _AHEAD:
        raise ValueError(f"Der {day:%d.%m.%Y} kann nicht der Tag der Buchung sein.")


def marks(movements: Iterable[Movement]) -> Iterator[str]:
    """Return the mark of each movement; the same movement in another file has the same.

    Two that are alike in one file are two, and numbered.
    """
    seen: Counter[str] = Counter()
    for movement in movements:
        key = "\x1f".join(_fields(movement))
        digest = hashlib.sha256(key.encode()).hexdigest()
        seen[digest] += 1
        yield f"{digest}-{seen[digest]}"


def _fields(movement: Movement) -> tuple[str, ...]:
    fixed = (movement.booked_on.isoformat(), str(movement.cents))
    number = movement.number.strip()
    if number.upper() not in _NO_NUMBER:
        return (*fixed, number)
    return (*fixed, _bare(movement.payer), _bare(movement.purpose))


def _bare(text: str) -> str:
    """Letters and digits alone: banks break and space the same text differently."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())
