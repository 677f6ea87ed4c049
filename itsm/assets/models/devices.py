"""Tables of devices: models, devices, their history, costs and open tasks."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.assets.kinds import Kind
from itsm.assets.models.imports import DeviceImport
from itsm.assets.states import State
from itsm.core.db import Model
from itsm.org.models import Room, School, Site

# Compared byte by byte, so that one index serves equality and the first letters of what is typed.
_CODE = sa.Text(collation="C")


class DeviceModel(Model):
    """A model of a maker; `identifier` is what the device calls itself, such as iPad12,1."""

    __tablename__ = "device_model"
    __table_args__ = (sa.UniqueConstraint("kind", "maker", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    maker: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    identifier: Mapped[str] = mapped_column(default="")
    # What one costs today, gross; for plans, and as the value of a device whose own price is unknown.
    price_cents: Mapped[int | None]
    # Numbered places, for charging cases.
    slots: Mapped[int | None]

    @property
    def label(self) -> str:
        """Maker and name, as people say them."""
        return f"{self.maker} {self.name}".strip()


class Device(Model):
    """One device. No school means the stock of the city. Prices are gross, in cents."""

    __tablename__ = "device"
    __table_args__ = (
        sa.Index("uq_device_serial", "serial", unique=True, postgresql_where=sa.text("serial IS NOT NULL")),
        sa.Index("uq_device_mdm_id", "mdm_id", unique=True, postgresql_where=sa.text("mdm_id IS NOT NULL")),
        sa.Index(
            "uq_device_case_id_slot", "case_id", "slot", unique=True, postgresql_where=sa.text("case_id IS NOT NULL")
        ),
        sa.Index("ix_device_school_id_model_id", "school_id", "model_id"),
        sa.Index("ix_device_model_id_id", "model_id", "id"),
        sa.Index("ix_device_room_id", "room_id", postgresql_where=sa.text("room_id IS NOT NULL")),
        sa.Index("ix_device_replaced_by_id", "replaced_by_id", postgresql_where=sa.text("replaced_by_id IS NOT NULL")),
        # Oldest first; what was never in service comes last, so that the list can go on from any row.
        sa.Index("ix_device_in_service_on_id", sa.text("coalesce(in_service_on, 'infinity'::date)"), "id"),
        sa.Index("ix_device_state_at_id", "state_at", "id"),
        sa.Index("ix_device_state_id", "state", "id"),
        sa.Index("ix_device_warranty_until", "warranty_until"),
        sa.CheckConstraint("serial ~ '^[A-Z0-9]{8,14}$'", name="serial"),
        sa.CheckConstraint("tag <> '' AND tag = upper(tag)", name="tag"),
        sa.CheckConstraint("price_cents >= 0", name="price"),
        sa.CheckConstraint("(case_id IS NOT NULL OR slot IS NULL) AND slot > 0 AND case_id <> id", name="slot"),
        sa.CheckConstraint("room_id IS NULL OR site_id IS NOT NULL", name="room"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(_CODE, unique=True)
    serial: Mapped[str | None] = mapped_column(_CODE)
    model_id: Mapped[int] = mapped_column(sa.ForeignKey("device_model.id"))
    school_id: Mapped[int | None] = mapped_column(sa.ForeignKey("school.id"))
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("site.id"))
    room_id: Mapped[int | None] = mapped_column(sa.ForeignKey("room.id", ondelete="SET NULL"))
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device.id", ondelete="SET NULL"))
    slot: Mapped[int | None]
    state: Mapped[State]
    state_at: Mapped[datetime]
    purchased_on: Mapped[date | None]
    price_cents: Mapped[int | None]
    order_number: Mapped[str] = mapped_column(default="")
    funding: Mapped[str] = mapped_column(default="")
    in_service_on: Mapped[date | None]
    warranty_until: Mapped[date | None]
    mdm_id: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    # When a stocktake or a scan last saw it.
    seen_at: Mapped[datetime | None]
    # The device that took its place.
    replaced_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device.id", ondelete="SET NULL"))
    version_id: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version_id}

    model: Mapped[DeviceModel] = relationship()
    school: Mapped[School | None] = relationship()
    site: Mapped[Site | None] = relationship()
    room: Mapped[Room | None] = relationship()
    case: Mapped["Device | None"] = relationship(foreign_keys=[case_id], remote_side=[id])
    replaced_by: Mapped["Device | None"] = relationship(foreign_keys=[replaced_by_id], remote_side=[id])

    @property
    def kind(self) -> Kind:
        """The class of the device."""
        return self.model.kind


class DeviceChange(Model):
    """One change of a device: the columns it touched, before and after, as they stand in the row.

    A new device has nothing before. Names of holders never stand here.
    """

    __tablename__ = "device_change"
    __table_args__ = (
        sa.Index("ix_device_change_device_id_id", "device_id", "id"),
        sa.Index("ix_device_change_import_id", "import_id", postgresql_where=sa.text("import_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(sa.ForeignKey("device.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device_import.id"))
    # The name of the move for a change of state, else what happened: "add", "edit", "swap", "sync", "stocktake" …
    what: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    text: Mapped[str] = mapped_column(default="")

    device: Mapped[Device] = relationship()
    author: Mapped[User | None] = relationship()
    imported: Mapped[DeviceImport | None] = relationship()


class CostKind(StrEnum):
    """What money was spent on for a device."""

    PART = "part"
    REPAIR = "repair"
    OTHER = "other"


class DeviceCost(Model):
    """Money spent on a device after its purchase, gross in cents."""

    __tablename__ = "device_cost"
    __table_args__ = (sa.CheckConstraint("cents > 0", name="cents"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(sa.ForeignKey("device.id", ondelete="CASCADE"), index=True)
    kind: Mapped[CostKind]
    spent_on: Mapped[date]
    cents: Mapped[int]
    text: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))


class TaskKind(StrEnum):
    """Why somebody has to look after a device at a school."""

    MISSING = "missing"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"
    DELIVERY = "delivery"
    MOVE_AWAY = "move_away"
    SWAP = "swap"


class DeviceTask(Model):
    """Something open about devices of a school, to be done there or on the next visit."""

    __tablename__ = "device_task"
    __table_args__ = (
        sa.Index("ix_device_task_school_id_open", "school_id", postgresql_where=sa.text("done_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"))
    device_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device.id", ondelete="CASCADE"), index=True)
    stocktake_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stocktake.id", ondelete="CASCADE"), index=True)
    wave_share_id: Mapped[int | None] = mapped_column(sa.ForeignKey("wave_share.id", ondelete="CASCADE"), index=True)
    kind: Mapped[TaskKind]
    text: Mapped[str]
    due_on: Mapped[date | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    outcome: Mapped[str] = mapped_column(default="")

    school: Mapped[School] = relationship()
    device: Mapped[Device | None] = relationship()
    done_by: Mapped[User | None] = relationship()
