"""The end of a stocktake: what is missing, what becomes a task, and the corrections of one tap."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.assets import policy, stocktake_words
from itsm.assets.models import Device, DeviceTask, Finding, Stocktake, StocktakeLine, TaskKind
from itsm.assets.service import devices, tasks
from itsm.assets.service.stocktakes import MAY_NOT, hold, line_of
from itsm.assets.stocktake_places import AT_HAND
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed

_TASKS = {
    Finding.MISSING: TaskKind.MISSING,
    Finding.ELSEWHERE: TaskKind.ELSEWHERE,
    Finding.UNKNOWN: TaskKind.UNKNOWN,
}
LOOKED_FOR = (TaskKind.MISSING, TaskKind.ELSEWHERE)


def finish(actor: Actor, stocktake: Stocktake, at: datetime) -> None:
    """Close a stocktake: what nobody saw is missing, what was seen says when, differences become tasks.

    Raises: NotAllowed; Conflict once the stocktake is over.
    Source: docs/rules/stocktake.md, ST-5, ST-6.
    """
    hold(actor, stocktake)
    stocktake.finished_at = at
    _miss_the_rest(stocktake)
    _note_seen(stocktake)
    _settle(actor, _tasks_of_found(stocktake), "bei der Inventur gefunden", at)
    _add_tasks(stocktake, at)
    db.session.expire_all()


def take_over(actor: Actor, stocktake: Stocktake, line_id: int, at: datetime) -> None:
    """Leave a device where it was scanned: its file now says this place.

    Raises: NotAllowed unless the actor may move the device; DomainError where no place was counted.
    """
    device = _device(actor, stocktake, line_id, Finding.ELSEWHERE)
    devices.edit(actor, device, _place_values(stocktake), at, what="stocktake")
    _settle(actor, _tasks_about(stocktake, device), "bleibt hier", at)


def bring_back(actor: Actor, stocktake: Stocktake, line_id: int, at: datetime) -> None:
    """Note that a device went back to where its file says it belongs."""
    device = _device(actor, stocktake, line_id, Finding.ELSEWHERE)
    _settle(actor, _tasks_about(stocktake, device), "zurückgebracht", at)


def turn_up(actor: Actor, stocktake: Stocktake, line_id: int, at: datetime) -> None:
    """Note that a missing device was found after all."""
    device = _device(actor, stocktake, line_id, Finding.MISSING)
    device.seen_at = at
    _settle(actor, _tasks_about(stocktake, device), "doch gefunden", at)


# What the result page offers beside a line.
CORRECTIONS: dict[str, Callable[[Actor, Stocktake, int, datetime], None]] = {
    "hierher": take_over,
    "zurueckgebracht": bring_back,
    "gefunden": turn_up,
}


def _miss_the_rest(stocktake: Stocktake) -> None:
    """A device handed out, retired or given to another school meanwhile is not missing."""
    db.session.execute(
        sa.update(StocktakeLine)
        .where(
            StocktakeLine.stocktake_id == stocktake.id,
            StocktakeLine.finding.is_(None),
            StocktakeLine.device_id == Device.id,
            Device.school_id == stocktake.school_id,
            AT_HAND,
        )
        .values(finding=Finding.MISSING)
        .execution_options(synchronize_session=False)
    )


def _note_seen(stocktake: Stocktake) -> None:
    """Being seen changes nothing about a device, so its history stays short."""
    db.session.execute(
        sa.update(Device)
        .where(
            StocktakeLine.stocktake_id == stocktake.id,
            StocktakeLine.device_id == Device.id,
            StocktakeLine.scanned_at.is_not(None),
        )
        .values(seen_at=StocktakeLine.scanned_at)
        .execution_options(synchronize_session=False)
    )


def _add_tasks(stocktake: Stocktake, at: datetime) -> None:
    """One task for each difference, unless the same is open already from an earlier count."""
    is_open = sa.select(DeviceTask.device_id, DeviceTask.kind).where(
        DeviceTask.school_id == stocktake.school_id, DeviceTask.done_at.is_(None), DeviceTask.device_id.is_not(None)
    )
    known = {(device_id, kind) for device_id, kind in db.session.execute(is_open)}
    lines = db.session.scalars(
        sa.select(StocktakeLine)
        .where(StocktakeLine.stocktake_id == stocktake.id, StocktakeLine.finding.in_(_TASKS))
        .order_by(StocktakeLine.id)
        .options(
            joinedload(StocktakeLine.device).joinedload(Device.room),
            joinedload(StocktakeLine.device).joinedload(Device.case),
        )
    )
    rows = [
        {
            "school_id": stocktake.school_id,
            "device_id": line.device_id,
            "stocktake_id": stocktake.id,
            "kind": _TASKS[line.finding],
            "text": stocktake_words.task(stocktake, line),
            "created_at": at,
            "outcome": "",
        }
        for line in lines
        if line.finding and (line.device_id, _TASKS[line.finding]) not in known
    ]
    if rows:
        db.session.execute(sa.insert(DeviceTask), rows)


def _tasks_of_found(stocktake: Stocktake) -> sa.ColumnElement[bool]:
    found = sa.select(StocktakeLine.device_id).where(
        StocktakeLine.stocktake_id == stocktake.id, StocktakeLine.finding == Finding.FOUND
    )
    return sa.and_(DeviceTask.kind.in_(LOOKED_FOR), DeviceTask.device_id.in_(found))


def _tasks_about(stocktake: Stocktake, device: Device) -> sa.ColumnElement[bool]:
    return sa.and_(
        DeviceTask.kind.in_(LOOKED_FOR),
        DeviceTask.device_id == device.id,
        DeviceTask.school_id == stocktake.school_id,
    )


def _settle(actor: Actor, which: sa.ColumnElement[bool], outcome: str, at: datetime) -> None:
    for task in db.session.scalars(sa.select(DeviceTask).where(which, DeviceTask.done_at.is_(None))).all():
        tasks.close(actor, task, outcome, at)


def _device(actor: Actor, stocktake: Stocktake, line_id: int, finding: Finding) -> Device:
    """The device of a line of a finished stocktake that can be corrected this way."""
    if not policy.may_count_at(actor, stocktake.school):
        raise NotAllowed(MAY_NOT)
    line = line_of(stocktake, line_id)
    if stocktake.finished_at is None or line.finding is not finding or line.device is None:
        raise DomainError("Das lässt sich hier nicht berichtigen. Bitte laden Sie die Seite neu.")
    if line.device.school_id != stocktake.school_id:
        raise DomainError("Dieses Gerät gehört inzwischen zu einer anderen Schule.")
    return line.device


def _place_values(stocktake: Stocktake) -> dict[str, int | None]:
    """The columns that say: here.

    Raises: DomainError for a count of a whole school, which is no place.
    """
    if stocktake.case is not None:
        place = {"case_id": stocktake.case.id, "site_id": stocktake.case.site_id, "room_id": stocktake.case.room_id}
    elif stocktake.room is not None:
        place = {"case_id": None, "site_id": stocktake.room.site_id, "room_id": stocktake.room.id}
    else:
        raise DomainError("Gezählt wurde die ganze Schule. Den Raum ändern Sie bitte auf der Seite des Geräts.")
    return place | {"slot": None}
