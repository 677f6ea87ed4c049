"""What stands above an article in a file: which keys there are, and what their words mean.

Source: docs/import.md.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from itsm.assets import kinds
from itsm.kb.models import Article, Audience, Language, Shape
from itsm.org.school_forms import SCHOOL_FORMS

AUDIENCES = {"alle": Audience.PUBLIC, "schulpersonal": Audience.STAFF, "support": Audience.SUPPORT}
SHAPES = {"schritte": Shape.STEPS, "faq": Shape.FAQ, "fehler": Shape.KNOWN_FAULT, "text": Shape.TEXT}
LANGUAGES = {language.value: language for language in (Language.SIMPLE, Language.ENGLISH)}
LONGEST_LINE = 500
_NO_CHARACTER = re.compile("[\\0\ud800-\udfff]")


class Unclear(Exception):
    """What stands in a file is not what it should be; the sentence says what."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line


def text(value: Any, key: str) -> str:
    """Return a text the database can keep.

    Raises: Unclear for anything else.
    """
    if not isinstance(value, str):
        raise Unclear(f"„{key}“ muss ein Text sein.")
    if _NO_CHARACTER.search(value):
        raise Unclear(f"„{key}“ enthält ein Zeichen, das in keinem Text vorkommt.")
    return value


def line(value: Any, key: str) -> str:
    """Return one line of text.

    Raises: Unclear for anything else.
    """
    words = " ".join(text(value, key).split())
    if len(words) > LONGEST_LINE:
        raise Unclear(f"„{key}“ ist länger als {LONGEST_LINE} Zeichen.")
    return words


def _lines(value: Any, key: str) -> list[str]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list):
        raise Unclear(f"„{key}“ muss eine Liste sein.")
    return list(dict.fromkeys(filter(None, (line(part, key) for part in parts))))


def _day(value: Any, key: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except (TypeError, ValueError) as error:
        raise Unclear(f"„{key}“ muss ein Tag wie 2027-07-31 sein.") from error


def _one_of(known: Mapping[str, Any]) -> Callable[[Any, str], Any]:
    def read(value: Any, key: str) -> Any:
        if not isinstance(value, str) or value not in known:
            raise Unclear(f"„{key}“ muss eines davon sein: {', '.join(known)}.")
        return known[value]

    return read


def _some_of(known: Collection[str]) -> Callable[[Any, str], list[str]]:
    def read(value: Any, key: str) -> list[str]:
        found = _lines(value, key)
        if unknown := [one for one in found if one not in known]:
            raise Unclear(f"„{key}“ kennt „{unknown[0]}“ nicht. Es gibt: {', '.join(known)}.")
        return found

    return read


# The keys of the file, the columns they fill, and how their words are read.
KEYS: dict[str, tuple[str, Callable[[Any, str], Any]]] = {
    "zielgruppe": ("audience", _one_of(AUDIENCES)),
    "art": ("shape", _one_of(SHAPES)),
    "schlagworte": ("tags", _lines),
    "schulformen": ("school_forms", _some_of(SCHOOL_FORMS)),
    "geraete": ("device_kinds", _some_of(kinds.LABELS)),
    "redaktion": ("team", line),
    "gueltig_bis": ("valid_until", _day),
    "pruefen_am": ("review_on", _day),
    "quelle": ("source", line),
    "lizenz": ("licence", line),
    "herkunft": ("origin", line),
    "urheber": ("author", line),
}


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an article that a file fills; what it does not name is left out.

    Raises: Unclear naming the key.
    """
    return {column: reader(given[key], key) for key, (column, reader) in KEYS.items() if key in given}


def names(given: Mapping[str, Any], key: str) -> list[str] | None:
    """Return the names a file lists under a key; None if it has no such key."""
    return _lines(given[key], key) if key in given else None


def written(article: Article) -> dict[str, Any]:
    """Return the keys of a file that say what an article's columns hold; what is empty is left out."""
    words: dict[str, str] = {value: name for name, value in (AUDIENCES | SHAPES).items()}
    found = {key: value for key, (column, _) in KEYS.items() if (value := getattr(article, column))}
    return {
        key: words.get(value, value)
        if isinstance(value, str)
        else value.isoformat()
        if isinstance(value, date)
        else value
        for key, value in found.items()
    }
