"""Tables of what came from outside: files taken over, and what the MDM says otherwise."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.core.db import Model


class DeviceImport(Model):
    """A device list that was taken over; its changes name it, so that the last one can be undone."""

    __tablename__ = "device_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str]
    mapping: Mapped[str]
    imported_at: Mapped[datetime]
    imported_by: Mapped[str]
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(default="")


class DeviceUpload(Model):
    """A device list somebody has uploaded on the page and not yet taken over."""

    __tablename__ = "device_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str]
    content: Mapped[bytes]
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str]


class SyncRun(Model):
    """One look at everything the MDM knows."""

    __tablename__ = "sync_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    devices: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")


class SyncKind(StrEnum):
    """What the MDM says otherwise; in a conflict both sides have changed since they last agreed."""

    NEW = "new"
    CHANGE = "change"
    CONFLICT = "conflict"
    MISSING = "missing"


class SyncDecision(StrEnum):
    """What a person made of a proposal."""

    TAKEN = "taken"
    KEPT = "kept"
    OVERTAKEN = "overtaken"


class SyncProposal(Model):
    """One thing the MDM says otherwise; nothing changes before a person decides.

    `field` is the column of the device, empty for a whole device; `agreed` is what both last said.
    """

    __tablename__ = "sync_proposal"
    __table_args__ = (
        sa.Index("ix_sync_proposal_open", "id", postgresql_where=sa.text("decision IS NULL")),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("sync_run.id", ondelete="CASCADE"), index=True)
    kind: Mapped[SyncKind]
    device_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device.id", ondelete="CASCADE"), index=True)
    serial: Mapped[str]
    field: Mapped[str] = mapped_column(default="")
    ours: Mapped[str] = mapped_column(default="")
    theirs: Mapped[str] = mapped_column(default="")
    agreed: Mapped[str] = mapped_column(default="")
    record: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decision: Mapped[SyncDecision | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")

    run: Mapped[SyncRun] = relationship()


class SyncAgreed(Model):
    """What the MDM and the device file last agreed on, by serial number and column."""

    __tablename__ = "sync_agreed"

    serial: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
