"""A search line as people type it: words with a colon are filters, the rest is text."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from itsm.core.access import Actor
from itsm.core.errors import DomainError

_PART = re.compile(r'([\wäöüß-]+):("[^"]*"|\S+)|("[^"]*"|\S+)', re.IGNORECASE)
_LONGEST = 300

Filter = Callable[[Actor, str], sa.ColumnElement[bool]]
K = TypeVar("K")


@dataclass(frozen=True)
class Line:
    """A search line taken apart: (word, value) pairs, and the words of free text."""

    filters: tuple[tuple[str, str], ...]
    text: str


def parse(line: str, words: Mapping[str, object]) -> Line:
    """Take a search line apart; a word that is no filter counts as text.

    Raises: DomainError if the line is longer than anybody types.
    """
    if len(line) > _LONGEST:
        raise DomainError(f"Die Suchzeile ist zu lang. Bitte höchstens {_LONGEST} Zeichen eingeben.")
    line = line.replace("\x00", " ")
    filters: list[tuple[str, str]] = []
    text: list[str] = []
    for word, value, free in _PART.findall(line):
        if word and word.lower() in words:
            filters.append((word.lower(), value.strip('"')))
        else:
            text.append(free or f"{word}:{value}")
    return Line(tuple(filters), " ".join(text))


def meant(value: str, labels: Mapping[K, str], what: str) -> list[K]:
    """Return the keys in whose label what was typed stands.

    Raises: DomainError naming the labels if it stands in none; `what` says what was looked for: "Die Art".
    """
    found = [key for key, label in labels.items() if value and value.casefold() in label.casefold()]
    if not found:
        raise DomainError(f"{what} „{value}“ gibt es nicht. Möglich sind: {', '.join(labels.values())}.")
    return found


def chips(line: str, words: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return each filter of a line as it was typed, with the line without it."""
    return [(f"{word}:{value}", without(line, word, value)) for word, value in parse(line, words).filters]


def without(line: str, word: str, value: str) -> str:
    """Return the line with one filter taken out; for the chip that removes it."""
    return " ".join(line.replace(f'{word}:"{value}"', "").replace(f"{word}:{value}", "").split())
