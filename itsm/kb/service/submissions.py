"""An article a school hands to the editors.

Source: docs/rules/articles.md, KB-4.
"""

from datetime import datetime

import sqlalchemy as sa

from itsm.accounts.models import User
from itsm.core.access import Actor, Verb
from itsm.core.db import db
from itsm.core.errors import NotAllowed
from itsm.kb import notices
from itsm.kb.models import Article, ArticleText, Audience, Language, Shape
from itsm.kb.service import articles
from itsm.kb.service.articles import Words
from itsm.org.models import School


def submit(actor: Actor, school: School, words: Words, at: datetime, *, may_name: bool) -> Article:
    """Hand an article in for a school, which is named under it if it agrees; the same words twice are one article.

    Raises: NotAllowed unless the person works at the school.
    """
    if not actor.may(Verb.KB_SUBMIT, school_id=school.id, district_id=school.district_id):
        raise NotAllowed("Vorschläge machen Sie bitte für eine Schule, an der Sie arbeiten.")
    # Two taps on the button wait for one another here.
    db.session.execute(sa.select(User.id).where(User.id == actor.user_id).with_for_update())
    found = _same(actor, words)
    if found is None:
        found = articles.begin(
            actor,
            words,
            at,
            audience=Audience.STAFF,
            shape=Shape.TEXT,
            submitted_school_id=school.id,
            author=school.name if may_name else "",
        )
        notices.submitted(found, at)
    return found


def _same(actor: Actor, words: Words) -> Article | None:
    return db.session.scalar(
        sa.select(Article)
        .join(ArticleText)
        .where(
            Article.submitted_by_id == actor.user_id,
            Article.deleted_at.is_(None),
            ArticleText.language == Language.GERMAN,
            ArticleText.title == words.title,
            ArticleText.summary == words.summary,
            ArticleText.body == words.body,
        )
        .limit(1)
    )
