"""Where a device stands in its expected use on a day: age, value, warranty.

Source: docs/rules/devices.md, DV-2 and DV-3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from itsm.assets.kinds import Kind
from itsm.assets.models import Device
from itsm.assets.worth import months_between, value_cents

# A warranty that ends within so many days is worth a look.
WARRANTY_SOON_DAYS = 90


@dataclass(frozen=True)
class Life:
    """A device on a day; what cannot be known is None."""

    age_months: int | None
    life_months: int
    price_cents: int | None
    value_cents: int | None

    @property
    def is_over_age(self) -> bool:
        """Whether the expected use is over."""
        return self.age_months is not None and self.age_months >= self.life_months


def of(device: Device, on: date, life_months: Mapping[Kind, int]) -> Life:
    """Return where a device stands; its price is its own, else what its model costs today."""
    months = life_months[device.kind]
    start = device.in_service_on or device.purchased_on
    price = device.price_cents if device.price_cents is not None else device.model.price_cents
    return Life(
        age_months=max(months_between(device.in_service_on, on), 0) if device.in_service_on else None,
        life_months=months,
        price_cents=price,
        value_cents=None if price is None else value_cents(price, start or on, on, months),
    )


def over_age_before(on: date, life_months: int) -> date:
    """Return the first day in service of a device that is not yet over age on this day.

    Whoever began before it has used up every monthly step of the value.
    """
    month = on.year * 12 + on.month - 1 - life_months + 1
    return date(month // 12, month % 12 + 1, 1)
