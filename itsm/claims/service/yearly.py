"""Take the yearly figures of a report over, and say when the accounts of a year were adopted.

Source: docs/rules/claims.md, CL-81 and CL-86.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from itsm.claims import policy
from itsm.claims.anonymising import HAS_NAMES
from itsm.claims.figures import RECEIPT_YEARS, whole
from itsm.claims.models import Claim, DamageYear
from itsm.claims.states import ClaimState
from itsm.claims.yearly import Stated
from itsm.core.access import SYSTEM, Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed

# Their receipts are kept from the adoption of the accounts on.
WITH_RECEIPTS = frozenset({ClaimState.PAID, ClaimState.WAIVED, ClaimState.CANCELLED})

_OVER_IN = sa.cast(sa.func.extract("year", sa.func.timezone("Europe/Berlin", Claim.over_at)), sa.Integer)
_HAS_RECEIPTS = (Claim.state.in_(sorted(WITH_RECEIPTS)), HAS_NAMES)


@dataclass(frozen=True)
class Accounts:
    """A year, how many of its claims have receipts, when its accounts were adopted, and when the names go."""

    year: int
    claims: int
    adopted_on: date | None
    deleted_on: date | None


@dataclass
class Outcome:
    """How many years came new, were changed, or stood there already."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


def check_import(actor: Actor) -> None:
    """Let only the claims staff go on, and the command line.

    Raises: NotAllowed for everybody else.
    """
    if actor != SYSTEM and not policy.may_work(actor):
        raise NotAllowed("Jahreszahlen liest nur die Schadensbearbeitung ein.")


def check_adoption(actor: Actor) -> None:
    """Let only those go on who approve claims: from the adoption on names are deleted.

    Raises: NotAllowed for everybody else.
    """
    if not policy.may_approve_claims(actor):
        raise NotAllowed("Den Jahresabschluss trägt ein, wer Forderungen freigibt.")


def take_over(actor: Actor, stated: Sequence[Stated], source: str) -> Outcome:
    """Take years over with where they come from; a year that is there already is replaced.

    Raises: NotAllowed; DomainError without a source.
    """
    check_import(actor)
    if not source.strip():
        raise DomainError("Bitte nennen Sie die Quelle der Zahlen, zum Beispiel „Jahresbericht 2025“.")
    known = {one.year: one for one in db.session.scalars(sa.select(DamageYear).with_for_update())}
    outcome = Outcome()
    for one in stated:
        values = {"devices": one.devices, "damaged": one.damaged, "missing": one.missing, "source": source.strip()}
        row = known.get(one.year)
        if row is None:
            db.session.add(DamageYear(year=one.year, **values))
            outcome.added += 1
        elif all(getattr(row, name) == value for name, value in values.items()):
            outcome.unchanged += 1
        else:
            for name, value in values.items():
                setattr(row, name, value)
            outcome.changed += 1
    db.session.flush()
    return outcome


def accounts(today: date) -> list[Accounts]:
    """Return the years with claims whose receipts are still there, the latest first."""
    years = receipt_years(today)
    rows = db.session.execute(
        sa.select(_OVER_IN, sa.func.count(), sa.func.max(Claim.accounts_adopted_on))
        .where(*_HAS_RECEIPTS)
        .group_by(_OVER_IN)
        .order_by(_OVER_IN.desc())
    )
    return [Accounts(year, count, day, day and date(day.year + 1 + years, 1, 1)) for year, count, day in rows]


def receipt_years(today: date) -> int:
    """Return how many years receipts are kept."""
    return whole(RECEIPT_YEARS, today)


def adopt_accounts(actor: Actor, year: int, adopted_on: date | None, today: date) -> int:
    """Say on which day the council adopted the accounts of a year (None: not yet); return of how many claims.

    Raises: NotAllowed; DomainError for a day that is not after the year or in the future, or a year without claims.
    """
    check_adoption(actor)
    if adopted_on and (adopted_on.year <= year or adopted_on > today):
        raise DomainError(
            f"Der Abschluss für {year} wird nach dem Ende des Jahres festgestellt, und nicht in der Zukunft. "
            "Bitte prüfen Sie den Tag."
        )
    ids = db.session.scalars(
        sa.update(Claim)
        .where(*_HAS_RECEIPTS, _OVER_IN.in_([year]))
        .values(accounts_adopted_on=adopted_on, version_id=Claim.version_id + 1)
        .returning(Claim.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    if not ids:
        raise DomainError(f"Für {year} gibt es keine abgeschlossene Forderung, deren Belege noch da sind.")
    return len(ids)
