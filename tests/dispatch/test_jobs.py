"""The timed jobs of field support."""

from datetime import date, time

import pytest
import sqlalchemy as sa

from itsm.core.clock import at_local
from itsm.core.db import db
from itsm.core.outbox import Mail
from itsm.dispatch.jobs import JOBS, mail_days
from itsm.dispatch.states import VisitState
from itsm.tickets.states import State
from tests.dispatch.factories import WEDNESDAY, make_place, make_visit
from tests.tickets.factories import make_ticket

pytestmark = pytest.mark.usefixtures("session")

HALF_PAST_SIX = at_local(WEDNESDAY, time(6, 30))


def test_each_manager_gets_the_day_once_with_its_stops_in_order() -> None:
    place, idle = make_place(), make_place()
    ticket = make_ticket(place.school, state=State.PLANNED)
    make_visit(place, ticket, at=time(9), position=2)
    make_visit(place, at=time(8), position=1)
    make_visit(place, at=time(10), state=VisitState.CANCELLED)
    make_visit(idle, on=date(2026, 11, 19))
    assert [mail_days(HALF_PAST_SIX) for _ in range(2)] == [1, 0]
    mail = db.session.scalars(sa.select(Mail).where(Mail.template == "day")).one()
    assert mail.to_address == place.manager.email
    assert mail.subject == "Mein Tag: 2 Halte am Mi 18.11.2026"
    assert [stop["time"] for stop in mail.items[0]["stops"]] == ["8:00", "9:00"]
    assert mail.items[0]["stops"][1]["jobs"] == [f"{ticket.number} Display dunkel"]


def test_the_morning_mail_is_due_at_half_past_six() -> None:
    assert {job.name: job.cron for job in JOBS}["mail-days"] == {"hour": 6, "minute": 30}


@pytest.mark.parametrize("template", ["day", "visit-report", "visit-changed"])
def test_every_mail_can_be_written_in_both_forms(app: object, template: str) -> None:
    job = {"number": "S-1", "ticket_id": 1, "title": "<b>", "place": "", "result": "gelöst", "note": "", "parts": ""}
    stop = {"time": "9:00", "school": "A & B", "address": "Weg 1", "jobs": ["S-1"], "travel_minutes": 5}
    item = {
        "sentence": "Wir kommen.",
        "manager": "M",
        "phone": "0231",
        "visit_id": 1,
        "school": "S",
        "day": "heute",
        "arrived": "9:00",
        "left": "9:40",
        "jobs": [job],
        "tasks": [{"text": "T", "done": True}],
        "stops": [stop],
    }
    for kind in ("txt", "html"):
        page = app.jinja_env.get_template(f"mail/{template}.{kind}").render(
            items=[item], base_url="http://x", city_name="Dortmund", mail=None
        )
        assert "Ihr Schul-IT-Service" in page
    assert "<b>" not in page
