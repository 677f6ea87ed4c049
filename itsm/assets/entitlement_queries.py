"""Target, stock and difference of the schools a person sees, in a constant number of queries.

Source: docs/rules/entitlement.md, EN-5 and EN-6.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload

from itsm.assets import policy, stock
from itsm.assets.entitlement.keys import KEYED, keys_on
from itsm.assets.entitlement.target import Extra, Size, Target, targets
from itsm.assets.kinds import Kind
from itsm.assets.models import Device, DeviceModel, EntitlementException, HolderKind, Loan, SchoolSize
from itsm.assets.states import WORKING
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotAllowed, NotFound
from itsm.org import queries as schools
from itsm.org.models import School


@dataclass(frozen=True)
class Line:
    """One class at one school. `staff` iPads are in the hands of teachers and count for nothing."""

    kind: Kind
    target: Target | None
    stock: int
    staff: int = 0

    @property
    def difference(self) -> int | None:
        """Devices too many (positive) or missing (negative); None while the school has no sizes."""
        return None if self.target is None else self.stock - self.target.count


@dataclass(frozen=True)
class Standing:
    """A school with its size of the day (None if nobody has entered one) and a line per class."""

    school: School
    size: SchoolSize | None
    lines: dict[Kind, Line]


def school_for(actor: Actor, number: str) -> School:
    """Return a school whose equipment the actor sees.

    Raises: NotFound for a school the actor does not see; NotAllowed for one whose equipment they do not see.
    """
    school = schools.by_number(actor, number)
    if not policy.may_see_life_cycle(actor, school):
        raise NotAllowed("Die Ausstattung sehen die Medienkoordination, die Schulleitung und die Schul-IT.")
    return school


def school_to_plan(actor: Actor, number: str) -> School:
    """Return a school whose sizes and exceptions the actor may change.

    Raises: NotFound for a school the actor does not see; NotAllowed for everybody but those who plan for the city.
    """
    school = schools.by_number(actor, number)
    if not policy.may_plan_life_cycle(actor):
        raise NotAllowed("Zahlen und Ausnahmen pflegen die Teamleitung, das Systemhaus und die Administration.")
    return school


def seen_schools(actor: Actor, *more: sa.ColumnElement[bool]) -> Sequence[School]:
    """Return the open schools whose equipment the actor sees, by name, with their districts; one query."""
    return db.session.scalars(
        sa.select(School)
        .where(policy.life_cycle_schools(actor), School.closed_at.is_(None), *more)
        .order_by(School.name, School.number)
        .options(joinedload(School.district))
    ).all()


def standings(of: Sequence[School], on: date) -> list[Standing]:
    """Return where schools stand: keys, sizes and exceptions of the day, the stock of today; five queries."""
    ids, keys = [school.id for school in of], keys_on(on)
    sizes, extras = _sizes(ids, on), _extras(ids, on)
    counted, staff = stock.counts(ids), _with_staff(ids)
    found = []
    for school in of:
        size = sizes.get(school.id)
        target = targets(_size(size), keys, extras.get(school.id, ())) if size else {}
        mine = counted[school.id]
        lines = {kind: Line(kind, target.get(kind), mine.get(kind, 0)) for kind in KEYED}
        if away := staff.get(school.id, 0):
            lines[Kind.IPAD] = Line(Kind.IPAD, target.get(Kind.IPAD), mine[Kind.IPAD] - away, away)
        found.append(Standing(school, size, lines))
    return found


def history_of(school: School) -> Sequence[SchoolSize]:
    """Return every size of a school, the latest first."""
    of_school = sa.select(SchoolSize).where(SchoolSize.school_id == school.id)
    return db.session.scalars(of_school.order_by(SchoolSize.valid_from.desc())).all()


def exceptions_of(school: School) -> Sequence[EntitlementException]:
    """Return every exception of a school, ended ones too, the latest first."""
    of_school = sa.select(EntitlementException).where(EntitlementException.school_id == school.id)
    return db.session.scalars(of_school.order_by(EntitlementException.from_on.desc(), EntitlementException.id)).all()


def exception_of(school: School, exception_id: int) -> EntitlementException:
    """Return one exception of this school.

    Raises: NotFound for any other.
    """
    found = db.session.get(EntitlementException, exception_id) if 0 < exception_id <= LARGEST_ID else None
    if found is None or found.school_id != school.id:
        raise NotFound("Diese Ausnahme gibt es an dieser Schule nicht.")
    return found


def _size(row: SchoolSize) -> Size:
    return Size(
        pupils_1_2=row.pupils_1_2,
        pupils_3_4=row.pupils_3_4,
        pupils_secondary=row.pupils_secondary,
        pupils_full_time=row.pupils_full_time,
        pupils_dual=row.pupils_dual,
        teachers=row.teachers,
        rooms=row.rooms,
        halls=tuple(row.halls),
    )


def _sizes(school_ids: Iterable[int], on: date) -> dict[int, SchoolSize]:
    rows = db.session.scalars(
        sa.select(SchoolSize)
        .where(SchoolSize.school_id.in_(school_ids), SchoolSize.valid_from <= on)
        .ext(distinct_on(SchoolSize.school_id))
        .order_by(SchoolSize.school_id, SchoolSize.valid_from.desc())
    )
    return {row.school_id: row for row in rows}


def _extras(school_ids: Iterable[int], on: date) -> dict[int, list[Extra]]:
    found: dict[int, list[Extra]] = {}
    ends = EntitlementException.until_on
    rows = db.session.scalars(
        sa.select(EntitlementException)
        .where(
            EntitlementException.school_id.in_(school_ids),
            EntitlementException.from_on <= on,
            sa.or_(ends.is_(None), ends >= on),
        )
        .order_by(EntitlementException.id)
    )
    for row in rows:
        found.setdefault(row.school_id, []).append(Extra(row.kind, row.delta, row.reason))
    return found


def _with_staff(school_ids: Iterable[int]) -> dict[int, int]:
    """How many working iPads of each school teachers have; numbers only, no names."""
    rows = db.session.execute(
        sa.select(Device.school_id, sa.func.count())
        .join(Loan, sa.and_(Loan.device_id == Device.id, Loan.returned_at.is_(None)))
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(
            Device.school_id.in_(school_ids),
            Device.state.in_(sorted(WORKING)),
            DeviceModel.kind == Kind.IPAD,
            Loan.holder_kind == HolderKind.STAFF,
        )
        .group_by(Device.school_id)
    )
    return {school_id: count for school_id, count in rows if school_id is not None}
