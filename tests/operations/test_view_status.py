"""The page of the operator: jobs, mail, processes."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.jobs import JobRun
from itsm.core.outbox import Mail
from itsm.jobs import JOBS
from tests.letters import put_mail
from tests.people import MONDAY_9AM, make_user, sign_in

OTHERS = [Role.CAMPUS_MANAGER, Role.SECOND_LEVEL, Role.DISPATCHER, Role.KB_EDITOR]


def dead_letter() -> Mail:
    letter = put_mail("account-reset", to="anna@example.org", subject="Kennwort", item={}, burst_key="a", at=MONDAY_9AM)
    letter.failed_at, letter.attempts, letter.last_error = MONDAY_9AM, 8, "SMTPRecipientsRefused: <anna>"
    db.session.commit()
    return letter


@pytest.mark.parametrize("role", OTHERS)
def test_the_operation_is_not_for_others(client: FlaskClient, role: Role) -> None:
    sign_in(client, make_user(role))
    assert client.get("/betrieb").status_code == 403


def test_it_says_when_no_worker_and_no_clock_runs(client: FlaskClient) -> None:
    page = sign_in(client, make_user(Role.ADMINISTRATOR)).get("/betrieb").text
    assert "Kein Worker läuft" in page
    assert "Kein Taktgeber läuft" in page


def test_every_job_is_listed(client: FlaskClient) -> None:
    page = sign_in(client, make_user(Role.AUDITOR)).get("/betrieb").text
    assert all(job.name in page for job in JOBS)


def test_a_dead_letter_is_shown_escaped_and_can_be_sent_again(client: FlaskClient) -> None:
    letter = dead_letter()
    sign_in(client, make_user(Role.ADMINISTRATOR))
    page = client.get("/betrieb").text
    assert "1 Mail ließ sich nicht zustellen" in page and "&lt;anna&gt;" in page
    assert client.post(f"/betrieb/mail/{letter.id}/erneut").status_code == 302
    assert db.session.get(Mail, letter.id).failed_at is None
    assert client.post(f"/betrieb/mail/{letter.id}/erneut").status_code == 422


def test_the_auditor_reads_but_starts_nothing(client: FlaskClient) -> None:
    letter = dead_letter()
    sign_in(client, make_user(Role.AUDITOR))
    page = client.get("/betrieb").text
    assert "Erneut senden" not in page and "Jetzt ausführen" not in page
    assert client.post(f"/betrieb/mail/{letter.id}/erneut").status_code == 403
    assert client.post(f"/betrieb/auftrag/{JOBS[0].name}/jetzt").status_code == 403
    assert db.session.get(Mail, letter.id).failed_at is not None


def test_a_job_is_started_out_of_turn(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.ADMINISTRATOR, name="Ada Admin"))
    assert client.post(f"/betrieb/auftrag/{JOBS[0].name}/jetzt").status_code == 302
    assert db.session.scalars(sa.select(JobRun)).one().started_by == "Ada Admin"
    assert "läuft" in client.get("/betrieb").text


@pytest.mark.parametrize("path", ["/betrieb/auftrag/nichts/jetzt", "/betrieb/mail/999999/erneut"])
def test_what_does_not_exist_is_not_found(client: FlaskClient, path: str) -> None:
    assert sign_in(client, make_user(Role.ADMINISTRATOR)).post(path).status_code == 404
