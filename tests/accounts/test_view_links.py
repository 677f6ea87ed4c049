"""Links by mail: invitation and forgotten password."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.accounts import links, passwords, queries, sessions
from itsm.accounts.models import Link, LinkKind, User
from itsm.accounts.service import sign_in as service
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.outbox import Mail
from tests.accounts.factories import PASSWORD, with_password
from tests.people import MONDAY_9AM, make_user

NEW = "ein ganz neues Kennwort"


def mailed(user: User, kind: LinkKind = LinkKind.RESET) -> str:
    path = service.send_link(user, kind, clock.now())
    db.session.commit()
    return path


def mails(session: scoped_session) -> list[Mail]:
    return list(session.scalars(sa.select(Mail)))


def test_an_invited_person_sets_a_password_and_is_in(client: FlaskClient) -> None:
    user = make_user(Role.ADMINISTRATOR)
    path = mailed(user, LinkKind.INVITATION)
    assert path.startswith("/einladung/")
    assert "Willkommen" in client.get(path).text
    assert client.post(path, data={"password": NEW}).location == "/"
    assert user.email in client.get("/konto").text
    assert passwords.fits(user.password_hash, NEW)


def test_a_link_works_once(app: Flask, client: FlaskClient) -> None:
    path = mailed(with_password(make_user()))
    assert client.get(path).status_code == client.get(path).status_code == 200
    assert client.post(path, data={"password": NEW}).status_code == 302
    for answer in (app.test_client().get(path), app.test_client().post(path, data={"password": "noch ein anderes"})):
        assert answer.status_code == 404
        assert "Dieser Link gilt nicht mehr" in answer.text


def test_a_link_works_for_24_hours(session: scoped_session) -> None:
    user = make_user()
    token = service.send_link(user, LinkKind.RESET, MONDAY_9AM).rsplit("/", 1)[1]
    end = MONDAY_9AM + timedelta(hours=24)
    assert links.find(token, end - timedelta(seconds=1))
    assert links.find(token, end) is None
    assert links.find(token + "x", MONDAY_9AM) is None


def test_the_database_holds_neither_token_nor_address_of_the_link(session: scoped_session) -> None:
    token = mailed(make_user()).rsplit("/", 1)[1]
    rows = session.execute(sa.text("SELECT l::text FROM link l UNION ALL SELECT m::text FROM mail m")).scalars()
    assert all(token not in row for row in rows)


def test_the_mail_shows_the_link_under_the_configured_address_whatever_the_host_header(
    app: Flask, client: FlaskClient, session: scoped_session
) -> None:
    user = with_password(make_user(email="maria@example.org"))
    client.post("/passwort", data={"email": user.email}, headers={"Host": "evil.example", "X-Forwarded-Host": "evil"})
    (mail,) = mails(session)
    for kind in ("txt", "html"):
        text = render(app, mail, kind)
        assert "http://localhost/passwort/" in text
        assert "evil" not in text
    path = "/passwort/" + render(app, mail, "txt").split("/passwort/")[1].split()[0]
    assert client.get(path).status_code == 200


def render(app: Flask, mail: Mail, kind: str) -> str:
    template = app.jinja_env.get_template(f"mail/{mail.template}.{kind}")
    return template.render(mail=mail, items=mail.items, base_url=app.config["BASE_URL"], city_name="Stadt Dortmund")


def test_setting_a_password_ends_every_other_sign_in_and_every_other_link(
    app: Flask, client: FlaskClient, session: scoped_session
) -> None:
    user = with_password(make_user(Role.ADMINISTRATOR))
    stolen = sessions.begin(user, clock.now())
    other, path = mailed(user), mailed(user)
    client.post(path, data={"password": NEW})
    assert sessions.find(stolen, clock.now()) is None
    assert app.test_client().get(other).status_code == 404
    assert client.get("/konto").status_code == 200


def test_a_disabled_person_cannot_use_a_link(client: FlaskClient) -> None:
    user = make_user()
    path = mailed(user)
    user.disabled_at = clock.now()
    db.session.commit()
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("password", ["", "kurz", "passwort", "x" * 201])
def test_a_weak_password_is_refused_and_the_link_stays(client: FlaskClient, password: str) -> None:
    user = make_user()
    path = mailed(user)
    assert client.post(path, data={"password": password}).status_code == 422
    assert user.password_hash == ""
    assert client.get(path).status_code == 200


def test_who_never_had_a_password_gets_an_invitation_when_asking(client: FlaskClient, session: scoped_session) -> None:
    user = make_user()
    client.post("/passwort", data={"email": user.email})
    assert [mail.template for mail in mails(session)] == ["account-invitation"]


def test_the_answer_is_the_same_for_everybody_and_only_who_is_known_gets_mail(
    client: FlaskClient, session: scoped_session
) -> None:
    known, disabled = with_password(make_user()), with_password(make_user())
    disabled.disabled_at = clock.now()
    db.session.commit()
    answers = set()
    for email in (known.email, disabled.email, "nobody@example.org"):
        answer = client.post("/passwort", data={"email": email})
        answers.add((answer.status_code, answer.text.replace(email, "")))
    assert len(answers) == 1
    assert [mail.to_address for mail in mails(session)] == [known.email]
    assert session.scalar(sa.select(sa.func.count(Link.id))) == 1


def test_three_links_an_hour_for_an_account_known_or_not(client: FlaskClient) -> None:
    with_password(make_user(email="known@example.org"))
    for email in ("known@example.org", "nobody@example.org"):
        codes = [client.post("/passwort", data={"email": email}).status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]


def test_a_new_password_lets_in_at_once_after_too_many_tries(client: FlaskClient) -> None:
    user = with_password(make_user(Role.ADMINISTRATOR))
    for _ in range(4):
        client.post("/anmelden", data={"email": user.email, "password": "falsch falsch"})
    client.post(mailed(user), data={"password": NEW})
    assert client.post("/anmelden", data={"email": user.email, "password": NEW}).status_code == 302


def test_the_password_of_the_tests_is_not_kept_in_clear(session: scoped_session) -> None:
    user = with_password(make_user(email="maria@example.org"))
    assert PASSWORD not in user.password_hash
    assert queries.by_email("MARIA@example.org") == user
