"""The proposal for a redistribution: who gives which devices of a class to whom.

Source: docs/rules/entitlement.md, EN-7 to EN-9.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

import sqlalchemy as sa
from geopy.distance import great_circle
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload

from itsm.assets import policy
from itsm.assets.entitlement.redistribution import distribute
from itsm.assets.entitlement_queries import seen_schools, standings
from itsm.assets.kinds import PLURALS, Kind, life_months
from itsm.assets.life import over_age_before
from itsm.assets.models import Device, DeviceModel, DeviceTask, TaskKind
from itsm.assets.states import State
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.german import number
from itsm.org.models import School, SchoolSite, Site

Position = tuple[float, float]


@dataclass(frozen=True)
class Trip:
    """So many devices from one school to another; `metres` is the air line, `tags` are the devices meant."""

    giver: School
    taker: School
    count: int
    metres: int
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """The trips, what stays missing after them, and what could not take part.

    `kept` are surplus devices that are lent, in repair or over age. `placeless` are schools nobody knows the place of.
    While tasks of an earlier one are open (`ordered`), there is no new proposal.
    """

    trips: tuple[Trip, ...]
    missing: int
    kept: int
    placeless: tuple[School, ...]
    ordered: Sequence[DeviceTask]

    @property
    def devices(self) -> int:
        """How many devices move."""
        return sum(trip.count for trip in self.trips)

    @property
    def metres(self) -> int:
        """The air lines of all trips."""
        return sum(trip.metres for trip in self.trips)

    @property
    def mark(self) -> str:
        """Tells two proposals apart."""
        told = "|".join(f"{trip.giver.id}>{trip.taker.id}:{','.join(trip.tags)}" for trip in self.trips)
        return hashlib.sha256(told.encode()).hexdigest()


def propose(actor: Actor, kind: Kind, on: date) -> Proposal:
    """Return the proposal for a class among the schools the actor sees, in a constant number of queries."""
    if waiting := ordered(actor, kind):
        return Proposal((), 0, 0, (), waiting)
    schools = seen_schools(actor)
    places = _places(school.id for school in schools)
    differences = [
        (standing.school, difference)
        for standing in standings(schools, on)
        if (difference := standing.lines[kind].difference)
    ]
    placed = [(school, difference) for school, difference in differences if school.id in places]
    over = [(school, difference) for school, difference in placed if difference > 0]
    movable = _movable(kind, on)
    able = _able(movable, [school.id for school, _ in over])
    givers = [(school, min(count, able[school.id])) for school, count in over if able.get(school.id)]
    takers = [(school, -difference) for school, difference in placed if difference < 0]
    trips = _trips(movable, givers, takers, places)
    return Proposal(
        trips,
        missing=sum(-difference for _, difference in differences if difference < 0) - sum(trip.count for trip in trips),
        kept=sum(count for _, count in over) - sum(count for _, count in givers),
        placeless=tuple(school for school, _ in differences if school.id not in places),
        ordered=(),
    )


def ordered(actor: Actor, kind: Kind) -> Sequence[DeviceTask]:
    """Return the open tasks of an earlier redistribution of a class at the schools the actor sees."""
    return db.session.scalars(
        sa.select(DeviceTask)
        .join(School, School.id == DeviceTask.school_id)
        .where(
            policy.life_cycle_schools(actor),
            DeviceTask.kind == TaskKind.MOVE_AWAY,
            DeviceTask.done_at.is_(None),
            DeviceTask.text.startswith(_subject(kind), autoescape=True),
        )
        .order_by(School.name, DeviceTask.id)
        .options(joinedload(DeviceTask.school))
    ).all()


def task_text(kind: Kind, trip: Trip) -> str:
    """Return what the giving school is asked to do; `ordered` knows it by its first words."""
    to = f"an {trip.taker.name} ({trip.taker.number})"
    return f"{_subject(kind)} {number(trip.count)} Stück {to}. Gemeint sind: {', '.join(trip.tags)}"


def _subject(kind: Kind) -> str:
    return f"{PLURALS[kind]} abgeben:"


_Share = tuple[School, int]


def _trips(
    movable: sa.ColumnElement[bool],
    givers: Sequence[_Share],
    takers: Sequence[_Share],
    places: Mapping[int, Position],
) -> tuple[Trip, ...]:
    metres = [[round(great_circle(places[a.id], places[b.id]).meters) for b, _ in takers] for a, _ in givers]
    loads = distribute([count for _, count in givers], [count for _, count in takers], metres)
    most: dict[int, int] = defaultdict(int)
    for (here, _), count in loads.items():
        most[givers[here][0].id] += count
    tags = {school_id: iter(found) for school_id, found in _youngest(movable, most).items()}
    return tuple(
        Trip(
            giver := givers[here][0],
            takers[there][0],
            count,
            metres[here][there],
            tuple(islice(tags[giver.id], count)),
        )
        for (here, there), count in sorted(loads.items())
    )


def _places(school_ids: Iterable[int]) -> dict[int, Position]:
    """Where the main building of each school stands, as far as that is known."""
    rows = db.session.execute(
        sa.select(SchoolSite.school_id, Site.latitude, Site.longitude)
        .join(Site, Site.id == SchoolSite.site_id)
        .where(SchoolSite.school_id.in_(school_ids), Site.latitude.is_not(None), Site.longitude.is_not(None))
        .ext(distinct_on(SchoolSite.school_id))
        .order_by(SchoolSite.school_id, SchoolSite.is_main.desc(), SchoolSite.site_id)
    )
    return {school_id: (lat, lon) for school_id, lat, lon in rows if lat is not None and lon is not None}


def _movable(kind: Kind, on: date) -> sa.ColumnElement[bool]:
    """Devices of a class nobody has in hand, whole, and not over age: those are worth a trip."""
    return sa.and_(
        DeviceModel.kind == kind,
        Device.state.in_([State.IN_STOCK, State.IN_USE]),
        sa.func.coalesce(Device.in_service_on, on) >= over_age_before(on, life_months(on)[kind]),
    )


def _able(movable: sa.ColumnElement[bool], school_ids: Sequence[int]) -> dict[int, int]:
    """How many movable devices each school has."""
    rows = db.session.execute(
        sa.select(Device.school_id, sa.func.count())
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(Device.school_id.in_(school_ids), movable)
        .group_by(Device.school_id)
    )
    return {school_id: count for school_id, count in rows if school_id is not None}


def _youngest(movable: sa.ColumnElement[bool], most: Mapping[int, int]) -> dict[int, list[str]]:
    """The tags of so many devices of each school: those in store first, the youngest first."""
    unused_first = sa.case((Device.state == State.IN_STOCK, 0), else_=1)
    place = sa.func.row_number().over(
        partition_by=Device.school_id, order_by=(unused_first, Device.in_service_on.desc().nulls_first(), Device.tag)
    )
    ranked = (
        sa.select(Device.school_id, Device.tag, place.label("place"))
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(Device.school_id.in_(sorted(most)), movable)
        .subquery()
    )
    found: dict[int, list[str]] = defaultdict(list)
    rows = sa.select(ranked.c.school_id, ranked.c.tag).where(ranked.c.place <= max(most.values(), default=0))
    for school_id, tag in db.session.execute(rows.order_by(ranked.c.school_id, ranked.c.place)):
        found[school_id].append(tag)
    return found
