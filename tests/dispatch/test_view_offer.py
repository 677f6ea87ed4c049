"""The page on which a school answers, and what both sides see of the question elsewhere."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from itsm.accounts.models import Absence
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch.models import Assurance, SlotOffer, Visit
from itsm.dispatch.service import offers
from itsm.dispatch.states import OfferState
from itsm.org import calendar
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import actor_for, make_user, sign_in
from tests.tickets.factories import make_ticket

TODAY = clock.local_day(clock.now())
HOSTILE = "<script>alert('x')</script>"


def _a_good_day():
    """A school day with two more before it and one behind it, so that there is something to choose."""
    day = calendar.next_school_day(TODAY)
    while not all(calendar.is_school_day(day + timedelta(days=offset)) for offset in (-1, 0, 1)):
        day = calendar.next_school_day(day)
    return day if day > TODAY + timedelta(days=2) else calendar.next_school_day(day + timedelta(days=2))


DAY = _a_good_day()


@pytest.fixture
def place(client: FlaskClient) -> Place:
    return make_place()


@pytest.fixture
def asked(client: FlaskClient, place: Place) -> tuple[Visit, SlotOffer]:
    person = make_user(Role.MEDIA_COORDINATOR, school_id=place.school.id, name="Mia Medien")
    visit = make_visit(place, make_ticket(place.school, title=HOSTILE), on=DAY)
    offer = offers.offer(actor_for(place.manager, TODAY), visit, clock.now())
    sign_in(client, person)
    return visit, offer


def test_the_landing_page_of_the_school_shows_the_question_first(
    client: FlaskClient, asked: tuple[Visit, SlotOffer]
) -> None:
    text = client.get("/").text
    assert text.index("Passt dieser Termin?") < text.index("it-blocks") + 400
    assert f"/besuche/{asked[0].id}/termin" in text


def test_the_page_asks_shows_other_times_and_hides_what_they_cost(
    client: FlaskClient, asked: tuple[Visit, SlotOffer]
) -> None:
    visit, offer = asked
    text = client.get(f"/besuche/{visit.id}/termin").text
    assert "Passt das?" in text
    assert text.count('type="radio"') == len(offer.choices) >= 1
    assert "<script>alert" not in text
    assert "Cent" not in text
    assert "EUR" not in text


def test_yes_takes_one_tap_and_twice_is_once(client: FlaskClient, asked: tuple[Visit, SlotOffer]) -> None:
    visit, _ = asked
    for _ in range(2):
        answer = client.post(f"/besuche/{visit.id}/termin/passt", data={"seen": offers.mark(visit)})
        assert answer.status_code == 302
    assert visit.assurance is Assurance.CONFIRMED
    assert "Dieser Termin ist bestätigt." in client.get(f"/besuche/{visit.id}/termin").text
    assert "Passt dieser Termin?" not in client.get("/").text


def test_a_yes_to_an_older_time_shows_the_new_one(client: FlaskClient, asked: tuple[Visit, SlotOffer]) -> None:
    visit, offer = asked
    answer = client.post(f"/besuche/{visit.id}/termin/passt", data={"seen": "2020-01-01T09:00:00+00:00"})
    assert answer.status_code == 409
    assert "hat sich gerade verschoben" in answer.text
    assert offer.state is OfferState.OPEN


def test_another_time_is_taken_with_one_choice(client: FlaskClient, asked: tuple[Visit, SlotOffer]) -> None:
    visit, offer = asked
    answer = client.post(f"/besuche/{visit.id}/termin", data={"choice": offer.choices[0].id}, follow_redirects=True)
    assert "Danke. Wir kommen am" in answer.text
    assert offer.state is OfferState.CHANGED


def test_a_time_that_is_gone_is_said_and_others_are_shown(
    client: FlaskClient, place: Place, asked: tuple[Visit, SlotOffer]
) -> None:
    visit, offer = asked
    chosen = offer.choices[0]
    day = clock.local_day(chosen.starts_at)
    db.session.add(Absence(user=place.manager, first_on=day, last_on=day))
    db.session.commit()
    answer = client.post(f"/besuche/{visit.id}/termin", data={"choice": chosen.id})
    assert answer.status_code == 409
    assert "inzwischen leider vergeben" in answer.text
    assert offer.state is OfferState.OPEN
    assert f'value="{chosen.id}"' not in answer.text


@pytest.mark.parametrize("typed", [{}, {"choice": "x"}, {"choice": "0"}, {"choice": "99999999999999"}])
def test_a_choice_that_is_none_is_refused(client: FlaskClient, asked: tuple[Visit, SlotOffer], typed: dict) -> None:
    visit, offer = asked
    assert client.post(f"/besuche/{visit.id}/termin", data=typed).status_code == 422
    assert offer.state is OfferState.OPEN


def test_what_suits_instead_is_kept_as_text_and_shown_to_the_planner(
    client: FlaskClient, place: Place, asked: tuple[Visit, SlotOffer]
) -> None:
    visit, offer = asked
    assert client.post(f"/besuche/{visit.id}/termin/passt-nicht", data={"text": " "}).status_code == 422
    assert client.post(f"/besuche/{visit.id}/termin/passt-nicht", data={"text": "x" * 1001}).status_code == 422
    assert client.post(f"/besuche/{visit.id}/termin/passt-nicht", data={"text": HOSTILE}).status_code == 302
    assert offer.state is OfferState.DECLINED
    sign_in(client, place.manager)
    for address in ("/", f"/besuche/{visit.id}"):
        text = client.get(address).text
        assert "Der Schule passt kein Termin" in text
        assert "<script>alert" not in text


def test_the_planner_asks_with_a_button_and_sees_that_the_school_is_asked(client: FlaskClient, place: Place) -> None:
    make_user(Role.HEAD_OF_SCHOOL, school_id=place.school.id)
    visit = make_visit(place, on=DAY)
    sign_in(client, place.manager)
    assert "Termin anfragen" in client.get(f"/besuche/{visit.id}").text
    assert client.post(f"/besuche/{visit.id}/termin/anfragen").status_code == 302
    text = client.get(f"/besuche/{visit.id}").text
    assert "wartet auf die Schule" in text
    assert "Termin anfragen" not in text
    assert client.get(f"/besuche/{visit.id}/termin").status_code == 403


def test_a_visit_without_a_question_has_nothing_to_answer(client: FlaskClient, place: Place) -> None:
    visit = make_visit(place, on=DAY)
    sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=place.school.id))
    assert "Zurzeit ist nichts zu beantworten." in client.get(f"/besuche/{visit.id}/termin").text
    sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=make_place().school.id))
    assert client.get(f"/besuche/{visit.id}/termin").status_code == 404
