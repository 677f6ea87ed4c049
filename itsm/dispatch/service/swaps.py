"""Swap a device for a ticket: on a visit, or at the desk that works on it.

Source: docs/rules/device-work.md, DW-6 to DW-8.
"""

from dataclasses import dataclass
from datetime import datetime

from itsm.assets import policy as devices_policy
from itsm.assets import queries as devices
from itsm.assets.models import Device
from itsm.assets.serials import readings
from itsm.assets.service import swaps
from itsm.assets.service.swaps import Swap, Whereabouts
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.dispatch.models import Result, Visit, VisitTicket
from itsm.dispatch.service import stops
from itsm.tickets import devices as ticket_devices
from itsm.tickets import policy
from itsm.tickets import service as tickets
from itsm.tickets.models import Ticket, TicketDevice
from itsm.tickets.states import OPEN

NOT_YOURS = "Geräte tauscht, wer die Störung bearbeitet."


@dataclass(frozen=True)
class Said:
    """What was filled in: two numbers as typed or scanned, where the defect goes, its loan, whether that was all."""

    defect: str
    replacement: str
    whereabouts: Whereabouts
    takes_loan: bool | None = None
    is_solved: bool = False


def may_swap(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person may swap a device for a ticket where it lies now."""
    return ticket.state in OPEN and policy.may_handle(actor, ticket)


def require_swap(actor: Actor, ticket: Ticket) -> None:
    """Raise NotAllowed for somebody who changes no devices at the school of the ticket."""
    if not devices_policy.may_add_at(actor, ticket.school):
        raise NotAllowed(NOT_YOURS)


def asks_loan(ticket: Ticket, typed: str) -> bool:
    """Say whether the device a number stands for is lent, so that somebody has to say what becomes of the loan."""
    device = devices.find_at(ticket.school, typed) if typed else None
    return device is not None and swaps.is_lent(device)


def swap(actor: Actor, ticket: Ticket, said: Said, at: datetime) -> str:
    """Swap at the desk; return the sentence everybody reads. The same swap again changes nothing.

    Raises: NotAllowed unless the actor works on the ticket; DomainError with what stands in the way.
    """
    require_swap(actor, ticket)
    wanted = _wanted(actor, ticket, said)
    text = swaps.sentence(wanted)
    if swaps.is_done(wanted):
        return text
    if not may_swap(actor, ticket):
        raise NotAllowed(NOT_YOURS)
    if _carry_out(actor, ticket, wanted, at):
        (tickets.solve if said.is_solved else tickets.message)(actor, ticket, text, at)
    return text


def swap_on_visit(actor: Actor, visit: Visit, job: VisitTicket, said: Said, at: datetime) -> str:
    """Swap on a visit, and record the ticket as solved if that was all; return the sentence everybody reads.

    Raises: NotAllowed unless the actor drives the visit; DomainError with what stands in the way.
    """
    stops.require_on_site(actor, visit)
    here = stops.with_rights_here(actor, visit)
    wanted = _wanted(here, job.ticket, said)
    text = swaps.sentence(wanted)
    if not swaps.is_done(wanted) and _carry_out(here, job.ticket, wanted, at):
        tickets.message(here, job.ticket, text, at)
        if said.is_solved:
            stops.record(actor, visit, job, stops.Record(Result.SOLVED, text), at)
    return text


def defect_of(ticket: Ticket, typed: str) -> Device:
    """Return the device of the ticket's school this number stands for, or one of the ticket that has left it.

    Raises: DomainError if there is none.
    """
    found = devices.find_at(ticket.school, typed)
    if found is not None:
        return found
    texts = set(readings(typed))
    for one in ticket_devices.of_ticket(ticket):
        if one.device is not None and texts & {one.device.tag, one.device.serial}:
            return one.device
    raise DomainError(f"„{typed}“ ist kein Gerät dieser Schule. Bitte prüfen Sie die Nummer des defekten Geräts.")


def _wanted(actor: Actor, ticket: Ticket, said: Said) -> Swap:
    defect = defect_of(ticket, said.defect)
    replacement = swaps.find_replacement(actor, ticket.school, said.replacement)
    return Swap(defect, replacement, said.whereabouts, takes_loan=said.takes_loan)


def _carry_out(actor: Actor, ticket: Ticket, wanted: Swap, at: datetime) -> bool:
    """Swap, and note the defect device on the ticket; False if somebody has just done the same."""
    if not swaps.swap(actor, wanted, at):
        return False
    if all(one.device_id != wanted.defect.id for one in ticket.devices):
        ticket.devices.append(TicketDevice(tag=wanted.defect.tag, device_id=wanted.defect.id))
        db.session.flush()
    return True
