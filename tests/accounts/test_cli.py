"""The command `itsm user add`."""

import json

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.accounts.cli import add_user
from itsm.accounts.models import User
from itsm.core.access import Role
from itsm.core.errors import DomainError
from tests.places import make_district, make_school


def run(*words: str) -> str:
    result = CliRunner().invoke(add_user, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_first_administrator_gets_a_link_that_works(client: FlaskClient, session: scoped_session) -> None:
    output = run("Erste@Example.org", "--name", "Erste Person", "--role", "administrator")
    path = "/einladung/" + output.split("http://localhost/einladung/")[1].split()[0]
    assert client.post(path, data={"password": "ein ganz neues Kennwort"}).status_code == 302
    assert client.get("/personen").status_code == 200


def test_a_right_at_a_school_or_in_a_district(session: scoped_session) -> None:
    school, district = make_school(), make_district()
    run("a@example.org", "--name", "A", "--role", "head_of_school", "--school", school.number)
    found = json.loads(
        run("b@example.org", "--name", "B", "--role", "campus_manager", "--district", str(district.number), "--json")
    )
    assert found["link"].startswith("http://localhost/einladung/")
    people = session.scalars(sa.select(User).order_by(User.email)).all()
    assert [(user.grants[0].role, user.grants[0].school_id, user.grants[0].district_id) for user in people] == [
        (Role.HEAD_OF_SCHOOL, school.id, None),
        (Role.CAMPUS_MANAGER, None, district.id),
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["a@example.org", "--role", "king"], "Die Rolle „king“ gibt es nicht"),
        (["a@example.org", "--role", "reporter"], "Bitte --school NUMMER angeben"),
        (["a@example.org", "--role", "campus_manager"], "Bitte --district NUMMER angeben"),
        (["a@example.org", "--role", "reporter", "--school", "123456"], "Schule mit der Nummer 123456 gibt es nicht"),
        (["a@example.org", "--role", "campus_manager", "--district", "99"], "Bezirk mit der Nummer 99 gibt es nicht"),
        (["a@example.org", "--role", "auditor", "--school", "1", "--district", "2"], "nicht beides"),
        (["keine Adresse", "--role", "auditor"], "keine E-Mail-Adresse"),
    ],
)
def test_a_bad_argument_is_one_sentence_and_nobody_is_added(
    session: scoped_session, words: list[str], sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        run(*words, "--name", "X")
    assert session.scalar(sa.select(sa.func.count(User.id))) == 0
