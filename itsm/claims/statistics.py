"""Damages and losses counted: per year, per group, and at places where they come again.

No name stands here. Cases count on the day of the event; withdrawn ones never, found devices not as stolen or lost.
Source: docs/rules/claims.md, CL-80 to CL-82.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from itsm.assets.kinds import Kind as DeviceKind
from itsm.assets.models import Device, DeviceModel
from itsm.claims import statistics_stock
from itsm.claims.kinds import CAUSES, KINDS, PLACES, Cause, Kind, Place, StatisticsClass
from itsm.claims.models import DamageCase, DamageYear, Incident
from itsm.claims.states import State
from itsm.claims.statistics_stock import Stock
from itsm.core.db import db
from itsm.org.models import District, Room, School
from itsm.org.school_forms import form_name

UNKNOWN, NOT_AT_SCHOOL = "unbekannt", "Lager der Stadt"
COUNTED = "hier gezählt"
# Once is chance; from here on it is worth a look.
OFTEN = 2

_DAY = sa.func.coalesce(Incident.happened_on, Incident.discovered_on)
_YEAR = sa.cast(sa.func.extract("year", _DAY), sa.Integer)
_COUNTS = (
    DamageCase.state != State.WITHDRAWN,
    sa.or_(DamageCase.state != State.FOUND, DamageCase.statistics_class == StatisticsClass.DAMAGE),
)


@dataclass(frozen=True)
class Counts:
    """How many cases there were."""

    damaged: int = 0
    stolen: int = 0
    lost: int = 0

    @property
    def missing(self) -> int:
        """Stolen or lost."""
        return self.stolen + self.lost

    @property
    def cases(self) -> int:
        """Every case."""
        return self.damaged + self.missing


@dataclass(frozen=True)
class Year:
    """A year against the stock on its key date; a report does not say how many of the missing were stolen."""

    year: int
    key_day: date
    devices: int
    damaged: int
    missing: int
    source: str
    stolen: int | None = None
    lost: int | None = None


@dataclass(frozen=True)
class Row:
    """A group and its cases; `devices` is its stock on the key date, where there is one."""

    label: str
    counts: Counts
    devices: int | None = None


class Case(NamedTuple):
    """What is counted of a case; no person."""

    statistics_class: StatisticsClass
    kind: Kind
    cause: Cause
    place: Place
    school_id: int
    school: str
    form_key: str
    district: str | None
    model: str | None
    age: int | None
    charging_case: str | None
    room: str | None


@dataclass(frozen=True)
class Group:
    """How cases and devices fall into groups: the key of each, and how a key is called. Some have no stock."""

    label: str
    of_case: Callable[[Case], Hashable]
    of_stock: Callable[[Stock], Hashable] | None
    words: Callable[[Any], str]


def years(device_kind: DeviceKind | None, today: date) -> list[Year]:
    """Return every year a report stated or cases were counted in, the latest first; a report wins for its year.

    Reports speak of iPads. Source: docs/rules/claims.md, CL-81.
    """
    stated = _stated() if device_kind is DeviceKind.IPAD else {}
    per_year: dict[int, Counter[StatisticsClass]] = defaultdict(Counter)
    select = _from(device_kind, _YEAR, DamageCase.statistics_class, sa.func.count())
    for year, of_class, count in db.session.execute(select.group_by(_YEAR, DamageCase.statistics_class)):
        per_year[year][of_class] = count
    days = {year: key_day(year, today) for year in {*per_year, today.year} - stated.keys()}
    stock = statistics_stock.totals(days.values(), device_kind)
    own = [_own_year(year, day, stock[day], _counts(per_year[year])) for year, day in days.items()]
    return sorted([*own, *stated.values()], key=lambda one: one.year, reverse=True)


def key_day(year: int, today: date) -> date:
    """Return the key date of a year: its last day, or today while it runs."""
    return min(date(year, 12, 31), today)


def cases(year: int, device_kind: DeviceKind | None) -> list[Case]:
    """Return the cases of a year as far as they are counted; one query."""
    case_device = aliased(Device)
    select = (
        _from(
            device_kind,
            DamageCase.statistics_class,
            DamageCase.kind,
            DamageCase.cause,
            Incident.place,
            School.id,
            School.name,
            School.form_key,
            District.name,
            sa.func.trim(DeviceModel.maker + " " + DeviceModel.name),
            statistics_stock.years_since(Device.in_service_on, _DAY),
            case_device.tag,
            Room.name,
        )
        .join(School, School.id == DamageCase.school_id)
        .outerjoin(District, District.id == School.district_id)
        .outerjoin(case_device, case_device.id == Device.case_id)
        .outerjoin(Room, Room.id == Device.room_id)
        .where(_in(year))
    )
    return [Case(*row) for row in db.session.execute(select)]


def grouped(by: str, found: Iterable[Case], stock: Iterable[Stock]) -> list[Row]:
    """Return cases by one of the groups against the stock, those with most cases first, groups without a case too.

    Source: docs/rules/claims.md, CL-82.
    """
    group = GROUPS[by]
    counted = _tally(found, group.of_case)
    devices: Counter[Hashable] = Counter()
    if group.of_stock:
        for one in stock:
            devices[group.of_stock(one)] += one.devices
    rows = [
        Row(group.words(key), counted.get(key, Counts()), devices[key] if group.of_stock else None)
        for key in {*counted, *devices}
    ]
    return sorted(rows, key=lambda row: (-row.counts.cases, row.label))


def again(found: Iterable[Case]) -> list[Row]:
    """Return the charging cases and rooms with several cases in a year, those with most first.

    A device is where it stands now, or stood last. Source: docs/rules/claims.md, CL-82.
    """
    counted = _tally(found, _spot)
    rows = [Row(str(key), counts) for key, counts in counted.items() if key and counts.cases >= OFTEN]
    return sorted(rows, key=lambda row: (-row.counts.cases, row.label))


def of_school(school_id: int, year: int) -> Counts:
    """Return what was counted at one school in a year; one query."""
    select = _from(None, DamageCase.statistics_class, sa.func.count()).where(
        DamageCase.school_id == school_id, _in(year)
    )
    rows = db.session.execute(select.group_by(DamageCase.statistics_class))
    return _counts(dict(rows.all()))


def _stated() -> dict[int, Year]:
    return {
        one.year: Year(one.year, date(one.year, 12, 31), one.devices, one.damaged, one.missing, one.source)
        for one in db.session.scalars(sa.select(DamageYear))
    }


def _own_year(year: int, day: date, devices: int, counts: Counts) -> Year:
    return Year(year, day, devices, counts.damaged, counts.missing, COUNTED, counts.stolen, counts.lost)


def _from(device_kind: DeviceKind | None, *columns: Any) -> sa.Select[Any]:
    select = (
        sa.select(*columns)
        .select_from(DamageCase)
        .join(Incident)
        .outerjoin(Device, Device.id == DamageCase.device_id)
        .outerjoin(DeviceModel, DeviceModel.id == Device.model_id)
        .where(*_COUNTS)
    )
    return select.where(DeviceModel.kind == device_kind) if device_kind else select


def _tally(found: Iterable[Case], key: Callable[[Case], Hashable]) -> dict[Hashable, Counts]:
    per_key: dict[Hashable, Counter[StatisticsClass]] = defaultdict(Counter)
    for case in found:
        per_key[key(case)][case.statistics_class] += 1
    return {one: _counts(classes) for one, classes in per_key.items()}


def _in(year: int) -> sa.ColumnElement[bool]:
    return _DAY.between(date(year, 1, 1), date(year, 12, 31))


def _counts(per_class: Mapping[StatisticsClass, int]) -> Counts:
    return Counts(
        *(per_class.get(one, 0) for one in (StatisticsClass.DAMAGE, StatisticsClass.THEFT, StatisticsClass.LOSS))
    )


def _spot(case: Case) -> str:
    """Return the charging case or room of a device, with its school; nothing where it has none."""
    if case.charging_case:
        return f"Ladekoffer {case.charging_case}, {case.school}"
    return f"Raum {case.room}, {case.school}" if case.room else ""


def _form(key: str | None) -> str:
    return form_name(key) if key else NOT_AT_SCHOOL


def _age(years_old: int | None) -> str:
    if years_old is None:
        return UNKNOWN
    years_old = max(years_old, 0)
    return "unter 1 Jahr" if years_old == 0 else f"{years_old} bis unter {years_old + 1} Jahre"


GROUPS = {
    "schulform": Group("Schulform", lambda one: one.form_key, lambda one: one.form_key, _form),
    "bezirk": Group(
        "Bezirk",
        lambda one: one.district,
        lambda one: one.district if one.school_id else NOT_AT_SCHOOL,
        lambda name: name or "ohne Bezirk",
    ),
    "schule": Group(
        "Schule",
        lambda one: (one.school_id, one.school),
        lambda one: (one.school_id, one.school),
        lambda key: key[1] or NOT_AT_SCHOOL,
    ),
    "modell": Group("Modell", lambda one: one.model, lambda one: one.model, lambda name: name or UNKNOWN),
    "alter": Group("Alter", lambda one: _age(one.age), lambda one: _age(one.age), str),
    "ursache": Group("Ursache", lambda one: one.cause, None, CAUSES.__getitem__),
    "art": Group("Art", lambda one: one.kind, None, KINDS.__getitem__),
    "ort": Group("Ort", lambda one: one.place, None, PLACES.__getitem__),
}
