"""An article from its beginning to its readers: four eyes, and nobody's text lost."""

import pytest
import sqlalchemy as sa

from itsm.core.access import STRANGER, Role
from itsm.core.db import db
from itsm.core.errors import Conflict, NotAllowed
from itsm.kb import policy, queries
from itsm.kb.models import Article, Audience, Language, Shape
from itsm.kb.service import articles
from itsm.kb.service.articles import Words
from itsm.kb.states import State
from tests.kb.factories import make_article, make_draft
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

pytestmark = pytest.mark.usefixtures("session")


def test_nobody_publishes_what_they_wrote_themselves() -> None:
    editor = actor_for(make_user(Role.KB_EDITOR))
    article = articles.begin(editor, Words("Titel"), MONDAY_9AM, audience=Audience.PUBLIC, shape=Shape.TEXT)
    articles.move(editor, article, "hand-in", MONDAY_9AM)
    with pytest.raises(NotAllowed):
        articles.publish(editor, article, MONDAY_9AM)
    articles.publish(actor_for(make_user(Role.KB_EDITOR)), article, MONDAY_9AM)
    assert article.is_live
    assert article.state is State.PUBLISHED


def test_readers_keep_the_published_text_while_the_editors_write() -> None:
    article = make_article("Alt")
    editor = actor_for(make_user(Role.KB_EDITOR))
    articles.move(editor, article, "revise", MONDAY_9AM)
    articles.save(editor, article, Language.GERMAN, Words("Neu"), MONDAY_9AM, version=article.german.version_id)
    db.session.commit()
    found = queries.published(queries.to_read(editor, article.id, MONDAY))
    assert found is not None
    assert found.title == "Alt"
    assert article.german.title == "Neu"


def test_the_second_of_two_who_save_is_told_and_the_first_text_stays() -> None:
    article = make_draft("Alt")
    one, two = (actor_for(make_user(Role.KB_EDITOR)) for _ in range(2))
    begun = article.german.version_id
    articles.save(one, article, Language.GERMAN, Words("Eins"), MONDAY_9AM, version=begun)
    db.session.commit()
    with pytest.raises(Conflict):
        articles.save(two, article, Language.GERMAN, Words("Zwei"), MONDAY_9AM, version=begun)
    assert article.german.title == "Eins"


@pytest.mark.parametrize("role", [None, *Role])
def test_the_filter_of_readers_and_the_rule_say_the_same(role: Role | None) -> None:
    written = [make_article(audience=audience) for audience in Audience]
    actor = actor_for(make_user(role)) if role else STRANGER
    found = set(db.session.scalars(sa.select(Article).where(policy.readable_by(actor, MONDAY))))
    assert found == {article for article in written if policy.may_read(actor, article, MONDAY)}
    assert (written[0] in found, written[1] in found) == (True, role is not None)
