"""The worker's side of a comparison: fetch everything, then write down what differs.

Source: docs/rules/mdm.md, MD-1, MD-8.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from itsm.assets.jamf import client
from itsm.assets.jamf.compare import Ours, Wish, compare
from itsm.assets.jamf.records import Record
from itsm.assets.models import Device, DeviceModel, SyncAgreed, SyncDecision, SyncProposal, SyncRun
from itsm.assets.service import sync_agreed
from itsm.assets.service.sync import hold
from itsm.core.db import db, writing

_BATCH = 2000
NO_SERVER = "Es ist kein MDM eingerichtet."
NOTHING = "Das MDM nennt kein einziges Gerät. Der Abgleich wurde abgebrochen, damit nicht alle als fehlend gelten."

Open = dict[tuple[str, str], tuple[int, Wish]]


def run(run_id: int, now: Callable[[], datetime], jamf: client.Server | None = None) -> None:
    """Carry a run out; one that is over is left alone. No transaction is open while the MDM answers.

    What an earlier run proposed and still holds stays as it is; all other open proposals are overtaken.
    """
    found = db.session.get(SyncRun, run_id)
    is_over = found is None or found.finished_at is not None
    db.session.rollback()
    if is_over:
        return
    records: dict[str, Record] = {}
    sentence = ""
    try:
        records = _fetch(jamf or client.server())
    except client.Unavailable as error:
        sentence = str(error)
    with writing():
        hold()
        if not records and not sentence and _is_managed():
            sentence = NOTHING
        if not sentence:
            _compare(run_id, records)
            _overtake(run_id, now())
        ended = {"finished_at": now(), "devices": len(records), "error": sentence}
        db.session.execute(sa.update(SyncRun).where(SyncRun.id == run_id).values(**ended))


def _fetch(jamf: client.Server | None) -> dict[str, Record]:
    if jamf is None:
        raise client.Unavailable(NO_SERVER)
    return client.devices(jamf)


def _is_managed() -> bool:
    return db.session.scalar(sa.select(Device.id).where(Device.mdm_id.is_not(None)).limit(1)) is not None


def _compare(run_id: int, records: dict[str, Record]) -> None:
    known = _open()
    for serials in _batches(sorted(records)):
        _compare_batch(run_id, serials, records, known)
    managed = sa.select(Device.serial).where(Device.mdm_id.is_not(None), Device.serial.is_not(None))
    absent = sorted({serial for serial in db.session.scalars(managed) if serial} - records.keys())
    for serials in _batches(absent):
        _compare_batch(run_id, serials, records, known)


def _compare_batch(run_id: int, serials: Sequence[str], records: dict[str, Record], known: Open) -> None:
    ours, agreed = _ours(serials), _agreed(serials)
    rows, same, anew = [], [], {}
    for serial in serials:
        theirs, mine = records.get(serial), ours.get(serial)
        found = compare(theirs, mine, agreed[serial])
        anew.update({(serial, name): value for name, value in found.agreed.items()})
        for wish in found.wishes:
            proposal_id, before = known.get((serial, wish.field), (0, None))
            if before == wish:
                same.append(proposal_id)
            else:
                device_id = mine.device_id if mine else None
                record = theirs._asdict() if theirs else {}
                rows.append(
                    wish._asdict() | {"run_id": run_id, "serial": serial, "device_id": device_id, "record": record}
                )
    sync_agreed.note(anew)
    if same:
        db.session.execute(sa.update(SyncProposal).where(SyncProposal.id.in_(same)).values(run_id=run_id))
    if rows:
        db.session.execute(sa.insert(SyncProposal), rows)


def _ours(serials: Sequence[str]) -> dict[str, Ours]:
    rows = db.session.execute(
        sa.select(
            Device.id,
            sa.func.coalesce(Device.serial, ""),
            Device.tag,
            DeviceModel.name,
            DeviceModel.identifier,
            sa.func.coalesce(Device.mdm_id, ""),
            Device.state,
        )
        .join(DeviceModel, DeviceModel.id == Device.model_id)
        .where(_among(Device.serial, serials))
    )
    return {row[1]: Ours(*row) for row in rows}


def _agreed(serials: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in db.session.execute(
        sa.select(SyncAgreed.serial, SyncAgreed.field, SyncAgreed.value).where(_among(SyncAgreed.serial, serials))
    ):
        found[row.serial][row.field] = row.value
    return found


def _open() -> Open:
    rows = db.session.execute(
        sa.select(
            SyncProposal.id,
            SyncProposal.serial,
            SyncProposal.kind,
            SyncProposal.field,
            SyncProposal.ours,
            SyncProposal.theirs,
            SyncProposal.agreed,
        ).where(SyncProposal.decision.is_(None))
    )
    return {(row.serial, row.field): (row.id, Wish(*row[2:])) for row in rows}


def _among(column: sa.orm.InstrumentedAttribute[Any], serials: Sequence[str]) -> sa.ColumnElement[bool]:
    """One array is far quicker to send than two thousand values."""
    return column == sa.any_(sa.literal(list(serials), sa.ARRAY(sa.Text)))


def _overtake(run_id: int, at: datetime) -> None:
    db.session.execute(
        sa.update(SyncProposal)
        .where(SyncProposal.decision.is_(None), SyncProposal.run_id != run_id)
        .values(decision=SyncDecision.OVERTAKEN, decided_at=at, decided_by="Abgleich")
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()


def _batches(serials: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(serials), _BATCH):
        yield serials[start : start + _BATCH]
