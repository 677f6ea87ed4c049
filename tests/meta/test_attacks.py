"""One test for each class of attack that hit comparable systems and fits what is built."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.accounts import passwords, sessions
from itsm.accounts.models import User
from itsm.accounts.service import sign_in as service
from itsm.app import create_app
from itsm.core import clock, mail
from itsm.core.access import Role
from itsm.core.db import db
from tests.accounts.factories import HASH, PASSWORD, with_password
from tests.counting import queries_of
from tests.letters import put_mail
from tests.meta.test_access import parts_of, rows_of_every_table, rules
from tests.meta.world import build
from tests.people import MONDAY_9AM, make_user, sign_in
from tests.places import make_school

TEMPLATES = Path(__file__).parents[2] / "templates"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def guarded(app: Flask) -> Iterator[Flask]:
    """The application with the guard against forged requests switched on, as in production."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def administrator(client: FlaskClient) -> FlaskClient:
    return sign_in(client, with_password(make_user(Role.ADMINISTRATOR)))


ELSEWHERE = (
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https://evil.example",
    "/\t/evil.example",
    "\\/evil",
    "evil",
    "javascript:alert(1)",
    "/ok\r\nSet-Cookie: x=y",
)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_to_another_site_after_signing_in(client: FlaskClient, target: str) -> None:
    user = with_password(make_user(Role.ADMINISTRATOR))
    answer = client.post("/anmelden", query_string={"next": target}, data={"email": user.email, "password": PASSWORD})
    assert answer.location == "/"
    assert client.get("/anmelden", query_string={"next": target}).location == "/"


def test_in_production_a_foreign_host_is_refused(app: Flask) -> None:
    settings = replace(app.config["SETTINGS"], production=True, base_url="https://schul-it.example.org")
    hosted = create_app(settings).test_client()
    assert hosted.get("/lebt", headers={"Host": "schul-it.example.org"}).status_code == 200
    assert hosted.get("/lebt", headers={"Host": "evil.example"}).status_code == 400


def test_every_post_without_its_token_is_refused_and_changes_nothing(guarded: Flask, session: scoped_session) -> None:
    world = build()
    client = sign_in(guarded.test_client(), world.people["administrator"])
    before = rows_of_every_table(session)
    posts = {row: rule for row, rule in rules(guarded).items() if not row.startswith("GET ")}
    for row, rule in posts.items():
        with guarded.test_request_context():
            path = guarded.url_for(rule.endpoint, **parts_of(world, rule))
        assert client.open(path, method=row.split()[0], data={}).status_code == 400, row
    assert len(posts) > 20
    assert rows_of_every_table(session) == before


def test_with_its_token_a_form_works(guarded: Flask, session: scoped_session) -> None:
    user, client = with_password(make_user(Role.ADMINISTRATOR)), guarded.test_client()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/anmelden").text)
    assert found
    data = {"email": user.email, "password": PASSWORD}
    assert client.post("/anmelden", data=data | {"csrf_token": found[1] + "x"}).status_code == 400
    assert client.post("/anmelden", data=data | {"csrf_token": found[1]}).status_code == 302


@pytest.mark.parametrize("end", ["/abmelden", "/konto/ueberall-abmelden", "disable", "password"])
def test_a_copied_cookie_is_worth_nothing_once_its_session_has_ended(
    app: Flask, session: scoped_session, end: str
) -> None:
    user = with_password(make_user(Role.ADMINISTRATOR))
    client, thief = sign_in(app.test_client(), user), app.test_client()
    cookie = client.get_cookie("session")
    assert cookie
    thief.set_cookie("session", cookie.value, domain="localhost")
    assert thief.get("/konto").status_code == 200
    if end == "disable":
        administrator(app.test_client()).post(f"/personen/{user.id}/sperren")
    elif end == "password":
        other = sign_in(app.test_client(), user)
        other.post("/konto/kennwort", data={"old": PASSWORD, "password": "ein ganz anderes Kennwort"})
    else:
        client.post(end)
    assert thief.get("/konto").location == "/anmelden?next=/konto"
    assert thief.post("/konto").status_code == 401


def test_a_planted_cookie_does_not_open_the_session_of_its_victim(app: Flask, session: scoped_session) -> None:
    user, victim, attacker = with_password(make_user(Role.ADMINISTRATOR)), app.test_client(), app.test_client()
    attacker.get("/anmelden")
    planted = attacker.get_cookie("session")
    victim.set_cookie("session", planted.value if planted else "planted", domain="localhost")
    victim.post("/anmelden", data={"email": user.email, "password": PASSWORD})
    assert victim.get("/konto").status_code == 200
    assert attacker.get("/konto").status_code == 302


def test_the_work_of_a_refused_sign_in_does_not_tell_who_has_an_account(session: scoped_session) -> None:
    known = with_password(make_user())
    statements = []
    for email in (known.email, "nobody@example.org"):
        with queries_of() as queries, pytest.raises(Exception, match="stimmt nicht"):
            service.sign_in(email, "falsch falsch", address="-", agent="", at=MONDAY_9AM)
        statements.append(queries)
    assert statements[0] == statements[1]
    spent: dict[str, list[float]] = {HASH: [], "": []}
    for stored in [HASH, ""] * 12:
        begun = time.process_time()
        passwords.fits(stored, "falsch falsch")
        spent[stored].append(time.process_time() - begun)
    assert 0.7 < median(spent[HASH]) / median(spent[""]) < 1.4


def test_the_address_a_browser_claims_does_not_help_against_limits(client: FlaskClient) -> None:
    data = {"email": "x", "password": "falsch falsch"}
    codes = [
        client.post(
            "/anmelden", data=data | {"email": f"p{number}@x.de"}, headers={"X-Forwarded-For": f"10.0.0.{number}"}
        )
        for number in range(11)
    ]
    assert codes[-1].status_code == 429


def test_a_person_named_by_a_header_is_not_believed(client: FlaskClient) -> None:
    user = make_user(Role.ADMINISTRATOR)
    headers = {"X-Remote-User": user.email, "Remote-User": user.email, "Authorization": f"Basic {user.email}"}
    assert client.get("/konto", headers=headers).status_code == 302


def test_no_header_of_a_mail_can_be_broken(app: Flask, session: scoped_session) -> None:
    bad = "x\r\nBcc: evil@example.org\n\nBody"
    item = {"name": bad, "nonce": "x"}
    row = put_mail(
        "account-reset", to="a@example.org", to_name=bad, subject=bad, item=item, burst_key="x", at=MONDAY_9AM
    )
    message = mail.compose(row)
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"] and "\n" not in message["To"]
    head = message.as_string().split("\n\n")[0]
    assert not re.search(r"^bcc:", head, re.IGNORECASE | re.MULTILINE)


def test_an_address_with_a_line_break_is_no_address(client: FlaskClient, session: scoped_session) -> None:
    school = make_school()
    administrator(client)
    for email in ("a@example.org\r\nBcc: b@example.org", "a@example.org,b@example.org", "<a@example.org>", "a@b"):
        data = {"name": "X", "email": email, "role": "reporter", "place": f"school:{school.id}"}
        assert client.post("/personen/neu", data=data).status_code == 422, email
    assert session.scalar(sa.select(sa.func.count(User.id))) == 1


@pytest.mark.parametrize("path", ["/anmelden", "/passwort", "/gibt-es-nicht", "/konto", "/personen", "/", "/lebt"])
def test_every_answer_carries_the_safety_headers(client: FlaskClient, path: str) -> None:
    headers = administrator(client).get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in (
        "default-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert part in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_the_cookie_is_out_of_reach_for_script_and_other_sites(app: Flask, client: FlaskClient) -> None:
    user = with_password(make_user(Role.ADMINISTRATOR))
    data = {"email": user.email, "password": PASSWORD}
    cookie = client.post("/anmelden", data=data).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Domain" not in cookie
    secure = create_app(replace(app.config["SETTINGS"], base_url="https://schul-it.example.org"))
    assert secure.config["SESSION_COOKIE_NAME"] == "__Host-session"
    assert secure.config["SESSION_COOKIE_SECURE"]
    answer = secure.test_client().get("/lebt", base_url="https://schul-it.example.org")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("signed_in", [False, True])
def test_script_in_path_query_and_headers_is_shown_as_text_or_not_at_all(client: FlaskClient, signed_in: bool) -> None:
    if signed_in:
        administrator(client)
    headers = {"Referer": f"http://localhost/{SCRIPT}", "User-Agent": SCRIPT, "X-Forwarded-For": SCRIPT}
    for path in (f"/{SCRIPT}", f"/anmelden?next=/{SCRIPT}", f"/personen?q={SCRIPT}", f"/suche?q={SCRIPT}", "/konto",
                 f"/einladung/{SCRIPT}", f"/personen?tab={SCRIPT}&nach={SCRIPT}"):  # fmt: skip
        assert SCRIPT not in client.get(path, headers=headers, follow_redirects=True).text, path
    client.post("/anmelden", data={"email": SCRIPT, "password": SCRIPT}, headers=headers)
    assert SCRIPT not in client.post("/passwort", data={"email": SCRIPT}).text


def test_the_browser_of_a_sign_in_is_shown_as_text(client: FlaskClient, session: scoped_session) -> None:
    user = make_user(Role.ADMINISTRATOR)
    sessions.begin(user, clock.now(), agent=SCRIPT)
    db.session.commit()
    assert SCRIPT not in sign_in(client, user).get("/konto").text


@pytest.mark.parametrize("field", ["email", "password", "x"])
def test_a_flood_of_text_or_fields_is_a_sentence_and_no_load(client: FlaskClient, field: str) -> None:
    begun = time.monotonic()
    answer = client.post("/anmelden", data={"email": "a@b.de", "password": "x", field: "&<" * 500_000})
    assert answer.status_code == 413
    assert "zu groß" in answer.text.lower()
    many = client.post("/anmelden", data={f"field{number}": "x" for number in range(10_000)})
    assert many.status_code in (413, 422)
    assert time.monotonic() - begun < 2


def test_no_template_writes_script_or_style_into_a_page() -> None:
    inline = re.compile(
        r"""\son\w+\s*=\s*["']|\sstyle\s*=|<style|<script(?![^>]*\ssrc=)|(?<!['"\s])\s*\|\s*safe\b""", re.IGNORECASE
    )
    pages = [path for path in TEMPLATES.rglob("*.html") if path.parent.name != "mail"]
    found = {str(path.relative_to(TEMPLATES)): hit[0] for path in pages if (hit := inline.search(path.read_text()))}
    assert len(pages) > 20
    assert not found
