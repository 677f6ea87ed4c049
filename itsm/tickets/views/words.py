"""What templates of this package say about tickets."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from itsm.core import clock
from itsm.core.german import local_date
from itsm.tickets.models import Ticket
from itsm.tickets.priority import IMPACTS, NAMES, URGENCIES
from itsm.tickets.queries import Line
from itsm.tickets.states import LABELS, OPEN, State
from itsm.tickets.words import MOVES, OUTCOMES, REASONS, STATE_KINDS, TARGETS

# "wartet auf Sie" is said to the school alone.
DESK_LABELS = LABELS | {State.WAITING_SCHOOL: "wartet auf die Schule"}


def state_label(state: State, *, is_school: bool) -> str:
    """Return the state in plain words for one side."""
    return (LABELS if is_school else DESK_LABELS)[state]


def state_kind(state: State) -> str:
    """Return the colour of a state's badge."""
    return STATE_KINDS[state]


def timeline_of(lines: list[Line]) -> list[dict[str, Any]]:
    """Return the lines as the shared timeline shows them."""
    return [
        {
            "at": line.at,
            "who": line.author or "Schul-IT-Service",
            "text": line.text,
            "title": MOVES.get(line.move or ""),
            "internal": not line.is_public,
        }
        for line in lines
    ]


def photo_links(ticket: Ticket, tokens: list[str]) -> list[dict[str, str]]:
    """Return the photos as thumbnails that open large."""
    return [
        {
            "href": url_for("tickets.photo", ticket_id=ticket.id, token=token),
            "thumb": url_for("tickets.thumb", ticket_id=ticket.id, token=token),
            "alt": f"Foto {number} der Störung",
        }
        for number, token in enumerate(tokens, start=1)
    ]


def related_links(rows: Sequence[Any], is_school: bool) -> list[dict[str, str]]:
    """Return tickets as a short list."""
    return [
        {
            "href": url_for("tickets.show", ticket_id=row.id),
            "title": row.title,
            "sub": f"S-{row.id} · {state_label(row.state, is_school=is_school)}",
        }
        for row in rows
    ]


def earlier_links(rows: Sequence[Any], is_school: bool) -> list[dict[str, str]]:
    """Return what happened to a device before: when, how it stands or what helped."""
    return [
        {
            "href": url_for("tickets.show", ticket_id=row.id),
            "title": row.title,
            "sub": f"{local_date(clock.local_day(row.created_at))} · S-{row.id} · "
            + (row.solution.split("\n", 1)[0] or state_label(row.state, is_school=is_school)),
        }
        for row in rows
    ]


CONTEXT: dict[str, Any] = {
    "state_label": state_label,
    "state_kind": state_kind,
    "open_states": OPEN,
    "kinds": STATE_KINDS,
    "school_labels": LABELS,
    "desk_labels": DESK_LABELS,
    "timeline_of": timeline_of,
    "photo_links": photo_links,
    "related_links": related_links,
    "earlier_links": earlier_links,
    "impacts": IMPACTS,
    "urgencies": URGENCIES,
    "priorities": NAMES,
    "outcomes": OUTCOMES,
    "reasons": REASONS,
    "targets": TARGETS,
}
