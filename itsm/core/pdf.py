"""Lists as PDF for the printer and for the files: accessible (PDF/UA), the words as data and never as markup."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import typst

TEMPLATE = Path(__file__).parents[2] / "templates" / "shared" / "table.typ"


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


def write(sheet: Sheet) -> bytes:
    """Return the PDF."""
    written: bytes = typst.compile(
        TEMPLATE,
        sys_inputs={"data": json.dumps(asdict(sheet))},
        # The same paper on every machine.
        ignore_system_fonts=True,
        pdf_standards="ua-1",
    )
    return written
