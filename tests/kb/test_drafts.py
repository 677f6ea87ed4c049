"""What is typed is kept for its writer alone until it is saved or thrown away."""

from flask.testing import FlaskClient

from itsm.accounts.models import User
from itsm.core.access import Role
from itsm.core.db import db
from itsm.kb.models import Article, Draft, Language
from itsm.kb.service import writing
from itsm.kb.service.articles import Words
from itsm.kb.states import State
from tests.kb.factories import make_draft
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in

HALF = Words("Halber Titel", "", "Halber Satz")


def keep(browser: FlaskClient, article: Article, words: Words = HALF, language: str = "de") -> int:
    text = article.text(Language(language))
    fields = {"title": words.title, "summary": words.summary, "body": words.body}
    version = {"version": text.version_id} if text else {}
    return browser.post(f"/wissen/{article.id}/entwurf?sprache={language}", data=fields | version).status_code


def page(browser: FlaskClient, article: Article, language: str = "de") -> str:
    return browser.get(f"/wissen/{article.id}/bearbeiten?sprache={language}").text


def test_what_was_typed_is_there_again_and_changes_nothing_for_others(browser: FlaskClient, editor: User) -> None:
    article = make_draft("Alt")
    assert keep(browser, article) == 200
    assert keep(browser, article, Words("", "", "Anderer Satz")) == 200
    found = page(browser, article)
    assert "Nicht gespeicherter Stand von" in found and "Anderer Satz" in found and "Halber Satz" not in found
    assert article.german.title == "Alt"
    other = writing.begun(actor_for(make_user(Role.KB_EDITOR)), article, Language.GERMAN)
    assert (other.draft, other.words.title) == (None, "Alt")


def test_a_new_language_is_kept_before_it_has_a_title(browser: FlaskClient) -> None:
    article = make_draft()
    assert keep(browser, article, Words("", "", "Half a sentence"), "en") == 200
    assert "Half a sentence" in page(browser, article, "en")
    assert article.text(Language.ENGLISH) is None


def test_a_draft_of_an_older_version_says_so_and_does_not_overwrite(browser: FlaskClient) -> None:
    article = make_draft("Alt")
    keep(browser, article)
    begun_on = article.german.version_id
    other = actor_for(make_user(Role.KB_EDITOR, name="Erika Erste"))
    writing.save(other, article, Language.GERMAN, Words("Neu"), MONDAY_9AM, version=begun_on)
    db.session.commit()
    found = page(browser, article)
    assert "beruht auf einer älteren Fassung" in found and "Erika Erste" in found
    assert f'name="version" type="hidden" value="{begun_on}"' in found
    sent = {"version": begun_on, "title": HALF.title, "body": HALF.body}
    assert browser.post(f"/wissen/{article.id}/bearbeiten", data=sent).status_code == 409


def test_a_draft_is_thrown_away_for_its_writer_alone(browser: FlaskClient, editor: User) -> None:
    article, other = make_draft("Alt"), actor_for(make_user(Role.KB_EDITOR))
    writing.keep(other, article, Language.GERMAN, HALF, MONDAY_9AM, version=1)
    keep(browser, article)
    assert browser.post(f"/wissen/{article.id}/entwurf/verwerfen").status_code == 303
    assert db.session.query(Draft.user_id).all() == [(other.user_id,)]


def test_what_is_typed_is_kept_while_somebody_reviews_the_article(browser: FlaskClient) -> None:
    article = make_draft("Alt")
    article.state = State.IN_REVIEW
    db.session.commit()
    assert keep(browser, article) == 200


def test_a_version_no_text_can_have_is_refused(browser: FlaskClient) -> None:
    article = make_draft()
    assert browser.post(f"/wissen/{article.id}/entwurf", data={"version": 10**12, "body": "x"}).status_code == 422
    assert browser.get(f"/wissen/uebersetzungen?nach={10**30}").status_code == 200


def test_nobody_keeps_a_draft_of_an_article_they_do_not_follow(client: FlaskClient) -> None:
    article = make_draft()
    sign_in(client, make_user(Role.CAMPUS_MANAGER))
    assert keep(client, article) == 404
