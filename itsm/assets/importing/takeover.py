"""Takes a device list over: all of it, or nothing.

Source: docs/rules/device-import.md, DI-10 to DI-13.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from itsm.assets import policy
from itsm.assets.importing import checks, writing
from itsm.assets.importing.mapping import Mapping
from itsm.assets.importing.normalise import MOST_PROBLEMS, Normaliser, Problem
from itsm.assets.importing.staging import READ_PERCENT, stage
from itsm.assets.importing.table import Table
from itsm.assets.importing.values import Wrong
from itsm.assets.models import DeviceImport
from itsm.core.access import Actor
from itsm.core.clock import local_day
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed

# Any number, as long as nothing else locks it: one list is taken over at a time.
_LOCK = 710_404
REFUSED = "Gerätelisten lesen das Systemhaus und die Administration ein."


@dataclass
class Outcome:
    """What a list does, or would do: counts of devices, rooms and models, and what is wrong with which row."""

    unit: str
    mapping: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rooms: int = 0
    models: int = 0
    skipped: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)
    import_id: int | None = None

    @property
    def rows(self) -> int:
        """How many rows the list has."""
        return self.added + self.changed + self.unchanged + self.skipped + self.rejected

    def as_json(self) -> dict[str, Any]:
        """The outcome as data; `taken_over` says whether anything was written."""
        counts = ("added", "changed", "unchanged", "rooms", "models", "skipped", "rejected")
        return {
            "mapping": self.mapping,
            **{name: getattr(self, name) for name in counts},
            "problems": [{"line": one.line, "problem": one.sentence} for one in self.problems],
            "import_id": self.import_id,
            "taken_over": self.import_id is not None,
        }


def look_at(actor: Actor, table: Table, mapping: Mapping, at: datetime) -> Outcome:
    """Return what taking the list over would do; nothing is written.

    Raises: NotAllowed; DomainError for a list that cannot be read.
    """
    return _compare(actor, table, mapping, at, lambda _: None, real=False)[0]


def take_over(
    actor: Actor,
    table: Table,
    mapping: Mapping,
    at: datetime,
    *,
    filename: str,
    partial: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Write what the list says, if nothing is wrong with it; with `partial` the rows that are right.

    `progress` hears of every step in per cent. What was not taken over is in the outcome, without an import.
    Raises: NotAllowed; Conflict while another list is taken over; DomainError for a list that cannot be read.
    """
    if not policy.may_import(actor):
        raise NotAllowed(REFUSED)
    if not db.session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))):
        raise Conflict("Gerade wird eine andere Geräteliste übernommen. Bitte warten Sie, bis sie fertig ist.")
    outcome, _ = _compare(actor, table, mapping, at, progress, real=True)
    if outcome.rejected and not partial:
        return outcome
    if outcome.added or outcome.changed:
        outcome.import_id = _record(actor, filename, outcome, at)
        writing.write(outcome.import_id, actor.user_id, at, progress)
    progress(100)
    return outcome


def _compare(
    actor: Actor, table: Table, mapping: Mapping, at: datetime, progress: Callable[[int], None], *, real: bool
) -> tuple[Outcome, Normaliser]:
    if not policy.may_import(actor):
        raise NotAllowed(REFUSED)
    try:
        rows = Normaliser(table, mapping)
        stage(rows, mapping, local_day(at).isoformat(), progress, real=real)
    except Wrong as error:
        raise DomainError(f"Die Zuordnung passt nicht: {error}") from None
    progress(READ_PERCENT + 10)
    problems, count = checks.check(with_cases="case" in rows.fields, with_slots="slot" in rows.fields)
    outcome = Outcome(table.unit, mapping.name, skipped=rows.skipped, rejected=rows.rejected + count)
    outcome.problems = sorted([*rows.problems, *problems])[:MOST_PROBLEMS]
    for name, number in writing.compare().items():
        setattr(outcome, name, number)
    if not outcome.rows:
        raise DomainError("Die Liste hat nur eine Kopfzeile und kein Gerät.")
    progress(READ_PERCENT + 15)
    return outcome, rows


def _record(actor: Actor, filename: str, outcome: Outcome, at: datetime) -> int:
    made = DeviceImport(
        filename=filename[:200],
        mapping=outcome.mapping,
        imported_at=at,
        imported_by=actor.name,
        added=outcome.added,
        changed=outcome.changed,
        unchanged=outcome.unchanged,
        rejected=outcome.rejected,
    )
    db.session.add(made)
    db.session.flush()
    return made.id
