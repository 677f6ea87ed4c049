"""Until when a claim can be demanded, read from its cases, and how long a term may be.

Source: docs/rules/claims.md, CL-40 to CL-43.
"""

from datetime import date

from itsm.claims.limitation import Clock, clocks, earliest
from itsm.claims.models import Claim
from itsm.claims.valuation import months_later
from itsm.core import clock
from itsm.core.errors import DomainError

LONGEST_TERM_YEARS = 5


def check_term(last_on: date, on: date) -> None:
    """Let a term that is set on a day end neither before it nor more than five years later.

    Raises: DomainError for any other day.
    """
    latest = months_later(on, 12 * LONGEST_TERM_YEARS)
    if not on <= last_on <= latest:
        raise DomainError(
            f"Eine Frist endet frühestens heute und spätestens am {latest:%d.%m.%Y}. Bitte prüfen Sie den Tag."
        )


def clocks_of(claim: Claim) -> list[Clock]:
    """Return the clocks that run, the earlier one first; of several devices the first that came back counts."""
    returns = [item.case.returned_on for item in claim.items if item.case.returned_on is not None]
    reports = [clock.local_day(item.case.incident.reported_at) for item in claim.items]
    if not reports:
        return []
    return clocks(
        known_on=min(reports),
        returned_on=min(returns, default=None),
        suspended_days=claim.suspended_days,
        is_at_court=claim.is_at_court,
    )


def earliest_of(claim: Claim) -> Clock | None:
    """Return the clock that ends first; None for a claim without a device."""
    running = clocks_of(claim)
    return earliest(running) if running else None
