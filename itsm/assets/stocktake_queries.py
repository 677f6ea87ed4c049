"""Named selects over stocktakes; whoever may not see one is told it does not exist."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.assets import policy, queries
from itsm.assets.models import Device, DeviceTask, Finding, Stocktake, StocktakeLine
from itsm.assets.serials import readings
from itsm.assets.states import AWAY, WORKING
from itsm.assets.stocktake_places import AT_HAND
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotFound
from itsm.org import queries as org_queries
from itsm.org.models import Room, School

RECENT = 8
SHOWN = 200
LATEST = 20


@dataclass(frozen=True)
class Progress:
    """How far a stocktake is; `open` is what nobody has seen yet, after its end what is missing."""

    found: int
    open: int
    elsewhere: int
    unknown: int
    away: int

    @property
    def expected(self) -> int:
        """How many devices are to be seen, with those that turned up unexpectedly in their place."""
        return self.found + self.open

    @property
    def differences(self) -> int:
        """How many lines of a finished stocktake are not as the file says."""
        return self.open + self.elsewhere + self.unknown


def get_for(actor: Actor, stocktake_id: int) -> Stocktake:
    """Return a stocktake with its place.

    Raises: NotFound for one the actor does not see.
    """
    found = db.session.scalar(
        sa.select(Stocktake)
        .where(
            Stocktake.id == stocktake_id if 0 < stocktake_id <= LARGEST_ID else sa.false(),
            policy.visible_stocktakes(actor),
        )
        .options(
            joinedload(Stocktake.school).joinedload(School.district),
            joinedload(Stocktake.room),
            joinedload(Stocktake.case).joinedload(Device.model),
            joinedload(Stocktake.started_by),
        )
    )
    if found is None:
        raise NotFound("Diese Inventur gibt es nicht, oder Sie haben darauf keinen Zugriff.")
    return found


def place(
    actor: Actor, number: str, room_id: int | None, case_id: int | None
) -> tuple[School, Room | None, Device | None]:
    """Return the school and the room or charging case somebody wants to count.

    Raises: NotFound for what the actor does not see.
    """
    if room_id is not None:
        school, room = org_queries.room_of(actor, number, room_id)
        return school, room, None
    school = org_queries.by_number(actor, number)
    return school, None, queries.get_for(actor, case_id) if case_id is not None else None


def progress(stocktakes: Iterable[Stocktake]) -> dict[int, Progress]:
    """Return how far each stocktake is; one query. A device that has moved to another school is no longer open."""
    rows = db.session.execute(
        sa.select(StocktakeLine.stocktake_id, StocktakeLine.finding, Device.state, sa.func.count())
        .join(Stocktake, Stocktake.id == StocktakeLine.stocktake_id)
        .outerjoin(Device, sa.and_(Device.id == StocktakeLine.device_id, Device.school_id == Stocktake.school_id))
        .where(StocktakeLine.stocktake_id.in_([one.id for one in stocktakes]))
        .group_by(StocktakeLine.stocktake_id, StocktakeLine.finding, Device.state)
    )
    counts = {one.id: {"found": 0, "open": 0, "elsewhere": 0, "unknown": 0, "away": 0} for one in stocktakes}
    for stocktake_id, finding, state, count in rows:
        if finding is Finding.MISSING or (finding is None and state in WORKING - AWAY):
            counts[stocktake_id]["open"] += count
        elif finding is not None:
            counts[stocktake_id][finding.value] += count
        elif state in AWAY:
            counts[stocktake_id]["away"] += count
    return {stocktake_id: Progress(**values) for stocktake_id, values in counts.items()}


def lines(stocktake: Stocktake, *findings: Finding) -> Sequence[StocktakeLine]:
    """Return the first lines with one of these findings, in the order one walks along the shelves."""
    return db.session.scalars(
        _lines(stocktake)
        .where(StocktakeLine.finding.in_(findings))
        .order_by(Device.room_id, Device.case_id, Device.slot, Device.tag, StocktakeLine.typed)
        .limit(SHOWN)
    ).all()


def still_open(stocktake: Stocktake) -> Sequence[StocktakeLine]:
    """Return the first devices nobody has seen yet, in the order one walks along the shelves."""
    return db.session.scalars(
        _lines(stocktake)
        .where(StocktakeLine.finding.is_(None), AT_HAND, Device.school_id == stocktake.school_id)
        .order_by(Device.room_id, Device.case_id, Device.slot, Device.tag)
        .limit(SHOWN)
    ).all()


def all_lines(stocktake: Stocktake) -> Sequence[StocktakeLine]:
    """Return every line, for the files."""
    return db.session.scalars(
        _lines(stocktake).order_by(
            StocktakeLine.finding, Device.room_id, Device.case_id, Device.slot, Device.tag, StocktakeLine.typed
        )
    ).all()


def recent(stocktake: Stocktake) -> Sequence[StocktakeLine]:
    """Return the latest scans, newest first."""
    return db.session.scalars(
        _lines(stocktake)
        .where(StocktakeLine.scanned_at.is_not(None))
        .order_by(StocktakeLine.scanned_at.desc(), StocktakeLine.id.desc())
        .limit(RECENT)
    ).all()


def line(stocktake: Stocktake, line_id: int | None) -> StocktakeLine | None:
    """Return the scanned line to be answered, if it is still there."""
    if line_id is None or not 0 < line_id <= LARGEST_ID:
        return None
    return db.session.scalar(_lines(stocktake).where(StocktakeLine.id == line_id, StocktakeLine.finding.is_not(None)))


def foreign(lines: Iterable[StocktakeLine]) -> set[str]:
    """Return which of the unknown numbers are devices of another school, and nothing else about them."""
    texts = {text: line.typed for line in lines if line.device_id is None for text in readings(line.typed)}
    if not texts:
        return set()
    names = sorted(texts)
    known = sa.select(Device.tag, Device.serial).where(sa.or_(Device.tag.in_(names), Device.serial.in_(names)))
    return {texts[text] for pair in db.session.execute(known) for text in pair if text in texts}


def outcomes(stocktake: Stocktake) -> dict[int, str]:
    """Return what became of the differences, by device: the outcome of tasks that are done."""
    missed = sa.select(StocktakeLine.device_id).where(
        StocktakeLine.stocktake_id == stocktake.id, StocktakeLine.finding.in_([Finding.MISSING, Finding.ELSEWHERE])
    )
    rows = db.session.execute(
        sa.select(DeviceTask.device_id, DeviceTask.outcome)
        .where(
            DeviceTask.school_id == stocktake.school_id,
            DeviceTask.device_id.in_(missed),
            DeviceTask.done_at >= stocktake.finished_at,
        )
        .order_by(DeviceTask.id)
    )
    return {device_id: outcome or "erledigt" for device_id, outcome in rows if device_id is not None}


def running_for(actor: Actor, school: School | None = None) -> Sequence[Stocktake]:
    """Return the stocktakes under way, the latest first."""
    return _listed(actor, school, Stocktake.finished_at.is_(None))


def finished_for(actor: Actor, school: School | None = None) -> Sequence[Stocktake]:
    """Return the stocktakes that were finished, the latest first."""
    return _listed(actor, school, Stocktake.finished_at.is_not(None))


def _listed(actor: Actor, school: School | None, which: sa.ColumnElement[bool]) -> Sequence[Stocktake]:
    of_school = Stocktake.school_id == school.id if school else sa.true()
    return db.session.scalars(
        sa.select(Stocktake)
        .where(policy.visible_stocktakes(actor), of_school, which, Stocktake.cancelled_at.is_(None))
        .order_by(Stocktake.id.desc())
        .limit(LATEST)
        .options(
            joinedload(Stocktake.school),
            joinedload(Stocktake.room),
            joinedload(Stocktake.case),
            joinedload(Stocktake.started_by),
        )
    ).all()


def _lines(stocktake: Stocktake) -> sa.Select[StocktakeLine]:
    """The lines with their devices, which a caller may order by."""
    return (
        sa.select(StocktakeLine)
        .outerjoin(Device, Device.id == StocktakeLine.device_id)
        .where(StocktakeLine.stocktake_id == stocktake.id)
        .options(
            joinedload(StocktakeLine.device).options(
                joinedload(Device.model), joinedload(Device.room), joinedload(Device.case)
            )
        )
    )
