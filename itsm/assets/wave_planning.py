"""From what somebody wants of a wave to its plan, with the stock of a day.

Source: docs/rules/waves.md, WV-4 and WV-5.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from itsm.assets import wave_stock
from itsm.assets.kinds import PLURALS, Kind
from itsm.assets.models import Fairness
from itsm.assets.waves import plan
from itsm.assets.waves.age import end_of, over_age
from itsm.assets.waves.plan import Quarter
from itsm.assets.waves.summary import Share, Summary
from itsm.core.errors import DomainError

# What a wave brings counts as young until it ends; a longer one would have to replace its own devices.
LONGEST_YEARS = 6


@dataclass(frozen=True)
class Draft:
    """What somebody wants: a class, some years, a number or a budget (gross cents), and who comes first."""

    kind: Kind
    first_year: int
    last_year: int
    price_cents: int
    fairness: Fairness
    quantity: int | None = None
    budget_cents: int | None = None
    per_year: Mapping[int, int] = field(default_factory=dict)

    @property
    def limit(self) -> int:
        """The most devices the number or the budget allows (WV-4)."""
        return self.quantity if self.quantity is not None else (self.budget_cents or 0) // self.price_cents

    @property
    def years(self) -> range:
        """Every year of the wave."""
        return range(self.first_year, self.last_year + 1)


@dataclass(frozen=True)
class Planned:
    """A plan with the names of its schools, and what would be over age without it."""

    summary: Summary
    stock: int
    untouched: Mapping[int, int]


def quarters(draft: Draft, on: date) -> list[Quarter]:
    """Return the quarters of a wave that are not over yet (WV-5)."""
    found = (Quarter(year, number) for year in draft.years for number in (1, 2, 3, 4))
    return [quarter for quarter in found if quarter.last_on >= on]


def planned(draft: Draft, on: date) -> Planned:
    """Return the plan of a draft with the stock of today; the same number of queries for any stock.

    Raises: DomainError for a draft no plan can be made from.
    """
    _check(draft, on)
    stocks = wave_stock.stocks(draft.kind, on)
    if not stocks:
        raise DomainError(f"Keine Schule hat {PLURALS[draft.kind]}. Bitte wählen Sie eine andere Geräteklasse.")
    life = {year: of_kind[draft.kind] for year, of_kind in wave_stock.life_months(draft.years).items()}
    terms = plan.Terms(quarters(draft, on), draft.limit, draft.fairness, life, draft.per_year)
    found = plan.make(stocks, terms)
    of_id = {stock.school_id: stock for stock in stocks}
    shares = [
        Share(school_id, of_id[school_id].number, of_id[school_id].name, of_id[school_id].form, quarter, count)
        for (school_id, quarter), count in found.shares.items()
    ]
    shares.sort(key=lambda share: (share.quarter, share.number))
    months: Counter[int | None] = Counter()
    for stock in stocks:
        months.update(stock.months)
    return Planned(
        Summary(shares, draft.price_cents, dict(found.left_over)),
        sum(months.values()),
        {year: over_age(months, end_of(year), life[year]) for year in found.left_over},
    )


def _check(draft: Draft, on: date) -> None:
    if draft.first_year > draft.last_year:
        raise DomainError("Das letzte Jahr liegt vor dem ersten. Bitte prüfen Sie die beiden Jahre.")
    if draft.first_year < on.year:
        raise DomainError(f"Das erste Jahr ist vorbei. Bitte beginnen Sie frühestens {on.year}.")
    if draft.last_year - on.year > 20 or len(draft.years) > LONGEST_YEARS:
        raise DomainError(f"So weit lässt sich nicht planen. Bitte wählen Sie höchstens {LONGEST_YEARS} Jahre.")
    if unknown := sorted(draft.per_year.keys() - set(draft.years)):
        raise DomainError(f"Das Jahr {unknown[0]} gehört nicht zum Austausch. Bitte prüfen Sie die Zahlen je Jahr.")
    if draft.limit < 1:
        raise DomainError("Das Budget reicht nicht für ein Gerät. Bitte erhöhen Sie es oder prüfen Sie den Preis.")
