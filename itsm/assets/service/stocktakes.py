"""Taking stock: start, scan, undo, cancel; finishing stands in `differences`."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from itsm.assets import policy, queries
from itsm.assets.kinds import Kind
from itsm.assets.models import Device, Finding, Stocktake, StocktakeLine
from itsm.assets.serials import readings
from itsm.assets.stocktake_places import belongs_to, expected_by
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed, NotFound
from itsm.org.models import Room, School

MAY_NOT = "Inventur machen die Medienkoordination, die Schulleitung und die Schul-IT."


@dataclass(frozen=True)
class Scan:
    """What became of a scan: its line, and whether it had been scanned before."""

    line_id: int
    is_repeated: bool


def start(
    actor: Actor, school: School, at: datetime, *, room: Room | None = None, case: Device | None = None
) -> Stocktake:
    """Begin to count a room, a charging case or the whole school; one that runs there already is gone on with.

    Raises: NotAllowed unless the actor may take stock at the school; DomainError for a case of another place.
    Source: docs/rules/stocktake.md, ST-1, ST-2.
    """
    if not policy.may_count_at(actor, school):
        raise NotAllowed(MAY_NOT)
    if case is not None and (case.kind is not Kind.CHARGING_CASE or case.school_id != school.id):
        raise DomainError("Zählen lässt sich eine Schule, ein Raum oder ein Ladekoffer dieser Schule.")
    # Two people who start the same place in one second share one stocktake.
    db.session.execute(sa.select(School.id).where(School.id == school.id).with_for_update(key_share=True))
    stocktake = Stocktake(
        school_id=school.id,
        room_id=room.id if room else None,
        case_id=case.id if case else None,
        started_at=at,
        started_by_id=actor.user_id,
    )
    running = db.session.scalar(
        sa.select(Stocktake).where(
            Stocktake.school_id == school.id,
            Stocktake.room_id.is_not_distinct_from(stocktake.room_id),
            Stocktake.case_id.is_not_distinct_from(stocktake.case_id),
            Stocktake.finished_at.is_(None),
            Stocktake.cancelled_at.is_(None),
        )
    )
    if running is not None:
        return running
    db.session.add(stocktake)
    db.session.flush()
    _list_expected(stocktake)
    return stocktake


def scan(actor: Actor, stocktake: Stocktake, typed: str, at: datetime) -> Scan:
    """Note a scanned or typed number; a number scanned before stays as it was.

    Raises: NotAllowed; Conflict once the stocktake is over.
    Source: docs/rules/stocktake.md, ST-3, ST-4.
    """
    hold(actor, stocktake, shared=True)
    text = readings(typed)[0]
    device = queries.find_at(stocktake.school, typed)
    values = {"stocktake_id": stocktake.id, "scanned_at": at, "scanned_by_id": actor.user_id}
    if device is None:
        line = insert(StocktakeLine).values(values | {"typed": text, "finding": Finding.UNKNOWN})
        line = line.on_conflict_do_nothing(
            index_elements=["stocktake_id", "typed"], index_where=StocktakeLine.device_id.is_(None)
        )
        same = sa.and_(StocktakeLine.device_id.is_(None), StocktakeLine.typed == text)
    else:
        belongs = db.session.scalar(sa.select(Device.id).where(Device.id == device.id, belongs_to(stocktake)))
        marks = {"typed": text, "finding": Finding.FOUND if belongs else Finding.ELSEWHERE}
        line = insert(StocktakeLine).values(values | marks | {"device_id": device.id})
        line = line.on_conflict_do_update(
            index_elements=["stocktake_id", "device_id"],
            set_=marks | {"scanned_at": at, "scanned_by_id": actor.user_id},
            where=StocktakeLine.finding.is_(None),
        )
        same = StocktakeLine.device_id == device.id
    line_id = db.session.scalar(line.returning(StocktakeLine.id))
    if line_id is not None:
        return Scan(line_id, is_repeated=False)
    known = sa.select(StocktakeLine.id).where(StocktakeLine.stocktake_id == stocktake.id, same)
    return Scan(db.session.scalars(known).one(), is_repeated=True)


def undo(actor: Actor, stocktake: Stocktake, line_id: int) -> None:
    """Take a scan back: an expected device is open again, anything else leaves the list.

    Raises: NotAllowed; Conflict once the stocktake is over; NotFound without such a line.
    """
    hold(actor, stocktake, shared=True)
    line = line_of(stocktake, line_id)
    if line.is_expected:
        line.finding = line.scanned_at = line.scanned_by_id = None
        line.typed = ""
    else:
        db.session.delete(line)


def cancel(actor: Actor, stocktake: Stocktake, at: datetime) -> None:
    """End a stocktake without a result: no device and no task changes.

    Raises: NotAllowed; Conflict once the stocktake is over.
    """
    hold(actor, stocktake)
    stocktake.cancelled_at = at
    db.session.flush()


def hold(actor: Actor, stocktake: Stocktake, *, shared: bool = False) -> None:
    """Keep a running stocktake from ending until the transaction does; scans share it, its end does not.

    Raises: NotAllowed unless the actor may take stock there; Conflict once it is over.
    """
    if not policy.may_count_at(actor, stocktake.school):
        raise NotAllowed(MAY_NOT)
    db.session.refresh(stocktake, ["finished_at", "cancelled_at"], with_for_update={"read": shared})
    if stocktake.finished_at or stocktake.cancelled_at:
        over = "abgeschlossen" if stocktake.finished_at else "abgebrochen"
        raise Conflict(f"Diese Inventur ist schon {over}. Bitte starten Sie eine neue.")


def line_of(stocktake: Stocktake, line_id: int) -> StocktakeLine:
    """Return a line of a stocktake.

    Raises: NotFound without such a line.
    """
    line = db.session.scalar(
        sa.select(StocktakeLine).where(StocktakeLine.stocktake_id == stocktake.id, StocktakeLine.id == line_id)
    )
    if line is None:
        raise NotFound("Diese Zeile gibt es in der Inventur nicht mehr.")
    return line


def _list_expected(stocktake: Stocktake) -> None:
    db.session.execute(
        sa.insert(StocktakeLine).from_select(
            ["stocktake_id", "device_id", "typed", "is_expected"],
            sa.select(sa.literal(stocktake.id), Device.id, sa.literal(""), sa.true()).where(expected_by(stocktake)),
        )
    )
