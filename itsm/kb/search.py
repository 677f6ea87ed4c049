"""Find articles for a person: by a line, while typing, beside an article, and for the text of a report."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.kb import policy
from itsm.kb.models import Article, ArticleFault, ArticleText, Audience, Revision

_Keys = InstrumentedAttribute[list[str]]


@dataclass(frozen=True)
class Filters:
    """What hits have to be besides matching; what is None is left open."""

    category_id: int | None = None
    tag: str | None = None
    school_form: str | None = None
    device_kind: str | None = None
    fault_type_id: int | None = None
    audience: Audience | None = None


@dataclass(frozen=True)
class Hit:
    """An article that was found, and how well it fits."""

    article_id: int
    score: float


@dataclass(frozen=True)
class Found:
    """How many articles were found in all, and those of this page."""

    total: int
    hits: tuple[Hit, ...]


NO_FILTERS = Filters()


def find(
    actor: Actor, line: str, on: date, *, filters: Filters = NO_FILTERS, limit: int = 20, offset: int = 0
) -> Found:
    """Return the articles this person may read that match a line, the best first."""
    words = line.replace("\x00", " ").lower().split()[:20]
    said = sa.func.lower(sa.func.concat(Revision.title, " ", Revision.summary, " ", Revision.body))
    score = sum((sa.cast(said.contains(word, autoescape=True), sa.Integer) for word in words), sa.literal(0))
    rows = db.session.execute(
        sa.select(Article.id, score)
        .join(ArticleText, ArticleText.article_id == Article.id)
        .join(Revision, Revision.id == ArticleText.published_id)
        .where(policy.readable_by(actor, on), *conditions(filters), score > 0)
        .order_by(score.desc(), Article.id)
    ).all()
    hits = tuple({number: Hit(number, float(found)) for number, found in reversed(rows)}.values())[::-1]
    return Found(len(hits), hits[offset : offset + limit])


def suggest(actor: Actor, line: str, on: date, limit: int = 6) -> tuple[Hit, ...]:
    """Return the best articles for a line whose last word may be unfinished."""
    return find(actor, line, on, limit=limit).hits


def related(actor: Actor, article: Article, on: date, limit: int = 4) -> tuple[Hit, ...]:
    """Return the articles a reader of this one may want next."""
    found = find(actor, article.german.title, on, limit=limit + 1).hits
    return tuple(hit for hit in found if hit.article_id != article.id)[:limit]


def for_report(actor: Actor, text: str, fault_type_id: int | None, on: date, limit: int = 3) -> tuple[Hit, ...]:
    """Return the articles that may solve a fault as it is described; without a text the best of its kind."""
    if text.strip():
        return find(actor, text, on, limit=limit).hits
    filters = Filters(fault_type_id=fault_type_id)
    ids = db.session.scalars(
        sa.select(Article.id)
        .where(policy.readable_by(actor, on), *conditions(filters))
        .order_by(Article.id)
        .limit(limit if fault_type_id else 0)
    )
    return tuple(Hit(number, 0.0) for number in ids)


def conditions(filters: Filters) -> Iterable[sa.ColumnElement[bool]]:
    """Return what an article has to be for these filters; for lists without a search line too."""
    if filters.category_id is not None:
        yield Article.category_id == filters.category_id
    if filters.tag:
        yield _names(Article.tags, filters.tag)
    if filters.school_form:
        yield _named_or_none(Article.school_forms, filters.school_form)
    if filters.device_kind:
        yield _named_or_none(Article.device_kinds, filters.device_kind)
    if filters.fault_type_id is not None:
        yield Article.id.in_(
            sa.select(ArticleFault.article_id).where(ArticleFault.fault_type_id == filters.fault_type_id)
        )
    if filters.audience is not None:
        yield Article.audience == filters.audience


def _names(keys: _Keys, key: str) -> sa.ColumnElement[bool]:
    return keys.bool_op("@>")(sa.cast([key], sa.ARRAY(sa.Text)))


def _named_or_none(keys: _Keys, key: str) -> sa.ColumnElement[bool]:
    """An article that names no school form or device class is about all of them."""
    return sa.or_(_names(keys, key), keys == sa.cast([], sa.ARRAY(sa.Text)))
