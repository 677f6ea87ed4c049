"""Writing an article: template, text, preview, languages, details; two writers lose nothing."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import encode_multipart

from itsm.accounts.models import User
from itsm.core.access import SYSTEM, Role
from itsm.core.db import db
from itsm.kb.models import Article, Audience, Draft, Language, Shape
from itsm.kb.service import articles, writing
from itsm.kb.service.articles import Words
from itsm.kb.states import State
from tests.kb.factories import make_article, make_category, make_draft
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_school
from tests.tickets.factories import make_fault_type

HOSTILE = "[" * 200_000 + "![" * 200_000 + "<script>alert(1)</script>" * 20_000


def typed(article: Article, **changes: object) -> dict[str, object]:
    text = article.german
    fields = {"version": text.version_id, "title": text.title, "summary": text.summary, "body": text.body}
    return {name: value for name, value in (fields | changes).items() if value is not None}


def address(article: Article, page: str = "bearbeiten", language: str = "de") -> str:
    return f"/wissen/{article.id}/{page}?sprache={language}"


@pytest.mark.parametrize("shape", Shape)
def test_a_template_fills_the_body_of_a_new_article(browser: FlaskClient, editor: User, shape: Shape) -> None:
    fault = make_fault_type("WLAN")
    assert 'value="Kein WLAN"' in browser.get("/wissen/neu?titel=Kein WLAN").text
    answer = browser.post(
        f"/wissen/neu?stoerungsart={fault.id}", data={"shape": shape, "title": "Kein WLAN", "audience": "staff"}
    )
    article = db.session.scalars(sa.select(Article)).one()
    assert answer.location == f"/wissen/{article.id}/bearbeiten"
    assert (article.state, article.shape, article.audience) == (State.DRAFT, shape, Audience.STAFF)
    assert (article.owner_id, article.faults) == (editor.id, [fault])
    assert article.german.body.count("##") >= 2 or shape is Shape.TEXT
    assert browser.get(answer.location).status_code == 200


def test_saving_makes_a_revision_and_leads_to_the_article(browser: FlaskClient, editor: User) -> None:
    article = make_draft("Alt")
    answer = browser.post(address(article), data=typed(article, title="Neu", body="Ein *Satz*."))
    assert (answer.status_code, answer.location) == (303, f"/wissen/{article.id}/redaktion")
    assert [revision.title for revision in article.german.revisions] == ["Alt", "Neu"]
    assert article.german.changed_by_id == editor.id


def test_a_published_article_becomes_a_draft_and_readers_keep_what_they_see(browser: FlaskClient) -> None:
    article = make_article("Alt", body="Alter Text.")
    assert "wird daraus ein Entwurf" in browser.get(address(article)).text
    browser.post(address(article), data=typed(article, body="Neuer Text."))
    assert (article.state, article.is_live) == (State.DRAFT, True)
    assert article.german.published is not None
    assert article.german.published.body == "Alter Text."


def test_saving_nothing_new_leaves_a_published_article_published(browser: FlaskClient) -> None:
    article = make_article("Alt")
    assert "nichts geändert" in browser.post(address(article), data=typed(article), follow_redirects=True).text
    assert article.state is State.PUBLISHED


def test_the_second_of_two_writers_sees_both_texts_and_saves_knowingly(browser: FlaskClient) -> None:
    article = make_draft("Alt", body="Ziehen Sie das Kabel ab.")
    mine = typed(article, body="Ziehen Sie den Stecker ab.")
    other = actor_for(make_user(Role.KB_EDITOR, name="Erika Erste"))
    theirs = Words("Alt", "", "Ziehen Sie das Netzkabel ab.")
    writing.save(other, article, Language.GERMAN, theirs, MONDAY_9AM, version=article.german.version_id)
    db.session.commit()
    answer = browser.post(address(article), data=mine)
    assert answer.status_code == 409
    assert "Erika Erste" in answer.text and "Ziehen Sie den Stecker ab." in answer.text
    assert "<del>" in answer.text and "<ins>" in answer.text
    assert article.german.body == theirs.body
    over = re.search(r'name="over" value="(\d+)"', answer.text)
    assert over
    assert browser.post(address(article), data=mine | {"over": over[1]}).status_code == 303
    assert article.german.body == "Ziehen Sie den Stecker ab."
    assert theirs.body in [revision.body for revision in article.german.revisions]


def test_a_text_that_meanwhile_went_to_review_comes_back_with_what_was_typed(browser: FlaskClient) -> None:
    article = make_draft("Alt")
    mine = typed(article, body="Mein langer Text.")
    article.state = State.IN_REVIEW
    db.session.commit()
    answer = browser.post(address(article), data=mine)
    assert answer.status_code == 403
    assert "Mein langer Text." in answer.text
    assert browser.get(address(article)).status_code == 403


def test_whoever_handed_an_article_in_may_write_in_it_until_it_is_accepted(client: FlaskClient) -> None:
    teacher = make_user(Role.REPORTER, school_id=make_school().id)
    article = make_draft(submitted_by_id=teacher.id)
    article.state = State.SUBMITTED
    db.session.commit()
    sign_in(client, teacher)
    title = article.german.title
    answer = client.post(address(article), data=typed(article, body="Genauer."))
    assert answer.location == f"/wissen/einreichungen/{article.id}"
    article.state = State.DRAFT
    articles.save(SYSTEM, article, Language.GERMAN, Words("Nur für uns"), MONDAY_9AM, version=2)
    db.session.commit()
    assert client.get(address(article)).status_code == 403
    assert client.post(address(article), data=typed(article, preview="1")).status_code == 403
    assert client.get(f"/wissen/{article.id}/bilder").status_code == 403
    for page in ("", f"/{article.id}"):
        told = client.get(f"/wissen/einreichungen{page}").text
        assert "Nur für uns" not in told and title in told


def test_the_preview_is_what_readers_will_see_with_and_without_javascript(browser: FlaskClient) -> None:
    article = make_draft()
    text = {"title": "Titel", "body": "## Eins\n\n:::achtung\nVorsicht.\n:::\n\n<script>x</script>"}
    part = browser.post(f"/wissen/{article.id}/vorschau", data=text)
    assert part.status_code == 200
    page = browser.post(address(article), data=typed(article, **text) | {"preview": "1"})
    for answer in (part, page):
        assert "kb-note--achtung" in answer.text and "<script>x" not in answer.text
    assert article.german.title != "Titel"


@pytest.mark.parametrize("page", ["bearbeiten", "vorschau", "entwurf"])
def test_a_megabyte_of_hostile_markdown_is_answered_at_once(browser: FlaskClient, page: str) -> None:
    article = make_draft("Alt")
    assert len(HOSTILE) > 1_000_000
    for body in (HOSTILE, HOSTILE[:300_000], "[" * 90_000):
        # Not by the client: it would leave its temporary file open.
        boundary, content = encode_multipart(typed(article, body=body))
        begun = time.perf_counter()
        answer = browser.post(
            address(article, page), data=content, content_type=f"multipart/form-data; boundary={boundary}"
        )
        assert time.perf_counter() - begun < 2
        assert answer.status_code in (413, 422) or len(body) < len(HOSTILE)
        assert "<script>alert" not in answer.text
    assert article.german.title == "Alt"


def test_nothing_but_title_summary_and_body_is_taken_from_the_text_form(browser: FlaskClient) -> None:
    article = make_draft("Alt")
    before = {name: getattr(article, name) for name in Article.__table__.columns.keys()}  # noqa: SIM118
    evil = {
        "state": "published",
        "is_live": "y",
        "owner_id": "1",
        "audience": "support",
        "published_id": "1",
        "id": "7",
    }
    browser.post(address(article), data=typed(article, body="Neu.") | evil)
    assert {name: getattr(article, name) for name in before} == before
    assert article.german.body == "Neu."
    assert article.german.published_id is None


def test_a_missing_language_begins_with_the_german_body_and_is_saved_beside_it(browser: FlaskClient) -> None:
    article = make_draft("Kein WLAN", body="Der deutsche Text.")
    page = browser.get(address(article, language="en")).text
    assert "English – fehlt noch" in page and "Der deutsche Text." in page
    text = {"title": "No Wi-Fi", "body": "English words."}
    assert browser.post(address(article, language="en"), data=text).status_code == 303
    english = article.text(Language.ENGLISH)
    assert english is not None
    assert (english.title, article.german.title) == ("No Wi-Fi", "Kein WLAN")
    assert browser.post(address(article, language="en"), data=text | {"title": "Twice"}).status_code == 409
    assert browser.get(address(article, language="fr")).status_code == 404


def test_editors_see_which_published_articles_lack_a_language(browser: FlaskClient) -> None:
    live, draft = make_article("Beamer"), make_draft("Entwurf")
    page = browser.get("/wissen/uebersetzungen").text
    assert f"/wissen/{live.id}/bearbeiten?sprache=de-simple" in page
    assert f"/wissen/{draft.id}/" not in page


def details(article: Article, **changes: object) -> dict[str, object]:
    return {"version": article.version_id, "audience": article.audience.value} | changes


def test_the_short_form_says_for_whom_where_and_until_when(browser: FlaskClient, editor: User) -> None:
    article, shelf, fault = make_draft(), make_category(), make_fault_type("Display")
    deputy = make_user(Role.CAMPUS_MANAGER, district_id=None)
    sent = details(
        article,
        audience="staff",
        category_id=shelf.id,
        tags=" WLAN, iPad,wlan, ",
        fault_ids=[fault.id],
        device_kinds=["ipad"],
        school_forms=["02", "20"],
        owner_id=editor.id,
        deputy_id=deputy.id,
        team="Redaktion",
        valid_until="31.7.2027",
    )
    assert browser.post(f"/wissen/{article.id}/angaben", data=sent).status_code == 303
    assert (article.audience, article.category_id, article.faults) == (Audience.STAFF, shelf.id, [fault])
    assert (article.tags, article.device_kinds, article.school_forms) == (["wlan", "iPad"], ["ipad"], ["02", "20"])
    assert (article.owner_id, article.deputy_id, article.valid_until) == (editor.id, deputy.id, date(2027, 7, 31))
    assert "Leser*innen" in article.entries[-1].text
    assert browser.post(f"/wissen/{article.id}/angaben", data=sent).status_code == 409


def test_nobody_is_responsible_who_may_not_write(browser: FlaskClient) -> None:
    article, stranger = make_draft(), make_user(Role.REPORTER)
    assert browser.post(f"/wissen/{article.id}/angaben", data=details(article, owner_id=stranger.id)).status_code == 422


def test_a_published_article_is_shown_to_more_people_by_a_second_person_only(client: FlaskClient) -> None:
    article = make_article(audience=Audience.SUPPORT)
    assert article.german.published is not None
    author = db.session.get_one(User, article.german.published.author_id)
    wider = details(article, audience="public")
    assert sign_in(client, author).post(f"/wissen/{article.id}/angaben", data=wider).status_code == 403
    assert article.audience is Audience.SUPPORT
    second = sign_in(client, make_user(Role.KB_EDITOR))
    assert second.post(f"/wissen/{article.id}/angaben", data=wider).status_code == 303


def test_no_draft_is_left_of_a_text_that_was_saved(browser: FlaskClient) -> None:
    article = make_draft()
    browser.post(address(article, "entwurf"), data=typed(article, body="Halb"))
    browser.post(address(article), data=typed(article, body="Ganz"))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Draft)) == 0


def test_a_school_changes_the_text_of_its_proposal_and_not_who_reads_it(client: FlaskClient) -> None:
    teacher = make_user(Role.REPORTER, school_id=make_school().id)
    article = make_draft(submitted_by_id=teacher.id)
    article.state = State.SUBMITTED
    db.session.commit()
    sign_in(client, teacher)
    assert "Angaben" not in client.get(address(article)).text
    assert client.get(f"/wissen/{article.id}/angaben").status_code == 403
    assert client.post(f"/wissen/{article.id}/angaben", data=details(article, audience="public")).status_code == 403


@pytest.mark.usefixtures("emptied")
@pytest.mark.parametrize("language", [Language.GERMAN, Language.ENGLISH])
def test_of_two_who_save_at_the_same_moment_one_sees_both_texts(app: Flask, language: Language) -> None:
    article = make_draft("Alt")
    path, sent = address(article, language=language), {"title": "Neu"}
    if language is Language.GERMAN:
        sent |= {"version": "1"}
    browsers = [sign_in(app.test_client(), make_user(Role.KB_EDITOR)) for _ in range(2)]
    db.session.remove()
    start = Barrier(2)

    def save(number: int) -> int:
        start.wait()
        return browsers[number].post(path, data=sent | {"body": f"Text {number}"}).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, range(2))) == [303, 409]
