"""The headings of a text: their levels on the page, and the anchors they are reached by.

Source: docs/rules/markup.md, MU-3.
"""

import re
import unicodedata
from typing import NamedTuple

from markdown_it.token import Token

from itsm.kb.grammar import words

# Before every anchor, so that no heading takes the name of something else on the page.
PREFIX = "abschnitt-"
_HIGHEST, _LOWEST = 2, 6
_LONGEST = 60
_NO_WORD = re.compile(r"[^a-z0-9]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class Heading(NamedTuple):
    """A heading of a text: its level on the page (2 to 6), its words, and its anchor."""

    level: int
    text: str
    anchor: str


def place(tokens: list[Token]) -> list[Heading]:
    """Give each heading its level and its anchor: below the title of the page, and no level left out."""
    found: list[Heading] = []
    above: list[str] = []
    taken: dict[str, int] = {}
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type != "heading_open":
            continue
        typed = opening.tag
        above = [*(tag for tag in above if tag < typed), typed]
        level = min(_HIGHEST + len(above) - 1, _LOWEST)
        text = words(inline.children or []).strip()
        heading = Heading(level, text, _free(anchor(text), taken))
        opening.tag = closing.tag = f"h{level}"
        opening.attrs["id"] = heading.anchor
        found.append(heading)
    return found


def anchor(text: str) -> str:
    """Return the anchor of a heading with these words, or of a link `#einrichten` to it."""
    return PREFIX + slug(text.removeprefix(PREFIX))


def slug(text: str) -> str:
    """Return words as a part of an address."""
    letters = text.lower().translate(_UMLAUTS)[:_LONGEST]
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    return _NO_WORD.sub("-", plain).strip("-") or "ohne-namen"


def _free(wanted: str, taken: dict[str, int]) -> str:
    """The anchor, or the first number of it that no heading above has."""
    count = taken[wanted] = taken.get(wanted, 0) + 1
    return wanted if count == 1 else _free(f"{wanted}-{count}", taken)
