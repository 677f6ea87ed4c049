"""The desk and the landing page of the claims staff."""

import re

import pytest
from flask.testing import FlaskClient

from itsm.claims.kinds import Kind
from itsm.claims.states import ClaimState
from itsm.core.access import Role
from tests.claims.factories import make_approved, make_case, make_debtor, make_examined
from tests.people import make_user, sign_in
from tests.places import make_school

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """The browser of somebody who approves."""
    return sign_in(client, make_user(Role.CLAIMS_APPROVER))


def text(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def test_an_empty_desk_says_so(desk: FlaskClient) -> None:
    page = text(desk, "/schaeden/bearbeitung")
    assert "Hier wartet nichts." in page and 'href="/schaeden/regeln"' in page
    assert "In dieser Ansicht ist kein Fall." in text(desk, "/schaeden/bearbeitung?tab=offen")
    assert "Hier wartet nichts." in text(desk, "/schaeden/bearbeitung/neu")
    text(desk, "/schaeden/bearbeitung/gibt-es-nicht", 404)


def test_each_row_leads_to_the_case_and_says_what_comes_next(desk: FlaskClient) -> None:
    theft = make_case(kind=Kind.THEFT)
    page = text(desk, "/schaeden/bearbeitung")
    assert f'href="/schaeden/{theft.id}#weiter"' in page
    for words in ("Aktenzeichen fehlt", "Sperre offen", "Fall prüfen · Schadensbearbeitung"):
        assert words in page
    assert theft.device_label in text(desk, "/schaeden/bearbeitung/polizei")


def test_a_block_shows_three_says_how_many_and_folds_what_waits_for_others(desk: FlaskClient) -> None:
    school, kinds = make_school(), (Kind.THEFT, Kind.DAMAGE, Kind.DAMAGE, Kind.DAMAGE)
    cases = [make_case(school, kind=kind) for kind in kinds]
    page = text(desk, "/schaeden/bearbeitung")
    new = page[page.index("<strong>Neu</strong>") : page.index("Wartet auf andere")]
    assert new.count("#weiter") == 3 and "Alle 4 zeigen" in new
    assert text(desk, "/schaeden/bearbeitung/neu").count("#weiter") == len(cases)
    assert re.search(r"<details[^>]*open[^>]*>(?:(?!<details).)*Sperre offen", page, re.DOTALL)
    assert not re.search(r"<details[^>]*open[^>]*>(?:(?!<details).)*Aktenzeichen fehlt", page, re.DOTALL)


def test_whoever_searches_gets_the_list_and_a_sentence_for_a_wrong_word(desk: FlaskClient) -> None:
    theft, broken = make_case(kind=Kind.THEFT), make_examined()
    page = text(desk, "/schaeden/bearbeitung?tab=alle&q=art:Diebstahl")
    assert theft.device_label in page and broken.device_label not in page
    assert "Wartet auf andere" not in page
    assert "Die Art „Wunder“ gibt es nicht" in text(desk, "/schaeden/bearbeitung?q=art:Wunder", 422)
    assert "insgesamt gibt es einen" in text(desk, f"/schaeden/bearbeitung?tab=meine&q={theft.number}")


def test_no_name_of_a_debtor_stands_on_the_desk(desk: FlaskClient) -> None:
    claim = make_approved(state=ClaimState.PROPOSED, approved_at=None, approved_by_id=None)
    make_debtor(claim, name="Kim Geheim")
    for path in ("/schaeden/bearbeitung", "/schaeden/bearbeitung/freigabe", "/"):
        page = text(desk, path)
        assert f"F-{claim.id}" in page and "Geheim" not in page


def test_the_landing_page_leads_to_the_next_case(desk: FlaskClient) -> None:
    assert "Zu den Schadensfällen" in text(desk, "/")
    case = make_case()
    page = text(desk, "/")
    assert "Ein Schadensfall ist neu." in page and "Nächster Fall" in page
    assert f'href="/schaeden/{case.id}#weiter"' in page


def test_others_have_no_desk(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.ADMINISTRATOR))
    text(client, "/schaeden/bearbeitung", 403)
    assert "Nächster Fall" not in text(client, "/")
