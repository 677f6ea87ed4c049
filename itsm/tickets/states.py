"""States of a ticket, what may follow what, and what the school reads."""

from enum import StrEnum

from itsm.core.states import Move


class State(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    ACCEPTED = "accepted"
    PLANNED = "planned"
    WAITING_SCHOOL = "waiting_school"
    WAITING_SUPPLIER = "waiting_supplier"
    SECOND_LEVEL = "second_level"
    SOLVED = "solved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


LABELS = {
    State.NEW: "gemeldet",
    State.ACCEPTED: "angenommen",
    State.PLANNED: "Besuch geplant",
    State.WAITING_SCHOOL: "wartet auf Sie",
    State.WAITING_SUPPLIER: "wartet auf Lieferung",
    State.SECOND_LEVEL: "beim Systemhaus",
    State.SOLVED: "gelöst",
    State.CLOSED: "abgeschlossen",
    State.WITHDRAWN: "zurückgezogen",
}

IN_WORK = frozenset({State.ACCEPTED, State.PLANNED, State.WAITING_SCHOOL, State.WAITING_SUPPLIER})
OPEN = IN_WORK | {State.NEW, State.SECOND_LEVEL}
DONE = frozenset(State) - OPEN

MOVES = (
    Move("accept", frozenset({State.NEW}), State.ACCEPTED),
    Move("plan", frozenset({State.NEW, State.ACCEPTED, State.WAITING_SCHOOL, State.WAITING_SUPPLIER}), State.PLANNED),
    Move("unplan", frozenset({State.PLANNED}), State.ACCEPTED),
    Move(
        "ask-school",
        frozenset({State.NEW, State.SECOND_LEVEL}) | IN_WORK - {State.WAITING_SCHOOL},
        State.WAITING_SCHOOL,
    ),
    Move("answer", frozenset({State.WAITING_SCHOOL}), State.ACCEPTED),
    Move("answer-second-level", frozenset({State.WAITING_SCHOOL}), State.SECOND_LEVEL),
    Move("await-supplier", frozenset({State.NEW}) | IN_WORK - {State.WAITING_SUPPLIER}, State.WAITING_SUPPLIER),
    Move("delivered", frozenset({State.WAITING_SUPPLIER}), State.ACCEPTED),
    Move("escalate", frozenset({State.NEW}) | IN_WORK, State.SECOND_LEVEL),
    Move("give-back", frozenset({State.SECOND_LEVEL}), State.ACCEPTED),
    Move("solve", OPEN, State.SOLVED),
    Move("close", frozenset({State.SOLVED}), State.CLOSED),
    Move("give-up-waiting", frozenset({State.WAITING_SCHOOL}), State.CLOSED),
    Move("reopen", frozenset({State.SOLVED, State.CLOSED}), State.ACCEPTED),
    Move("withdraw", OPEN, State.WITHDRAWN),
)
