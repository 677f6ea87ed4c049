"""Pages of damage cases and claims."""

from flask import Flask

from itsm.claims import figures as _figures  # noqa: F401
from itsm.claims import policy, states, words
from itsm.claims.views import cases, claims, locks, papers, statistics, valuation_policies, valuations
from itsm.claims.views.blueprint import bp

__all__ = ["bp", "cases", "claims", "init", "locks", "papers", "statistics", "valuation_policies", "valuations"]

bp.context_processor(
    lambda: {
        "words": words,
        "state_labels": states.LABELS,
        "claim_labels": states.CLAIM_LABELS,
        "policy": policy,
    }
)


def init(app: Flask) -> None:
    """Register the pages, their entries of the menu and what they show elsewhere."""
    app.register_blueprint(bp)
    valuations.init()
    locks.init()
    statistics.init()
