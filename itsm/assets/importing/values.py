"""Days, prices and words as lists spell them.

Source: docs/rules/device-import.md, DI-7.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)
HIGHEST_CENTS = 100_000_000
NOTHING = "\\N"

_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?: .*)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
# Days since the end of 1899, as Excel keeps them and some programs export them.
_SERIAL = re.compile(r"[2-6]\d{4}(?:[.,]0+)?")
_EXCEL_START = date(1899, 12, 30)
_POINTS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_COMMAS = re.compile(r"\d{1,3}(?:,\d{3})+\.\d{1,2}")
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Wrong(Exception):
    """A cell does not say what its column promises; the text is a sentence."""


class Cached(dict[str, str]):
    """Cell → value, each spelling understood once."""

    def __init__(self, understand: Callable[[str], str]) -> None:
        super().__init__()
        self._understand = understand

    def __missing__(self, cell: str) -> str:
        value = self[cell] = self._understand(cell)
        return value


def day(cell: str) -> str:
    """Return a day as 2026-03-17: from 17.3.26, 17.03.2026, 2026-03-17 08:00 or Excel's 46098.

    Raises: Wrong.
    """
    text = cell.strip()
    try:
        if found := _GERMAN.fullmatch(text):
            number, month, year = map(int, found.groups())
            known = date(year + 2000 if year < 100 else year, month, number)
        elif found := _ISO.fullmatch(text):
            known = date(*map(int, found.groups()))
        elif _SERIAL.fullmatch(text):
            known = _EXCEL_START + timedelta(days=int(text[:5]))
        elif not text:
            return NOTHING
        else:
            raise ValueError
    except ValueError:
        raise Wrong(f"„{short(text)}“ ist kein Datum (tt.mm.jjjj).") from None
    if not EARLIEST <= known < LATEST:
        raise Wrong(f"Das Datum „{short(text)}“ liegt zu weit weg.")
    return known.isoformat()


def months_after(bought: str, cell: str) -> str:
    """Return the day so many months after another one.

    Raises: Wrong.
    """
    text = cell.lower().removesuffix("monate").removesuffix("months").strip()
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:5]) <= 240:
        raise Wrong(f"„{short(cell)}“ sind keine Monate (1 bis 240).")
    if bought == NOTHING:
        raise Wrong("Eine Garantie in Monaten braucht das Kaufdatum.")
    return (date.fromisoformat(bought) + relativedelta(months=int(text))).isoformat()


def cents(cell: str) -> str:
    """Return a price in cents: from 1.234,56 or 2266.13 or 379 €. A single point before three digits parts thousands.

    Raises: Wrong.
    """
    text = cell.replace("€", "").replace("EUR", "").replace("\u00a0", " ").strip().replace(" ", "")
    if not text:
        return NOTHING
    plain = text
    if _COMMAS.fullmatch(text):
        plain = text.replace(",", "")
    elif "," in text or _POINTS.fullmatch(text):
        whole, _, rest = text.partition(",")
        plain = f"{whole.replace('.', '') if _POINTS.fullmatch(whole) else whole}.{rest or 0}"
    if not text.isascii() or not _PLAIN.fullmatch(plain):
        raise Wrong(f"„{short(cell)}“ ist kein Preis.")
    whole, _, rest = plain.partition(".")
    # Some programs export four decimals; half a cent goes up.
    found = int(whole[:12]) * 100 + (int(f"{rest}000"[:3]) + 5) // 10
    if found > HIGHEST_CENTS or len(whole) > 12:
        raise Wrong(f"Der Preis „{short(cell)}“ ist zu hoch.")
    return str(found)


def slot(cell: str) -> str:
    """Return the place in a charging case.

    Raises: Wrong.
    """
    text = cell.strip()
    if not text:
        return NOTHING
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) <= 200:
        raise Wrong(f"„{short(text)}“ ist kein Platz im Ladekoffer (1 bis 200).")
    return str(int(text))


def line_of_text(longest: int) -> Callable[[str], str]:
    """Return a reader of one line of text, at most so long."""

    def understand(cell: str) -> str:
        text = " ".join(cell.split())
        if len(text) > longest:
            raise Wrong(f"„{short(text)}“ ist mit {len(text)} Zeichen zu lang, höchstens {longest}.")
        return text.translate(_ESCAPES) if text else NOTHING

    return understand


def lines_of_text(longest: int) -> Callable[[str], str]:
    """Return a reader of several lines of text, together at most so long."""

    def understand(cell: str) -> str:
        text = cell.replace("\r\n", "\n").strip()
        if len(text) > longest:
            raise Wrong(f"„{short(text)}“ ist mit {len(text)} Zeichen zu lang, höchstens {longest}.")
        return text.translate(_ESCAPES) if text else NOTHING

    return understand


def short(text: str) -> str:
    """Return foreign text short enough to stand inside a sentence."""
    folded = " ".join(text.split())
    return folded if len(folded) <= 40 else f"{folded[:39]}…"
