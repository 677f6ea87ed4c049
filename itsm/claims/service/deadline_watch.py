"""Warn of claims, and of cases nobody has decided on, that will soon be barred: each mark once, also after a stop.

Source: docs/rules/claims.md, CL-37.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.accounts.queries import holders
from itsm.claims import queries
from itsm.claims.claim_limits import earliest_of
from itsm.claims.limitation import RULES, Clock, return_clock
from itsm.claims.models import Claim, ClaimItem, DamageCase
from itsm.claims.service import cases, claims
from itsm.core import clock, outbox
from itsm.core.access import SYSTEM, Role
from itsm.core.db import db
from itsm.core.german import local_date


def warn(at: datetime) -> int:
    """Write into each claim that comes near its end, and into each case nobody has decided on; mail one list.

    Returns how many were written into. A day on which nothing ran is made up for by the nearest mark alone. Where the
    end moves, its marks count anew.
    """
    on = clock.local_day(at)
    claimed = [_line(claim, "claim_id", ending) for claim in _running() if (ending := _warn_of_claim(claim, on, at))]
    undecided = [_line(case, "case_id", ending) for case in _undecided(on) if (ending := _warn_of_case(case, on, at))]
    if claimed or undecided:
        _tell({"claims": claimed, "cases": undecided}, at)
    return len(claimed) + len(undecided)


def _warn_of_claim(claim: Claim, on: date, at: datetime) -> Clock | None:
    ending = earliest_of(claim)
    if ending is None or not _mark(claim, ending, on):
        return None
    claims.note(SYSTEM, claim, "limitation-warning", at, _words(ending))
    return ending


def _warn_of_case(case: DamageCase, on: date, at: datetime) -> Clock | None:
    ending = return_clock(case.returned_on) if case.returned_on else None
    if ending is None or not _mark(case, ending, on):
        return None
    cases.note(SYSTEM, case, "undecided-warning", at, _words(ending))
    return ending


def _mark(thing: Claim | DamageCase, ending: Clock, on: date) -> bool:
    """Keep which mark a day has reached; say whether it is a new one."""
    mark = ending.mark(on)
    told = thing.warned_days if thing.warned_for_on == ending.ends_on else None
    if mark is None or (told is not None and told <= mark):
        return False
    thing.warned_for_on, thing.warned_days = ending.ends_on, mark
    return True


def _words(ending: Clock) -> str:
    return f"Ende der Frist {ending.ends_on:%d.%m.%Y}: {RULES[ending.rule]}"


def _line(thing: Claim | DamageCase, key: str, ending: Clock) -> dict[str, Any]:
    return {key: thing.id, "number": thing.number, "ends_on": local_date(ending.ends_on)}


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


def _undecided(on: date) -> list[DamageCase]:
    """Return the cases of which nobody has said whether something is claimed, while the six months run out."""
    return list(
        db.session.scalars(
            sa.select(DamageCase)
            .where(queries.undecided(on))
            .order_by(DamageCase.id)
            .with_for_update(of=DamageCase, skip_locked=True)
        )
    )


def _tell(lines: dict[str, list[dict[str, Any]]], at: datetime) -> None:
    on = clock.local_day(at)
    staff = {person.id: person for role in (Role.CLAIMS_CLERK, Role.CLAIMS_APPROVER) for person in holders(role, on)}
    for person in staff.values():
        outbox.put(
            "claims-limitation",
            to=person.email,
            to_name=person.name,
            subject="Verjährung: Fristen, die bald ablaufen",
            item=lines,
            burst_key=f"claims-limitation-{on}",
            at=at,
        )
