"""Files that are written while they are sent: over a real connection, after the request has ended."""

import urllib.request
from pathlib import Path

import pytest

from itsm.core.access import Role
from tests.browser.conftest import city, cookie_of
from tests.people import make_user
from tests.places import make_school
from tests.tickets.factories import make_ticket


@pytest.mark.parametrize("address", ["/stoerungen.csv?tab=alle", "/schulen.csv"])
def test_an_export_arrives_whole(tmp_path: Path, address: str) -> None:
    with city("export", tmp_path) as server:
        with server.app.app_context():
            school = make_school(name="Sonnenschule")
            make_ticket(school)
            user_id = make_user(Role.DISPATCHER).id
        request = urllib.request.Request(
            f"{server.url}{address}", headers={"Cookie": f"session={cookie_of(server.app, user_id)}"}
        )
        with urllib.request.urlopen(request) as answer:
            lines = answer.read().decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "Sonnenschule" in lines[1]
