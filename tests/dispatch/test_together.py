"""Many people at once: reports of one school lengthen one visit, and none of them fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from itsm.core.db import Model, db, writing
from itsm.dispatch.models import Visit
from itsm.dispatch.service import bundles
from tests.dispatch.factories import make_place, make_visit
from tests.people import MONDAY_9AM
from tests.tickets.factories import make_ticket

TICKETS = 6


@pytest.fixture
def emptied(app: Flask):
    """Real commits of several connections; all tables are emptied afterwards."""
    with app.app_context():
        yield
        db.session.remove()
        names = ", ".join(f'"{table.name}"' for table in Model.metadata.sorted_tables)
        with db.engine.begin() as connection:
            connection.execute(sa.text(f"TRUNCATE {names}, procrastinate_jobs RESTART IDENTITY CASCADE"))


@pytest.mark.usefixtures("emptied")
def test_tickets_reported_in_the_same_second_all_get_on_the_visit(app: Flask) -> None:
    place = make_place()
    school_id = place.school.id
    make_visit(place, on=date(2026, 11, 18))
    tickets = [make_ticket(place.school).id for _ in range(TICKETS)]
    db.session.remove()

    def bundle(ticket_id: int) -> int:
        with app.app_context(), writing():
            return bundles.bundle(school_id, MONDAY_9AM, only=[ticket_id])

    with ThreadPoolExecutor(TICKETS) as pool:
        assert list(pool.map(bundle, tickets)) == [1] * TICKETS
    visit = db.session.scalars(sa.select(Visit)).one()
    assert len(visit.jobs) == TICKETS
    assert visit.minutes == 10 + 20 * TICKETS
