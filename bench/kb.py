"""Measure the search of the knowledge base: how fast it is on 10,000 articles, and how well it finds."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from bench import kb_fill, kb_quality
from bench.kb_invented import ARTICLES, Inventor
from bench.kb_quality import BASELINES, Quality
from bench.table import lines as table
from bench.table import number
from itsm.app import create_app
from itsm.config import read
from itsm.core import postgres
from itsm.core.access import STRANGER
from itsm.core.db import db, writing
from itsm.kb import search
from itsm.kb.models import Article, ArticleText, Revision, Synonyms
from itsm.kb.packing import Field
from itsm.kb.service import index
from itsm.operations import schema

QUERIES, PUBLISHED, AT_ONCE = 300, 30, 1000
FIND_MS, SUGGEST_MS, PUBLISH_MS = 50.0, 50.0, 300.0
FIVE, MRR = 0.85, 0.75


@dataclass(frozen=True)
class Speed:
    """A call in milliseconds, and how many times a bare look-up by an index that is."""

    name: str
    median_ms: float
    p95_ms: float
    goal_ms: float
    ratio: float


@dataclass(frozen=True)
class Figures:
    """How fast each call is, and how well is found with and without synonyms, by type of query."""

    articles: int
    bare_ms: float
    speeds: list[Speed]
    with_synonyms: dict[str, Quality]
    without: dict[str, Quality]

    @property
    def missed(self) -> list[str]:
        """The goals that are not kept, in sentences."""
        slow = [f"{row.name} dauert länger als {row.goal_ms:g} ms." for row in self.speeds if row.p95_ms > row.goal_ms]
        by_hand = self.with_synonyms.get("manuell")
        poor = by_hand is not None and (by_hand.five < FIVE or by_hand.mrr < MRR)
        return slow + (["Die Suche findet zu schlecht."] if poor else [])


def measure() -> Figures:
    """Measure in a folder of its own, with a database server of its own."""
    with _database():
        qualities = _qualities() if kb_quality.FOLDER.exists() else ({}, {})
    with _database():
        return _speeds(*qualities)


@contextmanager
def _database() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="itsm-bench-") as folder:
        instance = Path(folder)
        try:
            schema.migrate(postgres.url(instance))
            app = create_app(read({"ITSM_INSTANCE": folder}))
            with app.app_context():
                yield
                db.session.remove()
                db.engine.dispose()
        finally:
            postgres.stop(instance)


def _qualities() -> tuple[dict[str, Quality], dict[str, Quality]]:
    """Return how well is found with the synonyms of a new installation, and without any."""
    given, asked = kb_quality.articles(), kb_quality.queries()
    with writing():
        keys = dict(zip(kb_fill.put(given), (key for key, *_ in given), strict=True))

    def finder(line: str, fields: Sequence[Field]) -> list[str]:
        return [keys[hit.article_id] for hit in search.by_operator(line, fields, kb_quality.DEPTH).hits]

    with_synonyms = kb_quality.measured(asked, finder)
    with writing():
        db.session.execute(sa.delete(Synonyms))
    return with_synonyms, kb_quality.measured(asked, finder)


def _speeds(with_synonyms: dict[str, Quality], without: dict[str, Quality]) -> Figures:
    inventor = Inventor()
    given = list(inventor.articles())
    for start in range(0, len(given), AT_ONCE):
        with writing():
            kb_fill.put(given[start : start + AT_ONCE])
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
    queries = inventor.queries(QUERIES)
    ids = db.session.scalars(sa.select(Article.id).order_by(Article.id).limit(PUBLISHED)).all()
    bare = statistics.median(_timed(lambda key=key: _bare(key)) for key in ids)
    on = kb_fill.AT.date()
    find = [_timed(lambda line=line: search.find(STRANGER, line, on)) for line in queries]
    suggest = [_timed(lambda line=line: search.suggest(STRANGER, line[: len(line) * 2 // 3], on)) for line in queries]
    publish = [_timed(lambda key=key: _publish(key, inventor)) for key in ids]
    return Figures(
        ARTICLES,
        round(bare, 2),
        [
            _speed("Suchen", find, FIND_MS, bare),
            _speed("Vorschläge beim Tippen", suggest, SUGGEST_MS, bare),
            _speed("Veröffentlichen", publish, PUBLISH_MS, bare),
        ],
        with_synonyms,
        without,
    )


def _bare(article_id: int) -> None:
    db.session.execute(sa.select(Article.origin_key).where(Article.id == article_id)).one()


def _publish(article_id: int, inventor: Inventor) -> None:
    """Give an article another text, as going live does."""
    _, title, summary, body = next(inventor.articles(1))
    with writing():
        text = sa.select(ArticleText.published_id).where(ArticleText.article_id == article_id).scalar_subquery()
        db.session.execute(
            sa.update(Revision).where(Revision.id == text).values(title=title, summary=summary, body=body)
        )
        index.refresh_all([article_id])


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def _speed(name: str, spans_ms: list[float], goal_ms: float, bare_ms: float) -> Speed:
    median, p95 = statistics.median(spans_ms), statistics.quantiles(spans_ms, n=20)[-1]
    return Speed(name, round(median, 1), round(p95, 1), goal_ms, round(median / bare_ms, 1))


def lines(figures: Figures) -> list[str]:
    """The figures as two tables."""
    speeds = [
        [
            row.name,
            f"{number(row.median_ms, 1)} ms",
            f"{number(row.p95_ms, 1)} ms",
            f"{number(row.goal_ms, 0)} ms",
            f"{number(row.ratio, 0)}×",
        ]
        for row in figures.speeds
    ]
    head = f"{figures.articles} Artikel, nackte Abfrage {number(figures.bare_ms, 2)} ms"
    heads = ["Wissen", "Median", "95 von 100", "Ziel", "Faktor"]
    return [head, *table(heads, speeds), "", *_quality_lines(figures)]


def _quality_lines(figures: Figures) -> list[str]:
    if not figures.with_synonyms:
        return ["Ohne den Ordner ../shared/data/kb wird nicht gemessen, wie gut gefunden wird."]
    baselines = kb_quality.baselines()
    columns = {"wir": figures.with_synonyms, "ohne Synonyme": figures.without}
    columns |= {name: baselines[name] for name in BASELINES}
    rows = [
        [kind, *("/".join(number(value, 2) for value in _values(column.get(kind))) for column in columns.values())]
        for kind in figures.with_synonyms
    ]
    return ["Platz 1 / erste fünf / MRR@10", *table(["Anfragen", *columns], rows)]


def _values(quality: Quality | None) -> tuple[float | None, ...]:
    return (quality.first, quality.five, quality.mrr) if quality else (None,)
