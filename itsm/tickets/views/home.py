"""What tickets have to say on the landing page and in the search results."""

from datetime import datetime

from flask import render_template

from itsm.core.access import Actor, Role, Verb
from itsm.tickets import disturbances, landing
from itsm.tickets.views.words import CONTEXT


def sentence(actor: Actor, at: datetime) -> str:
    """Say how many tickets are open."""
    count = landing.open_count(actor)
    if count is None:
        return ""
    where = " beim Systemhaus" if actor.has(Role.SECOND_LEVEL) else ""
    if count == 0:
        return f"Zurzeit ist keine Störung{where} offen. "
    number = "Über 1.000 Störungen" if count >= landing.COUNTED else f"{count} Störungen"
    return f"{'Eine Störung ist' if count == 1 else f'{number} sind'}{where} offen. "


def main_action(actor: Actor, at: datetime) -> str:
    """Offer the one thing to do next: report, or take the next ticket."""
    if not any(actor.has(role) for role in landing.BLOCKS):
        return ""
    next_id = landing.next_at_second_level(actor) if actor.has(Role.SECOND_LEVEL) else None
    is_school = bool(actor.scope(Verb.TICKET_SEE_OWN).school_ids)
    return render_template("tickets/_home_main.html", is_school=is_school, next_id=next_id)


def blocks(actor: Actor, at: datetime) -> str:
    """Show the tickets that wait for this person, and what the desk knows about."""
    known = disturbances.running(actor, at) if actor.may_somewhere(Verb.TICKET_SEE_OWN) else []
    is_school = not actor.may_somewhere(Verb.TICKET_SEE_INTERNAL)
    return render_template(
        "tickets/_home_blocks.html", filled=landing.blocks(actor), known=known, is_school=is_school, **CONTEXT
    )


def results(actor: Actor, text: str) -> str:
    """Show tickets with these words."""
    rows = landing.found(actor, text)
    is_school = not actor.may_somewhere(Verb.TICKET_SEE_INTERNAL)
    return render_template("tickets/_found.html", rows=rows, text=text, is_school=is_school, **CONTEXT)
