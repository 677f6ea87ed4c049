"""The page of figures: the sentence, the sums, the files, and who gets them."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from itsm.core.access import Role
from itsm.core.db import db
from itsm.kb.models import Article
from itsm.kb.service import articles, counts
from tests.kb.factories import make_article
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_district, make_school
from tests.tickets.factories import make_fault_type

OCTOBER = datetime(2026, 10, 12, 8, 0, tzinfo=UTC)


@pytest.fixture
def browser(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_user(Role.KB_EDITOR))


@pytest.fixture
def article(browser: FlaskClient) -> Article:
    article, fault, district = make_article("=Beamer dunkel"), make_fault_type("Beamer"), make_district()
    for form in ("20", "20", "20", "25"):
        make_school(district).form_key = form
    for form in ("20", "25"):
        counts.count_all(
            {"shown": [article.id], "filed": [article.id]}, OCTOBER, fault_type_id=fault.id, school_form=form
        )
    counts.count("helped", [article.id], OCTOBER, fault_type_id=fault.id, school_form="20")
    counts.count("helped", [article.id], OCTOBER)
    counts.count("opened", [article.id], MONDAY_9AM)
    return article


def test_the_sentence_says_what_helped_and_what_was_reported_all_the_same(
    browser: FlaskClient, article: Article
) -> None:
    page = browser.get("/wissen/zahlen?monat=2026-10").text
    assert "Im Oktober 2026 haben Artikel <strong>2-mal geholfen</strong>, 1-mal davon statt" in page
    assert "<strong>2-mal</strong> stand ein Artikel" in page and f"/wissen/{article.id}" in page


@pytest.mark.parametrize("by", ["artikel", "stoerung", "schulform", "monat", "unsinn"])
def test_every_group_has_its_page(browser: FlaskClient, article: Article, by: str) -> None:
    assert browser.get(f"/wissen/zahlen?monat=alle&nach={by}&sort=helped").status_code == 200


def test_a_school_form_of_few_schools_is_not_named(browser: FlaskClient, article: Article) -> None:
    page = browser.get("/wissen/zahlen?monat=alle&nach=schulform").text
    assert "Gymnasium" in page and "andere oder keine Schulform" in page
    assert "Berufskolleg" not in page and "Weiterbildungskolleg" not in page


def test_the_files_hold_every_row_and_no_formula(browser: FlaskClient, article: Article) -> None:
    lines = browser.get("/wissen/zahlen.csv?monat=alle").text.splitlines()
    assert len(lines) == 5 and f"Oktober 2026;{article.id};'=Beamer dunkel;Beamer;Gymnasium;1;0;1;0;1" in lines
    assert len(browser.get("/wissen/zahlen.csv?monat=2026-11").text.splitlines()) == 2
    assert browser.get("/wissen/zahlen.xlsx").data.startswith(b"PK")


def test_an_article_nobody_can_read_any_more_is_no_link(browser: FlaskClient) -> None:
    article = make_article("Alter Drucker")
    counts.count("opened", [article.id], MONDAY_9AM)
    articles.move(actor_for(make_user(Role.KB_EDITOR)), article, "archive", MONDAY_9AM)
    page = browser.get("/wissen/zahlen").text
    assert "Alter Drucker" in page and f'href="/wissen/{article.id}"' not in page
    article.deleted_at = MONDAY_9AM
    db.session.commit()
    page = browser.get("/wissen/zahlen").text + browser.get("/wissen/zahlen.csv").text
    assert "Alter Drucker" not in page and page.count("gelöschter Artikel") == 2


@pytest.mark.parametrize(("role", "status"), [(Role.AUDITOR, 200), (Role.DISPATCHER, 200), (Role.CAMPUS_MANAGER, 403)])
def test_figures_are_for_editors_leads_and_revision(client: FlaskClient, role: Role, status: int) -> None:
    sign_in(client, make_user(role))
    assert {client.get(f"/wissen/zahlen{kind}").status_code for kind in ("", ".csv", ".xlsx")} == {status}
