"""What templates of this package say about tickets."""

from typing import Any

from flask import url_for

from itsm.core.access import Actor
from itsm.tickets import policy
from itsm.tickets.models import Entry, Ticket
from itsm.tickets.priority import IMPACTS, NAMES, URGENCIES
from itsm.tickets.states import LABELS, OPEN, State
from itsm.tickets.words import MOVES, OUTCOMES, REASONS, STATE_KINDS, TARGETS

# "wartet auf Sie" is said to the school alone.
DESK_LABELS = LABELS | {State.WAITING_SCHOOL: "wartet auf die Schule"}


def state_words(ticket: Ticket, actor: Actor) -> str:
    """Return the state in plain words, as this person's side calls it."""
    return state_label(ticket.state, is_school=policy.is_school_side(actor, ticket))


def state_label(state: State, *, is_school: bool) -> str:
    """Return the state in plain words for one side."""
    return (LABELS if is_school else DESK_LABELS)[state]


def state_kind(state: State) -> str:
    """Return the colour of a state's badge."""
    return STATE_KINDS[state]


def timeline_of(entries: list[Entry]) -> list[dict[str, Any]]:
    """Return the entries as the timeline shows them."""
    return [
        {
            "at": entry.at,
            "who": entry.author.name if entry.author else "Schul-IT-Service",
            "text": entry.text,
            "title": MOVES.get(entry.move or "", None),
            "internal": not entry.is_public,
            "kind": None,
            "photos": [],
            "body": None,
        }
        for entry in entries
    ]


def photo_links(ticket: Ticket) -> list[dict[str, str]]:
    """Return the photos as thumbnails that open large."""
    return [
        {
            "href": url_for("tickets.photo", ticket_id=ticket.id, token=photo.token),
            "thumb": url_for("tickets.thumb", ticket_id=ticket.id, token=photo.token),
            "alt": f"Foto {number} der Störung",
        }
        for number, photo in enumerate(ticket.photos, start=1)
    ]


def related_links(tickets: list[Ticket], actor: Actor) -> list[dict[str, str]]:
    """Return tickets as a short list."""
    return [
        {
            "href": url_for("tickets.show", ticket_id=ticket.id),
            "title": ticket.title,
            "sub": f"{ticket.number} · {state_words(ticket, actor)}",
        }
        for ticket in tickets
    ]


CONTEXT: dict[str, Any] = {
    "state_words": state_words,
    "state_label": state_label,
    "state_kind": state_kind,
    "open_states": OPEN,
    "kinds": STATE_KINDS,
    "school_labels": LABELS,
    "desk_labels": DESK_LABELS,
    "timeline_of": timeline_of,
    "photo_links": photo_links,
    "related_links": related_links,
    "impacts": IMPACTS,
    "urgencies": URGENCIES,
    "priorities": NAMES,
    "outcomes": OUTCOMES,
    "reasons": REASONS,
    "targets": TARGETS,
}
