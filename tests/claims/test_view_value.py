"""The value on the page of a case, the page to reckon it, and the page of the rules."""

import html
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.accounts.models import User
from itsm.claims.kinds import Accessory
from itsm.claims.models import Valuation, ValuationPolicy
from itsm.claims.service import valuations
from itsm.claims.service.valuations import Typed
from itsm.claims.states import State
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from tests.assets.factories import make_device, make_model
from tests.claims.factories import in_state, make_case, make_valuation
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in

RULES = {"convention": "started", "floor_percent": "10", "valid_from": "1.1.2030", "reason": "Verfügung"}


@pytest.fixture
def me(client: FlaskClient) -> User:
    """An approver, who is a clerk too, and whose browser it is."""
    user = make_user(Role.CLAIMS_APPROVER)
    sign_in(client, user)
    return user


def text_of(client: FlaskClient, path: str) -> str:
    """Return the words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", client.get(path).text)).split())


@pytest.mark.usefixtures("me")
def test_one_tap_reckons_the_value_and_the_page_shows_it_in_words(client: FlaskClient) -> None:
    case = make_case()
    assert "noch nicht berechnet" in text_of(client, f"/schaeden/{case.id}")
    answer = client.post(f"/schaeden/{case.id}/wert", data={})
    assert (answer.status_code, answer.location) == (303, f"/schaeden/{case.id}#zeitwert")
    page = text_of(client, f"/schaeden/{case.id}")
    assert "Am 17.03.2026 war das Gerät noch 113,70 € wert." in page
    assert "waren davon noch 18 übrig: 379,00 € × 18 von 60 Monaten = 113,70 €." in page


@pytest.mark.usefixtures("me")
def test_the_picture_has_a_name_and_the_numbers_as_a_table(client: FlaskClient) -> None:
    case = make_case()
    make_valuation(case)
    page = client.get(f"/schaeden/{case.id}").text
    assert (
        'role="img" aria-label="Wert des Geräts: am 12.09.2022 379,00 €, am Tag des Schadens (17.03.2026) 113,70 €'
        in page
    )
    assert "17.03.2026 – Tag des Schadens" in page
    assert not re.search(r"<svg[^>]*style=", page)


@pytest.mark.usefixtures("me")
def test_what_the_file_does_not_know_is_asked_for(client: FlaskClient) -> None:
    device = make_device(model=make_model(price_cents=None), price_cents=None, in_service_on=None)
    case = make_case(device=device)
    assert "fehlen Angaben" in text_of(client, f"/schaeden/{case.id}")
    refused = client.post(f"/schaeden/{case.id}/wert", data={"price": "379"})
    assert refused.status_code == 422 and "Der Tag der Inbetriebnahme ist nicht bekannt" in refused.text
    assert 'value="379"' in refused.text
    client.post(f"/schaeden/{case.id}/wert", data={"price": "379", "in_service_on": "12.9.2022"})
    assert db.session.scalar(sa.select(Valuation.value_cents)) == 11_370


@pytest.mark.usefixtures("me")
def test_a_lower_price_stands_in_the_form_again(client: FlaskClient) -> None:
    case = make_case()
    client.post(f"/schaeden/{case.id}/wert", data={"replacement": "350"})
    assert 'value="350"' in client.get(f"/schaeden/{case.id}/wert").text
    assert "350,00 € × 18 von 60 Monaten = 105,00 €" in text_of(client, f"/schaeden/{case.id}")


@pytest.mark.usefixtures("me")
def test_nonsense_is_refused_beside_the_field(client: FlaskClient) -> None:
    answer = client.post(f"/schaeden/{make_case().id}/wert", data={"replacement": "1,2,3"})
    assert answer.status_code == 422 and "Das ist kein Betrag" in answer.text


@pytest.mark.usefixtures("me")
def test_accessories_have_values_and_a_sum(client: FlaskClient) -> None:
    case = make_case(device=make_device(in_service_on=date(2024, 8, 21)), accessories=["pencil"])
    path = f"/schaeden/{case.id}/wert?zubehoer=pencil"
    assert 'value="2024-08-21"' in client.get(path).text
    assert client.post(path, data={"price": "89", "in_service_on": "2024-08-21"}).status_code == 303
    client.post(f"/schaeden/{case.id}/wert", data={})
    page = text_of(client, f"/schaeden/{case.id}")
    assert "89,00 € × 17 von 36 Monaten = 42,03 €" in page
    assert "Alles zusammen: 301,01 €" in page


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize(("word", "status"), [("krone", 404), ("pencil", 422)])
def test_what_was_not_affected_has_no_value(client: FlaskClient, word: str, status: int) -> None:
    path = f"/schaeden/{make_case().id}/wert?zubehoer={word}"
    assert client.post(path, data={"price": "89"}).status_code == status


def test_earlier_values_stay_to_be_read(client: FlaskClient, me: User) -> None:
    case = make_case()
    for cents in (35_000, None):
        valuations.value_case(actor_for(me), case, MONDAY_9AM, Typed(replacement_cents=cents))
    db.session.commit()
    page = text_of(client, f"/schaeden/{case.id}")
    assert "9:00 Uhr: 350,00 € × 18 von 60 Monaten = 105,00 €" in page
    assert "379,00 € (Kaufpreis aus der Geräteakte)" in page


@pytest.mark.usefixtures("me")
def test_a_case_that_was_found_shows_no_button(client: FlaskClient) -> None:
    case = make_case(accessories=[Accessory.COVER])
    case_id = in_state(case, State.FOUND).id
    page = client.get(f"/schaeden/{case_id}").text
    assert f"/schaeden/{case_id}/wert" not in page and page.count("Nicht berechnet.") == 2


def test_others_see_no_value(client: FlaskClient) -> None:
    case = make_case()
    make_valuation(case)
    sign_in(client, make_user(Role.SECOND_LEVEL))
    assert "Zeitwert" not in client.get(f"/schaeden/{case.id}").text
    assert client.get(f"/schaeden/{case.id}/wert").status_code == 403


@pytest.mark.usefixtures("me")
def test_the_effect_of_other_rules_is_shown_before_they_hold(client: FlaskClient) -> None:
    page = client.post("/schaeden/regeln/neu", data={"convention": "yearly", "floor_percent": "0", "zeigen": "1"})
    assert page.status_code == 200 and "151,60 €" in page.text and "Bitte prüfen" not in page.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ValuationPolicy)) == 0


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("wrong", [{"convention": "afa"}, {"convention": ""}, {"floor_percent": "101"}])
def test_no_effect_is_shown_of_nonsense(client: FlaskClient, wrong: dict[str, str]) -> None:
    page = client.post("/schaeden/regeln/neu", data=RULES | wrong | {"zeigen": "1"})
    assert page.status_code == 422 and "Das würde sich ändern" not in page.text


@pytest.mark.usefixtures("me")
def test_new_rules_are_listed_and_hold_from_their_day_on(client: FlaskClient) -> None:
    assert client.post("/schaeden/regeln/neu", data=RULES).location == "/schaeden/regeln"
    page = text_of(client, "/schaeden/regeln")
    assert "Ab 01.01.2030 : angefangene Monate, Mindestwert 10 %. gilt noch nicht Verfügung" in page
    assert "Ab 01.01.2000 : Unterschied der Kalendermonate, Mindestwert 0 %. gilt heute" in page
    again = client.post("/schaeden/regeln/neu", data=RULES)
    assert again.status_code == 409 and "gilt schon eine Regel" in again.text


@pytest.mark.usefixtures("me")
def test_rules_do_not_reach_back_before_today(client: FlaskClient) -> None:
    make_valuation(make_case())
    yesterday = clock.local_day(clock.now()) - timedelta(days=1)
    answer = client.post("/schaeden/regeln/neu", data=RULES | {"valid_from": f"{yesterday:%d.%m.%Y}"})
    assert answer.status_code == 422 and "frühestens ab heute" in answer.text


def test_a_clerk_reads_the_rules_but_does_not_change_them(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.CLAIMS_CLERK))
    assert "Neue Regeln" not in text_of(client, "/schaeden/regeln")
    assert client.post("/schaeden/regeln/neu", data=RULES).status_code == 403
