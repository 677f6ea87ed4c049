"""Remind those who are responsible of the days of their articles.

Source: docs/rules/articles.md, KB-6.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.accounts.models import User
from itsm.core import clock, figures, outbox
from itsm.core.db import db
from itsm.core.german import local_date
from itsm.kb import flow_figures, record
from itsm.kb.models import Article


def remind(at: datetime) -> int:
    """Send everybody one list of their articles whose day of review or expiry is near; return how many articles.

    Each day is reminded of once; an article without anybody who could be told waits until there is somebody.
    """
    today = clock.local_day(at)
    may_answer = set(record.responsible(today))
    told: defaultdict[User, list[dict[str, object]]] = defaultdict(list)
    count = 0
    for article in _coming(today):
        people = [one for one in (article.owner, article.deputy) if one in may_answer]
        if people:
            article.reminded_at, count = at, count + 1
        for person in people:
            told[person].append({"article_id": article.id, "title": article.german.title, "why": _why(article, today)})
    for person, lines in told.items():
        _put(person, lines, at)
    return count


def _coming(today: date) -> Sequence[Article]:
    days = timedelta(days=figures.value(flow_figures.REMIND_DAYS, today))
    reminded_on = sa.cast(sa.func.timezone("Europe/Berlin", Article.reminded_at), sa.Date)
    return db.session.scalars(
        sa.select(Article)
        .where(
            Article.is_live,
            Article.deleted_at.is_(None),
            sa.or_(
                *(
                    sa.and_(day <= today + days, sa.or_(reminded_on.is_(None), reminded_on < day - days))
                    for day in (Article.review_on, Article.valid_until)
                )
            ),
        )
        .order_by(sa.func.least(Article.review_on, Article.valid_until), Article.id)
        .options(joinedload(Article.owner), joinedload(Article.deputy), selectinload(Article.texts))
        # Of two runs at the same moment one finds nothing to do.
        .with_for_update(of=Article, skip_locked=True)
    ).all()


def _why(article: Article, today: date) -> str:
    parts = []
    if article.valid_until:
        parts.append(f"{'gilt nur' if article.valid_until >= today else 'galt'} bis {local_date(article.valid_until)}")
    if article.review_on:
        parts.append(f"zu prüfen {'bis' if article.review_on >= today else 'seit'} {local_date(article.review_on)}")
    return ", ".join(parts)


def _put(person: User, lines: list[dict[str, object]], at: datetime) -> None:
    outbox.put(
        "article-reminder",
        to=person.email,
        to_name=person.name,
        subject=f"{len(lines)} {'Artikel braucht' if len(lines) == 1 else 'Artikel brauchen'} Ihren Blick",
        item={"lines": lines},
        burst_key=f"article-reminder-{clock.local_day(at).isoformat()}",
        at=at,
    )
