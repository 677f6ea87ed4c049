"""The classes of devices, how long each is expected to last and how often it is counted.

Source: docs/rules/devices.md, DV-2 (annual report 2025, chapter 5.1).
"""

from datetime import date
from enum import StrEnum

from itsm.core import figures
from itsm.core.figures import Figure, define


class Kind(StrEnum):
    """The class of a device."""

    IPAD = "ipad"
    LAPTOP = "laptop"
    DESKTOP = "desktop"
    DISPLAY = "display"
    PROJECTOR = "projector"
    CHARGING_CASE = "charging_case"
    DIGITAL_TOOL = "digital_tool"
    ACCESSORY = "accessory"


LABELS = {
    Kind.IPAD: "iPad",
    Kind.LAPTOP: "Laptop",
    Kind.DESKTOP: "Desktop/OPS-PC",
    Kind.DISPLAY: "Display",
    Kind.PROJECTOR: "Beamer",
    Kind.CHARGING_CASE: "Ladekoffer",
    Kind.DIGITAL_TOOL: "Digitales Arbeitsgerät",
    Kind.ACCESSORY: "Zubehör",
}
PLURALS = LABELS | {
    Kind.IPAD: "iPads",
    Kind.LAPTOP: "Laptops",
    Kind.DESKTOP: "Desktop- und OPS-PCs",
    Kind.DISPLAY: "Displays",
    Kind.DIGITAL_TOOL: "Digitale Arbeitsgeräte",
}

# Kind → (expected use in years, months from one stocktake to the next).
_STARTS = {
    Kind.IPAD: (5, 12),
    Kind.LAPTOP: (5, 12),
    Kind.DESKTOP: (5, 24),
    Kind.DISPLAY: (8, 24),
    Kind.PROJECTOR: (8, 24),
    Kind.CHARGING_CASE: (8, 24),
    Kind.DIGITAL_TOOL: (5, 24),
    Kind.ACCESSORY: (3, 36),
}
_LIFE, _AUDIT = "devices.life_months.", "devices.audit_months."

define(
    *(
        Figure(f"{_LIFE}{kind}", f"Erwartete Nutzung: {LABELS[kind]}", "Monate", years * 12, lowest=1, highest=360)
        for kind, (years, _) in _STARTS.items()
    ),
    *(
        Figure(f"{_AUDIT}{kind}", f"Inventur alle: {LABELS[kind]}", "Monate", months, lowest=1, highest=120)
        for kind, (_, months) in _STARTS.items()
    ),
)


def life_months(on: date) -> dict[Kind, int]:
    """Return the expected use of every class in months, as it holds on that day; one query."""
    found = figures.values(_LIFE, on)
    return {kind: int(found[f"{_LIFE}{kind}"]) for kind in Kind}


def audit_months(on: date) -> dict[Kind, int]:
    """Return how many months may lie between two stocktakes of each class; one query."""
    found = figures.values(_AUDIT, on)
    return {kind: int(found[f"{_AUDIT}{kind}"]) for kind in Kind}
