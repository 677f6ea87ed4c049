"""Everything the page of a device says, gathered with a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from itsm.assets import costs, device_queries, history, kinds, life, queries, repair
from itsm.assets.device_words import age_words, warranty_words
from itsm.assets.kinds import Kind
from itsm.assets.life import Life
from itsm.assets.models import Device, DeviceCost
from itsm.assets.repair import Advice
from itsm.core import clock, figures
from itsm.core.access import Actor


@dataclass(frozen=True)
class Sheet:
    """A device on a day, in words and figures; money in cents."""

    life: Life
    age: str
    warranty: str | None
    spent: dict[str, int]
    costs: Sequence[DeviceCost]
    advice: Advice | None
    contents: Sequence[Device]
    lines: list[history.Line]


def of(actor: Actor, device: Device, at: datetime) -> Sheet:
    """Return what the page shows beside the columns of the device."""
    on = clock.local_day(at)
    here = life.of(device, on, kinds.life_months(on))
    found = {label: of_devices.get(device.id, 0) for label, of_devices in costs.spent_cents([device.id]).items()}
    spent = {label: cents for label, cents in found.items() if cents}
    return Sheet(
        life=here,
        age=age_words(here),
        warranty=warranty_words(device.warranty_until, on),
        spent=spent,
        costs=queries.costs_of(device),
        advice=_advice(device, here, sum(spent.values()), on),
        contents=queries.in_case(device) if device.kind is Kind.CHARGING_CASE else [],
        lines=history.lines(actor, queries.history_of(device)),
    )


def _advice(device: Device, here: Life, spent_cents: int, on: date) -> Advice | None:
    if device.state not in repair.IN_QUESTION or here.value_cents is None or here.price_cents is None:
        return None
    usual = device_queries.usual_repair_cents(device.model)
    expected = repair.expected_cents(usual, here.price_cents, figures.value(repair.PERCENT, on))
    return Advice(spent_cents, expected, here.value_cents)
