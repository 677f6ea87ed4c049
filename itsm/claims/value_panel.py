"""What the page of a case shows about the value of the device and of each accessory that was affected.

Source: docs/rules/claims.md, CL-18 and CL-19.
"""

from dataclasses import dataclass

from itsm.claims import valuation_queries, value_curve, value_words
from itsm.claims.kinds import ACCESSORIES, Accessory
from itsm.claims.models import DamageCase, Valuation
from itsm.claims.service import valuations
from itsm.claims.service.valuations import Typed
from itsm.claims.states import State
from itsm.claims.value_curve import Curve

SOURCES = {
    "price": "Kaufpreis aus der Geräteakte",
    "model": "heutiger Preis des Modells",
    "replacement": "heutiger Preis eines gleichwertigen Ersatzes",
    "typed": "von Hand eingetragen",
    "device": "aus der Geräteakte",
}


@dataclass(frozen=True)
class Part:
    """The device (`accessory` is blank) or an accessory, its latest valuation, and those before it."""

    accessory: str
    name: str
    latest: Valuation | None
    earlier: tuple[Valuation, ...]
    is_complete: bool

    @property
    def sentence(self) -> str:
        """The calculation in words."""
        return value_words.of_row(self.latest) if self.latest else ""

    @property
    def curve(self) -> Curve | None:
        """The picture of the value over the expected use."""
        return value_curve.curve(value_words.figured(self.latest).inputs) if self.latest else None


@dataclass(frozen=True)
class Panel:
    """The parts of a case that have a value, and whether values can still be made."""

    device: Part
    accessories: tuple[Part, ...]
    is_open: bool

    @property
    def total_cents(self) -> int | None:
        """What all parts that were valued are worth together; None unless an accessory was."""
        rows = [part.latest for part in (self.device, *self.accessories) if part.latest]
        return sum(row.value_cents for row in rows) if any(row.accessory for row in rows) else None


def of(case: DamageCase) -> Panel:
    """Return the values of a case."""
    rows = valuation_queries.valuations_of(case)
    affected = [Accessory(one) for one in case.accessories]
    return Panel(
        _part("", rows, valuations.found(case).is_complete),
        tuple(_part(one, rows, valuations.found(case, Typed(accessory=one)).is_complete) for one in affected),
        case.state not in (State.FOUND, State.WITHDRAWN),
    )


def _part(accessory: Accessory | str, rows: list[Valuation], is_complete: bool) -> Part:
    own = [row for row in rows if row.accessory == accessory]
    name = ACCESSORIES[Accessory(accessory)] if accessory else "Gerät"
    return Part(str(accessory), name, own[0] if own else None, tuple(own[1:]), is_complete)
