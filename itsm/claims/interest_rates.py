"""The rate of default interest of every half-year: the published base rate, and the points above it.

Source: docs/rules/claims.md, CL-45; Deutsche Bundesbank, Basiszinssatz nach § 247 BGB.
"""

from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

from itsm.claims import figures
from itsm.claims.interest import half_years
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.core.figures import FigureValue

# Later ones are dated figures, entered by a clerk each half-year.
PUBLISHED = {
    date(2023, 1, 1): Decimal("1.62"),
    date(2023, 7, 1): Decimal("3.12"),
    date(2024, 1, 1): Decimal("3.62"),
    date(2024, 7, 1): Decimal("3.37"),
    date(2025, 1, 1): Decimal("2.27"),
    date(2025, 7, 1): Decimal("1.27"),
    date(2026, 1, 1): Decimal("1.27"),
}
# For this half-year the figure may stand as it comes; for each later one somebody enters it.
_FIRST_FIGURE = date(2026, 7, 1)
# A rate is published in the first days of its half-year, and entered then; so the one that holds at its end counts.
_TO_THE_LAST_DAY = timedelta(days=180)


def rates(first_on: date, last_on: date) -> dict[date, Decimal]:
    """Return the yearly rate in per cent of every half-year from one day to another, by its first day.

    Half-years before 2023 are missing: nothing from then is demanded any more.
    """
    starts = [start for start in half_years(first_on, last_on) if start >= min(PUBLISHED)]
    return {start: _base_rate(start) + figures.exact(figures.RATE_ABOVE, start) for start in starts}


def check_entered(first_on: date, last_on: date) -> None:
    """Let interest be booked only at rates that were published or entered for their half-year.

    Raises: DomainError with the first half-year nobody entered a base rate for.
    """
    for start in half_years(first_on, last_on):
        if start > _FIRST_FIGURE and not _is_entered(start):
            raise DomainError(
                f"Für das Halbjahr ab {start:%d.%m.%Y} ist noch kein Basiszinssatz eingetragen. "
                "Bitte tragen Sie ihn unter „Einstellungen“ ein, dann lassen sich die Zinsen buchen."
            )


def _is_entered(start: date) -> bool:
    entered = sa.exists().where(
        FigureValue.key == figures.BASE_RATE, FigureValue.valid_from.between(start, start + _TO_THE_LAST_DAY)
    )
    return bool(db.session.scalar(sa.select(entered)))


def _base_rate(start: date) -> Decimal:
    if start in PUBLISHED:
        return PUBLISHED[start]
    return figures.exact(figures.BASE_RATE, start + _TO_THE_LAST_DAY)
