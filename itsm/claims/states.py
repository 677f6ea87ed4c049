"""What may follow what: in the handling of a damage case, and in a claim for compensation.

Source: docs/rules/claims.md, CL-3 and CL-20.
"""

from enum import StrEnum

from itsm.core.states import Move


class State(StrEnum):
    """Where a damage case stands."""

    REPORTED = "reported"
    EXAMINED = "examined"
    REPAIR = "repair"
    REPLACEMENT = "replacement"
    WRITE_OFF = "write_off"
    CLOSED = "closed"
    FOUND = "found"
    WITHDRAWN = "withdrawn"


LABELS = {
    State.REPORTED: "gemeldet",
    State.EXAMINED: "geprüft",
    State.REPAIR: "in Reparatur",
    State.REPLACEMENT: "wird ersetzt",
    State.WRITE_OFF: "wird ausgesondert",
    State.CLOSED: "abgeschlossen",
    State.FOUND: "wiedergefunden",
    State.WITHDRAWN: "zurückgezogen",
}

OPEN = frozenset({State.REPORTED, State.EXAMINED, State.REPAIR, State.REPLACEMENT, State.WRITE_OFF})
OVER = frozenset(State) - OPEN
_WAYS = frozenset({State.REPAIR, State.REPLACEMENT, State.WRITE_OFF})

MOVES = (
    Move("examine", frozenset({State.REPORTED}), State.EXAMINED),
    Move("repair", frozenset({State.EXAMINED, State.REPLACEMENT, State.WRITE_OFF}), State.REPAIR),
    Move("replace", frozenset({State.EXAMINED, State.REPAIR, State.WRITE_OFF}), State.REPLACEMENT),
    Move("write-off", frozenset({State.EXAMINED, State.REPAIR, State.REPLACEMENT}), State.WRITE_OFF),
    Move("close", _WAYS | {State.EXAMINED}, State.CLOSED),
    Move("reopen", frozenset({State.CLOSED, State.FOUND, State.WITHDRAWN}), State.EXAMINED),
    # Only what was gone can be found; the service checks the kind.
    Move("find", OPEN | {State.CLOSED}, State.FOUND),
    Move("withdraw", frozenset({State.REPORTED, State.EXAMINED}), State.WITHDRAWN),
)


class ClaimState(StrEnum):
    """Where a claim for compensation stands."""

    EXAMINING = "examining"
    HEARING = "hearing"
    PROPOSED = "proposed"
    APPROVED = "approved"
    DEMANDED = "demanded"
    DUNNED = "dunned"
    INSTALMENTS = "instalments"
    DEFERRED = "deferred"
    SUSPENDED = "suspended"
    ENFORCED = "enforced"
    PAID = "paid"
    WAIVED = "waived"
    DROPPED = "dropped"
    CANCELLED = "cancelled"


CLAIM_LABELS = {
    ClaimState.EXAMINING: "Verschulden wird geprüft",
    ClaimState.HEARING: "Anhörung läuft",
    ClaimState.PROPOSED: "wartet auf Freigabe",
    ClaimState.APPROVED: "freigegeben",
    ClaimState.DEMANDED: "gefordert",
    ClaimState.DUNNED: "gemahnt",
    ClaimState.INSTALMENTS: "Ratenzahlung",
    ClaimState.DEFERRED: "gestundet",
    ClaimState.SUSPENDED: "niedergeschlagen",
    ClaimState.ENFORCED: "in Vollstreckung",
    ClaimState.PAID: "bezahlt",
    ClaimState.WAIVED: "erlassen",
    ClaimState.DROPPED: "keine Forderung",
    ClaimState.CANCELLED: "zurückgenommen",
}

# Nobody has been asked for money yet.
BEFORE_DEMAND = frozenset({ClaimState.EXAMINING, ClaimState.HEARING, ClaimState.PROPOSED, ClaimState.APPROVED})
# Money is owed.
OWED = frozenset(
    {
        ClaimState.DEMANDED,
        ClaimState.DUNNED,
        ClaimState.INSTALMENTS,
        ClaimState.DEFERRED,
        ClaimState.SUSPENDED,
        ClaimState.ENFORCED,
    }
)
CLAIM_OVER = frozenset(ClaimState) - BEFORE_DEMAND - OWED

CLAIM_MOVES = (
    Move("hear", frozenset({ClaimState.EXAMINING}), ClaimState.HEARING),
    Move("propose", frozenset({ClaimState.HEARING}), ClaimState.PROPOSED),
    Move("send-back", frozenset({ClaimState.PROPOSED, ClaimState.APPROVED}), ClaimState.HEARING),
    Move("approve", frozenset({ClaimState.PROPOSED}), ClaimState.APPROVED),
    Move("demand", frozenset({ClaimState.APPROVED}), ClaimState.DEMANDED),
    Move("dun", frozenset({ClaimState.DEMANDED, ClaimState.DUNNED}), ClaimState.DUNNED),
    Move(
        "agree-instalments",
        frozenset({ClaimState.DEMANDED, ClaimState.DUNNED, ClaimState.DEFERRED, ClaimState.INSTALMENTS}),
        ClaimState.INSTALMENTS,
    ),
    Move("defer", frozenset({ClaimState.DEMANDED, ClaimState.DUNNED, ClaimState.INSTALMENTS}), ClaimState.DEFERRED),
    Move("suspend", OWED - {ClaimState.SUSPENDED}, ClaimState.SUSPENDED),
    Move("resume", frozenset({ClaimState.DEFERRED, ClaimState.SUSPENDED, ClaimState.INSTALMENTS}), ClaimState.DEMANDED),
    Move("enforce", frozenset({ClaimState.DUNNED}), ClaimState.ENFORCED),
    Move("settle", OWED, ClaimState.PAID),
    Move("unsettle", frozenset({ClaimState.PAID, ClaimState.WAIVED}), ClaimState.DEMANDED),
    Move("waive", OWED, ClaimState.WAIVED),
    Move("drop", BEFORE_DEMAND, ClaimState.DROPPED),
    Move("take-up", frozenset({ClaimState.DROPPED}), ClaimState.EXAMINING),
    Move("cancel", OWED | {ClaimState.PAID, ClaimState.WAIVED}, ClaimState.CANCELLED),
)
