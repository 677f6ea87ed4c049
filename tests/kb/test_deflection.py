"""Articles beside a report and in an answer: what is offered, what ends a report, and what is counted."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.accounts.models import User
from itsm.core.access import Role
from itsm.core.db import db
from itsm.kb import inserting
from itsm.kb.beside import SCHOOL
from itsm.kb.models import Article, ArticleCount, Audience
from itsm.kb.policy import audiences_of
from itsm.kb.service import counts
from itsm.org.models import School
from itsm.tickets.models import Entry, FaultType, Ticket
from itsm.tickets.states import State
from tests.kb.factories import make_article
from tests.people import make_user, sign_in
from tests.places import make_school
from tests.tickets.factories import make_fault_type, make_ticket

KEY = "b" * 32
STEPS = ":::schritte\n1. Strom prüfen\n   - auch das Kabel\n2. **Neu** starten\n:::\n"


@pytest.fixture
def school(client: FlaskClient) -> School:
    return make_school(name="Adlerfeld-Grundschule")


@pytest.fixture
def fault(school: School) -> FaultType:
    return make_fault_type("Beamer", ("Ein- und ausschalten",))


@pytest.fixture
def article(fault: FaultType) -> Article:
    return make_article("Beamer bleibt dunkel", body=STEPS, faults=[fault], audience=Audience.STAFF)


@pytest.fixture
def browser(client: FlaskClient, school: School) -> FlaskClient:
    return sign_in(client, make_user(Role.REPORTER, school_id=school.id))


def form(school: School, fault: FaultType, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "school": school.id,
        "idempotency_key": KEY,
        "site": school.places[0].site_id,
        "fault": fault.id,
        "impact": 2,
        "urgency": 1,
        "description": "Der Beamer bleibt dunkel",
        "go": "stuck",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def counted() -> dict[int, tuple[int, ...]]:
    rows = db.session.execute(sa.select(ArticleCount.article_id, *(getattr(ArticleCount, w) for w in counts.COUNTED)))
    return {article_id: tuple(numbers) for article_id, *numbers in rows}


def test_what_may_help_stands_beside_the_second_and_third_screen(
    browser: FlaskClient, school: School, fault: FaultType, article: Article
) -> None:
    for go in ("how", "tried"):
        page = browser.post("/melden", data=form(school, fault, go=go)).text
        assert "Beamer bleibt dunkel" in page and f'name="guide_shown" value="{article.id}"' in page
    assert "Erste Handgriffe" in browser.post("/melden", data=form(school, fault, go="how")).text
    assert counted() == {}


def test_typing_brings_other_articles_and_forgets_none_that_was_shown(
    browser: FlaskClient, school: School, fault: FaultType, article: Article
) -> None:
    other = make_article("Kennwort vergessen")
    data = form(school, fault, description="Kennwort vergessen", guide_shown=article.id)
    part = browser.post("/wissen/vorschlaege", data=data).text
    assert "Kennwort vergessen" in part and "<html" not in part
    assert all(f'name="guide_shown" value="{one.id}"' in part for one in (article, other))


def test_nobody_is_offered_what_schools_may_not_read(client: FlaskClient, school: School, fault: FaultType) -> None:
    secret = make_article("Beamer bleibt dunkel", faults=[fault], audience=Audience.SUPPORT)
    sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))
    page = client.post("/melden", data=form(school, fault, go="how")).text
    assert page.count("Beamer bleibt dunkel") == 1
    assert client.post(f"/wissen/{secret.id}/vorschlag", data=form(school, fault)).status_code == 404
    assert audiences_of(SCHOOL) == {Audience.PUBLIC, Audience.STAFF}


def test_an_article_that_helped_ends_the_report_even_without_the_other_answers(
    browser: FlaskClient, school: School, fault: FaultType, article: Article
) -> None:
    other = make_article("Beamer zeigt Streifen")
    data = form(school, fault, go=None, urgency=None, guide_helped=article.id, guide_shown=[article.id, other.id])
    first, again = (browser.post("/melden", data=data) for _ in range(2))
    ticket = db.session.scalars(sa.select(Ticket)).one()
    assert first.location == again.location
    assert (ticket.state, ticket.solved_at_school) == (State.CLOSED, True)
    assert ticket.solution == "Mit der Anleitung „Beamer bleibt dunkel“ selbst gelöst."
    assert counted() == {article.id: (1, 0, 1, 0, 0), other.id: (1, 0, 0, 0, 0)}
    assert "Schön, dass es wieder geht" in browser.get(first.location).text


def test_a_report_filed_all_the_same_counts_once_for_each_article_shown(
    browser: FlaskClient, school: School, fault: FaultType, article: Article
) -> None:
    other = make_article("Beamer zeigt Streifen")
    opened = browser.post(f"/wissen/{article.id}/vorschlag", data=form(school, fault)).text
    assert "Strom prüfen" in opened and f'name="guide_opened" value="{article.id}"' in opened
    browser.post(f"/wissen/{article.id}/vorschlag", data=form(school, fault, guide_opened=article.id))
    seen = {"guide_shown": [article.id, other.id, other.id], "guide_opened": article.id}
    for _ in range(2):
        browser.post("/melden", data=form(school, fault, **seen))
    assert counted() == {article.id: (1, 1, 0, 0, 1), other.id: (1, 0, 0, 0, 1)}
    row = db.session.scalars(sa.select(ArticleCount)).first()
    assert row and (row.fault_type_id, row.school_form) == (fault.id, school.form_key)


def test_a_step_that_helped_counts_nothing_as_filed(
    browser: FlaskClient, school: School, fault: FaultType, article: Article
) -> None:
    browser.post("/melden", data=form(school, fault, go=None, helped=fault.steps[0].id, guide_shown=article.id))
    assert counted() == {article.id: (1, 0, 0, 0, 0)}


def test_who_comes_from_an_article_finds_the_fault_chosen_and_the_ticket_names_it(
    browser: FlaskClient, school: School, fault: FaultType, article: Article
) -> None:
    page = browser.get(f"/melden?fault={fault.key}&artikel={article.id}").text
    assert "Weiter mit „Beamer“" in page and f'name="guide_tried" value="{article.id}"' in page
    secret = make_article("Nur für uns", audience=Audience.SUPPORT)
    browser.post("/melden", data=form(school, fault, guide_tried=[article.id, secret.id]))
    ticket = db.session.scalars(sa.select(Ticket)).one()
    assert [step.text for step in ticket.steps] == ["Anleitung „Beamer bleibt dunkel“ befolgt"]
    assert "Nur für uns" not in browser.get(f"/stoerungen/{ticket.id}").text


def test_the_choice_of_a_school_keeps_fault_and_article(client: FlaskClient, school: School) -> None:
    sign_in(client, make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))
    make_school(school.district)
    page = client.get("/melden?fault=beamer&artikel=7").text
    assert f"schule={school.id}&amp;fault=beamer&amp;artikel=7" in page


@pytest.fixture
def ticket(school: School, fault: FaultType) -> Ticket:
    return make_ticket(school, fault_type=fault, title="Beamer dunkel")


@pytest.fixture
def agent(client: FlaskClient, school: School) -> User:
    user = make_user(Role.CAMPUS_MANAGER, district_id=school.district_id)
    sign_in(client, user)
    return user


@pytest.mark.usefixtures("agent")
def test_an_answer_offers_what_the_school_may_read_and_a_note_offers_all(
    client: FlaskClient, ticket: Ticket, article: Article
) -> None:
    secret = make_article("Beamer: Servicemenü", audience=Audience.SUPPORT)
    address = f"/stoerungen/{ticket.id}/artikel?q=Beamer&liste=1"
    assert "Servicemenü" not in client.get(address).text
    assert "Servicemenü" in client.get(f"{address}&fuer=intern").text
    assert "<h1" in client.get(f"/stoerungen/{ticket.id}/artikel").text
    inserted = f"/stoerungen/{ticket.id}/artikel/{secret.id}"
    assert client.post(inserted).status_code == 404
    assert "Servicemenü" in client.post(inserted, data={"fuer": "intern"}).text


@pytest.mark.usefixtures("agent")
def test_an_article_is_inserted_as_a_link_or_as_its_steps(
    client: FlaskClient, ticket: Ticket, article: Article
) -> None:
    link = client.post(f"/stoerungen/{ticket.id}/artikel/{article.id}").text
    assert link.startswith("Anleitung „Beamer bleibt dunkel“: http") and link.endswith(f"/wissen/{article.id}")
    steps = client.post(f"/stoerungen/{ticket.id}/artikel/{article.id}", data={"als": "schritte"}).text
    assert "1. Strom prüfen\n   – auch das Kabel\n2. Neu starten\n" in steps
    assert counted() == {article.id: (2, 0, 0, 0, 0)}


def test_an_article_without_steps_is_inserted_as_words_of_a_readable_length() -> None:
    text = inserting.steps("Titel", "Ein Satz.\n\n" * 2000, "https://beispiel/wissen/1")
    assert text.startswith("Titel\nEin Satz.") and len(text) < inserting.LONGEST_STEPS + 100


def test_the_page_of_a_ticket_brings_the_list_to_the_support_alone(
    client: FlaskClient, ticket: Ticket, agent: User
) -> None:
    page = client.get(f"/stoerungen/{ticket.id}").text
    assert "data-compose-picker" in page and 'data-compose="intern"' in page and 'data-compose="schule"' in page
    sign_in(client, ticket.reporter)
    assert "data-compose-picker" not in client.get(f"/stoerungen/{ticket.id}").text
    assert client.get(f"/stoerungen/{ticket.id}/artikel").status_code == 403


@pytest.mark.usefixtures("agent")
def test_a_solved_ticket_becomes_a_draft_without_names(client: FlaskClient, school: School, fault: FaultType) -> None:
    reporter = make_user(Role.REPORTER, school_id=school.id, name="Anna Müller")
    solved = make_ticket(
        school,
        reporter=reporter,
        fault_type=fault,
        state=State.SOLVED,
        title="Beamer dunkel in Müllers Raum 2.14",
        description="Bei Frau Müller, Tel. 0231 50-22222",
        solution="Anna Müller hat den Stecker gesteckt.",
    )
    address = f"/wissen/aus-stoerung/{solved.id}"
    assert address in client.get(f"/stoerungen/{solved.id}").text
    page = client.get(address).text
    assert "<del>Frau Müller</del>" in page and "1. Ein- und ausschalten" in page
    written = {"title": "Beamer dunkel", "body": "Stecker prüfen", "shape": "steps", "audience": "staff"}
    assert client.post(address, data=written).status_code == 303
    draft = db.session.scalars(sa.select(Article)).one()
    assert (draft.ticket_id, draft.state, draft.faults) == (solved.id, "draft", [fault])


def test_only_an_ended_ticket_becomes_an_article_and_only_by_the_support(
    client: FlaskClient, ticket: Ticket, agent: User
) -> None:
    assert client.get(f"/wissen/aus-stoerung/{ticket.id}").status_code == 409
    sign_in(client, ticket.reporter)
    assert client.get(f"/wissen/aus-stoerung/{ticket.id}").status_code == 403


def test_internal_entries_go_in_when_ticked(client: FlaskClient, school: School, agent: User) -> None:
    ticket = make_ticket(school, state=State.CLOSED)
    about = {"ticket_id": ticket.id, "at": ticket.created_at, "author_id": agent.id}
    note = Entry(**about, is_public=False, text="Das Servicemenü öffnet sich mit Menü und 7.")
    db.session.add(note)
    db.session.commit()
    address = f"/wissen/aus-stoerung/{ticket.id}"
    assert "- Das Servicemenü" not in client.get(address).text
    assert "- Das Servicemenü" in client.get(f"{address}?intern={note.id}").text
