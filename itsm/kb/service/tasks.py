"""What an article's owner has to look at: added by readers and jobs, settled with a sentence."""

from datetime import datetime

import sqlalchemy as sa

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.kb import policy
from itsm.kb.models import Article, ArticleTask, Language, SearchCount, TaskKind
from itsm.kb.service import articles

LONGEST = 5000


def add(article: Article, kind: TaskKind, text: str, at: datetime, language: Language = Language.GERMAN) -> ArticleTask:
    """Return a task for the owner; the open one of this article if it says the same already.

    Source: docs/rules/articles.md, KB-9.
    """
    text = text.strip()[:LONGEST]
    found = db.session.scalar(
        sa.select(ArticleTask).where(
            ArticleTask.article_id == article.id,
            ArticleTask.done_at.is_(None),
            ArticleTask.kind == kind,
            ArticleTask.language == language,
            ArticleTask.text == text,
        )
    )
    if found is None:
        found = ArticleTask(article_id=article.id, kind=kind, text=text, language=language, created_at=at)
        db.session.add(found)
        db.session.flush()
    return found


def settle(actor: Actor, task: ArticleTask, outcome: str, at: datetime) -> None:
    """Close a task with what was done about it; the history of the article keeps the sentence.

    Raises: NotAllowed unless this person tends the article; Conflict if the task is closed already; DomainError
    without a sentence.
    """
    if not policy.may_tend(actor, task.article):
        raise NotAllowed("Aufgaben erledigen die Redaktion und wer für den Artikel verantwortlich ist.")
    db.session.refresh(task, with_for_update=True)
    if task.done_at is not None:
        raise Conflict("Diese Aufgabe hat schon jemand erledigt. Bitte laden Sie die Seite neu.")
    if not outcome.strip():
        raise DomainError("Bitte schreiben Sie in einem Satz, was Sie getan haben.")
    task.done_at, task.done_by_id, task.outcome = at, actor.user_id, outcome.strip()
    articles.note(actor, task.article, "settle", at, text=task.outcome)


def settle_search(actor: Actor, line: str, at: datetime) -> None:
    """Mark a line readers searched as dealt with; it comes back when it is searched again.

    Raises: NotAllowed unless an editor does it.
    """
    if not policy.is_editor(actor):
        raise NotAllowed("Das kann nur die Redaktion.")
    waiting = (SearchCount.line == line, SearchCount.settled_at.is_(None))
    db.session.execute(sa.update(SearchCount).where(*waiting).values(settled_at=at))
