"""Do what the MDM says: set by set, so that 84,000 proposals are one tap, each with a line in the history.

Source: docs/rules/mdm.md, MD-6, MD-7.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from itsm.assets.kinds import Kind
from itsm.assets.models import Device, DeviceChange, DeviceModel, SyncKind, SyncProposal
from itsm.assets.states import State
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.org.models import School

_BATCH = 1000
_SCHOOL_NUMBER = re.compile(r"(?<!\d)\d{6}(?!\d)")
_MAKER = "Apple"
_TEXTS = {"tag": Device.tag, "mdm_id": Device.mdm_id}
_OTHER = aliased(Device)
_OTHERS = {"tag": _OTHER.tag, "mdm_id": _OTHER.mdm_id}


def carry_out(actor: Actor, ids: list[int], at: datetime) -> list[int]:
    """Do what these proposals say and return which of them fitted."""
    done: list[int] = []
    for name in _TEXTS:
        done += _change_texts(actor, ids, name, at)
    done += _change_models(actor, ids, at)
    done += _release(actor, ids, at)
    return done + _add(actor, ids, at)


def _change_texts(actor: Actor, ids: list[int], name: str, at: datetime) -> list[int]:
    column = _TEXTS[name]
    is_free = ~sa.exists().where(_OTHERS[name] == SyncProposal.theirs, _OTHER.id != SyncProposal.device_id)
    found = _fitting(ids, SyncProposal.field == name, sa.func.coalesce(column, "") == SyncProposal.ours, is_free)
    # Of two devices for which the MDM names the same number the first gets it.
    first = {theirs: proposal_id for proposal_id, theirs in reversed(found)}
    return _set(actor, sorted(first.values()), name, column, SyncProposal.theirs, at)


def _change_models(actor: Actor, ids: list[int], at: datetime) -> list[int]:
    found = _fitting(ids, SyncProposal.field == "model_id", DeviceModel.name == SyncProposal.ours)
    chosen = sa.select(SyncProposal.theirs, SyncProposal.record).where(_among([one for one, _ in found]))
    done: list[int] = []
    said = {theirs: record for theirs, record in db.session.execute(chosen)}  # noqa: C416
    for theirs, record in said.items():
        model_id = _model_id(theirs, record)
        of_model = [proposal_id for proposal_id, name in found if name == theirs]
        done += _set(actor, of_model, "model_id", Device.model_id, sa.literal(model_id), at)
    return done


def _release(actor: Actor, ids: list[int], at: datetime) -> list[int]:
    """The MDM no longer has the device: the file forgets its name there, and says nothing about where it is."""
    found = _fitting(ids, SyncProposal.kind == SyncKind.MISSING, Device.mdm_id.is_not(None))
    return _set(actor, [one for one, _ in found], "mdm_id", Device.mdm_id, sa.null(), at)


def _fitting(ids: list[int], *conditions: sa.ColumnElement[bool]) -> list[tuple[int, str]]:
    """The proposals whose device still is as they say, with what the MDM says; the devices are locked."""
    rows = db.session.execute(
        sa.select(SyncProposal.id, SyncProposal.theirs)
        .join(Device, Device.id == SyncProposal.device_id)
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(_among(ids), *conditions)
        .order_by(SyncProposal.id)
        .with_for_update(of=Device)
    )
    return [(proposal_id, theirs) for proposal_id, theirs in rows]


def _set(
    actor: Actor, ids: list[int], name: str, column: sa.ColumnElement[Any] | Any, value: Any, at: datetime
) -> list[int]:
    """Write the history, then the column."""
    of_proposal = sa.and_(_among(ids), Device.id == SyncProposal.device_id)
    line = sa.select(
        Device.id,
        sa.literal(at, DeviceChange.at.type),
        sa.literal(actor.user_id, sa.Integer),
        sa.literal("sync"),
        sa.func.jsonb_build_object(name, column),
        sa.func.jsonb_build_object(name, value),
        sa.literal(""),
    ).where(of_proposal)
    columns = ["device_id", "at", "author_id", "what", "before", "after", "text"]
    db.session.execute(sa.insert(DeviceChange).from_select(columns, line))
    db.session.execute(
        sa.update(Device)
        .where(of_proposal)
        .values({name: value, "version_id": Device.version_id + 1})
        .execution_options(synchronize_session=False)
    )
    return ids


def _add(actor: Actor, ids: list[int], at: datetime) -> list[int]:
    numbers = sa.select(School.number, School.id)
    schools = {number: school_id for number, school_id in db.session.execute(numbers)}  # noqa: C416
    models: dict[str, int] = {}
    done: list[int] = []
    for batch in _new(ids):
        taken = _taken([record for _, record in batch])
        devices = []
        for proposal_id, record in batch:
            tag = record["tag"] or record["serial"]
            names = {("tag", tag), ("serial", record["serial"]), ("mdm_id", record["mdm_id"])}
            if names & taken:
                continue
            taken |= names - {("mdm_id", "")}
            model_id = models.setdefault(record["model"], 0) or _model_id(record["model"], record)
            models[record["model"]] = model_id
            devices.append(_device(record, tag, model_id, _school_id(record, schools), at))
            done.append(proposal_id)
        db.session.add_all(devices)
        db.session.flush()
        _note_added(actor, devices, at)
    return done


def _new(ids: list[int]) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    chosen = sa.select(SyncProposal.id, SyncProposal.record).where(_among(ids), SyncProposal.kind == SyncKind.NEW)
    rows = [(proposal_id, record) for proposal_id, record in db.session.execute(chosen.order_by(SyncProposal.id))]
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]


def _taken(records: list[dict[str, Any]]) -> set[tuple[str, str | None]]:
    """The numbers of these records that devices have already."""
    tags = {record["tag"] or record["serial"] for record in records}
    serials, mdm_ids = ({record[name] for record in records} for name in ("serial", "mdm_id"))
    rows = db.session.execute(
        sa.select(Device.tag, Device.serial, Device.mdm_id).where(
            sa.or_(Device.tag.in_(tags), Device.serial.in_(serials), Device.mdm_id.in_(mdm_ids))
        )
    )
    names = ("tag", "serial", "mdm_id")
    return {(name, value) for row in rows for name, value in zip(names, row, strict=True)}


def _device(record: dict[str, Any], tag: str, model_id: int, school_id: int | None, at: datetime) -> Device:
    return Device(
        tag=tag,
        serial=record["serial"],
        model_id=model_id,
        school_id=school_id,
        mdm_id=record["mdm_id"] or None,
        state=State.IN_STOCK,
        state_at=at,
    )


def _note_added(actor: Actor, devices: list[Device], at: datetime) -> None:
    after = {"state": State.IN_STOCK.value}
    rows = [
        {
            "device_id": one.id,
            "at": at,
            "author_id": actor.user_id,
            "what": "sync",
            "before": {},
            "after": after,
            "text": "",
        }
        for one in devices
    ]
    if rows:
        db.session.execute(sa.insert(DeviceChange), rows)


def _school_id(record: dict[str, Any], schools: dict[str, int]) -> int | None:
    """A school's number in the tag or the name; else the device goes to the stock of the city."""
    numbers = _SCHOOL_NUMBER.findall(f"{record['tag']} {record['name']}")
    return next((schools[number] for number in numbers if number in schools), None)


def _model_id(name: str, record: dict[str, Any]) -> int:
    """The model of this identifier or name, made if there is none."""
    identifier, kind = record["identifier"], Kind(record["kind"])
    label = name or identifier or "unbekannt"
    is_it = sa.or_(
        sa.and_(DeviceModel.identifier == identifier, DeviceModel.identifier != ""),
        sa.and_(DeviceModel.maker == _MAKER, DeviceModel.name == label, DeviceModel.kind == kind),
    )
    model = db.session.scalar(
        sa.select(DeviceModel).where(is_it).order_by(DeviceModel.identifier != identifier).limit(1)
    )
    if model is None:
        model = DeviceModel(kind=kind, maker=_MAKER, name=label, identifier=identifier)
        db.session.add(model)
        db.session.flush()
    return model.id


def _among(ids: list[int]) -> sa.ColumnElement[bool]:
    return SyncProposal.id == sa.any_(sa.literal(ids, sa.ARRAY(sa.Integer)))
