"""Articles of the tests: plain factories with dull defaults. Each commits, as a request would."""

from itertools import count
from typing import Any

from itsm.core.access import Role
from itsm.core.db import db
from itsm.kb.models import Article, Audience, Category, Language, Shape, Synonyms
from itsm.kb.service import articles
from itsm.kb.service.articles import Words
from tests.people import MONDAY_9AM, actor_for, make_user

_numbers = count(1)


def make_category(**more: Any) -> Category:
    """Make a shelf."""
    number = next(_numbers)
    category = Category(**({"slug": f"bereich-{number}", "name": f"Bereich {number}", "position": number} | more))
    db.session.add(category)
    db.session.commit()
    return category


def make_draft(title: str = "", *, summary: str = "", body: str = "", **more: Any) -> Article:
    """Make a draft of an editor, for everybody unless another audience is given."""
    title = title or f"Artikel {next(_numbers)}"
    writer = actor_for(make_user(Role.KB_EDITOR))
    values: dict[str, Any] = {"audience": Audience.PUBLIC, "shape": Shape.TEXT} | more
    article = articles.begin(writer, Words(title, summary, body or f"{title}: ein Satz."), MONDAY_9AM, **values)
    db.session.commit()
    return article


def make_article(title: str = "", **more: Any) -> Article:
    """Make a published article; arguments as for a draft."""
    article = make_draft(title, **more)
    articles.move(actor_for(make_user(Role.KB_EDITOR)), article, "hand-in", MONDAY_9AM)
    articles.publish(actor_for(make_user(Role.KB_EDITOR)), article, MONDAY_9AM)
    db.session.commit()
    return article


def translate(article: Article, language: Language, words: Words) -> None:
    """Add a published text in another language to an article."""
    writer = actor_for(make_user(Role.KB_EDITOR))
    articles.save(writer, article, language, words, MONDAY_9AM, version=None)
    articles.go_live(writer, article, MONDAY_9AM)
    db.session.commit()


def make_synonyms(*words: str) -> Synonyms:
    """Keep words that mean the same."""
    group = Synonyms(words=list(words))
    db.session.add(group)
    db.session.commit()
    return group
