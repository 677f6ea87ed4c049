"""Mail leaves once, comes back after trouble, and a broken one holds up nobody."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from jinja2 import DictLoader
from sqlalchemy.orm import scoped_session

from itsm.core import mail
from itsm.core.db import db, writing
from itsm.core.outbox import Mail
from tests.letters import put_mail
from tests.people import MONDAY_9AM
from tests.runtime.post_office import Office, open_office

MINUTE = timedelta(minutes=1)
TEMPLATES = {
    "mail/test.txt": "{{ mail.to_name }},\n{% for item in items %}{{ item.text }}\n{% endfor %}{{ base_url }}/",
    "mail/test.html": "<p>{% for item in items %}{{ item.text }}{% endfor %}</p>",
    "mail/broken.txt": "{{ nothing.at.all }}",
    "mail/broken.html": "",
}


def now():
    return MONDAY_9AM + MINUTE


@pytest.fixture
def office() -> Iterator[Office]:
    with open_office() as office:
        yield office


@pytest.fixture
def templates(app: Flask) -> Iterator[None]:
    before = app.jinja_env.loader
    app.jinja_env.loader = DictLoader(TEMPLATES)
    yield
    app.jinja_env.loader = before


@pytest.fixture
def posted(app: Flask, office: Office, session: scoped_session, templates: None) -> Iterator[Office]:
    """The application with the mail server of the test instead of the mailbox page."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(
        before, mail_host="127.0.0.1", mail_port=office.port, mail_from="it@example.org", city_name="Teststadt"
    )
    yield office
    app.config["SETTINGS"] = before


def put(**changes) -> Mail:
    values = {
        "template": "test",
        "to": "anna@example.org",
        "subject": "Störung S-7",
        "item": {"text": "Wir kommen morgen."},
        "burst_key": "ticket-7",
        "at": MONDAY_9AM,
        "to_name": "Anna Müller",
    }
    letter = put_mail(**{**values, **changes})
    db.session.commit()
    return letter


def queued(letter: Mail) -> int:
    return db.session.scalar(
        sa.text("SELECT count(*) FROM procrastinate_jobs WHERE queueing_lock = :key"), {"key": f"mail-{letter.id}"}
    )


def test_a_mail_arrives_as_text_and_html_with_all_its_headers(posted: Office) -> None:
    letter = put()
    mail.deliver(letter.id, now)
    (message,) = posted.received
    assert message["From"] == "Teststadt <it@example.org>"
    assert message["To"] == "Anna Müller <anna@example.org>"
    assert message["Subject"] == "Störung S-7"
    assert message["Message-ID"] == f"<{letter.message_id}@example.org>"
    assert message["Date"].datetime == MONDAY_9AM
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Anna Müller," in message.get_body(("plain",)).get_content()
    assert message.get_body(("html",)).get_content().strip() == "<p>Wir kommen morgen.</p>"
    assert letter.sent_at == now()


def test_a_second_delivery_sends_nothing(posted: Office) -> None:
    letter = put()
    mail.deliver(letter.id, now)
    mail.deliver(letter.id, now)
    assert len(posted.received) == 1


def test_several_events_of_a_burst_are_one_mail(posted: Office) -> None:
    letter = put()
    assert put(item={"text": "Doch erst übermorgen."}).id == letter.id
    assert queued(letter) == 1
    mail.deliver(letter.id, now)
    assert posted.received[0].get_body(("plain",)).get_content().count("morgen") == 2


def test_html_of_people_is_escaped_in_the_html_part_only(posted: Office) -> None:
    mail.deliver(put(item={"text": "<script>alert(1)</script>"}).id, now)
    (message,) = posted.received
    assert "&lt;script&gt;" in message.get_body(("html",)).get_content()
    assert "<script>" in message.get_body(("plain",)).get_content()


@pytest.mark.parametrize("field", ["subject", "to_name"])
def test_a_line_break_starts_no_header_of_its_own(posted: Office, field: str) -> None:
    mail.deliver(put(**{field: "Hallo\r\nBcc: alle@example.org\x07"}).id, now)
    (message,) = posted.received
    assert message["Bcc"] is None
    assert "Bcc: alle" in str(message["Subject"] if field == "subject" else message["To"])


def test_a_busy_server_is_asked_again_later(posted: Office) -> None:
    posted.answers = ["451 4.3.0 busy"]
    letter = put()
    mail.deliver(letter.id, now)
    assert (letter.sent_at, letter.failed_at, letter.attempts) == (None, None, 1)
    assert letter.due_at == now() + mail.FIRST_WAIT
    assert "busy" in letter.last_error
    mail.deliver(letter.id, now)
    assert letter.sent_at is not None and letter.last_error == ""


def test_a_server_that_is_down_is_asked_again_until_the_mail_is_given_up(posted: Office, app: Flask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_port=port)
    letter = put()
    waits = []
    for _ in range(mail.TRIES):
        mail.deliver(letter.id, now)
        waits.append(letter.due_at - now())
    assert letter.failed_at == now() and letter.attempts == mail.TRIES
    assert waits[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert max(waits) <= mail.LONGEST_WAIT


def test_a_refused_address_is_given_up_at_once(posted: Office) -> None:
    posted.refused_address = "anna@example.org"
    letter = put()
    mail.deliver(letter.id, now)
    assert letter.failed_at == now() and "no such mailbox" in letter.last_error


def test_a_broken_mail_is_given_up_and_the_next_one_leaves(posted: Office) -> None:
    poison, letter = put(template="broken"), put(burst_key="other")
    mail.deliver(poison.id, now)
    mail.deliver(letter.id, now)
    assert poison.failed_at == now() and "UndefinedError" in poison.last_error
    assert letter.sent_at == now()


def test_a_mail_given_up_can_be_sent_again(posted: Office) -> None:
    posted.refused_address = "anna@example.org"
    letter = put()
    mail.deliver(letter.id, now)
    posted.refused_address = ""
    mail.send_again(letter, now())
    mail.deliver(letter.id, now)
    assert letter.sent_at == now()


def test_an_event_after_the_first_try_becomes_a_mail_of_its_own(posted: Office) -> None:
    posted.answers = ["451 4.3.0 busy"]
    letter = put()
    mail.deliver(letter.id, now)
    assert put().id != letter.id


def test_in_the_demo_a_mail_counts_as_delivered(session: scoped_session, templates: None) -> None:
    letter = put()
    mail.deliver(letter.id, now)
    assert letter.sent_at == now()


def test_forgotten_mails_are_enqueued_once(session: scoped_session, templates: None) -> None:
    letter = put()
    session.execute(sa.text("DELETE FROM procrastinate_jobs"))
    long_after = MONDAY_9AM + 3 * mail.LONGEST_WAIT
    assert [mail.enqueue_forgotten(MONDAY_9AM), mail.enqueue_forgotten(long_after)] == [0, 1]
    assert mail.enqueue_forgotten(long_after) == 0
    assert queued(letter) == 1


_DIES_AFTER_SENDING = """
import os, sys
from itsm.app import create_app
from itsm.core import clock, mail
from tests.databases import settings_for
from pathlib import Path
app = create_app(settings_for(Path("."), sys.argv[1], ITSM_MAIL_HOST="127.0.0.1", ITSM_MAIL_PORT=sys.argv[2]))
with app.app_context():
    send = mail.transport_of(app.config["SETTINGS"])
    def send_and_die(message):
        send(message)
        os.kill(os.getpid(), 9)
    mail.deliver(int(sys.argv[3]), clock.now, send_and_die)
"""


def test_a_worker_killed_between_sending_and_noting_it_sends_again_under_the_same_name(own_app: Flask) -> None:
    with writing():
        nonce = {"name": "Anna", "nonce": "x"}
        letter = put_mail(
            "account-reset", to="anna@example.org", subject="Kennwort", item=nonce, burst_key="a", at=MONDAY_9AM
        )
    url = own_app.config["SQLALCHEMY_DATABASE_URI"]
    with open_office() as office:
        arguments = [sys.executable, "-c", _DIES_AFTER_SENDING, url, str(office.port), str(letter.id)]
        assert subprocess.run(arguments, check=False).returncode == -9
        db.session.expire_all()
        assert letter.sent_at is None and letter.attempts == 1
        own_app.config["SETTINGS"] = replace(own_app.config["SETTINGS"], mail_host="127.0.0.1", mail_port=office.port)
        mail.deliver(letter.id, now)
    first, second = office.received
    assert first["Message-ID"] == second["Message-ID"]
    assert letter.sent_at == now()
