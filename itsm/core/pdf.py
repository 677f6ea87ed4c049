"""PDF for the printer and for the files: accessible (PDF/UA), the words as data and never as markup."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).parents[2] / "templates" / "shared" / "table.typ"
# What the font surely has; a paper with anything else, such as a smiley, would not be accessible.
_BEYOND = re.compile(r"[^ -~\u00a0-\u024f\u0370-\u04ff\u1e00-\u1eff\u2010-\u203a\u20ac\u2190-\u2193\u2212]")


@dataclass(frozen=True)
class Column:
    """A column; a wide one takes what the others leave, numbers stand to the right."""

    label: str
    wide: bool = False
    number: bool = False


@dataclass(frozen=True)
class Part:
    """Rows under a heading of their own."""

    rows: Sequence[Sequence[str]]
    heading: str = ""
    lead: str = ""


@dataclass(frozen=True)
class Sheet:
    """What stands on the paper."""

    title: str
    author: str
    lead: Sequence[str]
    columns: Sequence[Column]
    parts: Sequence[Part]
    end: Sequence[str] = ()
    foot: str = ""
    landscape: bool = False
    # The words become smaller until they fit on one page.
    one_page: bool = False


def write(sheet: Sheet) -> bytes:
    """Return a list as PDF; a character the font lacks becomes a question mark."""
    return fill(TEMPLATE, asdict(sheet))


def fill(template: Path, words: dict[str, Any]) -> bytes:
    """Return a template with these words as PDF; a character the font lacks becomes a question mark."""
    try:
        return _compile(template, words)
    except typst.TypstError:
        return _compile(template, _printable(words))


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return _BEYOND.sub("?", value)
    if isinstance(value, dict):
        return {key: _printable(one) for key, one in value.items()}
    return [_printable(one) for one in value] if isinstance(value, list | tuple) else value


def _compile(template: Path, words: dict[str, Any]) -> bytes:
    written: bytes = typst.compile(
        template,
        sys_inputs={"data": json.dumps(words)},
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards="ua-1",
    )
    return written


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts that come with the typesetter, read once: the same paper on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
