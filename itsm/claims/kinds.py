"""What can happen to a device, and the other words of a damage case.

Source: docs/rules/claims.md, CL-1 and CL-2.
"""

from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What happened to a device."""

    DAMAGE = "damage"
    THEFT = "theft"
    LOSS = "loss"
    NOT_RETURNED = "not_returned"


class StatisticsClass(StrEnum):
    """As what a case counts in the annual report; the kind of a case and its class are two fields."""

    DAMAGE = "damage"
    THEFT = "theft"
    LOSS = "loss"


class Place(StrEnum):
    """Where it happened."""

    LESSON = "lesson"
    SCHOOL = "school"
    STORE = "store"
    WAY = "way"
    HOME = "home"
    TRIP = "trip"
    ELSEWHERE = "elsewhere"


class Accessory(StrEnum):
    """What belongs to a device and may be affected too."""

    COVER = "cover"
    PENCIL = "pencil"
    CHARGER = "charger"
    CABLE = "cable"
    KEYBOARD = "keyboard"
    GLASS = "glass"


class Cause(StrEnum):
    """What broke a device, for the statistics; never who."""

    DROP = "drop"
    LIQUID = "liquid"
    PRESSURE = "pressure"
    TRANSPORT = "transport"
    WEAR = "wear"
    FORCE = "force"
    DEFECT = "defect"
    UNKNOWN = "unknown"


KINDS = {
    Kind.DAMAGE: "Schaden",
    Kind.THEFT: "Diebstahl",
    Kind.LOSS: "Verlust",
    Kind.NOT_RETURNED: "nicht zurückgegeben",
}
CLASSES = {
    StatisticsClass.DAMAGE: "Schaden",
    StatisticsClass.THEFT: "Diebstahl",
    StatisticsClass.LOSS: "Verlust",
}
PLACES = {
    Place.LESSON: "im Unterricht",
    Place.SCHOOL: "sonst in der Schule",
    Place.STORE: "in einem Lagerraum oder Ladekoffer",
    Place.WAY: "auf dem Schulweg",
    Place.HOME: "zu Hause",
    Place.TRIP: "auf einem Ausflug",
    Place.ELSEWHERE: "anderswo",
}
ACCESSORIES = {
    Accessory.COVER: "Hülle",
    Accessory.PENCIL: "Stift",
    Accessory.CHARGER: "Netzteil",
    Accessory.CABLE: "Ladekabel",
    Accessory.KEYBOARD: "Tastatur",
    Accessory.GLASS: "Schutzglas",
}
CAUSES = {
    Cause.DROP: "Sturz",
    Cause.LIQUID: "Flüssigkeit",
    Cause.PRESSURE: "Druck",
    Cause.TRANSPORT: "Transport",
    Cause.WEAR: "Verschleiß",
    Cause.FORCE: "Gewalt",
    Cause.DEFECT: "technischer Defekt",
    Cause.UNKNOWN: "unbekannt",
}

# Gone, and therefore to be locked and located.
MISSING = frozenset({Kind.THEFT, Kind.LOSS, Kind.NOT_RETURNED})
# From this day on what was not returned counts as theft; before, as loss.
_NOT_RETURNED_IS_THEFT_FROM = date(2025, 1, 1)


def statistics_class(kind: Kind, happened_on: date) -> StatisticsClass:
    """Return as what a case of this kind counts."""
    if kind is Kind.NOT_RETURNED:
        is_theft = happened_on >= _NOT_RETURNED_IS_THEFT_FROM
        return StatisticsClass.THEFT if is_theft else StatisticsClass.LOSS
    return StatisticsClass(kind.value)
