"""Mail about tickets: who hears of which move; only public words go to a school."""

from datetime import datetime

from itsm.accounts.models import User
from itsm.core import outbox
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.tickets.models import SupportGroup, Target, Ticket
from itsm.tickets.states import LABELS
from itsm.tickets.words import MOVES

# What the reporter is told by mail, and the sentence that explains it. Visits tell their own story.
TO_REPORTER = {
    "accept": "Wir haben Ihre Meldung angenommen.",
    "ask-school": "Wir haben eine Rückfrage. Bitte antworten Sie, damit es weitergeht.",
    "await-supplier": "Wir warten auf eine Lieferung.",
    "escalate": "Das Systemhaus kümmert sich jetzt um Ihre Störung.",
    "solve": "Ihre Störung ist gelöst. Wenn noch etwas fehlt, öffnen Sie sie bitte wieder.",
    "close": "Ihre Störung ist abgeschlossen.",
    "give-up-waiting": "Wir haben Ihre Störung geschlossen, weil keine Antwort kam.",
    "reopen": "Ihre Störung ist wieder offen.",
    "withdraw": "Ihre Meldung ist zurückgezogen.",
}
TO_DESK = {
    "answer": "Die Schule hat geantwortet.",
    "answer-second-level": "Die Schule hat geantwortet.",
    "reopen": "Die Schule hat die Störung wieder geöffnet.",
    "withdraw": "Die Meldung wurde zurückgezogen.",
}


def moved(actor: Actor, ticket: Ticket, name: str, text: str, at: datetime) -> None:
    """Tell the reporter and the desk about a move, except for what they did themselves."""
    if name in TO_REPORTER and not (ticket.solved_at_school and name in ("solve", "close")):
        _tell_reporter(actor, ticket, TO_REPORTER[name], text, at, title=MOVES[name])
    if name in TO_DESK:
        _tell_desk(actor, ticket, TO_DESK[name], text, at)


def arrived(ticket: Ticket, at: datetime) -> None:
    """Tell whoever is responsible that there is new work."""
    _tell_desk(None, ticket, "Eine Störung ist für Sie eingegangen.", ticket.description, at)


def escalated(ticket: Ticket, internal: str, at: datetime) -> None:
    """Tell the group what it gets, with everything that was tried."""
    _tell_desk(None, ticket, "Eine Störung wurde an Ihre Gruppe gegeben.", internal, at)


def given_back(ticket: Ticket, text: str, at: datetime) -> None:
    """Tell the manager why the Systemhaus gave it back."""
    _tell_desk(None, ticket, "Das Systemhaus hat die Störung zurückgegeben.", text, at)


def assigned(ticket: Ticket, user: User, at: datetime) -> None:
    """Tell the person who is responsible from now on."""
    _put("ticket-desk", user.email, user.name, ticket, "Die Störung wurde Ihnen übergeben.", "", at)


def message(actor: Actor, ticket: Ticket, text: str, at: datetime) -> None:
    """Pass a public message to the other side."""
    _tell_reporter(actor, ticket, f"{actor.name} hat Ihnen geschrieben.", text, at, title="Nachricht")
    if actor.user_id != ticket.assignee_id:
        _tell_desk(actor, ticket, f"{actor.name} hat zu der Störung geschrieben.", text, at)


def reprioritised(ticket: Ticket, at: datetime) -> None:
    """Tell the group that holds the ticket that its priority has changed."""
    if ticket.target is Target.SECOND_LEVEL:
        _tell_desk(None, ticket, f"Die Priorität ist jetzt {ticket.priority}.", "", at)


def reminded(ticket: Ticket, question: str, at: datetime) -> None:
    """Remind the school that a question waits for it."""
    _tell_reporter(None, ticket, "Wir warten noch auf Ihre Antwort.", question, at, title="Erinnerung")


def _tell_reporter(actor: Actor | None, ticket: Ticket, sentence: str, text: str, at: datetime, *, title: str) -> None:
    if actor is not None and actor.user_id == ticket.reporter_id:
        return
    reporter = ticket.reporter
    if reporter.disabled_at is None:
        _put("ticket-school", reporter.email, reporter.name, ticket, sentence, text, at, title=title)


def _tell_desk(actor: Actor | None, ticket: Ticket, sentence: str, text: str, at: datetime) -> None:
    """Tell the assignee; without one, the group that holds the ticket."""
    if ticket.assignee_id is not None:
        person = db.session.get_one(User, ticket.assignee_id)
        if person.disabled_at is None and (actor is None or actor.user_id != person.id):
            _put("ticket-desk", person.email, person.name, ticket, sentence, text, at)
    elif ticket.group_id is not None:
        group = db.session.get_one(SupportGroup, ticket.group_id)
        if group.email:
            _put("ticket-desk", group.email, group.name, ticket, sentence, text, at)


def _put(
    template: str, to: str, to_name: str, ticket: Ticket, sentence: str, text: str, at: datetime, *, title: str = ""
) -> None:
    outbox.put(
        template,
        to=to,
        to_name=to_name,
        subject=f"[{ticket.number}] {ticket.title}",
        item={
            "number": ticket.number,
            "ticket_id": ticket.id,
            "ticket": ticket.title,
            "school": ticket.school.short_name,
            "place": ticket.place,
            "priority": ticket.priority,
            "state": LABELS[ticket.state],
            "title": title,
            "sentence": sentence,
            "text": text,
        },
        burst_key=f"ticket-{ticket.id}",
        at=at,
    )
