"""Two sendings of one form at the same moment, over two connections that really commit."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from itsm.app import create_app
from itsm.core.access import Role
from itsm.core.db import db
from itsm.tickets.models import Ticket
from tests.databases import new_database, settings_for
from tests.people import make_user, sign_in
from tests.places import make_school
from tests.tickets.factories import make_fault_type

TAPS = 6


@pytest.fixture
def own_app(tmp_path: Path) -> Iterator[Flask]:
    with new_database("double") as url:
        app = create_app(settings_for(tmp_path, url))
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        yield app
        with app.app_context():
            db.engine.dispose()


def test_taps_at_the_same_moment_make_one_ticket(own_app: Flask) -> None:
    with own_app.app_context():
        school = make_school()
        fault, user = make_fault_type(), make_user(Role.REPORTER, school_id=school.id)
        browsers = [sign_in(own_app.test_client(), user) for _ in range(TAPS)]
        form = {
            "school": school.id,
            "idempotency_key": "a" * 32,
            "site": school.places[0].site_id,
            "fault": fault.id,
            "impact": 2,
            "urgency": 2,
            "go": "stuck",
        }
        db.session.remove()
    start = Barrier(TAPS)

    def tap(number: int) -> tuple[int, str | None]:
        start.wait()
        answer = browsers[number].post("/melden", data=form)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(TAPS) as pool:
        answers = set(pool.map(tap, range(TAPS)))
    with own_app.app_context():
        [ticket] = db.session.scalars(sa.select(Ticket))
        assert answers == {(303, f"/melden/{ticket.id}/fertig")}
        assert len(ticket.entries) == 1
        db.session.remove()
