"""Published articles that readers cannot read in every language."""

from dataclasses import dataclass

import sqlalchemy as sa

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.kb import policy
from itsm.kb.models import Article, ArticleText, Language

PAGE = 50


@dataclass(frozen=True)
class Missing:
    """How many articles lack a language, and one page of them: number, German title, languages they lack."""

    total: int
    rows: list[tuple[int, str, list[Language]]]

    @property
    def next_after(self) -> int | None:
        """Where the next page goes on; None at the end."""
        return self.rows[-1][0] if len(self.rows) == PAGE else None


def missing(actor: Actor, after: int = 0) -> Missing:
    """Return the articles this person follows that readers see and that lack a language, by number."""
    there = (
        sa.select(ArticleText.article_id, sa.func.array_agg(ArticleText.language).label("languages"))
        .where(ArticleText.published_id.is_not(None))
        .group_by(ArticleText.article_id)
        .subquery()
    )
    lacking = (
        sa.select(Article.id, ArticleText.title, there.c.languages)
        .join(there, there.c.article_id == Article.id)
        .join(ArticleText, sa.and_(ArticleText.article_id == Article.id, ArticleText.language == Language.GERMAN))
        .where(
            policy.followed_by(actor),
            Article.is_live,
            Article.deleted_at.is_(None),
            sa.func.cardinality(there.c.languages) < len(Language),
        )
    )
    total = db.session.scalar(sa.select(sa.func.count()).select_from(lacking.subquery())) or 0
    found = db.session.execute(lacking.where(Article.id > after).order_by(Article.id).limit(PAGE))
    rows = [(number, title, [one for one in Language if one not in languages]) for number, title, languages in found]
    return Missing(total, rows)
