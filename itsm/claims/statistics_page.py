"""The tables of the page of figures, the same for the screen and for files.

Source: docs/rules/claims.md, CL-80 to CL-83.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from itsm.assets.kinds import PLURALS
from itsm.assets.kinds import Kind as DeviceKind
from itsm.claims import statistics, statistics_claims, statistics_stock
from itsm.claims.statistics import GROUPS, Row, Year
from itsm.core.german import euros, number

VIEWS = {
    "jahre": "Jahre",
    "gruppen": "Gruppen",
    "orte": "Wiederholte Fälle",
    "forderungen": "Forderungen",
}
ALL_DEVICES = "alle"
DEVICES = {DeviceKind.IPAD.value: "iPads", ALL_DEVICES: "alle Geräte"} | {
    kind.value: label for kind, label in PLURALS.items() if kind is not DeviceKind.IPAD
}
COUNTS = ("Schäden", "Diebstahl", "Verlust", "Zusammen")
NOTHING = "–"
# So many rows of a table stand on the page; its file has all.
SHOWN = 30
_YEAR = re.compile("20[0-9]{2}")


class Share(NamedTuple):
    """A part of a whole, as percent with two places."""

    part: int
    whole: int

    @property
    def basis_points(self) -> int | None:
        """Hundredths of a percent, half up, never by float; None of nothing."""
        return (self.part * 20_000 + self.whole) // (2 * self.whole) if self.whole else None

    @property
    def percent(self) -> float | None:
        """The same as a number for a spreadsheet."""
        return None if self.basis_points is None else self.basis_points / 100

    def __str__(self) -> str:
        """Return "1,82 %"."""
        points = self.basis_points
        return NOTHING if points is None else f"{number(points // 100)},{points % 100:02} %"


class Money(NamedTuple):
    """A sum in cents."""

    cents: int

    def __str__(self) -> str:
        """Return "1.234,50 €"."""
        return euros(self.cents)


Cell = str | int | Share | Money | None


@dataclass(frozen=True)
class Table:
    """One table: its name in addresses, its caption and heads, its rows; `curve` are years and shares to draw."""

    key: str
    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    curve: Sequence[tuple[str, Share]] = ()


@dataclass(frozen=True)
class Asked:
    """What the address asks for, each part what it begins with where it makes no sense."""

    view: str
    year: int
    devices: str
    by: str

    @property
    def kind(self) -> DeviceKind | None:
        """The class of devices, or None for all."""
        return None if self.devices == ALL_DEVICES else DeviceKind(self.devices)


def asked(args: Mapping[str, str], today: date) -> Asked:
    """Read what the address asks for."""
    year = args.get("jahr", "")
    return Asked(
        _one_of(VIEWS, args.get("ansicht", "")),
        int(year) if _YEAR.fullmatch(year) else today.year,
        _one_of(DEVICES, args.get("geraete", "")),
        _one_of(GROUPS, args.get("nach", "")),
    )


def tables(what: Asked, today: date) -> list[Table]:
    """Return the tables of a view."""
    match what.view:
        case "gruppen":
            return [_groups(what, today)]
        case "orte":
            return _again(what)
        case "forderungen":
            return [_claims(today)]
    return _years(what, today)


def words(cell: Cell) -> str:
    """Return a cell as people read it."""
    match cell:
        case None:
            return NOTHING
        case int():
            return number(cell)
    return str(cell)


def _one_of(choices: Mapping[str, object], value: str) -> str:
    return value if value in choices else next(iter(choices))


def _years(what: Asked, today: date) -> list[Table]:
    found = sorted(statistics.years(what.kind, today), key=lambda one: one.year)
    things = DEVICES[what.devices] if what.kind else "Geräte"
    running = "Im laufenden Jahr zählen die Geräte von heute, sonst die vom 31. Dezember."
    return [
        Table(
            "schaeden",
            f"Beschädigte {things}",
            ("Jahr", things, "Schadensfälle", "Anteil", "Quelle"),
            [(str(one.year), one.devices, one.damaged, Share(one.damaged, one.devices), one.source) for one in found],
            running,
            _curve(found, "damaged", today),
        ),
        Table(
            "verluste",
            f"Gestohlene und verlorene {things}",
            ("Jahr", things, "Diebstahl oder Verlust", "davon Diebstahl", "davon Verlust", "Anteil", "Quelle"),
            [
                (
                    str(one.year),
                    one.devices,
                    one.missing,
                    one.stolen,
                    one.lost,
                    Share(one.missing, one.devices),
                    one.source,
                )
                for one in found
            ],
            "Nicht Zurückgegebenes zählt seit 2025 als Diebstahl. Wiedergefundenes zählt nicht.",
            _curve(found, "missing", today),
        ),
    ]


def _curve(found: Sequence[Year], name: str, today: date) -> list[tuple[str, Share]]:
    """Return the shares of the years that are over: the running one has not had its cases yet."""
    over = [one for one in found if one.devices and one.year < today.year]
    return [(str(one.year), Share(getattr(one, name), one.devices)) for one in over]


def _groups(what: Asked, today: date) -> Table:
    group = GROUPS[what.by]
    day = statistics.key_day(what.year, today)
    stock = statistics_stock.on_day(day, what.kind, with_age=what.by == "alter") if group.of_stock else []
    rows = statistics.grouped(what.by, statistics.cases(what.year, what.kind), stock)
    title = f"Fälle {what.year} je {group.label} ({DEVICES[what.devices]})"
    if group.of_stock is None:
        everything = sum(row.counts.cases for row in rows)
        shares = [(*_cells(row), Share(row.counts.cases, everything)) for row in rows]
        return Table("gruppen", title, (group.label, *COUNTS, "Anteil an allen Fällen"), shares)
    heads = (group.label, "Geräte", *COUNTS, "Anteil Schäden", "Anteil Diebstahl und Verlust")
    return Table("gruppen", title, heads, [_against_stock(row) for row in rows], f"Geräte vom {day:%d.%m.%Y}.")


def _cells(row: Row) -> tuple[Cell, ...]:
    counts = row.counts
    return row.label, counts.damaged, counts.stolen, counts.lost, counts.cases


def _against_stock(row: Row) -> tuple[Cell, ...]:
    label, *counts = _cells(row)
    devices = row.devices or 0
    return label, devices, *counts, Share(row.counts.damaged, devices), Share(row.counts.missing, devices)


def _again(what: Asked) -> list[Table]:
    found = statistics.cases(what.year, what.kind)
    schools = [row for row in statistics.grouped("schule", found, ()) if row.counts.cases >= statistics.OFTEN]
    return [
        Table(
            "schulen",
            f"Schulen mit mehreren Fällen {what.year}",
            ("Schule", *COUNTS),
            [_cells(row) for row in schools],
        ),
        Table(
            "plaetze",
            f"Ladekoffer und Räume mit mehreren Fällen {what.year}",
            ("Ort", *COUNTS),
            [_cells(row) for row in statistics.again(found)],
            "Gezählt wird am Platz, an dem das Gerät heute steht oder zuletzt stand.",
        ),
    ]


def _claims(today: date) -> Table:
    return Table(
        "forderungen",
        "Forderungen je Kalenderjahr",
        (
            "Jahr",
            "geprüft",
            "gefordert",
            "Betrag",
            "bezahlt",
            "eingegangen",
            "noch offen",
            "erlassen",
            "fallen gelassen",
            "zurückgenommen",
        ),
        [
            (
                str(one.year),
                one.begun,
                one.demanded,
                Money(one.demanded_cents),
                one.paid,
                Money(one.paid_cents),
                Money(one.open_cents),
                one.waived,
                one.dropped,
                one.cancelled,
            )
            for one in statistics_claims.per_year(today)
        ],
        "„Noch offen“ ist, was heute von den Forderungen dieses Jahres fehlt.",
    )
