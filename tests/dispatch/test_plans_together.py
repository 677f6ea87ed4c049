"""Many people decide on one proposal: one wins, the others are told, and every visit exists once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from itsm.core import clock
from itsm.core.access import SYSTEM
from itsm.core.db import db, writing
from itsm.core.errors import Conflict
from itsm.core.outbox import Mail
from itsm.dispatch.models import StepKind, Visit, WeekPlan
from itsm.dispatch.service import plans
from tests.dispatch.factories import WEDNESDAY, make_place
from tests.dispatch.proposals import add_step, make_plan
from tests.people import MONDAY_9AM
from tests.tickets.factories import make_ticket

PERSONS = 20


@pytest.mark.usefixtures("emptied")
def test_of_twenty_people_who_accept_at_once_one_wins(app: Flask) -> None:
    place = make_place()
    plan = make_plan(place.district)
    nine = clock.at_local(WEDNESDAY, time(9))
    add_step(plan, place.school, StepKind.NEW, make_ticket(place.school), to=(place.manager.id, nine))
    plan_id = plan.id
    db.session.remove()
    start = Barrier(PERSONS)

    def accept(_: int) -> str:
        with app.app_context():
            # No connection is taken before all are here: there are fewer of them than people.
            start.wait(timeout=30)
            found = db.session.get_one(WeekPlan, plan_id)
            try:
                with writing():
                    plans.accept(SYSTEM, found, None, MONDAY_9AM)
            except Conflict as error:
                return error.sentence
            return "won"

    with ThreadPoolExecutor(PERSONS) as pool:
        answers = list(pool.map(accept, range(PERSONS)))
    assert answers.count("won") == 1
    assert {answer for answer in answers if answer != "won"} == {
        "Der Stand ist inzwischen „übernommen“. Bitte laden Sie die Seite neu."
    }
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Visit)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Mail).where(Mail.template == "visit-changed")) == 1
