"""Devices and tickets: which ones a report may name, and what happened to a device before.

Source: docs/rules/device-work.md, DW-1 to DW-4.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import aliased, contains_eager, joinedload

from itsm.assets import policy as assets
from itsm.assets import queries as assets_queries
from itsm.assets.kinds import Kind
from itsm.assets.models import Device, DeviceModel, Loan
from itsm.assets.serials import readings
from itsm.assets.states import WORKING
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.org.models import Room, School
from itsm.tickets import policy
from itsm.tickets.models import Ticket, TicketDevice

OFFERED = 60
EARLIER = 8
# The kind of fault a device is reported under; without one the person says what it is.
FAULT_KEYS = {
    Kind.IPAD: "ipad",
    Kind.LAPTOP: "pc",
    Kind.DESKTOP: "pc",
    Kind.DISPLAY: "display",
    Kind.PROJECTOR: "display",
}

# Whoever reports one of these means their own, all others are for a class.
OF_ONE_PERSON = frozenset({Kind.IPAD, Kind.LAPTOP})


def offered(actor: Actor, school: School, site_id: int, room: str, fault: str) -> Sequence[Device]:
    """Return what a report may tick: this very person's loans and the devices of the room; one query.

    Those of the kind of fault come first, and of these the person's own.
    """
    kinds = [kind for kind, key in FAULT_KEYS.items() if key == fault]
    mine = sa.select(Loan.device_id).where(Loan.user_id == actor.user_id, Loan.returned_at.is_(None))
    here = sa.select(Room.id).where(Room.site_id == site_id, sa.func.lower(Room.name) == room.lower())
    # Arrays are computed once, so that both parts of the OR stay index conditions.
    is_mine = Device.id == sa.any_(sa.func.array(mine.scalar_subquery()))
    is_here = Device.room_id == sa.any_(sa.func.array(here.scalar_subquery()))
    return db.session.scalars(
        sa.select(Device)
        .join(Device.model)
        .where(
            assets.pickable_by(actor),
            Device.school_id == school.id,
            Device.state.in_(sorted(WORKING)),
            sa.or_(is_mine, is_here),
        )
        .order_by(
            DeviceModel.kind.in_(kinds).desc(), is_mine.desc(), Device.case_id.nulls_first(), Device.slot, Device.tag
        )
        .limit(OFFERED)
        .options(contains_eager(Device.model), joinedload(Device.room))
    ).all()


def to_report(actor: Actor, typed: str, school_id: int | None) -> Device | None:
    """Return the device of an address a person may report, at the school the address names if it names one."""
    device = assets_queries.find_to_pick(actor, typed) if typed else None
    if device is None or device.school is None or not policy.may_report(actor, device.school):
        return None
    return device if school_id in (None, device.school_id) else None


_TEXTS = sa.any_(sa.bindparam("texts", type_=ARRAY(sa.Text)))
# Built once: filing a report is the page that has to be quickest.
_NAMED = sa.select(Device.id, Device.tag, Device.serial).where(
    Device.school_id == sa.bindparam("school_id"), sa.or_(Device.tag == _TEXTS, Device.serial == _TEXTS)
)


def named(actor: Actor, school: School, typed: Sequence[str]) -> dict[str, int | None]:
    """Return which device of the school each typed text stands for; two texts for one device count once.

    One query, and none if nothing was typed. The whole text beats the one without the scanner's S,
    a tag beats a serial number.
    """
    texts = {text for one in typed for text in readings(one)}
    if not texts or not assets.may_pick_at(actor, school):
        return dict.fromkeys(typed)
    rows = db.session.execute(_NAMED, {"school_id": school.id, "texts": sorted(texts)}).all()
    known = {row.serial: row.id for row in rows} | {row.tag: row.id for row in rows}
    found: dict[str, int | None] = {}
    for one in typed:
        device_id = next((known[text] for text in readings(one) if text in known), None)
        if device_id is None or device_id not in found.values():
            found[one] = device_id
    return found


def earlier(actor: Actor, named: Sequence["Named"], ticket: Ticket) -> Sequence[sa.Row[Any]]:
    """Return the latest other tickets about any of a ticket's devices the person may see, with what helped."""
    known = [one.device_id for one in named if one.device_id is not None]
    return _earlier(actor, known, [one.typed for one in named], ticket.id) if named else ()


def of_device(actor: Actor, device: Device) -> Sequence[sa.Row[Any]]:
    """Return the latest tickets about a device the person may see, with what helped."""
    return _earlier(actor, [device.id], [device.tag, device.serial or device.tag])


def _earlier(actor: Actor, ids: Sequence[int], texts: Sequence[str], besides: int = 0) -> Sequence[sa.Row[Any]]:
    values = {"devices": ids, "texts": [text.upper() for text in texts], "besides": besides}
    return db.session.execute(_earlier_select(actor), values).all()


@lru_cache(maxsize=4096)
def _earlier_select(actor: Actor) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        Ticket.id,
        Ticket.title,
        Ticket.state,
        Ticket.created_at,
        sa.case((Ticket.solved_at.is_not(None), Ticket.solution), else_="").label("solution"),
    )
    return (
        sa.select(*columns)
        .where(
            policy.visible_to(actor),
            Ticket.id == sa.any_(_about_any()),
            Ticket.id != sa.bindparam("besides"),
        )
        .order_by(Ticket.id.desc())
        .limit(EARLIER)
    )


def _about_any() -> sa.ColumnElement[Any]:
    """The tickets about `devices`, or for which nobody knew which device it was, about the same `texts`."""
    devices, texts = sa.bindparam("devices", type_=ARRAY(sa.Integer)), sa.bindparam("texts", type_=ARRAY(sa.Text))
    linked = sa.select(TicketDevice.ticket_id).where(TicketDevice.device_id == sa.any_(devices))
    typed = sa.select(TicketDevice.ticket_id).where(
        TicketDevice.device_id.is_(None), sa.func.upper(TicketDevice.tag) == sa.any_(texts)
    )
    # An array is computed once, so that both parts stay index conditions.
    return sa.func.array(sa.union(linked, typed).scalar_subquery())


def about(value: str) -> sa.ColumnElement[bool]:
    """Return the filter of the tickets about the device of a typed number: as it was typed, or the one it is."""
    texts = readings(value)
    device = sa.select(Device.id).where(sa.or_(Device.tag.in_(texts), Device.serial.in_(texts)))
    named_so = sa.select(TicketDevice.ticket_id).where(
        sa.or_(sa.func.upper(TicketDevice.tag).in_(texts), TicketDevice.device_id.in_(device))
    )
    return Ticket.id.in_(named_so)


def of_ticket(ticket: Ticket) -> Sequence[TicketDevice]:
    """Return what a ticket names, with the devices that are known; one query."""
    named_there = sa.select(TicketDevice).where(TicketDevice.ticket_id == ticket.id).order_by(TicketDevice.id)
    return db.session.scalars(named_there.options(joinedload(TicketDevice.device))).all()


def numbers() -> sa.ScalarSelect[Any]:
    """Return a subquery of the numbers of a ticket's devices, in one text, as they were typed."""
    listed = aggregate_order_by(sa.literal(", "), TicketDevice.id)
    texts: sa.Select[Any] = sa.select(sa.func.string_agg(TicketDevice.tag, listed))
    return texts.where(TicketDevice.ticket_id == Ticket.id).correlate(Ticket).scalar_subquery()


class Named(NamedTuple):
    """A device of a ticket: as it was typed, and if it is known its tag and model; `file_id` for who sees its file."""

    typed: str
    file_id: int | None
    tag: str | None
    model: str | None
    device_id: int | None

    @property
    def label(self) -> str:
        """What people read: tag and model, else what was typed."""
        return f"{self.tag} · {self.model}" if self.tag else self.typed


def gathered(actor: Actor) -> Any:
    """Return a subquery of a ticket's devices, each a list of what `Named` holds."""
    device, model = aliased(Device), aliased(DeviceModel)
    seen = sa.select(Device.id).where(Device.id == device.id, assets.visible_to(actor)).scalar_subquery()
    label = sa.func.btrim(model.maker + " " + model.name)
    row = sa.func.json_build_array(TicketDevice.tag, seen, device.tag, label, device.id)
    return (
        sa.select(sa.func.json_agg(aggregate_order_by(row, TicketDevice.id)))
        .outerjoin(device, device.id == TicketDevice.device_id)
        .outerjoin(model, model.id == device.model_id)
        .where(TicketDevice.ticket_id == Ticket.id)
        .correlate(Ticket)
        .scalar_subquery()
    )
