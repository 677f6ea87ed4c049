"""Sheets of labels for the printer: a code to scan, the number in words, the school, the owner.

Source: docs/rules/labels.md, LB-3 to LB-5.
"""

import json
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst

from itsm.assets.label_formats import GRIDS, Format, Grid
from itsm.assets.models import Device
from itsm.core.errors import DomainError

TEMPLATE = Path(__file__).parents[2] / "templates" / "assets" / "labels.typ"
# Five seconds of work, and more than anybody sticks on in a day.
MOST = 500
_STOCK = "Lager der Schul-IT"


def code(address: str) -> segno.QRCode:
    """Return the code of an address. Level M survives a scratch of a seventh of it."""
    return segno.make_qr(address, error="m", boost_error=False)


def write(
    devices: Sequence[Device], sheet: Format, first: int, city: str, address_of: Callable[[Device], str]
) -> bytes:
    """Return the sheets as PDF, from the label `first` (counted from 1) of the first sheet on.

    Raises: DomainError for a first label the sheet does not have.
    """
    data = layout(devices, sheet, first, city, address_of)
    # The same paper on every machine.
    return bytes(typst.compile(TEMPLATE, sys_inputs={"data": data}, ignore_system_fonts=True, pdf_standards="ua-1"))


def layout(devices: Sequence[Device], sheet: Format, first: int, city: str, address_of: Callable[[Device], str]) -> str:
    """Return what stands where on the sheets, for the template.

    Raises: DomainError for a first label the sheet does not have.
    """
    grid = GRIDS[sheet]
    if not 1 <= first <= grid.labels:
        raise DomainError(f"Dieser Bogen hat die Plätze 1 bis {grid.labels}. Bitte wählen Sie einen davon.")
    placed = [
        _label(device, address_of(device)) | _place(grid, position)
        for position, device in enumerate(devices, first - 1)
    ]
    size = {"width": grid.width_mm, "height": grid.height_mm}
    return json.dumps({**size, "owner": f"Eigentum der {city}", "labels": placed})


def _label(device: Device, address: str) -> dict[str, Any]:
    school = device.school.short_name if device.school else _STOCK
    drawn = BytesIO()
    code(address).save(drawn, kind="svg", omitsize=True, xmldecl=False)
    return {"tag": device.tag, "school": school, "code": drawn.getvalue().decode()}


def _place(grid: Grid, position: int) -> dict[str, float]:
    page, place = divmod(position, grid.labels)
    x, y = grid.corner_mm(place)
    return {"page": page, "x": x, "y": y}
