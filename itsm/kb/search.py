"""Find articles for a person: by a line, while typing, beside an article, and for the text of a report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.kb import policy, queries
from itsm.kb.asking import understood
from itsm.kb.collection import ALL_FIELDS, Collection, Vector, readable
from itsm.kb.models import Article, ArticleFault, Audience
from itsm.kb.packing import Field
from itsm.kb.ranking import ranked

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
# Longer lines are cut; a description of a fault says what it is about at its beginning.
LONGEST = 2000
# What an article gains that is about all the same things, and one that is linked to the kind of fault.
SAME_THINGS, SAME_FAULT = 1.0, 0.5
# Among how many of the nearest in words the related ones are looked for.
NEAR = 100


def find(
    actor: Actor, line: str, on: date, *, filters: Filters = NO_FILTERS, limit: int = 20, offset: int = 0
) -> Found:
    """Return the articles this person may read that match a line, the best first."""
    return _best(_among(actor, on, filters), line, limit, offset)


def suggest(actor: Actor, line: str, on: date, limit: int = 6) -> tuple[Hit, ...]:
    """Return the best articles for a line whose last word may be unfinished."""
    unfinished = line[-1:].isalnum()
    return _best(_among(actor, on), line, limit, unfinished=unfinished).hits


def related(actor: Actor, article: Article, on: date, limit: int = 4) -> tuple[Hit, ...]:
    """Return the articles a reader of this one may want next: about the same things, in much the same words."""
    text = queries.published(article)
    near = _best(_among(actor, on), f"{text.title} {text.summary}" if text else "", NEAR).hits
    alike = _alike(article, [hit.article_id for hit in near])
    found = [
        Hit(hit.article_id, round(hit.score * (1 + SAME_THINGS * alike[hit.article_id]), 4))
        for hit in near
        if hit.article_id != article.id
    ]
    return tuple(sorted(found, key=lambda hit: (-hit.score, hit.article_id))[:limit])


def for_report(actor: Actor, text: str, fault_type_id: int | None, on: date, limit: int = 3) -> tuple[Hit, ...]:
    """Return the articles that may solve a fault as it is described; without a text the best of its kind."""
    among = _among(actor, on)
    kind = np.zeros(among.size, bool)
    if fault_type_id is not None:
        kind = np.isin(among.ids, readable(sa.and_(*conditions(Filters(fault_type_id=fault_type_id)))))
    scores = _scores(among, text) * np.where(kind, np.float32(1 + SAME_FAULT), np.float32(1))
    if not scores.any():
        scores = kind.astype(np.float32)
    return _hits(among, scores, limit).hits


def by_operator(line: str, fields: Iterable[Field] = ALL_FIELDS, limit: int = 10) -> Found:
    """Return what is found among all published articles, for the one who runs the service and measures the search."""
    return _best(Collection(readable(_published()), fields), line, limit)


def _among(actor: Actor, on: date, filters: Filters = NO_FILTERS) -> Collection:
    return Collection(readable(sa.and_(policy.readable_by(actor, on), *conditions(filters))))


def _published() -> sa.ColumnElement[bool]:
    return sa.and_(Article.is_live, Article.deleted_at.is_(None))


def _best(among: Collection, line: str, limit: int, offset: int = 0, *, unfinished: bool = False) -> Found:
    return _hits(among, _scores(among, line, unfinished=unfinished), limit, offset)


def _scores(among: Collection, line: str, *, unfinished: bool = False) -> Vector:
    if not among.size:
        return np.zeros(0, np.float32)
    return ranked(understood(line[:LONGEST], among, unfinished=unfinished), among)


def _hits(among: Collection, scores: Vector, limit: int, offset: int = 0) -> Found:
    """Return a page of the hits, the best first and those that fit equally well by their number."""
    order = np.argsort(-scores, kind="stable")
    page = order[offset : offset + limit]
    hits = tuple(Hit(int(among.ids[at]), round(float(scores[at]), 4)) for at in page if scores[at] > 0)
    return Found(int(np.count_nonzero(scores)), hits)


def _alike(article: Article, article_ids: Sequence[int]) -> dict[int, float]:
    """Return for each of these articles the share of shelf, tags and classes of devices it has in common with one."""
    rows = db.session.execute(
        sa.select(Article.id, Article.category_id, Article.tags, Article.device_kinds).where(
            Article.id.in_(article_ids)
        )
    )
    things = _things(article.category_id, article.tags, article.device_kinds)
    return {row[0]: len(things & _things(*row[1:])) / max(1, len(things)) for row in rows}


def _things(category_id: int | None, tags: list[str], kinds: list[str]) -> frozenset[object]:
    return frozenset([*([category_id] if category_id else []), *tags, *(("kind", kind) for kind in kinds)])


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
