"""The mails themselves: German, complete, escaped, and without a word of an internal entry."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from itsm.core import mail
from itsm.core.access import SYSTEM, Role
from itsm.core.db import db
from itsm.core.outbox import Mail
from itsm.tickets import disturbances, service
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.places import make_school
from tests.tickets.factories import make_group, make_ticket

MARKER = "nur-für-uns-4711"
SCRIPT = "<script>alert(1)</script>"


def bodies() -> dict[str, str]:
    return {
        row.to_address: mail.body(row, "txt") + mail.body(row, "html") for row in db.session.scalars(sa.select(Mail))
    }


def test_the_school_reads_plain_words_and_a_link(session: Session) -> None:
    ticket = make_ticket()
    service.ask_school(SYSTEM, ticket, "Welcher Anschluss?\nHDMI?", MONDAY_9AM)
    text = bodies()[ticket.reporter.email]
    assert "Rückfrage" in text and "Welcher Anschluss?" in text and f"/stoerungen/{ticket.id}" in text
    assert "Welcher Anschluss?<br>HDMI?" in text


def test_a_script_in_any_text_arrives_as_text(session: Session) -> None:
    ticket = make_ticket(title=SCRIPT, place=SCRIPT)
    service.ask_school(SYSTEM, ticket, SCRIPT, MONDAY_9AM)
    [row] = db.session.scalars(sa.select(Mail))
    assert SCRIPT not in mail.body(row, "html") and "&lt;script&gt;" in mail.body(row, "html")


@pytest.mark.parametrize("verb", ["note", "escalate", "give_back"])
def test_an_internal_word_never_leaves_towards_the_school(session: Session, verb: str) -> None:
    school = make_school()
    make_group("Systemhaus")
    manager = make_user(Role.CAMPUS_MANAGER, district_id=school.district_id)
    ticket = make_ticket(school)
    if verb == "note":
        service.note(actor_for(manager), ticket, MARKER, MONDAY_9AM)
    else:
        service.escalate(actor_for(manager), ticket, "Konto", MONDAY_9AM, tried=MARKER if verb == "escalate" else "")
    if verb == "give_back":
        service.give_back(SYSTEM, ticket, MARKER, MONDAY_9AM)
    service.solve(SYSTEM, ticket, "Neu gestartet", MONDAY_9AM)
    to_school = bodies()[ticket.reporter.email]
    assert "Neu gestartet" in to_school and MARKER not in to_school


def test_the_end_of_a_disturbance_is_told_to_everyone_who_joined(session: Session) -> None:
    school = make_school()
    joined, silent = (make_user(Role.REPORTER, school_id=school.id) for _ in range(2))
    known = disturbances.add(SYSTEM, "WLAN", "Wir sind dran", "", MONDAY_9AM)
    for _ in range(2):
        disturbances.join(actor_for(joined), known, school, MONDAY_9AM)
    assert disturbances.end(SYSTEM, known, "Neuer Verteiler", MONDAY_9AM) == 1
    texts = bodies()
    assert "Neuer Verteiler" in texts[joined.email] and silent.email not in texts
