"""Until when a claim can be demanded, read from its cases.

Source: docs/rules/claims.md, CL-37, CL-42 and CL-43.
"""

from itsm.claims.limitation import Clock, clocks, earliest
from itsm.claims.models import Claim
from itsm.core import clock


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
