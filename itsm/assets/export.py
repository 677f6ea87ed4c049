"""A list of devices as a file for a spreadsheet, written to the disk row by row: no list lies in memory as a whole."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from tempfile import TemporaryFile
from typing import IO, Any

from itsm.assets.kinds import LABELS as KINDS
from itsm.assets.states import LABELS as STATES
from itsm.core import clock, spreadsheet, workbook

Cell = str | int | float | date | None
Cells = Callable[[Any], Cell]

COLUMNS: dict[str, Cells] = {
    "Gerätenummer": lambda row: row.tag,
    "Seriennummer": lambda row: row.serial,
    "Art": lambda row: KINDS[row.kind],
    "Hersteller": lambda row: row.maker,
    "Modell": lambda row: row.model,
    "Schule": lambda row: row.school,
    "Schulnummer": lambda row: row.school_number,
    "Gebäude": lambda row: row.site,
    "Raum": lambda row: row.room,
    "Ladekoffer": lambda row: row.case,
    "Platz": lambda row: row.slot,
    "Stand": lambda row: STATES[row.state],
    "Stand seit": lambda row: clock.local_day(row.state_at),
    "In Betrieb seit": lambda row: row.in_service_on,
    "Gekauft am": lambda row: row.purchased_on,
    "Preis brutto": lambda row: None if row.price_cents is None else row.price_cents / 100,
    "Bestellnummer": lambda row: row.order_number,
    "Fördertopf": lambda row: row.funding,
    "Garantie bis": lambda row: row.warranty_until,
    "Kennung im MDM": lambda row: row.mdm_id,
    "Notiz": lambda row: row.note,
}
HOLDER: dict[str, Cells] = {
    "Ausgegeben an": lambda row: row.holder,
    "Klasse oder Bereich": lambda row: row.holder_group,
}


def as_csv(rows: Iterable[Any], *, with_holders: bool) -> IO[bytes]:
    """Return a CSV file as German Excel opens it."""
    columns = _columns(with_holders)
    file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    for line in spreadsheet.lines(columns, ([_german(cell) for cell in cells] for cells in _cells(rows, columns))):
        file.write(line.encode())
    file.seek(0)
    return file


def as_xlsx(rows: Iterable[Any], *, with_holders: bool) -> IO[bytes]:
    """Return an XLSX file with real numbers and days; no text is ever a formula."""
    columns = _columns(with_holders)
    file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    workbook.write(file, "Geräte", columns, _cells(rows, columns))
    file.seek(0)
    return file


def _columns(with_holders: bool) -> dict[str, Cells]:
    return COLUMNS | HOLDER if with_holders else COLUMNS


def _cells(rows: Iterable[Any], columns: dict[str, Cells]) -> Iterator[list[Cell]]:
    for row in rows:
        yield [cell(row) for cell in columns.values()]


def _german(cell: Cell) -> Cell:
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return f"{cell:.2f}".replace(".", ",") if isinstance(cell, float) else cell
