"""What articles did: sums per article, kind of fault, school form or month, and every row for a file.

Source: docs/rules/deflection.md, DF-1 and DF-6.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from babel.dates import format_date

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.kb import policy
from itsm.kb.models import Article, ArticleCount, ArticleText, Language, Revision
from itsm.kb.service.counts import COUNTED
from itsm.org.models import School
from itsm.org.school_forms import form_name
from itsm.tickets.models import FaultType

LABELS = {
    "shown": "gezeigt",
    "opened": "geöffnet",
    "helped": "hat geholfen",
    "not_helped": "hat nicht geholfen",
    "filed": "trotzdem gemeldet",
}
GROUPS = {"artikel": "Artikel", "stoerung": "Art der Störung", "schulform": "Schulform", "monat": "Monat"}
DELETED, GONE = "gelöschter Artikel", "(nicht mehr da)"
READ_ALONE, FEW_SCHOOLS = "ohne Störungsmeldung", "andere oder keine Schulform"
# A form with fewer schools would name them.
FEWEST_SCHOOLS = 3
MOST = 100

_SUMS = [sa.func.sum(getattr(ArticleCount, name)).label(name) for name in COUNTED]


@dataclass(frozen=True)
class Row:
    """A sum: what it is about, and how often each thing happened; `article_id` if this person may read it."""

    label: str
    counts: tuple[int, ...]
    article_id: int | None = None


@dataclass(frozen=True)
class Total:
    """Everything in these months, and how often an article ended a report."""

    counts: dict[str, int]
    ended_reports: int


def months() -> list[date]:
    """Return the months anything was counted in, the latest first."""
    return list(db.session.scalars(sa.select(ArticleCount.month).distinct().order_by(ArticleCount.month.desc())))


def month_name(month: date) -> str:
    """Return how people call a month."""
    return str(format_date(month, "LLLL y", locale="de"))


def total(month: date | None) -> Total:
    """Return the sums of a month, or of all."""
    beside = sa.func.sum(ArticleCount.helped).filter(ArticleCount.fault_type_id.is_not(None))
    *sums, ended = db.session.execute(sa.select(*_SUMS, beside).where(*_in(month))).one()
    return Total({name: value or 0 for name, value in zip(COUNTED, sums, strict=True)}, ended or 0)


def rows(actor: Actor, by: str, month: date | None, sort: str, on: date) -> list[Row]:
    """Return the sums by one of the groups, those with most of `sort` first; not more than a page holds."""
    found = db.session.execute(_BY[by](actor, on).where(*_in(month)).order_by(sa.desc(sort), "label").limit(MOST))
    names: dict[str, Callable[[Any], str]] = {"schulform": _form, "monat": month_name}
    name = names.get(by, str)
    return [Row(name(label), tuple(counts), article_id) for label, article_id, *counts in found]


def every_row(month: date | None) -> Iterator[tuple[Any, ...]]:
    """Return month, article, title, kind of fault, school form and the counts, row by row, for a file."""
    form = _large_form().label("form")
    select = (
        sa.select(ArticleCount.month, ArticleCount.article_id, _title(), FaultType.name, form, *_SUMS)
        .join(Article, Article.id == ArticleCount.article_id)
        .outerjoin(FaultType, FaultType.id == ArticleCount.fault_type_id)
        .where(*_in(month))
        .group_by(ArticleCount.month, ArticleCount.article_id, Article.id, FaultType.id, form)
        .order_by(ArticleCount.month.desc(), ArticleCount.article_id, FaultType.position, form)
    )
    for first_on, article_id, title, fault, key, *counts in db.session.execute(select):
        yield month_name(first_on), article_id, title, fault or READ_ALONE, _form(key), *counts


def _by_article(actor: Actor, on: date) -> sa.Select[Any]:
    readable = sa.case((policy.readable_by(actor, on), Article.id))
    return (
        sa.select(_title().label("label"), readable, *_SUMS)
        .select_from(ArticleCount)
        .join(Article, Article.id == ArticleCount.article_id)
        .group_by(Article.id)
    )


def _by_fault(actor: Actor, on: date) -> sa.Select[Any]:
    label = sa.func.coalesce(FaultType.name, READ_ALONE).label("label")
    select = sa.select(label, sa.null(), *_SUMS).select_from(ArticleCount)
    return select.outerjoin(FaultType, FaultType.id == ArticleCount.fault_type_id).group_by(label)


def _by_form(actor: Actor, on: date) -> sa.Select[Any]:
    form = _large_form().label("label")
    return sa.select(form, sa.null(), *_SUMS).group_by(form)


def _by_month(actor: Actor, on: date) -> sa.Select[Any]:
    return sa.select(ArticleCount.month.label("label"), sa.null(), *_SUMS).group_by(ArticleCount.month)


def _title() -> sa.ColumnElement[str]:
    """What readers last saw as the title; the working title is the editors' own, and what is deleted has no name."""
    seen = (
        sa.select(Revision.title)
        .join(ArticleText, ArticleText.published_id == Revision.id)
        .where(ArticleText.article_id == Article.id, ArticleText.language == Language.GERMAN)
        .scalar_subquery()
    )
    return sa.case((Article.deleted_at.is_not(None), DELETED), else_=sa.func.coalesce(seen, GONE))


def _large_form() -> sa.ColumnElement[str]:
    """The school form, or nothing where there are so few schools of it that it would name one."""
    large = sa.select(School.form_key).group_by(School.form_key).having(sa.func.count() >= FEWEST_SCHOOLS)
    return sa.case((ArticleCount.school_form.in_(large), ArticleCount.school_form), else_="")


def _form(key: str) -> str:
    return form_name(key) if key else FEW_SCHOOLS


_BY: dict[str, Callable[[Actor, date], sa.Select[Any]]] = {
    "artikel": _by_article,
    "stoerung": _by_fault,
    "schulform": _by_form,
    "monat": _by_month,
}


def _in(month: date | None) -> list[sa.ColumnElement[bool]]:
    return [] if month is None else [ArticleCount.month == month]
