"""The mailbox of the demo: open there, absent in production."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from itsm.core.db import db
from tests.letters import put_mail
from tests.people import MONDAY_9AM


def put() -> int:
    item = {"name": "<b>Anna</b>", "nonce": "abc"}
    letter = put_mail(
        "account-reset", to="anna@example.org", subject="Neues Kennwort", item=item, burst_key="a", at=MONDAY_9AM
    )
    db.session.commit()
    return letter.id


def test_the_empty_mailbox_says_what_fills_it(client: FlaskClient) -> None:
    assert "Noch wurde keine Mail geschrieben" in client.get("/postfach").text


def test_a_mail_is_listed_and_read_without_signing_in(client: FlaskClient) -> None:
    mail_id = put()
    assert "Neues Kennwort" in client.get("/postfach").text
    page = client.get(f"/postfach/{mail_id}").text
    assert "&lt;b&gt;Anna&lt;/b&gt;" in page and '<a href="http' in page


@pytest.mark.parametrize("changes", [{"production": True}, {"mail_host": "mail.example.org"}])
def test_where_mail_really_leaves_there_is_no_mailbox(
    app: Flask, client: FlaskClient, changes: dict[str, object]
) -> None:
    before, mail_id = app.config["SETTINGS"], put()
    app.config["SETTINGS"] = replace(before, **changes)
    try:
        assert client.get("/postfach").status_code == 404
        assert client.get(f"/postfach/{mail_id}").status_code == 404
    finally:
        app.config["SETTINGS"] = before


def test_a_mail_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert client.get("/postfach/999999").status_code == 404
