"""Who may see and do what with a ticket; each rule for one ticket, the first one for lists too."""

from functools import lru_cache

import sqlalchemy as sa

from itsm.core.access import Actor, Verb
from itsm.org.models import School, Sharing
from itsm.tickets.models import Disturbance, Ticket
from itsm.tickets.states import State


def may_see(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person may see this ticket; `visible_to` draws the same line."""
    if actor.may(Verb.TICKET_SEE, school_id=ticket.school_id, district_id=ticket.district_id):
        return True
    if _is_support(actor) and ticket.assignee_id == actor.user_id:
        return True
    if ticket.school_id in actor.scope(Verb.TICKET_SEE_OWN).school_ids and ticket.reporter_id == actor.user_id:
        return True
    return ticket.school_id in actor.scope(Verb.TICKET_SEE_SCHOOL).school_ids and ticket.school.sharing is Sharing.ALL


# The same grants give the same filter: building it anew would cost a list page a tenth of its time.
@lru_cache(maxsize=4096)
def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter every list, count, search and export of tickets begins with."""
    scope = actor.scope(Verb.TICKET_SEE)
    if scope.everywhere:
        return sa.true()
    parts = [scope.among(Ticket.school_id, Ticket.district_id)]
    if _is_support(actor):
        parts.append(Ticket.assignee_id == actor.user_id)
    if own := actor.scope(Verb.TICKET_SEE_OWN).school_ids:
        parts.append(sa.and_(Ticket.reporter_id == actor.user_id, Ticket.school_id.in_(sorted(own))))
    if shared := actor.scope(Verb.TICKET_SEE_SCHOOL).school_ids:
        open_schools = sa.select(School.id).where(School.id.in_(sorted(shared)), School.sharing == Sharing.ALL)
        # An array is computed once, so that every part of the OR stays an index condition.
        parts.append(Ticket.school_id == sa.any_(sa.func.array(open_schools.scalar_subquery())))
    return sa.or_(sa.false(), *parts)


def may_see_internal(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person may read the internal entries of a ticket they see."""
    return actor.may(Verb.TICKET_SEE_INTERNAL, school_id=ticket.school_id, district_id=ticket.district_id) or (
        _is_support(actor) and ticket.assignee_id == actor.user_id
    )


def may_report(actor: Actor, school: School) -> bool:
    """Say whether this person may report a fault of this school."""
    return school.closed_at is None and actor.may(
        Verb.TICKET_REPORT, school_id=school.id, district_id=school.district_id
    )


def reportable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter of the schools this person may report for; the SQL twin of `may_report`."""
    scope = actor.scope(Verb.TICKET_REPORT)
    return sa.and_(School.closed_at.is_(None), scope.among(School.id, School.district_id))


def is_school_side(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person speaks for the school of a ticket they see."""
    return ticket.school_id in actor.scope(Verb.TICKET_SEE_OWN).school_ids and may_see(actor, ticket)


def may_work(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person works on the ticket on site."""
    return actor.may(Verb.TICKET_WORK, school_id=ticket.school_id, district_id=ticket.district_id) or (
        actor.may_somewhere(Verb.TICKET_WORK) and ticket.assignee_id == actor.user_id
    )


def may_work_second_level(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person works on the ticket at the Systemhaus, while it is there."""
    return ticket.state is State.SECOND_LEVEL and actor.may(
        Verb.TICKET_SECOND_LEVEL, school_id=ticket.school_id, district_id=ticket.district_id
    )


def may_handle(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person works on the ticket where it lies now."""
    return may_work(actor, ticket) or may_work_second_level(actor, ticket)


def may_answer(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person may answer a question to the school; support may pass on a telephone call."""
    return is_school_side(actor, ticket) or may_work(actor, ticket)


def may_reopen(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person may say that it is still broken."""
    return is_school_side(actor, ticket) or may_work(actor, ticket)


def may_withdraw(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person may take the report back: who reported, the school's leads, the team lead."""
    if actor.may(Verb.TICKET_DISPATCH, school_id=ticket.school_id, district_id=ticket.district_id):
        return True
    return is_school_side(actor, ticket) and (
        ticket.reporter_id == actor.user_id or ticket.school_id in actor.scope(Verb.TICKET_SEE).school_ids
    )


def may_assign(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person may hand the ticket to somebody."""
    return may_handle(actor, ticket) or actor.may(
        Verb.TICKET_DISPATCH, school_id=ticket.school_id, district_id=ticket.district_id
    )


def may_take_over(person: Actor, ticket: Ticket) -> bool:
    """Say whether a ticket may be handed to this person."""
    if ticket.state is State.SECOND_LEVEL:
        return person.may(Verb.TICKET_SECOND_LEVEL, school_id=ticket.school_id, district_id=ticket.district_id)
    return person.may(Verb.TICKET_WORK, school_id=ticket.school_id, district_id=ticket.district_id)


def may_note(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person may write an internal entry."""
    return may_see_internal(actor, ticket) and (
        may_handle(actor, ticket)
        or actor.may(Verb.TICKET_SECOND_LEVEL, school_id=ticket.school_id, district_id=ticket.district_id)
    )


def may_message(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person may write an entry that the school reads."""
    return is_school_side(actor, ticket) or may_note(actor, ticket)


def may_edit_routing(actor: Actor) -> bool:
    """Say whether this person may change who takes which kind of fault."""
    return actor.may(Verb.ROUTING_EDIT)


def may_edit_disturbance(actor: Actor, disturbance: Disturbance) -> bool:
    """Say whether this person may enter, change or end a known disturbance of this place."""
    return actor.may(Verb.DISTURBANCE_EDIT, school_id=disturbance.school_id, district_id=disturbance.district_id)


def _is_support(actor: Actor) -> bool:
    return actor.may_somewhere(Verb.TICKET_WORK) or actor.may_somewhere(Verb.TICKET_SECOND_LEVEL)
