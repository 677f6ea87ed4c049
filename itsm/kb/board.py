"""What waits for the editors: one select per block, a few rows on the board and all of them on a page of its own.

Source: docs/rules/articles.md, KB-10.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from itsm.accounts.models import User
from itsm.core import clock, figures
from itsm.core.access import Actor
from itsm.core.board import Filled, filled
from itsm.core.db import db
from itsm.kb import policy
from itsm.kb.flow_figures import BAD_SHARE, FEWEST_VOTES, MANY_TICKETS, REMIND_DAYS
from itsm.kb.models import (
    Article,
    ArticleCount,
    ArticleFault,
    ArticleLink,
    ArticleTask,
    ArticleText,
    Language,
    Revision,
    SearchCount,
    TaskKind,
)
from itsm.kb.states import State
from itsm.org.models import School
from itsm.tickets.models import FaultType, Ticket

LOOKED_BACK = timedelta(days=90)

Rows = Callable[[Actor, date], sa.Select[Any]]
German = aliased(ArticleText)
_AT_WORK = Article.deleted_at.is_(None)


@dataclass(frozen=True)
class Block:
    """A reason to act: its word in the address, its heading, and what is said when nothing is to be done."""

    slug: str
    title: str
    nothing: str
    select: Rows
    # A page of its own that shows all of it better than a longer list.
    page: str = "kb.board_block"

    def fill(self, actor: Actor, on: date, limit: int) -> Filled["Block"]:
        """Return the first rows of the block for an editor, the most urgent first; nothing for anybody else."""
        select = self.select(actor, on).where(sa.literal(policy.is_editor(actor)))
        return filled(self, select, limit)


def wrote(actor: Actor) -> sa.ColumnElement[bool]:
    """Return whether this person wrote in an article since it was last published; the SQL twin of KB-3."""
    seen = aliased(Revision)
    return (
        sa.select(Revision.id)
        .join(ArticleText, ArticleText.id == Revision.text_id)
        .outerjoin(seen, seen.id == ArticleText.published_id)
        .where(
            ArticleText.article_id == Article.id,
            Revision.author_id == actor.user_id,
            Revision.number > sa.func.coalesce(seen.number, 0),
        )
        .exists()
    )


def stale(on: date) -> sa.ColumnElement[bool]:
    """Return the filter of published articles that need to be looked at: said so, due for review, or expiring."""
    soon = on + timedelta(days=figures.value(REMIND_DAYS, on))
    return sa.and_(
        Article.is_live,
        _AT_WORK,
        sa.or_(Article.state == State.NEEDS_UPDATE, Article.review_on <= on, Article.valid_until <= soon),
    )


def ownerless() -> sa.ColumnElement[bool]:
    """Return the filter of articles at work for which nobody is responsible any more."""
    owner = aliased(User)
    there = sa.select(owner.id).where(owner.id == Article.owner_id, owner.disabled_at.is_(None))
    over = (State.SUBMITTED, State.ASKED, State.ARCHIVED)
    return sa.and_(_AT_WORK, Article.state.not_in(over), ~there.exists())


def _select(*columns: Any) -> sa.Select[Any]:
    return sa.select(*columns)


def _articles(actor: Actor, *columns: Any) -> sa.Select[Any]:
    return (
        _select(Article.id, German.title, *columns)
        .join(German, sa.and_(German.article_id == Article.id, German.language == Language.GERMAN))
        .where(policy.followed_by(actor))
    )


def _submitted(actor: Actor, on: date) -> sa.Select[Any]:
    return (
        _articles(actor, Article.state_at, School.short_name.label("school"))
        .outerjoin(School, School.id == Article.submitted_school_id)
        .where(Article.state == State.SUBMITTED, _AT_WORK)
        .order_by(Article.state_at, Article.id)
    )


def _to_review(actor: Actor, on: date) -> sa.Select[Any]:
    own = wrote(actor).label("is_own")
    return (
        _articles(actor, Article.state_at, own)
        .where(Article.state == State.IN_REVIEW, _AT_WORK)
        .order_by(own, Article.state_at, Article.id)
    )


def _feedback(actor: Actor, on: date) -> sa.Select[Any]:
    return (
        _articles(actor, ArticleTask.text, ArticleTask.created_at)
        .join(ArticleTask, ArticleTask.article_id == Article.id)
        .where(_AT_WORK, ArticleTask.done_at.is_(None), ArticleTask.kind != TaskKind.BROKEN_LINK)
        .order_by(ArticleTask.id)
    )


def _stale(actor: Actor, on: date) -> sa.Select[Any]:
    return (
        _articles(actor, Article.state, Article.review_on, Article.valid_until)
        .where(stale(on))
        .order_by(sa.func.least(Article.valid_until, Article.review_on), Article.id)
    )


def _badly_rated(actor: Actor, on: date) -> sa.Select[Any]:
    figure = figures.values("kb.", on)
    no, votes = sa.func.sum(ArticleCount.not_helped), sa.func.sum(ArticleCount.helped + ArticleCount.not_helped)
    return (
        _articles(actor, no.label("no"), votes.label("votes"))
        .join(ArticleCount, ArticleCount.article_id == Article.id)
        .where(Article.is_live, _AT_WORK, ArticleCount.month >= (on - LOOKED_BACK).replace(day=1))
        .group_by(Article.id, German.title)
        .having(votes >= figure[FEWEST_VOTES], no * 100 >= votes * figure[BAD_SHARE])
        .order_by((no * 1.0 / votes).desc(), votes.desc(), Article.id)
    )


def _broken_links(actor: Actor, on: date) -> sa.Select[Any]:
    return (
        _articles(actor, ArticleLink.url, ArticleLink.broken_since)
        .join(ArticleLink, ArticleLink.article_id == Article.id)
        .where(Article.is_live, _AT_WORK, ArticleLink.broken_since.is_not(None))
        .order_by(ArticleLink.broken_since, ArticleLink.id)
    )


def _searches(actor: Actor, on: date) -> sa.Select[Any]:
    searches, hits = sa.func.sum(SearchCount.searches), sa.func.sum(SearchCount.hits)
    return (
        _select(SearchCount.line, searches.label("searches"), (hits == 0).label("without_hit"))
        .where(SearchCount.settled_at.is_(None), SearchCount.day >= on - LOOKED_BACK)
        .group_by(SearchCount.line)
        .having(sa.or_(hits == 0, sa.func.sum(SearchCount.clicks) == 0))
        .order_by(searches.desc(), SearchCount.line)
    )


def _without_article(actor: Actor, on: date) -> sa.Select[Any]:
    helped = (
        sa.select(ArticleFault.article_id)
        .join(Article, Article.id == ArticleFault.article_id)
        .where(ArticleFault.fault_type_id == FaultType.id, Article.is_live, _AT_WORK)
    )
    tickets = sa.func.count(Ticket.id)
    return (
        _select(FaultType.id.label("fault_type_id"), FaultType.name, tickets.label("tickets"))
        .join(Ticket, Ticket.fault_type_id == FaultType.id)
        .where(Ticket.created_at >= clock.at_local(on - LOOKED_BACK, time()), FaultType.is_active, ~helped.exists())
        .group_by(FaultType.id)
        .having(tickets >= figures.value(MANY_TICKETS, on))
        .order_by(tickets.desc(), FaultType.id)
    )


def _untranslated(actor: Actor, on: date) -> sa.Select[Any]:
    opened = (
        sa.select(sa.func.coalesce(sa.func.sum(ArticleCount.opened), 0))
        .where(ArticleCount.article_id == Article.id)
        .scalar_subquery()
    )
    lacks = {language: ~_published_in(language) for language in (Language.SIMPLE, Language.ENGLISH)}
    return (
        _articles(actor, lacks[Language.SIMPLE].label("no_simple"), lacks[Language.ENGLISH].label("no_english"))
        .where(Article.is_live, _AT_WORK, sa.or_(*lacks.values()))
        .order_by(opened.desc(), Article.id.desc())
    )


def _published_in(language: Language) -> sa.ColumnElement[bool]:
    text = aliased(ArticleText)
    return (
        sa.select(text.id)
        .where(text.article_id == Article.id, text.language == language, text.published_id.is_not(None))
        .exists()
    )


def _ownerless(actor: Actor, on: date) -> sa.Select[Any]:
    return (
        _articles(actor, Article.state, User.name.label("left"))
        .outerjoin(User, User.id == Article.owner_id)
        .where(ownerless())
        .order_by(Article.is_live.desc(), Article.id)
    )


# In the order of the board.
BLOCKS = (
    Block("pruefen", "Zu prüfen", "Kein Artikel wartet auf eine Prüfung.", _to_review),
    Block("eingereicht", "Von Schulen eingereicht", "Keine Schule wartet auf eine Antwort.", _submitted),
    Block("rueckmeldungen", "Rückmeldungen", "Alle Rückmeldungen sind erledigt.", _feedback),
    Block("suchen", "Gesucht und nicht gefunden", "Alles Gesuchte wurde gefunden.", _searches),
    Block("veraltet", "Zu überarbeiten oder bald abgelaufen", "Kein Artikel ist veraltet.", _stale),
    Block("bewertung", "Hilft oft nicht", "Kein Artikel ist schlecht bewertet.", _badly_rated),
    Block("links", "Links, die nicht gehen", "Alle Links gehen.", _broken_links),
    Block(
        "stoerungsarten", "Störungen ohne Artikel", "Zu jeder häufigen Störung gibt es einen Artikel.", _without_article
    ),
    Block("verantwortlich", "Niemand verantwortlich", "Für jeden Artikel ist jemand verantwortlich.", _ownerless),
    Block(
        "sprachen", "Fehlende Sprachen", "Jeden Artikel gibt es in allen Sprachen.", _untranslated, "kb.untranslated"
    ),
)
BY_SLUG = {block.slug: block for block in BLOCKS}


class Waiting(NamedTuple):
    """How many articles somebody waits for this editor to look at, by why; the menu shows the sum."""

    to_review: int
    submitted: int
    tasks: int


def waiting(actor: Actor) -> Waiting:
    """Return how much waits for an editor; one select. Tasks are those of the editor's own articles."""
    mine = sa.or_(Article.owner_id == actor.user_id, Article.deputy_id == actor.user_id)
    task = sa.select(ArticleTask.id).where(ArticleTask.article_id == Article.id, ArticleTask.done_at.is_(None))
    parts = (
        sa.and_(Article.state == State.IN_REVIEW, ~wrote(actor)),
        Article.state == State.SUBMITTED,
        sa.and_(mine, task.exists()),
    )
    counts = (_count(actor, sa.and_(_AT_WORK, part)).scalar_subquery() for part in parts)
    return Waiting(*db.session.execute(sa.select(*counts)).one())


def count_stale(actor: Actor, on: date) -> int:
    """Return how many published articles need to be looked at."""
    return db.session.scalars(_count(actor, stale(on))).one()


def _count(actor: Actor, condition: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(Article).where(policy.followed_by(actor), condition)
