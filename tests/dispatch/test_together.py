"""Many people at once: reports of one school lengthen one visit, and none of them fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from itsm.accounts.models import User
from itsm.core.db import db, writing
from itsm.core.errors import Conflict
from itsm.dispatch.models import BoardStep, Visit
from itsm.dispatch.service import board, bundles
from itsm.dispatch.service.effects import Goal
from tests.dispatch.factories import make_place, make_visit
from tests.people import MONDAY_9AM
from tests.tickets.factories import make_ticket

TICKETS = 6


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


@pytest.mark.usefixtures("emptied")
def test_of_two_people_who_move_the_same_visit_at_once_the_second_is_told(app: Flask) -> None:
    place = make_place()
    lead = place.driver
    visit = make_visit(place, on=date(2026, 11, 18))
    visit_id, user_id, version = visit.id, place.manager.id, visit.version_id
    db.session.remove()

    def move(day: date) -> str:
        with app.app_context():
            goal = Goal(db.session.get_one(User, user_id), day)
            try:
                with writing():
                    board.move(lead, db.session.get_one(Visit, visit_id), goal, version, MONDAY_9AM)
            except Conflict as conflict:
                return conflict.sentence
            return ""

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(move, [date(2026, 11, 19), date(2026, 11, 20)]))
    assert told[0] == ""
    assert "ist inzwischen geändert" in told[1]
    assert db.session.scalars(sa.select(BoardStep)).one().undone_at is None
