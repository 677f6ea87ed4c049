"""What lies in the recycle bin of the articles."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from itsm.accounts.models import User
from itsm.core import figures
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.kb import flow_figures, policy
from itsm.kb.models import Article, ArticleEntry, ArticleText, Language


def thrown_away(actor: Actor, on: date) -> tuple[Sequence[sa.Row[Any]], int]:
    """Return the articles in the bin with who threw them away and why, newest first, and the days they stay."""
    why = (
        sa.select(ArticleEntry.text)
        .where(ArticleEntry.article_id == Article.id, ArticleEntry.move == "delete")
        .order_by(ArticleEntry.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        Article.id,
        ArticleText.title,
        Article.deleted_at,
        User.name.label("who"),
        why.label("why"),
    )
    rows = db.session.execute(
        sa.select(*columns)
        .join(ArticleText, sa.and_(ArticleText.article_id == Article.id, ArticleText.language == Language.GERMAN))
        .outerjoin(User, User.id == Article.deleted_by_id)
        .where(policy.followed_by(actor), Article.deleted_at.is_not(None))
        .order_by(Article.deleted_at.desc(), Article.id.desc())
        .limit(500)
    ).all()
    return rows, int(figures.value(flow_figures.BIN_DAYS, on))
