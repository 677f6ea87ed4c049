"""The page of one's own account."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.accounts import passwords, sessions
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from tests.accounts.factories import PASSWORD, with_password
from tests.people import make_user, sign_in
from tests.places import make_school

NEW = "ein ganz neues Kennwort"


def test_a_new_password_keeps_this_sign_in_and_ends_the_others(client: FlaskClient, session: scoped_session) -> None:
    user = with_password(make_user(Role.ADMINISTRATOR))
    other = sessions.begin(user, clock.now())
    sign_in(client, user)
    answer = client.post("/konto/kennwort", data={"old": PASSWORD, "password": NEW})
    assert answer.status_code == 302
    assert passwords.fits(user.password_hash, NEW)
    assert sessions.find(other, clock.now()) is None
    assert client.get("/konto").status_code == 200


def test_the_old_password_must_be_known_and_guessing_it_is_slow(client: FlaskClient) -> None:
    user = with_password(make_user(Role.ADMINISTRATOR))
    sign_in(client, user)
    codes = [client.post("/konto/kennwort", data={"old": "falsch", "password": NEW}).status_code for _ in range(4)]
    assert codes == [422, 422, 422, 429]
    assert passwords.fits(user.password_hash, PASSWORD)


def test_a_weak_new_password_is_refused(client: FlaskClient) -> None:
    user = with_password(make_user(Role.ADMINISTRATOR))
    sign_in(client, user)
    for weak in ("kurz", "passwort123", user.email):
        assert client.post("/konto/kennwort", data={"old": PASSWORD, "password": weak}).status_code in (422, 429)
    assert passwords.fits(user.password_hash, PASSWORD)


def test_one_can_end_single_sign_ins_but_nobody_elses(app: Flask, client: FlaskClient, session: scoped_session) -> None:
    user, other = make_user(Role.ADMINISTRATOR), make_user()
    mine, foreign = sessions.begin(user, clock.now(), "Firefox on Linux"), sessions.begin(other, clock.now())
    db.session.commit()
    sign_in(client, user)
    page = client.get("/konto").text
    assert "Linux-PC, Firefox" in page and "dieses Gerät" in page
    for token, status in ((mine, 302), (foreign, 404)):
        person = sessions.find(token, clock.now())
        assert person
        assert client.post(f"/konto/anmeldungen/{person.session_id}/beenden").status_code == status
    assert sessions.find(mine, clock.now()) is None
    assert sessions.find(foreign, clock.now())


def test_signing_out_everywhere_ends_every_sign_in_of_this_person_only(
    client: FlaskClient, session: scoped_session
) -> None:
    user, other = make_user(Role.ADMINISTRATOR), make_user()
    tokens = [sessions.begin(person, clock.now()) for person in (user, user, other)]
    sign_in(client, user)
    assert client.post("/konto/ueberall-abmelden").location == "/anmelden"
    assert [sessions.find(token, clock.now()) is not None for token in tokens] == [False, False, True]
    assert client.get("/konto").status_code == 302


def test_an_empty_name_is_refused_and_the_telephone_kept(client: FlaskClient) -> None:
    user = make_user(Role.REPORTER, school_id=make_school().id, name="Maria")
    answer = sign_in(client, user).post("/konto", data={"name": " ", "phone": "0231 99"})
    assert answer.status_code == 422
    assert "0231 99" in answer.text
    assert user.name == "Maria"
