"""Warn of claims that will soon be barred, each mark once; what a stop has missed is caught up.

Source: docs/rules/claims.md, CL-37.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.accounts.queries import holders
from itsm.claims.claim_limits import earliest_of
from itsm.claims.limitation import RULES, Clock
from itsm.claims.models import Claim, ClaimItem, DamageCase
from itsm.claims.service import claims
from itsm.core import clock, outbox
from itsm.core.access import SYSTEM, Role
from itsm.core.db import db
from itsm.core.german import local_date


def warn(at: datetime) -> int:
    """Write into each claim that comes near its end, and send the claims staff one list; return how many claims.

    A day on which nothing ran is made up for by the nearest mark alone. Where the end moves, its marks count anew.
    """
    on, lines = clock.local_day(at), list[dict[str, Any]]()
    for claim in _running():
        ending = earliest_of(claim)
        mark = ending.mark(on) if ending else None
        if ending is None or mark is None or _is_told(claim, ending, mark):
            continue
        claim.warned_for_on, claim.warned_days = ending.ends_on, mark
        text = f"Ende der Frist {ending.ends_on:%d.%m.%Y}: {RULES[ending.rule]}"
        claims.note(SYSTEM, claim, "limitation-warning", at, text)
        lines.append({"claim_id": claim.id, "number": claim.number, "ends_on": local_date(ending.ends_on)})
    if lines:
        _tell(lines, at)
    return len(lines)


def _is_told(claim: Claim, ending: Clock, mark: int) -> bool:
    return claim.warned_for_on == ending.ends_on and claim.warned_days is not None and claim.warned_days <= mark


def _running() -> list[Claim]:
    return list(
        db.session.scalars(
            sa.select(Claim)
            .where(Claim.over_at.is_(None), Claim.is_at_court.is_(False))
            .order_by(Claim.id)
            .options(selectinload(Claim.items).joinedload(ClaimItem.case).joinedload(DamageCase.incident))
            .options(joinedload(Claim.school))
            # Of two runs at the same moment one finds nothing to do.
            .with_for_update(of=Claim, skip_locked=True)
        )
    )


def _tell(lines: list[dict[str, Any]], at: datetime) -> None:
    on = clock.local_day(at)
    staff = {person.id: person for role in (Role.CLAIMS_CLERK, Role.CLAIMS_APPROVER) for person in holders(role, on)}
    for person in staff.values():
        outbox.put(
            "claims-limitation",
            to=person.email,
            to_name=person.name,
            subject="Forderungen, die bald verjähren",
            item={"claims": lines},
            burst_key=f"claims-limitation-{on}",
            at=at,
        )
