"""A device entered by hand."""

from dataclasses import dataclass
from datetime import date, datetime

from itsm.assets import policy, typed
from itsm.assets.models import Device
from itsm.assets.service import devices, places
from itsm.assets.states import State
from itsm.core import clock
from itsm.core.access import Actor


@dataclass(frozen=True)
class Entry:
    """What was typed: numbers as they were cleaned, the school by number or name, money in cents."""

    tag: str
    serial: str
    model_id: int
    school: str
    room: str
    is_in_use: bool
    purchased_on: date | None
    price_cents: int | None
    funding: str
    warranty_until: date | None


def enter(actor: Actor, entry: Entry, at: datetime) -> Device:
    """Take a device into the file, at a school or in the stock of the city.

    Raises: NotAllowed; DomainError for a number that is taken, or a school that is not known.
    """
    school = typed.school_to_add(actor, entry.school)
    site = school.main_site if school else None
    device = Device(
        tag=entry.tag,
        serial=entry.serial or None,
        model_id=entry.model_id,
        school=school,
        site=site,
        room_id=places.room_id(site, entry.room) if policy.may_add_at(actor, school) else None,
        state=State.IN_USE if entry.is_in_use else State.IN_STOCK,
        state_at=at,
        in_service_on=clock.local_day(at) if entry.is_in_use else None,
        purchased_on=entry.purchased_on,
        price_cents=entry.price_cents,
        funding=entry.funding,
        warranty_until=entry.warranty_until,
    )
    devices.add(actor, device, at)
    return device
