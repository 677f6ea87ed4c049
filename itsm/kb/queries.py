"""Articles, found for a person: what readers see, and what the editors work on."""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import NotAllowed, NotFound
from itsm.kb import policy
from itsm.kb.models import Article, ArticleText, Category, Language, Revision


def to_read(actor: Actor, article_id: int, on: date) -> Article:
    """Return an article this person may read, with the published revisions of its languages.

    Raises: NotFound for one that does not exist, is not published, or is for others.
    """
    return _with_texts(article_id, policy.readable_by(actor, on))


def to_edit(actor: Actor, article_id: int) -> Article:
    """Return an article whose working state this person sees, with its texts.

    Raises: NotFound for one that does not exist or whose working state is for others.
    """
    return _with_texts(article_id, policy.followed_by(actor))


def to_write(actor: Actor, article_id: int) -> Article:
    """Return an article this person looks after or may write in now, with its texts.

    Raises: NotFound for one they do not follow; NotAllowed for a school once the editors work on its proposal.
    """
    article = to_edit(actor, article_id)
    if not (policy.is_editor(actor) or policy.may_tend(actor, article) or policy.may_write(actor, article)):
        raise NotAllowed("Ihren Vorschlag bearbeitet jetzt die Redaktion. Was daraus wird, steht auf seiner Seite.")
    return article


def published(article: Article, language: Language = Language.GERMAN) -> Revision | None:
    """Return what readers see of an article in a language; None if it is missing there."""
    text = article.text(language)
    return text.published if text else None


def writer_ids(article: Article) -> Collection[int | None]:
    """Return who wrote in the texts of an article since they were last published."""
    seen = aliased(Revision)
    return frozenset(
        db.session.scalars(
            sa.select(Revision.author_id)
            .join(ArticleText, ArticleText.id == Revision.text_id)
            .outerjoin(seen, seen.id == ArticleText.published_id)
            .where(ArticleText.article_id == article.id, Revision.number > sa.func.coalesce(seen.number, 0))
            .distinct()
        )
    )


def categories() -> list[Category]:
    """Return the shelves in their order."""
    return list(db.session.scalars(sa.select(Category).order_by(Category.position, Category.id)))


def _with_texts(article_id: int, seen: sa.ColumnElement[bool]) -> Article:
    article = db.session.scalar(
        sa.select(Article)
        .where(Article.id == article_id, seen)
        .options(
            joinedload(Article.category),
            selectinload(Article.texts).joinedload(ArticleText.published),
            selectinload(Article.faults),
        )
    )
    if article is None:
        raise NotFound
    return article
