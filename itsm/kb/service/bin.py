"""The recycle bin: an article is thrown in with a reason, taken out again, and gone for good after a time.

Source: docs/rules/articles.md, KB-8.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from itsm.core import clock, figures
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.core.states import names_from
from itsm.kb import flow_figures, policy
from itsm.kb.models import Article, ArticlePicture, ArticleVideo
from itsm.kb.service import articles, media
from itsm.kb.service.media import Files
from itsm.kb.states import MOVES


def throw_away(actor: Actor, article: Article, text: str, at: datetime) -> None:
    """Put an article into the recycle bin; what readers saw is archived by this and out of the search.

    Raises: NotAllowed unless an editor does it; DomainError without a reason.
    """
    if not policy.may_edit(actor, article):
        raise NotAllowed("Löschen kann einen Artikel nur die Redaktion.")
    if not text.strip():
        raise DomainError("Bitte schreiben Sie, warum der Artikel gelöscht wird.")
    if article.is_live and "archive" in names_from(MOVES, article.state):
        articles.move(actor, article, "archive", at)
    article.deleted_at, article.deleted_by_id = at, actor.user_id
    articles.note(actor, article, "delete", at, text=text.strip())


def take_out(actor: Actor, article: Article, at: datetime) -> None:
    """Take an article out of the bin; one that readers saw comes back archived.

    Raises: NotAllowed unless an editor does it; Conflict if it is not in the bin any more.
    """
    if not policy.is_editor(actor):
        raise NotAllowed("Wiederherstellen kann einen Artikel nur die Redaktion.")
    if article.deleted_at is None:
        raise Conflict("Der Artikel liegt nicht mehr im Papierkorb.")
    article.deleted_at = article.deleted_by_id = None
    articles.note(actor, article, "undelete", at)


def gone_before(at: datetime) -> datetime:
    """Return the moment before which an article has to be thrown away to be deleted for good."""
    return at - timedelta(days=figures.value(flow_figures.BIN_DAYS, clock.local_day(at)))


def empty(at: datetime) -> int:
    """Delete for good what has lain in the bin long enough, and its files with the commit; return how many."""
    old = sa.select(Article.id).where(Article.deleted_at < gone_before(at))
    # Locked, so that one taken out at this moment stays.
    gone = db.session.scalars(old.order_by(Article.id).with_for_update()).all()
    drop_with_commit(delete_for_good(gone))
    return len(gone)


def delete_for_good(article_ids: Collection[int]) -> list[Files]:
    """Delete articles that are out of the search; return the files nobody names any more."""
    pictures = db.session.scalars(sa.select(ArticlePicture).where(ArticlePicture.article_id.in_(article_ids)))
    videos = db.session.scalars(sa.select(ArticleVideo).where(ArticleVideo.article_id.in_(article_ids)))
    files = [media.files_of(medium) for medium in (*pictures, *videos)]
    db.session.execute(sa.delete(Article).where(Article.id.in_(article_ids)))
    return files


def drop_with_commit(files: Collection[Files]) -> None:
    """Delete files once what named them is gone for good; what was rolled back keeps them."""
    waiting = list(files)
    sa.event.listen(db.session(), "after_rollback", lambda _: waiting.clear(), once=True)
    sa.event.listen(db.session(), "after_commit", lambda _: media.drop_files(waiting), once=True)
