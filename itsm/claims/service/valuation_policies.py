"""The versions of the rules a value is reckoned by: which holds on a day, and a new one from a day on.

Source: docs/rules/claims.md, CL-17.
"""

from datetime import date, datetime

from sqlalchemy.dialects.postgresql import insert

from itsm.claims import policy, queries, valuation_queries
from itsm.claims.models import ValuationPolicy
from itsm.claims.valuation import WHOLE, Convention, Rules
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed

# The rules the product starts with hold for every day before the city decides on its own.
FIRST_FROM = date(2000, 1, 1)
_FIRST = {"valid_from": FIRST_FROM, "convention": Convention.CALENDAR.value, "floor_basis_points": 0}


def versions() -> list[ValuationPolicy]:
    """Return every version, the latest first; the one the product starts with even before it was used."""
    found = queries.policies()
    return found if any(one.valid_from == FIRST_FROM for one in found) else [*found, ValuationPolicy(**_FIRST)]


def policy_on(day: date) -> ValuationPolicy:
    """Return the version that holds on a day; the first is written when it is needed."""
    day = max(day, FIRST_FROM)
    if (found := valuation_queries.version_on(day)) is not None:
        return found
    # Two at once write it once.
    db.session.execute(insert(ValuationPolicy).values(_FIRST).on_conflict_do_nothing())
    return policy_on(day)


def check_change(actor: Actor) -> None:
    """Let only those go on who approve claims.

    Raises: NotAllowed for everybody else.
    """
    if not policy.may_change_rules(actor):
        raise NotAllowed("Die Regeln der Bewertung ändert nur, wer Forderungen freigibt.")


def add_version(actor: Actor, rules: Rules, reason: str, at: datetime) -> ValuationPolicy:
    """Let other rules hold for damages from a day on; what was reckoned before stays as it is.

    Raises: NotAllowed unless the actor approves claims; DomainError for a floor that cannot be, or a day gone by once
        there are valuations; Conflict if another version begins on that day.
    """
    check_change(actor)
    if not 0 <= rules.floor_basis_points <= WHOLE:
        raise DomainError("Der Mindestwert liegt zwischen 0 und 100 %. Bitte prüfen Sie die Eingabe.")
    if rules.valid_from < clock.local_day(at) and valuation_queries.is_anything_valued():
        raise DomainError("Es gibt schon Bewertungen. Neue Regeln gelten deshalb frühestens ab heute.")
    if rules.valid_from <= FIRST_FROM:
        raise DomainError("Dieser Tag liegt zu weit zurück. Bitte prüfen Sie das Jahr.")
    values = {
        "valid_from": rules.valid_from,
        "convention": rules.convention.value,
        "floor_basis_points": rules.floor_basis_points,
        "changed_by": actor.name,
        "reason": reason,
    }
    added = insert(ValuationPolicy).values(values).on_conflict_do_nothing().returning(ValuationPolicy)
    version = db.session.scalar(added)
    if version is None:
        raise Conflict(f"Ab {rules.valid_from:%d.%m.%Y} gilt schon eine Regel. Bitte wählen Sie einen anderen Tag.")
    return version
