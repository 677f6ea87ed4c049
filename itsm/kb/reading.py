"""What readers find without a search line: shelves, lists, what helped others, and what lists can be narrowed by.

Source: docs/rules/reading.md.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVarTuple

import sqlalchemy as sa

from itsm.core.access import Actor, Verb
from itsm.core.db import db
from itsm.core.errors import NotFound
from itsm.kb import policy, search
from itsm.kb.models import (
    Article,
    ArticleCount,
    ArticleFault,
    ArticleText,
    ArticleVideo,
    Audience,
    Category,
    Language,
    Revision,
    Shape,
)
from itsm.kb.search import NO_FILTERS, Filters
from itsm.org.models import School
from itsm.tickets.models import FaultType

_Columns = TypeVarTuple("_Columns")
SHORT_LIST = 5


@dataclass(frozen=True)
class Card:
    """What a list shows of an article: the German words readers see."""

    article_id: int
    title: str
    summary: str
    body: str
    shape: Shape
    audience: Audience
    published_at: datetime | None
    category: str | None


def shelves(actor: Actor, on: date) -> list[tuple[Category, int]]:
    """Return the categories with how many articles this person may read in each; an empty one is left out."""
    rows = db.session.execute(
        sa.select(Category, sa.func.count())
        .join(Article, Article.category_id == Category.id)
        .where(policy.readable_by(actor, on))
        .group_by(Category.id)
        .order_by(Category.position, Category.id)
    )
    return [(category, count) for category, count in rows]


def shelf(actor: Actor, slug: str, on: date) -> Category:
    """Return a category in which this person may read something.

    Raises: NotFound for any other.
    """
    has_some = sa.exists().where(Article.category_id == Category.id, policy.readable_by(actor, on))
    category = db.session.scalar(sa.select(Category).where(Category.slug == slug, has_some))
    if category is None:
        raise NotFound
    return category


def listed(
    actor: Actor, on: date, filters: Filters = NO_FILTERS, *, limit: int, offset: int = 0
) -> tuple[int, list[Card]]:
    """Return how many articles these filters leave, and one page of them by title."""
    where = policy.readable_by(actor, on), *search.conditions(filters)
    total = db.session.scalar(sa.select(sa.func.count(Article.id)).where(*where)) or 0
    by_title = _published(sa.select(Article.id)).where(*where).order_by(sa.func.lower(Revision.title), Article.id)
    return total, cards(actor, db.session.scalars(by_title.limit(limit).offset(offset)).all(), on)


def newest(actor: Actor, on: date, limit: int = SHORT_LIST) -> list[Card]:
    """Return what was published last."""
    ids = sa.select(Article.id).where(policy.readable_by(actor, on))
    last = ids.order_by(Article.published_at.desc(), Article.id.desc()).limit(limit)
    return cards(actor, db.session.scalars(last).all(), on)


def most_helped(actor: Actor, on: date, limit: int = SHORT_LIST) -> list[Card]:
    """Return what readers of the last twelve months said helped them most often."""
    first = on.replace(day=1, year=on.year - 1)
    ids = (
        sa.select(Article.id)
        .join(ArticleCount, ArticleCount.article_id == Article.id)
        .where(ArticleCount.month >= first, ArticleCount.helped > 0, policy.readable_by(actor, on))
        .group_by(Article.id)
        .order_by(sa.func.sum(ArticleCount.helped).desc(), Article.id)
        .limit(limit)
    )
    return cards(actor, db.session.scalars(ids).all(), on)


def cards(actor: Actor, article_ids: Sequence[int], on: date) -> list[Card]:
    """Return these articles in this order, without those this person may not read."""
    words = sa.select(
        Article.id,
        Revision.title,
        Revision.summary,
        Revision.body,
        Article.shape,
        Article.audience,
        Article.published_at,
        Category.name,
    )
    rows = db.session.execute(
        _published(words)
        .outerjoin(Category, Category.id == Article.category_id)
        .where(policy.readable_by(actor, on), Article.id.in_(article_ids))
    )
    found = {row[0]: Card(*row) for row in rows}
    return [found[number] for number in article_ids if number in found]


def everything(actor: Actor, on: date, limit: int) -> list[tuple[int, datetime | None]]:
    """Return the number of every article this person may read and when it was published last."""
    rows = sa.select(Article.id, Article.published_at).where(policy.readable_by(actor, on)).order_by(Article.id)
    return [(number, published_at) for number, published_at in db.session.execute(rows.limit(limit))]


def facets(actor: Actor, on: date, *where: sa.ColumnElement[bool]) -> dict[str, list[str]]:
    """Return by which keys these articles can be told apart, the most frequent first, by kind of key."""
    readable = sa.and_(policy.readable_by(actor, on), *where)

    def keys(kind: str, key: sa.ColumnElement[str]) -> sa.Select[str, str]:
        return sa.select(sa.literal(kind).label("kind"), key.label("key")).select_from(Article).where(readable)

    union = sa.union_all(
        keys("bereich", Category.slug.expression).join(Category, Category.id == Article.category_id),
        keys("fuer", sa.cast(Article.audience, sa.Text)),
        keys("form", sa.func.unnest(Article.school_forms)),
        keys("geraet", sa.func.unnest(Article.device_kinds)),
        keys("stoerung", FaultType.key.expression)
        .join(ArticleFault, ArticleFault.article_id == Article.id)
        .join(FaultType, FaultType.id == ArticleFault.fault_type_id),
        keys("tag", sa.func.unnest(Article.tags)),
    ).subquery()
    grouped = sa.select(union.c.kind, union.c.key).group_by(union.c.kind, union.c.key)
    found: dict[str, list[str]] = {}
    for kind, key in db.session.execute(grouped.order_by(sa.func.count().desc(), union.c.key)):
        found.setdefault(kind, []).append(key)
    return found


def videos(article: Article, tokens: Collection[str]) -> dict[str, ArticleVideo]:
    """Return the videos of an article by token; a token of another article finds nothing."""
    if not tokens:
        return {}
    own = sa.select(ArticleVideo).where(ArticleVideo.article_id == article.id, ArticleVideo.token.in_(tokens))
    return {video.token: video for video in db.session.scalars(own)}


def school_form_of(actor: Actor) -> str:
    """Return the key of the form of the one school this person works at; empty for everybody else."""
    school_ids = actor.scope(Verb.KB_SUBMIT).school_ids
    if len(school_ids) != 1:
        return ""
    return db.session.scalar(sa.select(School.form_key).where(School.id.in_(school_ids))) or ""


def languages(article: Article) -> list[Language]:
    """Return the languages this article can be read in, in the order they are offered."""
    published = {text.language for text in article.texts if text.published_id is not None}
    return [language for language in Language if language in published]


def _published(select: sa.Select[*_Columns]) -> sa.Select[*_Columns]:
    """Join the German words readers see."""
    german = sa.and_(ArticleText.article_id == Article.id, ArticleText.language == Language.GERMAN)
    return select.join(ArticleText, german).join(Revision, Revision.id == ArticleText.published_id)
