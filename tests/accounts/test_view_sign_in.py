"""The page to sign in: who comes in, who does not, and where one lands."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.accounts import sessions
from itsm.accounts.models import Attempt, Session
from itsm.accounts.views import TOKEN
from itsm.core import clock
from itsm.core.access import Role
from tests.accounts.factories import PASSWORD, with_password
from tests.people import make_user, sign_in
from tests.places import make_school


def enter(client: FlaskClient, email: str, password: str = PASSWORD, *, target: str = "", address: str = "10.1.0.1"):
    return client.post(
        "/anmelden",
        query_string={"next": target} if target else {},
        data={"email": email, "password": password},
        environ_base={"REMOTE_ADDR": address},
    )


def test_the_right_password_lets_in_whatever_the_capitals_of_the_address(client: FlaskClient) -> None:
    user = with_password(make_user(Role.ADMINISTRATOR, email="maria@example.org"))
    answer = enter(client, " Maria@Example.org ")
    assert (answer.status_code, answer.location) == (302, "/")
    assert user.name in client.get("/konto").text


def test_one_lands_where_one_was_heading(client: FlaskClient) -> None:
    with_password(make_user(Role.ADMINISTRATOR, email="maria@example.org"))
    assert enter(client, "maria@example.org", target="/personen?q=x").location == "/personen?q=x"


def test_a_stranger_is_sent_to_sign_in_with_the_way_back(client: FlaskClient) -> None:
    assert client.get("/personen?q=a+b").location == "/anmelden?next=/personen?q%3Da%2Bb"


def test_a_wrong_password_keeps_the_address_and_never_the_password(client: FlaskClient) -> None:
    with_password(make_user(email="maria@example.org"))
    answer = enter(client, "maria@example.org", "ganz falsches Kennwort")
    assert answer.status_code == 422
    assert "maria@example.org" in answer.text
    assert "ganz falsches Kennwort" not in answer.text


def test_strangers_disabled_and_invited_people_get_the_same_answer(client: FlaskClient) -> None:
    with_password(make_user(email="known@example.org"))
    make_user(email="invited@example.org")
    disabled = with_password(make_user(email="disabled@example.org"))
    disabled.disabled_at = clock.now()
    answers = {
        re.sub(r"\w+@example\.org", "", enter(client, f"{name}@example.org", password).text)
        for name, password in (
            ("known", "falsch falsch"),
            ("nobody", PASSWORD),
            ("invited", PASSWORD),
            ("disabled", PASSWORD),
        )
    }
    assert len(answers) == 1


def test_the_fourth_try_in_a_row_has_to_wait(client: FlaskClient) -> None:
    for email in ("known@example.org", "nobody@example.org"):
        if email.startswith("known"):
            with_password(make_user(email=email))
        assert [enter(client, email, "falsch falsch").status_code for _ in range(3)] == [422] * 3
        answer = enter(client, email)
        assert answer.status_code == 429
        assert re.search(r"warten Sie noch \d+ Sekunde", answer.text)


def test_one_place_cannot_try_many_accounts(client: FlaskClient) -> None:
    codes = [enter(client, f"p{number}@example.org", "falsch falsch").status_code for number in range(12)]
    assert codes == [422] * 10 + [429] * 2
    assert enter(client, "p99@example.org", "falsch falsch", address="10.1.0.2").status_code == 422


def test_a_whole_school_behind_one_address_gets_in(app: Flask, client: FlaskClient) -> None:
    for number in range(12):
        with_password(make_user(email=f"teacher{number}@example.org"))
        assert enter(app.test_client(), f"teacher{number}@example.org").status_code == 302


def test_a_refused_try_is_counted_although_the_request_failed(client: FlaskClient, session: scoped_session) -> None:
    enter(client, "nobody@example.org", "falsch falsch")
    assert session.scalar(sa.select(sa.func.count(Attempt.id))) == 2


def test_signing_in_begins_a_new_session_and_drops_what_the_cookie_held(
    client: FlaskClient, session: scoped_session
) -> None:
    user = with_password(make_user(Role.ADMINISTRATOR, email="maria@example.org"))
    sign_in(client, make_user(Role.ADMINISTRATOR))
    with client.session_transaction() as cookie:
        planted = cookie[TOKEN]
        cookie["planted"] = "x"
    enter(client, "maria@example.org")
    with client.session_transaction() as cookie:
        assert cookie[TOKEN] != planted
        assert "planted" not in cookie
    assert sessions.find(planted, clock.now()) is None
    assert session.scalars(sa.select(Session.user_id)).all() == [user.id]


def test_signing_out_ends_the_session_for_a_copied_cookie_too(app: Flask, client: FlaskClient) -> None:
    school = make_school()
    sign_in(client, make_user(Role.REPORTER, school_id=school.id))
    copied = client.get_cookie("session")
    assert client.get("/konto").status_code == 200
    assert client.post("/abmelden").status_code == 302
    thief = app.test_client()
    thief.set_cookie("session", copied.value, domain="localhost")
    assert thief.get("/konto").status_code == 302


def test_who_is_in_already_goes_on(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.ADMINISTRATOR))
    assert client.get("/anmelden?next=/konto").location == "/konto"


@pytest.mark.parametrize("data", [{}, {"email": "a@example.org"}, {"email": "x" * 300, "password": "y" * 300}])
def test_an_incomplete_form_is_answered_with_sentences(client: FlaskClient, data: dict[str, str]) -> None:
    answer = client.post("/anmelden", data=data)
    assert answer.status_code == 422
    assert "Bitte prüfen Sie Ihre Angaben" in answer.text


def test_the_demo_fills_in_a_person_by_one_tap(app: Flask, client: FlaskClient) -> None:
    app.config.update(DEMO_SIGN_INS=[("Schulleitung", "demo@example.org")], DEMO_PASSWORD="nur Vorführung")
    try:
        assert "Vorführung" in client.get("/anmelden").text
        filled = client.get("/anmelden?als=demo@example.org").text
        assert 'value="demo@example.org"' in filled
        assert 'value="nur Vorführung"' in filled
        assert "nur Vorführung" not in client.get("/anmelden?als=other@example.org").text
    finally:
        del app.config["DEMO_SIGN_INS"], app.config["DEMO_PASSWORD"]
