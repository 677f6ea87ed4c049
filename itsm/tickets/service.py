"""Everything that can be done with a ticket: each verb checks, changes and records."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from itsm.accounts import queries as people
from itsm.accounts.models import User
from itsm.core import clock, figures
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.events import publish
from itsm.core.states import find
from itsm.org.events import SchoolMoved
from itsm.tickets import notices, policy, routing
from itsm.tickets.events import TicketMoved, TicketRouted
from itsm.tickets.figures import REOPEN_DAYS
from itsm.tickets.models import Entry, SupportGroup, Target, Ticket
from itsm.tickets.priority import IMPACTS, URGENCIES, priority_of
from itsm.tickets.routing import Destination, Responsible
from itsm.tickets.states import DONE, LABELS, MOVES, OPEN, State
from itsm.tickets.words import OUTCOMES


def accept(actor: Actor, ticket: Ticket, at: datetime) -> Entry:
    """Take the ticket on; who accepts it is responsible for it from now on."""
    _require(policy.may_work(actor, ticket), "Diese Störung kann nur das Campusmanagement des Bezirks annehmen.")
    if actor.user_id is not None:
        ticket.assignee_id = actor.user_id
    return _move(actor, ticket, "accept", at)


def plan(actor: Actor, ticket: Ticket, at: datetime, *, text: str = "") -> Entry:
    """Note that a visit is planned for the ticket; `text` is read by the school."""
    _require(policy.may_work(actor, ticket), "Besuche plant das Campusmanagement des Bezirks.")
    return _move(actor, ticket, "plan", at, text)


def unplan(actor: Actor, ticket: Ticket, reason: str, at: datetime) -> Entry:
    """Take the ticket off its visit again; the reason is read by the school."""
    _require(policy.may_work(actor, ticket), "Besuche plant das Campusmanagement des Bezirks.")
    return _move(actor, ticket, "unplan", at, _needed(reason, "Bitte nennen Sie den Grund."))


def ask_school(actor: Actor, ticket: Ticket, text: str, at: datetime) -> Entry:
    """Ask the school something and wait for the answer."""
    _require(policy.may_handle(actor, ticket), "Rückfragen stellt, wer die Störung bearbeitet.")
    return _move(actor, ticket, "ask-school", at, _needed(text, "Bitte schreiben Sie Ihre Frage."))


def answer(actor: Actor, ticket: Ticket, text: str, at: datetime) -> Entry:
    """Answer the question; the ticket goes back to the desk that asked."""
    _require(policy.may_answer(actor, ticket), "Auf diese Frage antwortet die Schule.")
    name = "answer-second-level" if ticket.target is Target.SECOND_LEVEL else "answer"
    return _move(actor, ticket, name, at, _needed(text, "Bitte schreiben Sie Ihre Antwort."))


def await_supplier(actor: Actor, ticket: Ticket, text: str, at: datetime) -> Entry:
    """Note that a part or a repair is on order; the text is read by the school."""
    _require(policy.may_work(actor, ticket), "Bestellungen vermerkt, wer die Störung bearbeitet.")
    return _move(actor, ticket, "await-supplier", at, _needed(text, "Bitte schreiben Sie, worauf gewartet wird."))


def delivered(actor: Actor, ticket: Ticket, at: datetime) -> Entry:
    """Note that what was on order has come."""
    _require(policy.may_work(actor, ticket), "Lieferungen vermerkt, wer die Störung bearbeitet.")
    return _move(actor, ticket, "delivered", at)


def escalate(actor: Actor, ticket: Ticket, reason: str, at: datetime, *, tried: str = "") -> Entry:
    """Hand the ticket to the Systemhaus with the reason and everything that was tried.

    The school reads that it went there; reason and list of what was tried are internal.
    """
    _require(policy.may_work(actor, ticket), "An das Systemhaus gibt das Campusmanagement des Bezirks.")
    reason = _needed(reason, "Bitte nennen Sie den Grund.")
    group = routing.second_level_group(ticket.fault_type_id, ticket.site_id)
    return _hand_to_group(actor, ticket, group, at, handover(ticket, reason, tried))


def give_back(actor: Actor, ticket: Ticket, text: str, at: datetime) -> Entry:
    """Give the ticket back to the campus management; the text is internal."""
    _require(policy.may_work_second_level(actor, ticket), "Zurückgeben kann nur das Systemhaus.")
    text = _needed(text, "Bitte schreiben Sie, was vor Ort zu tun ist.")
    entry = _move(actor, ticket, "give-back", at)
    _write(actor, ticket, at, text, is_public=False)
    ticket.target, ticket.group_id = Target.ON_SITE, None
    _give_to_district(ticket, at)
    publish(TicketRouted(ticket.id, at))
    notices.given_back(ticket, text, at)
    return entry


def solve(actor: Actor, ticket: Ticket, solution: str, at: datetime) -> Entry:
    """End the fault and say how; the school may reopen it for some days."""
    _require(policy.may_handle(actor, ticket), "Lösen kann nur, wer die Störung bearbeitet.")
    ticket.solution = _needed(solution, "Bitte schreiben Sie kurz, was geholfen hat.")
    return _move(actor, ticket, "solve", at, ticket.solution)


def close(actor: Actor, ticket: Ticket, at: datetime) -> Entry:
    """Put a solved ticket away; done by the school's yes or by the passing of days."""
    _require(
        policy.is_school_side(actor, ticket) or policy.may_work(actor, ticket),
        "Abschließen kann die Schule oder das Campusmanagement.",
    )
    return _move(actor, ticket, "close", at)


def give_up_waiting(actor: Actor, ticket: Ticket, at: datetime) -> Entry:
    """Close a ticket whose question was never answered."""
    _require(policy.may_work(actor, ticket), "Das kann nur das Campusmanagement des Bezirks.")
    text = "Auf unsere Rückfrage kam keine Antwort. Sie können die Störung jederzeit wieder öffnen."
    return _move(actor, ticket, "give-up-waiting", at, text)


def reopen(actor: Actor, ticket: Ticket, reason: str, at: datetime) -> Entry:
    """Say that it is still broken; only within the days the city allows.

    Source: docs/rules/tickets.md, TK-5.
    """
    _require(policy.may_reopen(actor, ticket), "Wieder öffnen kann nur die Schule oder das Campusmanagement.")
    until = reopen_until(ticket, at)
    if until is not None and at > until:
        raise DomainError(
            f"Die Frist zum Wiederöffnen ist am {clock.local_day(until):%d.%m.%Y} abgelaufen. "
            "Bitte melden Sie die Störung neu."
        )
    entry = _move(actor, ticket, "reopen", at, _needed(reason, "Bitte schreiben Sie, was noch nicht geht."))
    ticket.target, ticket.group_id, ticket.solved_at_school = Target.ON_SITE, None, False
    _give_to_district(ticket, at)
    publish(TicketRouted(ticket.id, at))
    return entry


def withdraw(actor: Actor, ticket: Ticket, reason: str, at: datetime) -> Entry:
    """Take the report back."""
    _require(policy.may_withdraw(actor, ticket), "Zurückziehen kann, wer gemeldet hat, oder die Schulleitung.")
    return _move(actor, ticket, "withdraw", at, reason.strip())


def assign(actor: Actor, ticket: Ticket, user: User, at: datetime) -> Entry:
    """Hand the ticket to a person, who must be able to work on it."""
    _require(policy.may_assign(actor, ticket), "Übergeben kann nur, wer die Störung bearbeitet oder verteilt.")
    _refuse_done(ticket)
    if user.disabled_at is not None or not policy.may_take_over(people.actor_of(user, clock.local_day(at)), ticket):
        raise DomainError(f"{user.name} kann diese Störung nicht bearbeiten. Bitte wählen Sie jemand anderen.")
    ticket.assignee_id = user.id
    entry = _write(actor, ticket, at, f"{user.name} kümmert sich jetzt darum.", is_public=True)
    notices.assigned(ticket, user, at)
    return entry


def note(actor: Actor, ticket: Ticket, text: str, at: datetime) -> Entry:
    """Write an internal entry, which no school ever reads."""
    _require(policy.may_note(actor, ticket), "Interne Notizen schreibt nur, wer Störungen bearbeitet.")
    return _write(actor, ticket, at, _needed(text, "Bitte schreiben Sie etwas."), is_public=False)


def message(actor: Actor, ticket: Ticket, text: str, at: datetime) -> Entry:
    """Write an entry that both sides read."""
    _require(policy.may_message(actor, ticket), "Nachrichten schreiben nur die Schule und wer die Störung bearbeitet.")
    entry = _write(actor, ticket, at, _needed(text, "Bitte schreiben Sie etwas."), is_public=True)
    notices.message(actor, ticket, entry.text, at)
    return entry


def change_priority(actor: Actor, ticket: Ticket, impact: int, urgency: int, reason: str, at: datetime) -> Entry:
    """Set impact and urgency anew, and the priority with them; the reason is read by the school."""
    _require(policy.may_handle(actor, ticket), "Die Dringlichkeit ändert, wer die Störung bearbeitet.")
    _refuse_done(ticket)
    if impact not in IMPACTS or urgency not in URGENCIES:
        raise DomainError("Bitte wählen Sie, wen es trifft und wie dringend es ist.")
    reason = _needed(reason, "Bitte begründen Sie die Änderung.")
    ticket.impact, ticket.urgency, ticket.priority = impact, urgency, priority_of(impact, urgency)
    text = f"Neu eingeschätzt: {IMPACTS[impact]}, {URGENCIES[urgency]}. {reason}"
    entry = _write(actor, ticket, at, text, is_public=True)
    notices.reprioritised(ticket, at)
    publish(TicketRouted(ticket.id, at))
    return entry


def place(actor: Actor, ticket: Ticket, where: Destination, found: Responsible, at: datetime) -> None:
    """Send a new ticket to its destination: a desk, or who is responsible on site today."""
    if where.target is Target.SECOND_LEVEL:
        _hand_to_group(actor, ticket, where.group, at, "Direkt nach der Zuständigkeitstabelle.")
        return
    _give_to(ticket, found, at)
    publish(TicketRouted(ticket.id, at))
    notices.arrived(ticket, at)


def follow_school(event: SchoolMoved) -> None:
    """Move the open tickets of a school to its new district and its manager; what is done stays where it was."""
    found = routing.responsible(event.to_district_id, clock.local_day(event.at))
    name = found.user.name if found.user else "noch niemand"
    moving = sa.select(Ticket).where(Ticket.school_id == event.school_id, Ticket.state.in_(sorted(OPEN)))
    for ticket in db.session.scalars(moving.order_by(Ticket.id).with_for_update()):
        ticket.district_id = event.to_district_id
        if ticket.target is Target.ON_SITE:
            ticket.assignee_id = found.user.id if found.user else None
        text = f"Die Schule gehört jetzt zu einem anderen Campusbezirk. Zuständig vor Ort: {name}."
        _write(None, ticket, event.at, text, is_public=True)
        publish(TicketRouted(ticket.id, event.at))
        if ticket.target is Target.ON_SITE:
            notices.arrived(ticket, event.at)


def reopen_until(ticket: Ticket, at: datetime) -> datetime | None:
    """Return the moment until which the ticket may be reopened; None while it is open or withdrawn."""
    ended_at = ticket.solved_at or ticket.closed_at
    if ended_at is None or ticket.state is State.WITHDRAWN:
        return None
    return ended_at + timedelta(days=figures.value(REOPEN_DAYS, clock.local_day(at)))


def handover(ticket: Ticket, reason: str, tried: str) -> str:
    """Return what the next desk needs to know: the reason and everything that was tried."""
    lines = [f"Grund: {reason}"]
    lines += [f"– {step.text}: {OUTCOMES[step.outcome]}" for step in ticket.steps]
    if tried.strip():
        lines.append(f"Vor Ort versucht: {tried.strip()}")
    return "\n".join(lines)


def _hand_to_group(actor: Actor, ticket: Ticket, group: SupportGroup | None, at: datetime, internal: str) -> Entry:
    ticket.target, ticket.group, ticket.assignee_id = Target.SECOND_LEVEL, group, None
    entry = _move(actor, ticket, "escalate", at)
    _write(actor, ticket, at, internal, is_public=False)
    publish(TicketRouted(ticket.id, at))
    notices.escalated(ticket, internal, at)
    return entry


def _give_to_district(ticket: Ticket, at: datetime) -> None:
    """Make the district's manager of the day responsible."""
    _give_to(ticket, routing.responsible(ticket.district_id, clock.local_day(at)), at)


def _give_to(ticket: Ticket, found: Responsible, at: datetime) -> None:
    """Make the person responsible; one who stands in for another is announced."""
    user_id = found.user.id if found.user else None
    # Setting what is there already would make the session compare and flush once more.
    if ticket.assignee_id != user_id:
        ticket.assignee_id = user_id
    if found.user and found.instead_of:
        text = (
            f"{found.instead_of.name} ist zurzeit nicht im Dienst. {found.user.name} vertritt und kümmert sich darum."
        )
        _write(None, ticket, at, text, is_public=True)


def _move(actor: Actor, ticket: Ticket, name: str, at: datetime, text: str = "") -> Entry:
    """Set the state, its moments and the entry together; nobody else assigns a ticket's state."""
    move = find(MOVES, name, ticket.state, LABELS)
    before = ticket.state
    ticket.state, ticket.state_at, ticket.reminded_at = move.target, at, None
    if move.target is not State.CLOSED:
        ticket.solved_at = at if move.target is State.SOLVED else None
    ticket.closed_at = at if move.target in (State.CLOSED, State.WITHDRAWN) else None
    entry = _write(actor, ticket, at, text, is_public=True, move=name, from_state=before, to_state=move.target)
    publish(TicketMoved(ticket.id, name, before, move.target, at, actor.name))
    notices.moved(actor, ticket, name, text, at)
    return entry


def _write(
    actor: Actor | None,
    ticket: Ticket,
    at: datetime,
    text: str,
    *,
    is_public: bool,
    move: str | None = None,
    from_state: State | None = None,
    to_state: State | None = None,
) -> Entry:
    entry = Entry(
        ticket_id=ticket.id,
        at=at,
        author_id=actor.user_id if actor else None,
        is_public=is_public,
        move=move,
        from_state=from_state,
        to_state=to_state,
        text=text,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def _require(allowed: bool, sentence: str) -> None:
    if not allowed:
        raise NotAllowed(sentence)


def _needed(text: str, sentence: str) -> str:
    text = text.replace("\x00", "").strip()
    if not text:
        raise DomainError(sentence)
    return text


def _refuse_done(ticket: Ticket) -> None:
    if ticket.state in DONE:
        raise DomainError("Diese Störung ist schon beendet. Bitte öffnen Sie sie zuerst wieder.")
