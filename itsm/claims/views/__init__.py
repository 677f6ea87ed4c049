"""Pages of damage cases and claims."""

from flask import Flask

from itsm.claims import figures as _figures  # noqa: F401
from itsm.claims import papers as papers_of
from itsm.claims import policy, states, words
from itsm.claims.views import (
    bookings,
    cases,
    claim_list,
    claims,
    debtors,
    desk,
    filing,
    from_ticket,
    handling,
    landing,
    letter_rounds,
    letters,
    locks,
    papers,
    plans,
    repairs,
    reporting,
    school_list,
    slots,
    statements,
    statistics,
    valuation_policies,
    valuations,
)
from itsm.claims.views.blueprint import bp

__all__ = [
    "bookings",
    "bp",
    "cases",
    "claim_list",
    "claims",
    "debtors",
    "desk",
    "filing",
    "from_ticket",
    "handling",
    "init",
    "landing",
    "letter_rounds",
    "letters",
    "locks",
    "papers",
    "plans",
    "repairs",
    "reporting",
    "school_list",
    "slots",
    "statements",
    "statistics",
    "valuation_policies",
    "valuations",
]

bp.context_processor(
    lambda: {
        "words": words,
        "state_labels": states.LABELS,
        "claim_labels": states.CLAIM_LABELS,
        "policy": policy,
        "paper_labels": papers_of.LABELS,
    }
)


def init(app: Flask) -> None:
    """Register the pages, their entries of the menu and what they show elsewhere."""
    app.register_blueprint(bp)
    slots.init()
    handling.init()
    repairs.init()
    valuations.init()
    locks.init()
    filing.init()
    claims.init()
    claim_list.init()
    desk.init()
    landing.init()
    bookings.init()
    statements.init()
    letters.init()
    letter_rounds.init()
    statistics.init()
