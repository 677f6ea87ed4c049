"""One transaction at a time changes the visits of a district."""

import sqlalchemy as sa

from itsm.core.db import db

# Keeps these locks apart from those other parts of the product may take.
DISPATCH = 4711


def hold(district_id: int | None) -> None:
    """Wait until nobody else changes the visits of this district, and keep them until the transaction ends.

    Without it, two reports in the same second would both lengthen the same visit, and one of them would fail.
    """
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(DISPATCH, district_id or 0)))
