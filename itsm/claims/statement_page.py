"""A statement of the bank as its page shows it: what would be booked, and what waits for the clerk.

Source: docs/rules/claims.md, CL-63.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.claims.booking_forms import MOST_SHARES
from itsm.claims.models import BankLine, BankStatement, Booking
from itsm.claims.service import matching, movements
from itsm.claims.service.matching import Match, Verdict
from itsm.core.db import db

LABELS = {
    Verdict.EXACT: "bezahlt genau",
    Verdict.PART: "bezahlt einen Teil",
    Verdict.OVER: "zahlt zu viel",
    Verdict.RETURNED: "Zahlung kommt zurück",
    Verdict.PAID_BACK: "Rückzahlung der Stadt",
    Verdict.TWIN: "vielleicht schon gebucht",
    Verdict.PAID: "Forderung ist schon bezahlt",
    Verdict.ENDED: "Forderung ist nicht offen",
    Verdict.SPLIT: "bezahlt mehrere genau",
    Verdict.SEVERAL: "mehrere Kassenzeichen",
    Verdict.LEFT: "Rückgang ohne passende Zahlung",
    Verdict.UNKNOWN: "kein Kassenzeichen gefunden",
}
KINDS = {
    Verdict.EXACT: "success",
    Verdict.PART: "info",
    Verdict.OVER: "warning",
    Verdict.RETURNED: "warning",
    Verdict.PAID_BACK: "info",
    Verdict.SPLIT: "success",
}
# More lines help nobody on one page.
SHOWN = 200


@dataclass(frozen=True)
class Preview:
    """What booking a statement would do, or what it left to decide."""

    clear: list[Match]
    unclear: list[Match]
    clear_count: int
    unclear_count: int
    clear_cents: int


@dataclass(frozen=True)
class Past:
    """A statement that was read in, in numbers."""

    statement: BankStatement
    lines: int
    waiting: int


def preview(lines: Sequence[BankLine]) -> Preview:
    """Return the movements, cut to what a page shows; the numbers and the sum are of all of them."""
    found = matching.match(lines)
    clear = [one for one in found if one.is_clear]
    unclear = [one for one in found if not one.is_clear]
    return Preview(
        clear=clear[:SHOWN],
        unclear=unclear[:SHOWN],
        clear_count=len(clear),
        unclear_count=len(unclear),
        clear_cents=sum(one.cents for one in clear),
    )


def past(limit: int = 20) -> list[Past]:
    """Return the statements read in last."""
    found = db.session.scalars(sa.select(BankStatement).order_by(BankStatement.id.desc()).limit(limit)).all()
    lines = _counts(sa.select(BankLine.statement_id, sa.func.count()), found)
    waiting = _counts(
        sa.select(BankLine.statement_id, sa.func.count()).where(
            BankLine.ignored_at.is_(None), sa.not_(movements.IS_SETTLED)
        ),
        found,
    )
    return [Past(one, lines.get(one.id, 0), waiting.get(one.id, 0)) for one in found]


def suggested(found: Match) -> dict[str, str | int]:
    """Return what the form begins with: the claims the movement names, or its amount alone."""
    fields: dict[str, str | int] = {} if found.shares else {"amount_1": abs(found.cents)}
    for place, share in enumerate(found.shares[:MOST_SHARES], start=1):
        fields |= {f"number_{place}": share.claim.reference, f"amount_{place}": share.cents}
    return fields


def bookings_of(line: BankLine) -> list[Booking]:
    """Return the bookings a movement was booked by, as far as they still count."""
    return list(
        db.session.scalars(
            sa.select(Booking)
            .where(Booking.line_id == line.id, sa.not_(Booking.is_reversed))
            .order_by(Booking.id)
            .options(joinedload(Booking.claim))
        )
    )


def booked_count(statement: BankStatement) -> tuple[int, int]:
    """Return how many movements of a statement are booked, and what they come to in cents."""
    count, cents = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(BankLine.cents), 0))
        .select_from(BankLine)
        .where(BankLine.statement_id == statement.id, movements.IS_SETTLED)
    ).one()
    return int(count), int(cents)


def _counts(query: sa.Select[int, int], found: Sequence[BankStatement]) -> dict[int, int]:
    ids = [one.id for one in found]
    rows = db.session.execute(query.where(BankLine.statement_id.in_(ids)).group_by(BankLine.statement_id))
    return {row[0]: row[1] for row in rows}
