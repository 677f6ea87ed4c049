"""An article out of a solved ticket: what was wrong and what helped, without anybody's name.

Source: docs/rules/deflection.md, DF-7 and DF-8.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from itsm.accounts.models import GrantRow, User
from itsm.assets.models import Device
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, NotAllowed
from itsm.kb import policy
from itsm.kb.anonymising import Cleaned, Known, anonymise
from itsm.org.models import Contact, IServInstance, School
from itsm.tickets import policy as tickets
from itsm.tickets import queries
from itsm.tickets.models import Entry, FirstLevelStep, Ticket, TicketDevice
from itsm.tickets.states import State

ENDED = frozenset({State.SOLVED, State.CLOSED})


@dataclass(frozen=True)
class Proposal:
    """Title and text of a draft with what was taken out of them, and the internal entries that could be added."""

    title: Cleaned
    body: Cleaned
    internal: Sequence[Entry]


def may_become_article(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person may make a draft of a ticket they see."""
    return policy.may_draft(actor) and ticket.state in ENDED


def ticket_for(actor: Actor, ticket_id: int) -> Ticket:
    """Return the ticket a draft is made of.

    Raises: NotFound unless the person sees it; NotAllowed unless they may draft; Conflict unless it is solved.
    """
    ticket = queries.get_for(actor, ticket_id)
    if not policy.may_draft(actor):
        raise NotAllowed("Artikel aus Störungen schreiben der Support und die Redaktion.")
    if ticket.state not in ENDED:
        raise Conflict("Diese Störung ist noch nicht gelöst. Ein Artikel sagt, was geholfen hat.")
    return ticket


def propose(actor: Actor, ticket: Ticket, internal_ids: Collection[int]) -> Proposal:
    """Return what the draft would say; an internal entry goes in if it was ticked and this person may read it."""
    internal = [one for one in ticket.entries if not one.is_public and one.text]
    internal = internal if tickets.may_see_internal(actor, ticket) else []
    said = [one for one in ticket.entries if one.is_public and one.text and one.author_id and one.move != "solve"]
    taken = said + [one for one in internal if one.id in internal_ids]
    title, body = ticket.title.strip(), _body(ticket, [one.text for one in taken])
    known = _known(ticket)
    return Proposal(anonymise(title, known), anonymise(body, known), internal)


def _body(ticket: Ticket, said: Sequence[str]) -> str:
    """What was wrong, what to try, what helped, and what was said, in the blocks of a known fault."""
    steps = [step.text for step in ticket.steps] or list(
        db.session.scalars(
            sa.select(FirstLevelStep.text)
            .where(FirstLevelStep.fault_type_id == ticket.fault_type_id)
            .order_by(FirstLevelStep.position)
        )
    )
    parts = ["## Woran Sie den Fehler erkennen", ticket.description or ticket.title]
    if steps:
        numbered = [f"{number}. {text}" for number, text in enumerate(steps, start=1)]
        parts += ["## Das hilft sofort", "\n".join([":::schritte", *numbered, ":::"])]
    parts += ["## Was geholfen hat", ticket.solution or "…"]
    if said:
        parts += ["## Aus dem Verlauf", "\n".join(f"- {' '.join(text.split())}" for text in said)]
    return "\n\n".join(parts) + "\n"


def _known(ticket: Ticket) -> Known:
    """Everything the system knows that could stand in the text."""
    school, site = ticket.school, ticket.site
    at_school = set(db.session.scalars(sa.select(GrantRow.user_id).where(GrantRow.school_id == school.id)))
    involved = {ticket.reporter_id, ticket.assignee_id, *(entry.author_id for entry in ticket.entries)}
    names = {row.id: row.name for row in db.session.execute(sa.select(User.id, User.name))}
    contacts = db.session.scalars(sa.select(Contact.name).where(Contact.school_id == school.id))
    devices = db.session.execute(
        sa.select(TicketDevice.tag, Device.serial)
        .outerjoin(Device, Device.id == TicketDevice.device_id)
        .where(TicketDevice.ticket_id == ticket.id)
    )
    hosts = db.session.scalars(sa.select(IServInstance.host).where(IServInstance.school_id == school.id))
    others = db.session.execute(sa.select(School.name, School.short_name).where(School.id != school.id))
    staff = at_school | {ticket.reporter_id}
    return Known(
        people=[*(names[number] for number in staff if number in names), *contacts],
        supporters=[names[number] for number in involved - staff if number in names],
        others=[name for number, name in names.items() if number not in staff | involved],
        school_names=(school.name, school.short_name),
        other_schools=[name for row in others for name in row],
        numbers=[school.number, *(value for row in devices for value in row if value)],
        rooms=[name for name in (ticket.place, ticket.room.name if ticket.room else "") if name],
        places=[site.street, site.name, *hosts, *([school.homepage] if school.homepage else [])],
    )
