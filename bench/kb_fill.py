"""Put articles straight into the tables, published, and into the index: faster than a thousand editors."""

from collections.abc import Iterable
from datetime import UTC, datetime

import sqlalchemy as sa

from itsm.core.db import db
from itsm.kb.models import Article, ArticleText, Audience, Language, Revision, Shape
from itsm.kb.service import index
from itsm.kb.states import State

AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
# Of an article: its key, title, summary and text.
Given = tuple[str, str, str, str]


def put(given: Iterable[Given]) -> list[int]:
    """Publish articles for everybody; return their numbers in order."""
    given = list(given)
    ids = list(
        db.session.scalars(
            sa.insert(Article).returning(Article.id, sort_by_parameter_order=True),
            [
                {
                    "state": State.PUBLISHED,
                    "state_at": AT,
                    "audience": Audience.PUBLIC,
                    "shape": Shape.TEXT,
                    "is_live": True,
                    "collection": "bench",
                    "origin_key": key,
                    "created_at": AT,
                    "published_at": AT,
                }
                for key, *_ in given
            ],
        )
    )
    texts = db.session.scalars(
        sa.insert(ArticleText).returning(ArticleText.id, sort_by_parameter_order=True),
        [
            {"article_id": number, "language": Language.GERMAN, "changed_at": AT} | _said(row)
            for number, row in zip(ids, given, strict=True)
        ],
    ).all()
    db.session.execute(
        sa.insert(Revision),
        [{"text_id": text, "number": 1, "at": AT} | _said(row) for text, row in zip(texts, given, strict=True)],
    )
    latest = sa.select(Revision.id).where(Revision.text_id == ArticleText.id).scalar_subquery()
    db.session.execute(sa.update(ArticleText).where(ArticleText.id.in_(texts)).values(published_id=latest))
    index.refresh_all(ids)
    return ids


def _said(row: Given) -> dict[str, str]:
    _, title, summary, body = row
    return {"title": title, "summary": summary, "body": body}
