"""The list of claims: found by number, Kassenzeichen and name, and no name in it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import scoped_session

from itsm.claims.models import Claim
from itsm.claims.reference import shown
from itsm.claims.service import claims
from itsm.core.access import Role
from itsm.core.db import db
from tests.claims.factories import make_claim, make_debtor, make_examined
from tests.claims.steps import clerk, make_demanded, make_proposed
from tests.people import MONDAY_9AM, make_user, sign_in


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_user(Role.CLAIMS_CLERK))


@pytest.fixture
def claim(session: scoped_session) -> Claim:
    claim = make_claim()
    make_debtor(claim, name="Kim Geheimnis")
    return claim


def found(desk: FlaskClient, line: str, tab: str = "alle") -> bool:
    answer = desk.get("/forderungen", query_string={"q": line, "tab": tab})
    assert answer.status_code == 200
    return 'class="it-table__link"' in answer.text


def test_a_claim_is_found_by_number_reference_device_and_name(desk: FlaskClient, claim: Claim) -> None:
    label = claim.items[0].case.device_label.split(" ")[0]
    for line in (claim.number, str(claim.id), claim.reference, shown(claim.reference), label, "geheimnis", "Kim"):
        assert found(desk, line), line
    for line in ("F-99999999999999999999", "Niemand", "%", "100%'--"):
        assert not found(desk, line), line


def test_no_name_of_a_debtor_stands_in_the_list(desk: FlaskClient, claim: Claim) -> None:
    rows = desk.get("/forderungen", query_string={"q": claim.number, "tab": "alle"}).text
    assert claim.number in rows
    assert "Geheimnis" not in rows


def test_tabs_tell_what_waits_and_filters_narrow(desk: FlaskClient, claim: Claim) -> None:
    make_proposed()
    owed = make_demanded()
    assert found(desk, "", "freigabe")
    assert found(desk, "stand:gefordert", "offen")
    assert not found(desk, "stand:gemahnt", "offen")
    assert not found(desk, "", "ueberfaellig")
    assert not found(desk, "bei:ich")
    assert not found(desk, "grundlage:bescheid")
    assert found(desk, f"schule:{owed.school.number}")


@pytest.mark.parametrize("line", ["stand:quatsch", "grundlage:quatsch", "x" * 301])
def test_a_line_it_does_not_understand_is_shown_with_a_sentence(desk: FlaskClient, line: str) -> None:
    assert desk.get("/forderungen", query_string={"q": line}).status_code == 422


def test_pages_follow_one_another_without_a_gap_and_with_few_questions(desk: FlaskClient) -> None:
    case, me = make_examined(), clerk()
    made = [claims.open_claim(me, case, MONDAY_9AM) for _ in range(27)]
    db.session.commit()
    asked = 0

    def count(*_: object) -> None:
        nonlocal asked
        asked += 1

    event.listen(db.session.get_bind(), "before_cursor_execute", count)
    first = desk.get("/forderungen").text
    event.remove(db.session.get_bind(), "before_cursor_execute", count)
    assert asked < 25
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    numbers = [text.count('class="it-table__link"') for text in (first, desk.get(following).text)]
    assert (sum(numbers), numbers[0]) == (len(made), 25)
