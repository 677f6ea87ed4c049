"""States of a visit, of a week plan and of an offered time, and what may follow what."""

from enum import StrEnum

from itsm.core.states import Move


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    DRIVING = "driving"
    ON_SITE = "on_site"
    DONE = "done"
    CANCELLED = "cancelled"
    MISSED = "missed"


LABELS = {
    VisitState.PLANNED: "geplant",
    VisitState.DRIVING: "unterwegs",
    VisitState.ON_SITE: "vor Ort",
    VisitState.DONE: "erledigt",
    VisitState.CANCELLED: "abgesagt",
    VisitState.MISSED: "ausgefallen",
}

OPEN = frozenset({VisitState.PLANNED, VisitState.DRIVING, VisitState.ON_SITE})

MOVES = (
    Move("depart", frozenset({VisitState.PLANNED}), VisitState.DRIVING),
    Move("arrive", frozenset({VisitState.PLANNED, VisitState.DRIVING}), VisitState.ON_SITE),
    Move("finish", frozenset({VisitState.ON_SITE}), VisitState.DONE),
    Move("cancel", frozenset({VisitState.PLANNED, VisitState.DRIVING}), VisitState.CANCELLED),
    Move("miss", frozenset({VisitState.PLANNED, VisitState.DRIVING}), VisitState.MISSED),
    # Nobody opened the door.
    Move("turn-away", frozenset({VisitState.ON_SITE}), VisitState.MISSED),
    # Tapped by mistake.
    Move("undo-depart", frozenset({VisitState.DRIVING}), VisitState.PLANNED),
    Move("undo-arrive", frozenset({VisitState.ON_SITE}), VisitState.DRIVING),
    Move("undo-walk-in", frozenset({VisitState.ON_SITE}), VisitState.PLANNED),
)


class PlanState(StrEnum):
    """Where the proposal of a week stands."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    OUTDATED = "outdated"
    FAILED = "failed"


PLAN_LABELS = {
    PlanState.QUEUED: "wartet",
    PlanState.RUNNING: "wird berechnet",
    PlanState.READY: "liegt vor",
    PlanState.ACCEPTED: "übernommen",
    PlanState.REJECTED: "verworfen",
    PlanState.CANCELLED: "abgebrochen",
    PlanState.OUTDATED: "überholt",
    PlanState.FAILED: "gescheitert",
}

UNDER_WAY = frozenset({PlanState.QUEUED, PlanState.RUNNING})

PLAN_MOVES = (
    # From RUNNING too: a worker that died is followed by another one.
    Move("start", UNDER_WAY, PlanState.RUNNING),
    Move("finish", frozenset({PlanState.RUNNING}), PlanState.READY),
    Move("fail", UNDER_WAY, PlanState.FAILED),
    Move("cancel", UNDER_WAY, PlanState.CANCELLED),
    Move("accept", frozenset({PlanState.READY}), PlanState.ACCEPTED),
    Move("reject", frozenset({PlanState.READY}), PlanState.REJECTED),
    Move("outdate", frozenset({PlanState.READY}), PlanState.OUTDATED),
)


class OfferState(StrEnum):
    """What a school has said to an offered time."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


OFFER_LABELS = {
    OfferState.OPEN: "wartet auf die Schule",
    OfferState.CONFIRMED: "bestätigt",
    OfferState.CHANGED: "anderer Termin gewählt",
    OfferState.DECLINED: "kein Termin passt",
    OfferState.EXPIRED: "ohne Antwort",
    OfferState.WITHDRAWN: "zurückgezogen",
}

OFFER_MOVES = (
    Move("confirm", frozenset({OfferState.OPEN}), OfferState.CONFIRMED),
    Move("change", frozenset({OfferState.OPEN}), OfferState.CHANGED),
    Move("decline", frozenset({OfferState.OPEN}), OfferState.DECLINED),
    Move("expire", frozenset({OfferState.OPEN}), OfferState.EXPIRED),
    Move("withdraw", frozenset({OfferState.OPEN}), OfferState.WITHDRAWN),
)
