"""The pages of the figures clerks may change."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.core import clock, figures
from itsm.core.access import Role
from itsm.tickets.figures import CLOSE_DAYS
from tests.people import make_user, sign_in

PAGE = f"/einstellungen/{CLOSE_DAYS}"


def today() -> str:
    return f"{clock.local_day(clock.now()):%d.%m.%Y}"


def test_a_new_value_holds_from_its_day_and_not_before(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.DISPATCHER, name="Tea Team"))
    day = clock.local_day(clock.now()) + timedelta(days=10)
    answer = client.post(PAGE, data={"value": "9", "valid_from": f"{day:%d.%m.%Y}"})
    assert answer.status_code == 302
    assert figures.value(CLOSE_DAYS, day - timedelta(days=1)) == 7
    assert figures.value(CLOSE_DAYS, day) == 9
    page = client.get("/einstellungen").text
    assert f"9 ab {day:%d.%m.%Y}" in page
    assert "Tea Team" in client.get(PAGE).text


def test_a_second_value_for_the_same_day_replaces_the_first(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.ADMINISTRATOR))
    for value in ("9", "11"):
        client.post(PAGE, data={"value": value, "valid_from": today()})
    assert figures.value(CLOSE_DAYS, clock.local_day(clock.now())) == 11


@pytest.mark.parametrize(
    ("value", "valid_from"),
    [
        ("", "1.1.2090"),
        ("viele", "1.1.2090"),
        ("-1", "1.1.2090"),
        ("61", "1.1.2090"),
        ("nan", "1.1.2090"),
        ("1e3", "1.1.2090"),
        ("9" * 5000, "1.1.2090"),
        ("9", ""),
        ("9", "31.2.2090"),
        ("9", "1.1.2020"),
        ("²", "1.1.2090"),
    ],
)
def test_a_bad_value_gets_a_sentence_and_changes_nothing(client: FlaskClient, value: str, valid_from: str) -> None:
    sign_in(client, make_user(Role.ADMINISTRATOR))
    answer = client.post(PAGE, data={"value": value, "valid_from": valid_from})
    assert answer.status_code == 422
    assert figures.value(CLOSE_DAYS, clock.local_day(clock.now())) == 7


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (Role.ADMINISTRATOR, 200, 302),
        (Role.DISPATCHER, 200, 302),
        (Role.AUDITOR, 200, 403),
        (Role.CAMPUS_MANAGER, 403, 403),
        (Role.SECOND_LEVEL, 403, 403),
    ],
)
def test_who_may_read_and_who_may_write(client: FlaskClient, role: Role, reads: int, writes: int) -> None:
    sign_in(client, make_user(role))
    assert client.get("/einstellungen").status_code == reads
    assert client.post(PAGE, data={"value": "9", "valid_from": today()}).status_code == writes


def test_an_unknown_figure_is_not_found(client: FlaskClient, session: scoped_session) -> None:
    assert sign_in(client, make_user(Role.ADMINISTRATOR)).get("/einstellungen/nichts").status_code == 404
