"""Where a device belongs: building, room and charging case, and the school itself.

Source: docs/rules/devices.md, DV-6.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from itsm.assets import policy, queries
from itsm.assets.kinds import Kind
from itsm.assets.models import Device, DeviceChange
from itsm.assets.service import devices
from itsm.assets.states import State
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.org.models import Room, School, Site

LONGEST_ROOM_NAME = 40


def place(
    actor: Actor, device: Device, site: Site | None, room: str, case: Device | None, slot: int | None, at: datetime
) -> DeviceChange | None:
    """Put a device into a building, a room (a new name makes a new room) and a charging case of its school.

    Raises: NotAllowed; DomainError for a building of another school, or a case or place that cannot take it.
    """
    if not (policy.may_edit(actor, device) or policy.may_place(actor, device)):
        raise NotAllowed("Geräte dieser Schule ziehen die Medienkoordination, die Schulleitung und die Schul-IT um.")
    _check_site(device.school, site)
    _check_case(device, case, slot)
    values: dict[str, Any] = {
        "site_id": site.id if site else None,
        "room_id": room_id(site, room),
        "case_id": case.id if case else None,
        "slot": slot,
    }
    return devices.edit(actor, device, values, at, "place")


def give_to(actor: Actor, device: Device, school: School | None, at: datetime, text: str = "") -> None:
    """Give a device to another school or, without one, to the stock of the city; what is in a case goes along.

    Raises: NotAllowed unless the actor may change devices here and there; DomainError while somebody has it.
    """
    if not (policy.may_edit(actor, device) and policy.may_add_at(actor, school)):
        raise NotAllowed("An diese Schule können Sie kein Gerät geben. Bitte wenden Sie sich an die Teamleitung.")
    moved = [device, *(queries.in_case(device) if device.kind is Kind.CHARGING_CASE else [])]
    # A damaged or stolen device may still be in somebody's hands.
    if lent := next((one for one in moved if one.state is State.LENT or queries.open_loan_of(one)), None):
        raise DomainError(f"{lent.tag} ist noch ausgegeben. Bitte nehmen Sie es zuerst zurück.")
    for one in moved:
        values: dict[str, Any] = {
            "school_id": school.id if school else None,
            "site_id": school.main_site.id if school and school.main_site else None,
            "room_id": None,
        }
        if one is device:
            values |= {"case_id": None, "slot": None}
        devices.apply(actor, one, values, at, "give", text)


def _check_site(school: School | None, site: Site | None) -> None:
    if site is not None and (school is None or site.id not in {place.site_id for place in school.places}):
        raise DomainError("Dieses Gebäude gehört nicht zur Schule des Geräts.")


def _check_case(device: Device, case: Device | None, slot: int | None) -> None:
    if case is None:
        if slot is not None:
            raise DomainError("Ein Platz braucht auch einen Ladekoffer. Bitte geben Sie die Nummer des Koffers ein.")
        return
    if case.kind is not Kind.CHARGING_CASE or case.id == device.id or case.school_id != device.school_id:
        raise DomainError(f"{case.tag} ist kein Ladekoffer dieser Schule.")
    if slot is None:
        return
    if case.model.slots is not None and slot > case.model.slots:
        raise DomainError(f"Der Koffer {case.tag} hat nur {case.model.slots} Plätze.")
    there = db.session.scalar(
        sa.select(Device.tag).where(Device.case_id == case.id, Device.slot == slot, Device.id != device.id)
    )
    if there:
        raise DomainError(f"Platz {slot} im Koffer {case.tag} ist mit {there} belegt.")


def room_id(site: Site | None, name: str) -> int | None:
    """Return the room of this name in a building, made anew where there is none; None for no name.

    Raises: DomainError without a building or for an overlong name.
    """
    if not name:
        return None
    if site is None:
        raise DomainError("Ein Raum braucht ein Gebäude. Bitte wählen Sie zuerst das Gebäude.")
    if len(name) > LONGEST_ROOM_NAME:
        raise DomainError(f"Der Raumname ist zu lang (höchstens {LONGEST_ROOM_NAME} Zeichen).")
    same = sa.func.lower(Room.name) == name.lower()
    room = db.session.scalar(sa.select(Room).where(Room.site_id == site.id, same).limit(1))
    if room is None:
        room = Room(site_id=site.id, name=name)
        db.session.add(room)
        db.session.flush()
    return room.id
