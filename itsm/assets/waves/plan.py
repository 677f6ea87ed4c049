"""Which school gets how many new devices of a class in which quarter.

All devices are put into one order, the order is cut into quarters.

Source: docs/rules/waves.md, WV-2 to WV-8.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate, chain, groupby, islice, repeat
from math import lcm
from typing import NamedTuple

from itsm.assets.models import Fairness
from itsm.assets.waves.age import Months, end_of, is_over_age, over_age
from itsm.core.apportion import apportion


class Quarter(NamedTuple):
    """A quarter of a year, 1 to 4."""

    year: int
    number: int

    @property
    def first_on(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_on(self) -> date:
        """Its last day."""
        following = Quarter(self.year + self.number // 4, self.number % 4 + 1)
        return following.first_on - timedelta(days=1)


@dataclass(frozen=True)
class SchoolStock:
    """The devices of a class a school can count on."""

    school_id: int
    number: str
    name: str
    form: str
    is_startchancen: bool
    months: Months

    @property
    def devices(self) -> int:
        """How many there are."""
        return sum(self.months.values())


@dataclass(frozen=True)
class Terms:
    """What a plan is made from: its quarters in order, its limit, and who comes first."""

    quarters: Sequence[Quarter]
    limit: int
    fairness: Fairness
    # The expected use as it holds at the end of each year.
    life_months: Mapping[int, int]
    # Devices of years for which somebody has set a number; the others share the rest.
    per_year: Mapping[int, int]

    @property
    def last_year(self) -> int:
        """The year whose end decides which devices are due."""
        return self.quarters[-1].year


@dataclass(frozen=True)
class Plan:
    """Devices per school and quarter, and what is over age at the end of each year."""

    shares: Mapping[tuple[int, Quarter], int]
    left_over: Mapping[int, int]


# A device in the order: whose it is and how old; two alike are the same.
_Unit = tuple[int, int | None]


class _Cohort(NamedTuple):
    """Devices of one school and month; `is_due` if they are over age when the plan ends."""

    is_due: bool
    month: int | None
    devices: int
    stock: SchoolStock

    @property
    def units(self) -> Iterator[_Unit]:
        return repeat((self.stock.school_id, self.month), self.devices)


def make(stocks: Sequence[SchoolStock], terms: Terms) -> Plan:
    """Return the plan; the sum of its shares is the limit, or the whole stock where that is smaller (WV-4)."""
    order = _sorted(stocks, terms)
    cuts = list(accumulate(amounts(min(terms.limit, sum(stock.devices for stock in stocks)), terms)))
    if terms.fairness is Fairness.WHOLE_SCHOOLS:
        cuts = _between_schools(order, cuts)
    units = _same_share(order) if terms.fairness is Fairness.SAME_SHARE else _units(order)
    taken = [Counter(islice(units, end - start)) for start, end in zip([0, *cuts], cuts, strict=False)]
    shares: Counter[tuple[int, Quarter]] = Counter()
    for quarter, found in zip(terms.quarters, taken, strict=True):
        for (school_id, _), devices in found.items():
            shares[school_id, quarter] += devices
    return Plan(shares, _left_over(stocks, terms, taken))


def amounts(total: int, terms: Terms) -> list[int]:
    """Return the devices of each quarter: years that are set first, the rest even over all other quarters (WV-5)."""
    quarters = Counter(quarter.year for quarter in terms.quarters)
    of_year, rest = {}, total
    for year in sorted(terms.per_year.keys() & quarters.keys()):
        of_year[year] = min(terms.per_year[year], rest)
        rest -= of_year[year]
    free = [year for year in quarters if year not in of_year]
    of_year.update(zip(free, apportion(rest, [quarters[year] for year in free]), strict=True))
    return [part for year, count in quarters.items() for part in apportion(of_year[year], [1] * count)]


def _cohorts(stocks: Iterable[SchoolStock], terms: Terms) -> Iterator[_Cohort]:
    year = terms.last_year
    for stock in stocks:
        for month, devices in stock.months.items():
            yield _Cohort(is_over_age(month, end_of(year), terms.life_months[year]), month, devices, stock)


def _sorted(stocks: Sequence[SchoolStock], terms: Terms) -> list[_Cohort]:
    """What is due goes first, then the fairness decides, then the age, then the number of the school (WV-3, WV-6)."""
    place = _places(stocks, terms)

    def key(one: _Cohort) -> tuple[object, ...]:
        age = -1 if one.month is None else one.month
        return (not one.is_due, place[one.stock.school_id], age, one.stock.number)

    return sorted(_cohorts(stocks, terms), key=key)


def _places(stocks: Sequence[SchoolStock], terms: Terms) -> dict[int, int]:
    """Where a school stands before the age of its devices counts."""
    if terms.fairness is not Fairness.WHOLE_SCHOOLS:
        waits = terms.fairness is Fairness.STARTCHANCEN_FIRST
        return {stock.school_id: int(waits and not stock.is_startchancen) for stock in stocks}
    year = terms.quarters[0].year

    def share(stock: SchoolStock) -> Fraction:
        return Fraction(over_age(stock.months, end_of(year), terms.life_months[year]), stock.devices or 1)

    order = sorted(stocks, key=lambda stock: (-share(stock), stock.number))
    return {stock.school_id: number for number, stock in enumerate(order)}


def _units(order: Iterable[_Cohort]) -> Iterator[_Unit]:
    return chain.from_iterable(cohort.units for cohort in order)


def _same_share(order: Iterable[_Cohort]) -> Iterator[_Unit]:
    """Let the school forms take turns so that at any cut the same share of each is served (WV-7)."""
    for _, tier in groupby(order, key=lambda cohort: cohort.is_due):
        of_form: dict[str, list[_Cohort]] = defaultdict(list)
        for cohort in tier:
            of_form[cohort.stock.form].append(cohort)
        sizes = {form: sum(cohort.devices for cohort in found) for form, found in of_form.items()}
        units = {form: _units(found) for form, found in of_form.items()}
        for form in _turns(sizes):
            yield next(units[form])


def _turns(sizes: Mapping[str, int]) -> list[str]:
    """The n-th device of a form comes when the share (n − ½) / size is reached (Sainte-Laguë), as whole numbers."""
    whole = lcm(*sizes.values())
    turns = (((2 * nth - 1) * (whole // size), form) for form, size in sizes.items() for nth in range(1, size + 1))
    return [form for _, form in sorted(turns)]


def _between_schools(order: Iterable[_Cohort], cuts: Sequence[int]) -> list[int]:
    """Move every cut but the last back to the end of a school, so that no school is served in two parts (WV-8)."""
    batches = groupby(order, key=lambda cohort: (cohort.is_due, cohort.stock.number))
    ends = [0, *accumulate(sum(cohort.devices for cohort in batch) for _, batch in batches)]
    return [*(ends[bisect_right(ends, cut) - 1] for cut in cuts[:-1]), cuts[-1]]


def _left_over(stocks: Iterable[SchoolStock], terms: Terms, taken: Sequence[Counter[_Unit]]) -> dict[int, int]:
    """What is over age at the end of each year and not replaced by then; what the plan brings is young (WV-2)."""
    months: Counter[int | None] = Counter()
    for stock in stocks:
        months.update(stock.months)
    left = {}
    for quarter, found in zip(terms.quarters, taken, strict=True):
        for (_, month), devices in found.items():
            months[month] -= devices
        left[quarter.year] = over_age(months, end_of(quarter.year), terms.life_months[quarter.year])
    return left
