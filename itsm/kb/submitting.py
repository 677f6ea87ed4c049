"""What somebody of a school has handed in to the editors, and for which schools they may."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from itsm.core.access import Actor, Verb
from itsm.core.db import db
from itsm.core.errors import NotFound
from itsm.kb import policy, queries
from itsm.kb.models import Article, ArticleText, Revision
from itsm.kb.states import State
from itsm.org.models import School

# How a school reads the state of its proposal.
LABELS = {
    State.SUBMITTED: "bei der Redaktion",
    State.ASKED: "wir haben eine Frage",
    State.DRAFT: "wird vorbereitet",
    State.IN_REVIEW: "wird geprüft",
    State.PUBLISHED: "veröffentlicht",
    State.NEEDS_UPDATE: "veröffentlicht",
    State.ARCHIVED: "nicht übernommen",
}


def label(article: Article) -> str:
    """Return in plain words how a proposal stands."""
    if article.published_at is not None:
        return LABELS[State.PUBLISHED] if article.is_live else "nicht mehr veröffentlicht"
    return LABELS[article.state]


def schools_of(actor: Actor) -> Sequence[School]:
    """Return the schools in whose name this person may hand in an article."""
    scope = actor.scope(Verb.KB_SUBMIT)
    here = scope.among(School.id, School.district_id)
    return db.session.scalars(
        sa.select(School).where(here, School.closed_at.is_(None)).order_by(School.short_name, School.id)
    ).all()


def of(actor: Actor) -> Sequence[Article]:
    """Return what this person has handed in, newest first."""
    return db.session.scalars(
        sa.select(Article)
        .where(policy.followed_by(actor), Article.submitted_by_id == actor.user_id, Article.deleted_at.is_(None))
        .order_by(Article.id.desc())
        .options(selectinload(Article.texts).selectinload(ArticleText.revisions))
        .limit(200)
    ).all()


def text_of(article: Article) -> ArticleText | Revision:
    """Return what a school reads of its proposal: its own words, once the editors work on them (KB-4)."""
    if article.state in (State.SUBMITTED, State.ASKED):
        return article.german
    revisions = article.german.revisions
    own = (one for one in reversed(revisions) if one.author_id == article.submitted_by_id)
    return next(own, revisions[0])


def own(actor: Actor, article_id: int) -> Article:
    """Return an article this person has handed in.

    Raises: NotFound for any other.
    """
    article = queries.to_edit(actor, article_id)
    if not policy.has_submitted(actor, article):
        raise NotFound
    return article
