"""Write in an article: what is typed is kept for the writer alone until it is saved for all.

Source: docs/rules/writing.md, WR-1 to WR-4.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.kb.models import Article, Draft, Language, Revision
from itsm.kb.service import articles
from itsm.kb.service.articles import Words
from itsm.kb.states import State

# A draft of a language that is not there yet is based on no version.
_NO_VERSION = 0
KEPT = timedelta(days=365)


@dataclass(frozen=True)
class Begun:
    """What a writer goes on with: the words, the version they come from, and the draft they were kept in."""

    words: Words
    version: int | None
    draft: Draft | None = None
    is_outdated: bool = False


def begun(actor: Actor, article: Article, language: Language) -> Begun:
    """Return what this person goes on with: their own unsaved words, or the saved text.

    A language that is missing begins with the German body, for its pictures and steps stay the same.
    """
    text = article.text(language)
    version = text.version_id if text else None
    if draft := db.session.scalar(sa.select(Draft).where(_own(actor, article, language))):
        based_on = draft.based_on or None
        return Begun(Words(draft.title, draft.summary, draft.body), based_on, draft, is_outdated=based_on != version)
    if text is None:
        return Begun(Words("", "", article.german.body), None)
    return Begun(Words(text.title, text.summary, text.body), version)


def save(
    actor: Actor,
    article: Article,
    language: Language,
    words: Words,
    at: datetime,
    *,
    version: int | None,
    note: str = "",
) -> Revision | None:
    """Save a text for all; one that readers see becomes a draft, and they keep the published revision.

    Returns None if nothing is different. Raises: as `articles.save`.
    """
    # Two who save a new language at the same moment come one after the other.
    db.session.execute(sa.select(Article.id).where(Article.id == article.id).with_for_update())
    db.session.expire(article)
    revision = articles.save(actor, article, language, words, at, version=version, note=note)
    if revision and article.state in (State.PUBLISHED, State.NEEDS_UPDATE):
        articles.move(actor, article, "revise", at)
    drop(actor, article, language)
    return revision


def keep(
    actor: Actor, article: Article, language: Language, words: Words, at: datetime, *, version: int | None
) -> None:
    """Keep what this person has typed so far, in whatever state the article is meanwhile."""
    typed = {
        "title": words.title,
        "summary": words.summary,
        "body": words.body,
        "based_on": version or _NO_VERSION,
        "at": at,
    }
    row = insert(Draft).values(user_id=actor.user_id, article_id=article.id, language=language, **typed)
    db.session.execute(
        row.on_conflict_do_update(index_elements=[Draft.user_id, Draft.article_id, Draft.language], set_=typed)
    )


def drop(actor: Actor, article: Article, language: Language) -> None:
    """Throw away what this person has typed and not saved."""
    db.session.execute(sa.delete(Draft).where(_own(actor, article, language)))


def forget(at: datetime) -> int:
    """Throw away what nobody has gone on with for a year, such as people who left; return how many drafts."""
    old = sa.delete(Draft).where(Draft.at < at - KEPT)
    return len(db.session.scalars(old.returning(Draft.id)).all())


def _own(actor: Actor, article: Article, language: Language) -> sa.ColumnElement[bool]:
    return sa.and_(Draft.user_id == actor.user_id, Draft.article_id == article.id, Draft.language == language)
