"""What people name by typing on a form of devices: a charging case, a school."""

import sqlalchemy as sa

from itsm.assets import policy, queries
from itsm.assets.kinds import Kind
from itsm.assets.models import Device
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.org.models import School
from itsm.org.search import school_named


def case_at(actor: Actor, school: School | None, typed: str) -> Device:
    """Return the charging case of a school with this number.

    Raises: DomainError if there is none the actor sees.
    """
    case = queries.find(actor, typed)
    if case is None or school is None or case.school_id != school.id or case.kind is not Kind.CHARGING_CASE:
        raise DomainError(f"Einen Ladekoffer „{typed}“ gibt es an dieser Schule nicht. Bitte prüfen Sie die Nummer.")
    return case


def school_to_add(actor: Actor, typed: str) -> School | None:
    """Return the school somebody may add devices at, by its number or name; None for nothing typed.

    Raises: DomainError unless exactly one is meant.
    """
    if not typed:
        return None
    meant = sa.select(School).where(policy.addable_schools(actor), school_named(typed))
    found = db.session.scalars(meant.limit(2)).all()
    if len(found) == 1:
        return found[0]
    if found:
        raise DomainError(f"„{typed}“ passt auf mehrere Schulen. Bitte geben Sie die Schulnummer ein.")
    raise DomainError(
        f"Eine Schule „{typed}“, der Sie Geräte geben können, gibt es nicht. Bitte prüfen Sie die Nummer."
    )
