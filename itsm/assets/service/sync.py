"""Keeping in step with the MDM: ask for a run, take what it says, or keep what we say.

Source: docs/rules/mdm.md, MD-1, MD-6.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from itsm.assets import policy
from itsm.assets.jamf import client
from itsm.assets.jamf.compare import ABSENT, PRESENT
from itsm.assets.models import DeviceChange, SyncDecision, SyncKind, SyncProposal, SyncRun
from itsm.assets.service.sync_agreed import agree
from itsm.assets.service.sync_taking import carry_out
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.core.queue import enqueue

SOURCE = "Jamf School"
# Keeps a run and a decision from reading each other half-way.
_LOCK = 4712
# After so long a run that says nothing is taken for dead.
_PATIENCE = timedelta(hours=1)
MAY_NOT = "Über den Abgleich mit dem MDM entscheiden das Systemhaus und die Administration."


def ask(actor: Actor, at: datetime) -> SyncRun:
    """Have the worker compare with the MDM; a run under way is not doubled.

    Raises: NotAllowed; DomainError without an MDM.
    """
    _require(actor)
    if client.server() is None:
        raise DomainError("Es ist kein MDM eingerichtet. Die Administration trägt die Zugangsdaten beim Betrieb ein.")
    return _begin(at)


def ask_nightly(at: datetime) -> int:
    """Have the worker compare with the MDM, if there is one; return how many runs began."""
    if client.server() is None:
        return 0
    _begin(at)
    return 1


def take(actor: Actor, which: sa.ColumnElement[bool], at: datetime) -> int:
    """Do what the MDM says in these open proposals and return how many; each change stands in the history.

    Left open is what no longer fits: the device has changed meanwhile, or another has that number.
    Raises: NotAllowed.
    """
    _require(actor)
    ids = _open(which)
    done = carry_out(actor, ids, at)
    agree(done, SyncProposal.theirs, SyncProposal.field != "")
    _decide(actor, done, SyncDecision.TAKEN, at)
    return len(done)


def keep(actor: Actor, which: sa.ColumnElement[bool], at: datetime) -> int:
    """Keep what the file says against these open proposals and return how many; they do not come again.

    Raises: NotAllowed.
    """
    _require(actor)
    ids = _open(which)
    noted = sa.select(
        SyncProposal.device_id,
        sa.literal(at, DeviceChange.at.type),
        sa.literal(actor.user_id, sa.Integer),
        sa.literal("sync"),
        sa.text("'{}'::jsonb"),
        sa.text("'{}'::jsonb"),
        sa.func.concat("Nicht übernommen, was das MDM sagt: ", SyncProposal.theirs),
    ).where(SyncProposal.id == sa.any_(sa.literal(ids, sa.ARRAY(sa.Integer))), SyncProposal.device_id.is_not(None))
    columns = ["device_id", "at", "author_id", "what", "before", "after", "text"]
    db.session.execute(sa.insert(DeviceChange).from_select(columns, noted))
    whole = {SyncKind.NEW: PRESENT, SyncKind.MISSING: ABSENT}
    agree(ids, sa.case(whole, value=SyncProposal.kind, else_=SyncProposal.theirs), sa.true())
    _decide(actor, ids, SyncDecision.KEPT, at)
    return len(ids)


def take_one(actor: Actor, proposal_id: int, at: datetime) -> None:
    """Do what the MDM says in one proposal.

    Raises: NotAllowed; Conflict if it is decided, or no longer fits.
    """
    if not take(actor, SyncProposal.id == proposal_id, at):
        raise Conflict(
            "Das lässt sich nicht übernehmen: Es ist schon entschieden, das Gerät hat sich inzwischen geändert, "
            "oder ein anderes Gerät trägt diese Nummer. Der nächste Abgleich schlägt es neu vor."
        )


def keep_one(actor: Actor, proposal_id: int, at: datetime) -> None:
    """Keep what the file says against one proposal.

    Raises: NotAllowed; Conflict if it is decided.
    """
    if not keep(actor, SyncProposal.id == proposal_id, at):
        raise Conflict("Darüber ist schon entschieden. Bitte laden Sie die Seite neu.")


def hold() -> None:
    """Let one transaction at a time change proposals."""
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _begin(at: datetime) -> SyncRun:
    hold()
    running = db.session.scalar(
        sa.select(SyncRun).where(SyncRun.finished_at.is_(None), SyncRun.started_at > at - _PATIENCE)
    )
    if running is not None:
        return running
    run = SyncRun(source=SOURCE, started_at=at)
    db.session.add(run)
    db.session.flush()
    enqueue("sync-mdm", args={"run_id": run.id}, lock="sync-mdm")
    return run


def _require(actor: Actor) -> None:
    if not policy.may_import(actor):
        raise NotAllowed(MAY_NOT)


def _open(which: sa.ColumnElement[bool]) -> list[int]:
    hold()
    found = sa.select(SyncProposal.id).where(which, SyncProposal.decision.is_(None)).order_by(SyncProposal.id)
    return list(db.session.scalars(found))


def _decide(actor: Actor, ids: list[int], decision: SyncDecision, at: datetime) -> None:
    db.session.execute(
        sa.update(SyncProposal)
        .where(SyncProposal.id == sa.any_(sa.literal(ids, sa.ARRAY(sa.Integer))))
        .values(decision=decision, decided_at=at, decided_by=actor.name)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
