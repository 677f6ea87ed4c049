"""How old the devices are, class by class, and what is over age if nothing is done.

Source: docs/rules/waves.md, WV-1 and WV-2.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from itsm.assets import kinds, policy, wave_stock
from itsm.assets.kinds import Kind
from itsm.assets.models import Device, DeviceModel
from itsm.assets.waves.age import end_of, over_age
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.org.models import School

YEARS_AHEAD = 5
_WARRANTY_YEAR = sa.cast(sa.extract("year", Device.warranty_until), sa.Integer)


@dataclass(frozen=True)
class ClassAge:
    """The devices of a class: how many, since when, over age on a day and at the end of coming years, warranties."""

    kind: Kind
    devices: int
    over_age_now: int
    over_age: Mapping[int, int]
    # None: nobody knows when they went into service, or whether they have a warranty.
    per_service_year: Mapping[int | None, int]
    per_warranty_year: Mapping[int | None, int]

    def share_percent(self, devices: int) -> int:
        """Return the share of some of these devices, rounded."""
        return round(100 * devices / self.devices)


def overview(actor: Actor, on: date) -> Sequence[ClassAge]:
    """Return every class that has devices at the schools this person sees; the same number of queries for any stock."""
    rows = db.session.execute(
        sa.select(DeviceModel.kind, wave_stock.MONTH, _WARRANTY_YEAR, sa.func.count())
        .join(Device, Device.model_id == DeviceModel.id)
        .join(School, School.id == Device.school_id)
        .where(wave_stock.working(), policy.life_cycle_schools(actor))
        .group_by(DeviceModel.kind, wave_stock.MONTH, _WARRANTY_YEAR)
    )
    months: dict[Kind, Counter[int | None]] = defaultdict(Counter)
    warranties: dict[Kind, Counter[int | None]] = defaultdict(Counter)
    for kind, month, year, devices in rows:
        months[kind][month] += devices
        warranties[kind][year] += devices
    now, ahead = kinds.life_months(on), wave_stock.life_months(range(on.year, on.year + YEARS_AHEAD + 1))
    return [
        ClassAge(
            kind=kind,
            devices=sum(months[kind].values()),
            over_age_now=over_age(months[kind], on, now[kind]),
            over_age={year: over_age(months[kind], end_of(year), life[kind]) for year, life in ahead.items()},
            per_service_year=_per_year(months[kind]),
            per_warranty_year=warranties[kind],
        )
        for kind in Kind
        if kind in months
    ]


def _per_year(months: Counter[int | None]) -> Counter[int | None]:
    found: Counter[int | None] = Counter()
    for month, devices in months.items():
        found[None if month is None else month // 12] += devices
    return found


def year_rows(columns: Sequence[Mapping[int | None, int]]) -> list[tuple[int | None, list[int]]]:
    """Return a line for each year of any column with the devices of each, the newest first, the unknown last."""
    years = {year for column in columns for year in column}
    known = sorted((year for year in years if year is not None), reverse=True)
    ordered: list[int | None] = [*known, *([None] if None in years else [])]
    return [(year, [column.get(year, 0) for column in columns]) for year in ordered]
