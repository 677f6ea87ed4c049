"""Proper names from the list's three name columns, which are hard-wrapped at 40 characters."""

import re

_AFTER_OPEN_HYPHEN = ("und ", "u. ", "oder ", "bzw. ", "sowie ")
_GENERIC = re.compile(
    r"(Städt(\.|ische)?|Gem(\.|einschafts)?|Kath\.|Ev\.|\s|-)*"
    r"(Grund|Haupt|Real|Gesamt|Sekundar|Förder|Gemeinschaftsgrund|Gemeinschaftshaupt)?schule"
    r"( (der|in der) Stadt \w+)?",
    re.IGNORECASE,
)
_DECORATED = re.compile(r"^-+\s*(.*?)\s*-+$")
_STAGE = re.compile(r"-?\s*(Primarstufe|Sekundarstufen?|Sek\.)", re.IGNORECASE)


def rejoin(parts: list[str]) -> str:
    """One line from wrapped parts: words cut by the wrap grow together, blanks are single."""
    name = ""
    for part in (" ".join(raw.split()) for raw in parts):
        name = _append(name, part) if name and part else name or part
    return re.sub(r",(?=\w)", ", ", name)


def _append(name: str, part: str) -> str:
    cut = len(name) > 1 and name.endswith("-") and name[-2].isalpha()
    if not cut or part.lower().startswith(_AFTER_OPEN_HYPHEN):
        return f"{name} {part}"
    return f"{name[:-1]}{part}" if part[0].islower() else f"{name}{part}"


def call_name(parts: list[str]) -> str:
    """What people call the school: the first line, with the second where the first only says the form."""
    filled = [" ".join(part.split()) for part in parts if part.strip()]
    if not filled:
        return ""
    if len(filled) == 1 or _STAGE.match(filled[1]):
        return rejoin(filled[:1])
    if filled[0].endswith("-"):
        return rejoin(filled[:2])
    if not _says_no_more_than_form(filled[0]):
        return rejoin(filled[:1])
    return rejoin([filled[0], _DECORATED.sub(r"\1", filled[1])])


def _says_no_more_than_form(line: str) -> bool:
    return _GENERIC.fullmatch(line) is not None or line == "Abendrealschule"
