"""What readers of the demo city did: said what was missing, searched, and found help."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from itsm.core import clock
from itsm.core.db import db
from itsm.kb.models import Article, ArticleCount, ArticleLink, ArticleTask, Audience, SearchCount, TaskKind

_MONTHS = 3
_FORMS = ("02", "20")
_BROKEN_LINK = "https://verleih.example.org/katalog"
_TASKS = (
    ("airplay", TaskKind.FEEDBACK, 3, "Bei uns heißt die Quelle HDMI 2, ich habe lange gesucht.", ""),
    ("druckertreiber", TaskKind.FEEDBACK, 6, "Wo finde ich die Raumnummer des Druckers?", ""),
    (
        "druckertreiber",
        TaskKind.BADLY_RATED,
        2,
        "Mehr als die Hälfte der Antworten sagt, dass der Artikel nicht geholfen hat.",
        "",
    ),
    ("verleih", TaskKind.BROKEN_LINK, 1, f"{_BROKEN_LINK} antwortet nicht (404).", ""),
    (
        "iserv-kennwort",
        TaskKind.FEEDBACK,
        20,
        "Wer ist die IServ-Verwaltung?",
        "Link zu den Ansprechpartner*innen ergänzt.",
    ),
)
# What was searched: (line, hits, searches in the last month, opened). Nothing found is what editors look for.
_SEARCHES = (
    ("ipad lädt nicht", 6, 41, 30),
    ("wlan pasword", 4, 33, 17),
    ("druker", 2, 28, 19),
    ("apple tv", 3, 26, 21),
    ("display dunkel", 5, 19, 15),
    ("beamerlampe", 1, 12, 9),
    ("zeugnis drucken", 3, 14, 0),
    ("moodle", 0, 11, 0),
    ("3d drucker", 0, 9, 0),
    ("vr brille laden", 0, 6, 0),
    ("untis stundenplan app", 0, 5, 0),
    ("office lizenz zuhause", 0, 4, 0),
)


def build(articles: Mapping[str, Article], writer_id: int, random: Random, at: datetime) -> dict[str, int]:
    """Add what came of the articles, by the names of their files; return the number of rows per table."""
    rows = {
        ArticleLink: [_broken_link(articles["verleih"].id, at)],
        ArticleTask: _tasks(articles, writer_id, at),
        ArticleCount: _counts(articles, random, clock.local_day(at)),
        SearchCount: _searches(random, clock.local_day(at)),
    }
    for table, values in rows.items():
        db.session.execute(sa.insert(table), values)
    return {table.__tablename__: len(values) for table, values in rows.items()}


def _tasks(articles: Mapping[str, Article], writer_id: int, at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "article_id": articles[key].id,
            "kind": kind,
            "text": text,
            "created_at": at - timedelta(days=days),
            "done_at": at - timedelta(days=days - 1) if outcome else None,
            "done_by_id": writer_id if outcome else None,
            "outcome": outcome,
        }
        for key, kind, days, text, outcome in _TASKS
    ]


def _broken_link(article_id: int, at: datetime) -> dict[str, Any]:
    since = {"checked_at": at - timedelta(hours=6), "broken_since": at - timedelta(days=3)}
    return {"article_id": article_id, "url": _BROKEN_LINK, "status": 404, "failures": 3, **since}


def _counts(articles: Mapping[str, Article], random: Random, today: date) -> list[dict[str, Any]]:
    """Every article was read in the last months, some beside a report; fewer people say whether it helped."""
    months = [today.replace(day=1)]
    while len(months) < _MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    rows = []
    for key, article in articles.items():
        # No school is shown an article for the support while it reports.
        beside = () if article.audience is Audience.SUPPORT else article.faults
        places = [(None, ""), *((fault.id, form) for fault in beside for form in _FORMS)]
        for month in months if article.is_live else ():
            for fault_id, form in places:
                rows.append(_count(article.id, month, fault_id, form, random, is_bad=key == "druckertreiber"))
    return rows


def _count(
    article_id: int, month: date, fault_id: int | None, form: str, random: Random, *, is_bad: bool
) -> dict[str, Any]:
    shown = random.randint(8, 60)
    opened = random.randint(shown // 4, shown // 2)
    answers = random.randint(0, opened)
    helped = answers // 3 if is_bad else answers - answers // 4
    return {
        "article_id": article_id,
        "month": month,
        "fault_type_id": fault_id,
        "school_form": form,
        "shown": shown,
        "opened": opened,
        "helped": helped,
        "not_helped": answers - helped,
        "filed": shown - opened if fault_id else 0,
    }


def _searches(random: Random, today: date) -> list[dict[str, Any]]:
    rows = []
    for line, hits, searches, clicks in _SEARCHES:
        days = random.sample(range(30), k=min(searches, 10))
        for place, day in enumerate(days):
            part, opened = ((number + place) // len(days) for number in (searches, clicks))
            rows.append(
                {"line": line, "day": today - timedelta(days=day), "searches": part, "hits": hits, "clicks": opened}
            )
    return rows
