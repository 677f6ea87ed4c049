"""Count what articles did in a month, and never who read them.

Source: docs/rules/deflection.md, DF-1.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Literal, get_args

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from itsm.core import clock
from itsm.core.db import db
from itsm.kb.models import Article, ArticleCount

What = Literal["shown", "opened", "helped", "not_helped", "filed"]
COUNTED: tuple[What, ...] = get_args(What)


def count(
    what: What,
    article_ids: Collection[int],
    at: datetime,
    *,
    fault_type_id: int | None = None,
    school_form: str = "",
) -> None:
    """Count one thing once for each of the articles; one that is gone is left out."""
    count_all({what: article_ids}, at, fault_type_id=fault_type_id, school_form=school_form)


def count_all(
    found: Mapping[What, Collection[int]],
    at: datetime,
    *,
    fault_type_id: int | None = None,
    school_form: str = "",
) -> None:
    """Count several things, each once for each of its articles, in one statement.

    The rows are touched in the order of the articles, so that two who count at once only wait for each other.
    """
    article_ids = set().union(*found.values())
    if not article_ids:
        return
    key = {"month": clock.local_day(at).replace(day=1), "fault_type_id": fault_type_id, "school_form": school_form}
    ones = {what: sa.case((Article.id.in_(ids), 1), else_=0) for what, ids in found.items()}
    values = (
        *(sa.literal(value, ArticleCount.__table__.c[name].type) for name, value in key.items()),
        *ones.values(),
    )
    rows = sa.select(Article.id, *values).where(Article.id.in_(article_ids)).order_by(Article.id)
    statement = insert(ArticleCount).from_select(["article_id", *key, *ones], rows)
    added = {what: getattr(ArticleCount, what) + statement.excluded[what] for what in ones}
    db.session.execute(statement.on_conflict_do_update(index_elements=["article_id", *key], set_=added))
