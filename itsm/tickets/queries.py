"""Named selects over tickets; each begins with what the person may see."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import NotFound
from itsm.tickets import policy
from itsm.tickets.models import Ticket


def get_for(actor: Actor, ticket_id: int) -> Ticket:
    """Return the ticket with what every rule about it asks for.

    Raises: NotFound unless it exists and the person may see it.
    """
    if not 0 < ticket_id < 2**31:
        raise NotFound
    ticket = db.session.scalar(
        sa.select(Ticket)
        .where(Ticket.id == ticket_id, policy.visible_to(actor))
        .options(joinedload(Ticket.school, innerjoin=True))
    )
    if ticket is None:
        raise NotFound
    return ticket
