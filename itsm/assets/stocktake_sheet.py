"""The result of a stocktake as a file: for a spreadsheet, and on paper."""

from collections.abc import Iterable
from datetime import datetime

from itsm.assets import stocktake_words
from itsm.assets.kinds import LABELS as KINDS
from itsm.assets.models import Finding, Stocktake, StocktakeLine
from itsm.assets.states import LABELS as STATES
from itsm.assets.words import FINDINGS
from itsm.core import clock
from itsm.core.german import local_date, local_moment, local_time, number
from itsm.core.pdf import Column, Part, Sheet

HEAD = ("Ergebnis", "Gerätenummer", "Seriennummer", "Klasse", "Modell", "Gehört nach", "Stand", "Gescannt")
_ON_PAPER = (Finding.MISSING, Finding.ELSEWHERE, Finding.UNKNOWN, Finding.FOUND)


def cells(stocktake: Stocktake, line: StocktakeLine) -> tuple[str, ...]:
    """Return the cells of a line."""
    device, scanned = line.device, local_moment(line.scanned_at) if line.scanned_at else ""
    if device is None:
        return (_finding(stocktake, line), line.typed, "", "", "", "", "", scanned)
    return (
        _finding(stocktake, line),
        device.tag,
        device.serial or "",
        KINDS[device.kind],
        device.model.label,
        stocktake_words.where(stocktake, line),
        STATES[device.state] if stocktake_words.is_here(stocktake, line) else "",
        scanned,
    )


def sheet(stocktake: Stocktake, lines: Iterable[StocktakeLine], at: datetime) -> Sheet:
    """Return the result for the printer: what is missing first, what was there last."""
    by_finding: dict[Finding | None, list[StocktakeLine]] = {}
    for line in lines:
        by_finding.setdefault(line.finding, []).append(line)
    parts = [
        Part(
            [cells(stocktake, line)[1:7] for line in found],
            heading=f"{FINDINGS[finding].capitalize()} ({number(len(found))})",
        )
        for finding in _ON_PAPER
        if (found := by_finding.get(finding))
    ]
    ended = stocktake.finished_at or at
    return Sheet(
        title=f"Inventur {stocktake_words.place(stocktake)}",
        author=stocktake.school.name,
        lead=[stocktake.school.name, f"{'Abgeschlossen' if stocktake.finished_at else 'Stand'} {local_moment(ended)}"],
        columns=[
            Column("Gerätenummer"),
            Column("Seriennummer"),
            Column("Klasse"),
            Column("Modell", wide=True),
            Column("Gehört nach", wide=True),
            Column("Stand"),
        ],
        parts=parts,
        foot=f"Stand {local_date(clock.local_day(at))}, {local_time(at)} Uhr",
        landscape=True,
    )


def _finding(stocktake: Stocktake, line: StocktakeLine) -> str:
    if line.finding is not None:
        return FINDINGS[line.finding]
    return STATES[line.device.state] if line.device and stocktake_words.is_here(stocktake, line) else ""
