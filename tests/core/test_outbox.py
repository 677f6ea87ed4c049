"""Mail joins the transaction; a burst is one mail."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.core.outbox import Mail
from tests.letters import put_mail
from tests.people import MONDAY_9AM


def put(text: str, to: str = "a@example.org", burst: str = "ticket-1") -> Mail:
    return put_mail("plain", to=to, subject="Betreff", item={"text": text}, burst_key=burst, at=MONDAY_9AM)


def jobs(session: scoped_session) -> int:
    return session.scalar(sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send-mail'")) or 0


def test_a_burst_is_one_mail_and_one_job(session: scoped_session) -> None:
    assert put("eins") is put("zwei")
    mail = session.scalars(sa.select(Mail)).one()
    assert [item["text"] for item in mail.items] == ["eins", "zwei"]
    assert mail.due_at == MONDAY_9AM + timedelta(minutes=1)
    assert jobs(session) == 1


def test_another_person_or_subject_or_a_mail_on_its_way_is_a_new_mail(session: scoped_session) -> None:
    first = put("eins")
    assert len({first.id, put("zwei", to="b@example.org").id, put("drei", burst="ticket-2").id}) == 3
    first.attempts = 1
    session.flush()
    assert put("vier").id != first.id


def test_a_mail_of_a_change_that_failed_is_never_sent(session: scoped_session) -> None:
    put("eins")
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Mail)) == 0
    assert jobs(session) == 0
