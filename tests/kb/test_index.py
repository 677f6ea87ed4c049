"""The index follows the articles, and never differs from one that was built anew."""

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import kb_fill
from itsm.core.access import Role
from itsm.core.db import Model, db
from itsm.kb.models import Article, IndexedArticle, Language, Lengths, Posting, Word
from itsm.kb.service import articles, index
from itsm.kb.service.articles import Words
from itsm.kb.states import State
from tests.kb.factories import make_article
from tests.people import MONDAY_9AM, actor_for, make_user

pytestmark = pytest.mark.usefixtures("session")
TABLES: tuple[type[Model], ...] = (Posting, Lengths, Word, IndexedArticle)
SAYINGS = ("Beamer kalt", "Lampe des Beamers", "Lampe\n\n## Beamer\n\nund noch ein Beamer", "WLAN", "")


def _held() -> dict[str, list[Any]]:
    db.session.flush()
    return {
        table.__tablename__: sorted(map(tuple, db.session.execute(sa.select(table.__table__))), key=repr)
        for table in TABLES
    }


def _say(article: Article, saying: str) -> None:
    """Publish another text at once, as going live does."""
    editor = actor_for(make_user(Role.KB_EDITOR))
    article.state = State.DRAFT
    words = Words(saying, saying, saying)
    articles.save(editor, article, Language.GERMAN, words, MONDAY_9AM, version=article.german.version_id)
    articles.go_live(editor, article, MONDAY_9AM)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(SAYINGS)), max_size=5))
def test_after_any_changes_the_index_equals_one_built_anew(changes: list[tuple[int, str]]) -> None:
    written = [make_article(title) for title in ("Beamer", "Lampe", "WLAN")]
    for number, saying in changes:
        if saying:
            _say(written[number], saying)
        else:
            written[number].state = State.DRAFT
            articles.take_down(written[number])
    held = _held()
    index.rebuild()
    assert _held() == held


def test_an_article_refreshed_alone_or_with_many_stands_in_the_index_alike() -> None:
    ids = kb_fill.put([(str(number), title, "", title) for number, title in enumerate(SAYINGS)])
    held = _held()
    for number in ids:
        index.refresh_all([number])
    assert _held() == held


def test_a_word_stands_in_the_vocabulary_as_long_as_an_article_has_it() -> None:
    one, two = kb_fill.put([("1", "Beamer", "", ""), ("2", "Beamer", "", "")])
    for gone, expected in ((one, 1), (two, None)):
        db.session.execute(sa.update(Article).where(Article.id == gone).values(is_live=False, state=State.DRAFT))
        index.refresh_all([gone])
        assert db.session.scalar(sa.select(Word.articles).where(Word.word == "beamer")) == expected
