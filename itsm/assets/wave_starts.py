"""Ready-made starting values of a wave: what the city means to exchange.

Source: annual report 2025, chapter 5.4.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from itsm.assets import wave_stock
from itsm.assets.kinds import PLURALS, Kind
from itsm.assets.models import Fairness
from itsm.assets.waves.age import end_of, over_age
from itsm.core.german import number


@dataclass(frozen=True)
class Start:
    """An exchange the city has announced: all devices of a class, or those that are due by its end."""

    slug: str
    label: str
    kind: Kind
    first_year: int
    last_year: int
    is_whole_stock: bool
    per_year: Mapping[int, int] = field(default_factory=dict)


_STARTS = (
    Start("ipads", "iPad-Austausch bis Ende 2028", Kind.IPAD, 2026, 2028, True, {2026: 30_000}),
    Start("displays", "Displays ab 2027", Kind.DISPLAY, 2027, 2029, False),
)


def offered(today: date) -> list[Start]:
    """Return the exchanges that are not over."""
    return [start for start in _STARTS if start.last_year >= today.year]


def values(slug: str, today: date) -> dict[str, Any]:
    """Return what the form starts with for an announced exchange; an empty slug or an unknown one leaves it empty."""
    found = next((start for start in offered(today) if start.slug == slug), None)
    if found is None:
        return {"first_year": today.year + 1, "last_year": today.year + 3, "fairness": Fairness.OLDEST_FIRST.value}
    first_year = max(found.first_year, today.year)
    per_year = ", ".join(f"{year}: {number(count)}" for year, count in found.per_year.items() if year >= first_year)
    return {
        "kind": found.kind.value,
        "first_year": first_year,
        "last_year": found.last_year,
        "quantity": _quantity(found, today) or None,
        "price": wave_stock.price_cents(found.kind),
        "per_year": per_year,
        "fairness": Fairness.OLDEST_FIRST.value,
        "name": f"{PLURALS[found.kind]} {first_year}–{found.last_year}",
    }


def _quantity(start: Start, today: date) -> int:
    months: Counter[int | None] = Counter()
    for stock in wave_stock.stocks(start.kind, today):
        months.update(stock.months)
    if start.is_whole_stock:
        return sum(months.values())
    life_months = wave_stock.life_months([start.last_year])[start.last_year][start.kind]
    return over_age(months, end_of(start.last_year), life_months)
