"""A fault that is a damage becomes a case in one step, and a case that is only a fault becomes the ticket again.

Source: docs/rules/claims.md, CL-8.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from itsm.assets.models import Device
from itsm.claims import notices, policy
from itsm.claims.kinds import Kind, Place
from itsm.claims.models import DamageCase, Incident
from itsm.claims.service import cases, papers, restoring
from itsm.claims.service.cases import Told
from itsm.claims.states import State
from itsm.core import clock
from itsm.core.access import SYSTEM, Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.tickets import policy as tickets_policy
from itsm.tickets import service as tickets
from itsm.tickets.models import Photo, Ticket, TicketDevice
from itsm.tickets.states import OPEN

# Of what the school was asked to write, a case needs a sentence.
_NO_WORDS = "Siehe Störung."
_UNNAMED = "Gerät ohne Nummer"


def may_hand_over(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person may make a case of a ticket: who works on it, while it is open."""
    return (
        ticket.state in OPEN and tickets_policy.may_handle(actor, ticket) and policy.may_report_at(actor, ticket.school)
    )


def may_give_back(actor: Actor, case: DamageCase) -> bool:
    """Say whether this person may make the ticket of a case out of it again: the claims staff, and who works on it."""
    if case.ticket is None or case.state not in (State.REPORTED, State.EXAMINED):
        return False
    return policy.may_work(actor) or tickets_policy.may_work(actor, case.ticket)


def hand_over(actor: Actor, ticket: Ticket, kind: Kind, at: datetime) -> Incident:
    """Make a case of a ticket, with its devices, words and photos, and solve the ticket; done twice it is one case.

    Raises: NotAllowed unless the actor works on the ticket; DomainError for a device this cannot have happened to.
    """
    if known := incident_of(ticket):
        return known
    if not may_hand_over(actor, ticket):
        raise NotAllowed("Einen Schadensfall macht daraus, wer die Störung gerade bearbeitet.")
    named, label = _devices_of(ticket)
    cases.check_devices(ticket.school, named, kind)
    told = Told(
        kind=kind,
        discovered_on=clock.local_day(ticket.created_at),
        place=Place.SCHOOL,
        description=ticket.description or ticket.title or _NO_WORDS,
    )
    incident = cases.record(
        actor, ticket.school, told, named, at, ticket=ticket, reporter_id=ticket.reporter_id, label=label
    )
    first = incident.cases[0]
    photos = sa.select(Photo.token).where(Photo.ticket_id == ticket.id).order_by(Photo.id)
    papers.take_over(actor, first, db.session.scalars(photos).all(), at)
    tickets.solve(actor, ticket, f"Das ist jetzt ein Schadensfall: {first.number}. Dort geht es weiter.", at)
    notices.reported(incident, at)
    return incident


def give_back(actor: Actor, case: DamageCase, reason: str, at: datetime) -> None:
    """Withdraw the cases of a ticket, put the devices back, and open the ticket again.

    Raises: NotAllowed unless the actor works on the case or the ticket; DomainError without a ticket, for a case that
        has gone further, or a ticket that can no longer be opened.
    """
    ticket = case.ticket
    if ticket is None and policy.may_work(actor):
        raise DomainError("Dieser Fall kam nicht aus einer Störung. Ziehen Sie ihn zurück, wenn er ein Irrtum war.")
    if ticket is None or not may_give_back(actor, case):
        raise NotAllowed("Zur Störung zurück macht den Fall, wer ihn oder die Störung bearbeitet, solange er neu ist.")
    for one in case.incident.cases:
        if one.state in (State.REPORTED, State.EXAMINED):
            cases.move(actor, one, "withdraw", at, is_public=True)
            restoring.restore(actor, one, at)
    tickets.reopen(SYSTEM, ticket, f"{case.number} ist doch nur eine Störung. {reason}".strip(), at)


def incident_of(ticket: Ticket) -> Incident | None:
    """Return what a ticket became, unless that was withdrawn."""
    return db.session.scalar(
        sa.select(Incident)
        .join(DamageCase, DamageCase.incident_id == Incident.id)
        .where(DamageCase.ticket_id == ticket.id, DamageCase.state != State.WITHDRAWN)
        .order_by(Incident.id.desc())
        .limit(1)
    )


def _devices_of(ticket: Ticket) -> tuple[Sequence[Device], str]:
    """The devices of a ticket that are in the file of its school, else what was typed."""
    devices = db.session.scalars(
        sa.select(Device)
        .join(TicketDevice, TicketDevice.device_id == Device.id)
        .where(TicketDevice.ticket_id == ticket.id, Device.school_id == ticket.school_id)
        .order_by(TicketDevice.id)
    ).all()
    typed = db.session.scalars(
        sa.select(TicketDevice.tag).where(TicketDevice.ticket_id == ticket.id).order_by(TicketDevice.id)
    ).all()
    return devices, ", ".join(typed) or _UNNAMED
