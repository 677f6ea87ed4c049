"""The list of devices the police asks for after a theft: what is gone, its numbers, its worth.

Source: docs/rules/labels.md, LB-6.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from itsm.assets import kinds, life
from itsm.assets.models import Device
from itsm.assets.states import LABELS
from itsm.core import clock
from itsm.core.german import euros, local_date, local_time, number, plain_euros
from itsm.core.pdf import Column, Part, Sheet

MOST = 2000
COLUMNS = (
    Column("Gerätenummer"),
    Column("Seriennummer"),
    Column("Art"),
    Column("Modell", wide=True),
    Column("Schule", wide=True),
    Column("Stand"),
    Column("Kaufpreis (€)", number=True),
    Column("Zeitwert (€)", number=True),
)
_UNKNOWN = "unbekannt"


@dataclass(frozen=True)
class Head:
    """What the police told us; empty where there is nothing yet."""

    reason: str = ""
    file_number: str = ""


def rows(devices: Sequence[Device], at: datetime) -> list[list[str]]:
    """Return one line per device with what it is worth on that day."""
    values = _values(devices, at)
    return [_row(device, value) for device, value in zip(devices, values, strict=True)]


def sheet(devices: Sequence[Device], head: Head, author: str, city: str, at: datetime) -> Sheet:
    """Return the list as paper, the sums at its end."""
    on = local_date(clock.local_day(at))
    price = sum(device.price_cents or 0 for device in devices)
    value = sum(cents or 0 for cents in _values(devices, at))
    return Sheet(
        title="Geräteliste für die Polizei",
        author=author,
        lead=[
            f"Alle Geräte sind Eigentum der {city}.",
            *([f"Anlass: {head.reason}"] if head.reason else []),
            *([f"Aktenzeichen: {head.file_number}"] if head.file_number else []),
            f"Zeitwert am {on}: Kaufpreis abzüglich gleicher Monatsbeträge über die erwartete Nutzung.",
        ],
        columns=COLUMNS,
        parts=[Part(rows(devices, at))],
        end=[f"Zusammen: {number(len(devices))} Geräte, Kaufpreis {euros(price)}, Zeitwert {euros(value)}."],
        foot=f"Erstellt von {author}, {on}, {local_time(at)} Uhr",
        landscape=True,
    )


def _values(devices: Sequence[Device], at: datetime) -> list[int | None]:
    on = clock.local_day(at)
    lives = kinds.life_months(on)
    return [life.of(device, on, lives).value_cents for device in devices]


def _row(device: Device, value_cents: int | None) -> list[str]:
    return [
        device.tag,
        device.serial or _UNKNOWN,
        kinds.LABELS[device.kind],
        device.model.label,
        device.school.short_name if device.school else "Lager der Schul-IT",
        LABELS[device.state],
        _sum(device.price_cents),
        _sum(value_cents),
    ]


def _sum(cents: int | None) -> str:
    return _UNKNOWN if cents is None else plain_euros(cents)
