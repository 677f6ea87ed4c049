"""Editors keep the words that mean the same."""

import sqlalchemy as sa
from flask.testing import FlaskClient

from bench import kb_fill
from itsm.core.access import STRANGER, Role
from itsm.core.db import db
from itsm.kb import search
from itsm.kb.models import Synonyms
from tests.kb.factories import make_synonyms
from tests.people import MONDAY, make_user, sign_in

PAGE = "/wissen/suche/woerter"


def _words() -> list[list[str]]:
    return list(db.session.scalars(sa.select(Synonyms.words)))


def test_words_are_added_changed_and_removed_and_the_search_follows(client: FlaskClient) -> None:
    (article,) = kb_fill.put([("1", "Projektor", "", "")])
    sign_in(client, make_user(Role.KB_EDITOR))
    page = client.get(f"{PAGE}?wort=Beamer")
    assert 'value="Beamer"' in page.text
    assert client.post(PAGE, data={"words": "Beamer, Projektor, Beamer"}).status_code == 303
    assert _words() == [["Beamer", "Projektor"]]
    assert [hit.article_id for hit in search.find(STRANGER, "Beamer", MONDAY).hits] == [article]
    group = db.session.scalars(sa.select(Synonyms)).one()
    client.post(f"{PAGE}/{group.id}", data={"words": "Beamer, Leinwand"})
    assert _words() == [["Beamer", "Leinwand"]]
    assert search.find(STRANGER, "Beamer", MONDAY).total == 0
    client.post(f"{PAGE}/{group.id}/entfernen")
    assert _words() == []


def test_one_word_alone_is_refused_in_a_sentence(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.KB_EDITOR))
    for typed in ("Beamer", "Beamer, Beamern", "der, die", ", ,"):
        page = client.post(PAGE, data={"words": typed})
        assert page.status_code == 422
        assert "mindestens zwei verschiedene Wörter" in page.text
    assert _words() == []


def test_the_list_shows_the_groups_with_a_word(client: FlaskClient) -> None:
    make_synonyms("Beamer", "Projektor")
    make_synonyms("iPad", "Tablet")
    sign_in(client, make_user(Role.KB_EDITOR))
    page = client.get(f"{PAGE}?q=proj").text
    assert "Beamer, Projektor" in page
    assert "iPad, Tablet" not in page
