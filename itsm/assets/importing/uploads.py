"""Device lists that were uploaded: kept for a day, looked at, and taken over at once or by the worker.

Source: docs/rules/device-import.md, DI-15.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import islice
from typing import BinaryIO

import sqlalchemy as sa

from itsm.accounts import queries as accounts
from itsm.accounts.models import User
from itsm.assets import policy
from itsm.assets.importing import mapping as mappings
from itsm.assets.importing import takeover
from itsm.assets.importing.fields import BY_KEY
from itsm.assets.importing.mapping import Mapping
from itsm.assets.importing.reading import open_table
from itsm.assets.importing.takeover import REFUSED, Outcome
from itsm.assets.models import DeviceImport, DeviceUpload
from itsm.core.access import Actor
from itsm.core.clock import local_day
from itsm.core.db import LARGEST_ID, db, writing
from itsm.core.errors import Conflict, DomainError, NotAllowed, NotFound
from itsm.core.queue import enqueue

KEPT = timedelta(days=1)
LARGEST_BYTES = 100 * 1024 * 1024
# A longer list is taken over by the worker.
MOST_ROWS_AT_ONCE = 5_000
_PAST = 20


@dataclass(frozen=True)
class Preview:
    """What a list would do with this mapping; without an outcome the sentence says why it cannot be said."""

    header: list[str]
    mapping: Mapping
    unclear: dict[str, list[str]] = field(default_factory=dict)
    outcome: Outcome | None = None
    sentence: str = ""


def check(actor: Actor) -> None:
    """Raises: NotAllowed unless the actor may take device lists over."""
    if not policy.may_import(actor):
        raise NotAllowed(REFUSED)


def get_for(actor: Actor, upload_id: int) -> DeviceUpload:
    """Return a list that was uploaded.

    Raises: NotFound if it is gone, or the actor may not take lists over.
    """
    found = db.session.get(DeviceUpload, upload_id) if 0 < upload_id <= LARGEST_ID else None
    if found is None or not policy.may_import(actor):
        raise NotFound("Diese Geräteliste gibt es nicht mehr. Bitte laden Sie die Datei noch einmal hoch.")
    return found


def past(actor: Actor) -> Sequence[DeviceImport]:
    """Return the lists that were taken over, the newest first."""
    check(actor)
    return db.session.scalars(sa.select(DeviceImport).order_by(DeviceImport.id.desc()).limit(_PAST)).all()


def keep(actor: Actor, filename: str, file: BinaryIO, name: str, at: datetime) -> DeviceUpload:
    """Keep a list for a day at most, with the mapping of this name or the one its header asks for.

    Raises: NotAllowed; DomainError if it is no list or too large.
    """
    check(actor)
    content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise DomainError("Die Datei ist größer als 100 MB. Bitte teilen Sie die Liste.")
    header = open_table(BytesIO(content)).header
    mapping = mappings.ready().get(name) or mappings.recognised(header) or mappings.propose(header)[0]
    db.session.execute(sa.delete(DeviceUpload).where(DeviceUpload.uploaded_at < at - KEPT))
    upload = DeviceUpload(
        filename=" ".join(filename.split())[:200] or "Liste",
        content=content,
        mapping={"name": mapping.name, "columns": {key: list(names) for key, names in mapping.columns.items()}},
        uploaded_at=at,
        uploaded_by=actor.name,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def mapping_of(upload: DeviceUpload) -> Mapping:
    """Return the mapping chosen for a list: a ready one with the columns a person may have changed."""
    base = mappings.ready().get(upload.mapping["name"], Mapping())
    return replace(base, columns={key: tuple(names) for key, names in upload.mapping["columns"].items()})


def choose(actor: Actor, upload: DeviceUpload, columns: dict[str, str]) -> None:
    """Say which column holds which field; a field without a column is not read.

    Raises: NotAllowed; DomainError if no column says which device is meant.
    """
    check(actor)
    chosen = {key: [name] for key, name in columns.items() if name and key in BY_KEY}
    replace(mapping_of(upload), columns={key: tuple(names) for key, names in chosen.items()}).bind(header_of(upload))
    upload.mapping = {"name": upload.mapping["name"], "columns": chosen}


def header_of(upload: DeviceUpload) -> list[str]:
    """Return the names of the columns of a list."""
    return open_table(BytesIO(upload.content)).header


def look_at(actor: Actor, upload: DeviceUpload, at: datetime) -> Preview:
    """Return what taking the list over would change."""
    table = open_table(BytesIO(upload.content))
    mapping = mapping_of(upload)
    unclear = mappings.propose(table.header)[1] if mapping.name == mappings.OWN else {}
    try:
        outcome = takeover.look_at(actor, table, mapping, at)
    except DomainError as error:
        return Preview(table.header, mapping, unclear, sentence=error.sentence)
    return Preview(table.header, mapping, unclear, outcome)


def take_over(actor: Actor, upload: DeviceUpload, at: datetime, *, partial: bool) -> Outcome | None:
    """Take the list over; a long one is left to the worker, and None comes back.

    Raises: NotAllowed; Conflict while it is taken over or when that is done; DomainError if something is wrong with it.
    """
    check(actor)
    if is_running(upload) or "import_id" in upload.mapping:
        raise Conflict("Diese Liste wird gerade übernommen oder ist es schon. Sie müssen nichts weiter tun.")
    upload.mapping = upload.mapping | {"partial": partial, "error": ""}
    if len(list(islice(open_table(BytesIO(upload.content)).rows, MOST_ROWS_AT_ONCE + 1))) <= MOST_ROWS_AT_ONCE:
        return _take(actor, upload, at, lambda _: None)
    upload.mapping = upload.mapping | {"percent": 0, "user_id": actor.user_id}
    key = f"take-device-list-{upload.id}"
    enqueue("take-device-list", args={"upload_id": upload.id}, lock="take-device-list", queueing_lock=key)
    return None


def run(upload_id: int, now: Callable[[], datetime]) -> None:
    """Take a long list over, in the rights of the person who asked for it; what stops it stays beside the list."""
    upload = db.session.get(DeviceUpload, upload_id)
    if upload is None or not is_running(upload):
        return
    try:
        with writing():
            user, at = db.session.get_one(User, upload.mapping["user_id"]), now()
            _take(accounts.actor_of(user, local_day(at)), upload, at, lambda percent: _tell(upload_id, percent))
    except DomainError as error:
        with writing():
            upload = db.session.get_one(DeviceUpload, upload_id)
            upload.mapping = {key: value for key, value in upload.mapping.items() if key != "percent"} | {
                "error": error.sentence
            }


def is_running(upload: DeviceUpload) -> bool:
    """Say whether the worker has the list."""
    return "percent" in upload.mapping


def percent_of(upload: DeviceUpload) -> int:
    """Return how much of a list has been taken over."""
    return int(upload.mapping.get("percent", 0))


def _take(actor: Actor, upload: DeviceUpload, at: datetime, progress: Callable[[int], None]) -> Outcome:
    outcome = takeover.take_over(
        actor,
        open_table(BytesIO(upload.content)),
        mapping_of(upload),
        at,
        filename=upload.filename,
        partial=bool(upload.mapping["partial"]),
        progress=progress,
    )
    if outcome.rejected and outcome.import_id is None:
        raise DomainError(
            f"Nichts wurde übernommen: {outcome.rejected} Zeilen sind fehlerhaft. Bitte berichtigen Sie die Liste."
        )
    db.session.refresh(upload)
    upload.content, upload.mapping = b"", {"import_id": outcome.import_id}
    db.session.flush()
    return outcome


def _tell(upload_id: int, percent: int) -> None:
    """Say how far it is, in a transaction of its own: that of the list ends when all is done."""
    with db.engine.begin() as connection:
        connection.execute(
            sa.text(
                "UPDATE device_upload SET mapping = mapping || jsonb_build_object('percent', CAST(:percent AS int)) "
                "WHERE id = :id AND mapping ? 'percent'"
            ),
            {"percent": percent, "id": upload_id},
        )
