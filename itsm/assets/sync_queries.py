"""Named selects over runs and proposals of the comparison with the MDM; only for who decides on them."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.assets import policy
from itsm.assets.models import Device, SyncKind, SyncProposal, SyncRun
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db

PAGE = 50
_OPEN = SyncProposal.decision.is_(None)


class Group(NamedTuple):
    """Open proposals of one kind about one column, empty for whole devices, and how many there are."""

    kind: SyncKind
    field: str
    proposals: int


class Row(NamedTuple):
    """A proposal with its device, if the file has it."""

    proposal: SyncProposal
    device: Device | None


def latest_run() -> SyncRun | None:
    """Return the latest run, over or not."""
    return db.session.scalar(sa.select(SyncRun).order_by(SyncRun.id.desc()).limit(1))


def latest_success() -> SyncRun | None:
    """Return the latest run that came to its end without an error."""
    good = sa.select(SyncRun).where(SyncRun.finished_at.is_not(None), SyncRun.error == "")
    return db.session.scalar(good.order_by(SyncRun.id.desc()).limit(1))


def groups(actor: Actor) -> list[Group]:
    """Return how many proposals of each kind are open, conflicts first."""
    rows = db.session.execute(
        sa.select(SyncProposal.kind, SyncProposal.field, sa.func.count())
        .where(_OPEN, _visible(actor))
        .group_by(SyncProposal.kind, SyncProposal.field)
    )
    order = [SyncKind.CONFLICT, SyncKind.CHANGE, SyncKind.NEW, SyncKind.MISSING]
    return sorted((Group(*row) for row in rows), key=lambda group: (order.index(group.kind), group.field))


def which(kind: str, field: str) -> sa.ColumnElement[bool]:
    """Return the filter of the proposals of a kind about a column; of no proposal for an unknown kind."""
    if kind not in {one.value for one in SyncKind}:
        return sa.false()
    return sa.and_(SyncProposal.kind == SyncKind(kind), SyncProposal.field == field)


def page(actor: Actor, chosen: Group, after: int) -> tuple[Sequence[Row], int | None]:
    """Return one page of open proposals and where the next one starts."""
    rows = db.session.execute(
        sa.select(SyncProposal, Device)
        .outerjoin(Device, Device.id == SyncProposal.device_id)
        .where(
            _OPEN,
            _visible(actor),
            which(chosen.kind, chosen.field),
            SyncProposal.id > (after if 0 < after <= LARGEST_ID else 0),
        )
        .order_by(SyncProposal.id)
        .limit(PAGE + 1)
        .options(joinedload(Device.model), joinedload(Device.school))
    ).all()
    found = [Row(*row) for row in rows]
    return found[:PAGE], found[PAGE - 1].proposal.id if len(found) > PAGE else None


def _visible(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.true() if policy.may_import(actor) else sa.false()
