"""Pictures and videos of articles, found for a person."""

import re
from collections.abc import Collection
from datetime import date
from typing import TypeVar

import sqlalchemy as sa

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import NotFound
from itsm.kb import policy
from itsm.kb.grammar import PICTURE, VIDEO
from itsm.kb.models import Article, ArticlePicture, ArticleText, ArticleVideo, Revision

_BRACKETS, _ESCAPED = re.compile(r"([\[\]\\])"), r"\\\1"
Medium = TypeVar("Medium", ArticlePicture, ArticleVideo)


def shown(actor: Actor, kind: type[Medium], token: str, on: date) -> Medium:
    """Return a picture or video by its token, for whoever may read or follow its article.

    Raises: NotFound for everybody else.
    Source: docs/rules/writing.md, WR-8.
    """
    found = db.session.scalar(
        sa.select(kind)
        .join(Article, Article.id == kind.article_id)
        .where(kind.token == token, sa.or_(policy.readable_by(actor, on), policy.followed_by(actor)))
    )
    if found is None:
        raise NotFound
    return found


def of_article(kind: type[Medium], article: Article) -> list[Medium]:
    """Return the pictures or videos of an article, newest first."""
    return list(db.session.scalars(sa.select(kind).where(kind.article_id == article.id).order_by(kind.id.desc())))


def one_of(kind: type[Medium], article: Article, medium_id: int) -> Medium:
    """Return a picture or video of this article.

    Raises: NotFound if the article has none of this number.
    """
    found = db.session.get(kind, medium_id)
    if found is None or found.article_id != article.id:
        raise NotFound
    return found


def line_of(medium: ArticlePicture | ArticleVideo) -> str:
    """Return the line of Markdown that shows a picture or video."""
    words, scheme = (medium.title, VIDEO) if isinstance(medium, ArticleVideo) else (medium.alternative, PICTURE)
    return f"![{_BRACKETS.sub(_ESCAPED, words)}]({scheme}{medium.token})"


def foreign_tokens(article: Article, tokens: Collection[str]) -> frozenset[str]:
    """Return those of the tokens that are no picture or video of this article: gone, or copied from another."""
    of_pictures = sa.select(ArticlePicture.token).where(ArticlePicture.article_id == article.id)
    of_videos = sa.select(ArticleVideo.token).where(ArticleVideo.article_id == article.id)
    return frozenset(tokens) - frozenset(db.session.scalars(of_pictures.union_all(of_videos)))


def used_tokens(article: Article, tokens: Collection[str]) -> frozenset[str]:
    """Return those of the tokens that a working or published text of the article names."""
    bodies = db.session.scalars(
        sa.select(ArticleText.body)
        .where(ArticleText.article_id == article.id)
        .union_all(
            sa.select(Revision.body)
            .join(ArticleText, ArticleText.published_id == Revision.id)
            .where(ArticleText.article_id == article.id)
        )
    ).all()
    return frozenset(token for token in tokens if any(token in body for body in bodies))
