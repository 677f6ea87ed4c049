"""What can be done with one article: begin, save, move; each verb checks, changes and notes it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, NotAllowed
from itsm.core.states import find
from itsm.kb import policy, queries
from itsm.kb.models import Article, ArticleEntry, ArticleText, Audience, Draft, Language, Revision, Shape
from itsm.kb.service import index
from itsm.kb.states import LABELS, LIVE, MOVES, State


@dataclass(frozen=True)
class Words:
    """What a text says: title, summary in a sentence or two, and the body in Markdown."""

    title: str
    summary: str = ""
    body: str = ""


def begin(actor: Actor, words: Words, at: datetime, *, audience: Audience, shape: Shape, **more: Any) -> Article:
    """Begin an article as a draft of this person, or as a submission of a school (`submitted_school_id`).

    Raises: NotAllowed unless the person may draft or submit.
    """
    is_submission = more.get("submitted_school_id") is not None
    if not (policy.may_submit(actor) if is_submission else policy.may_draft(actor)):
        raise NotAllowed("Artikel beginnen die Redaktion und der Support. Schulen können Artikel einreichen.")
    state = State.SUBMITTED if is_submission else State.DRAFT
    people = {"submitted_by_id": actor.user_id} if is_submission else {"owner_id": actor.user_id}
    article = Article(state=state, state_at=at, created_at=at, audience=audience, shape=shape, **(people | more))
    db.session.add(article)
    db.session.flush()
    note(actor, article, "begin", at, to_state=state, is_public=is_submission)
    _write(actor, article, Language.GERMAN, words, at)
    return article


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
    """Save the working text in a language as a new revision; None if nothing is different.

    `version` is the version of the text the person began with, None for a language that is new.
    Raises: NotAllowed unless the person may write now; Conflict if somebody saved in between.
    """
    check_may_write(actor, article)
    text = article.text(language)
    if (text.version_id if text else None) != version:
        raise Conflict(
            "Inzwischen hat jemand anderes diesen Text gespeichert. Ihr Text ist nicht verloren: "
            "Vergleichen Sie beide unten und speichern Sie dann noch einmal."
        )
    if text and Words(text.title, text.summary, text.body) == words:
        return None
    revision = _write(actor, article, language, words, at, note)
    db.session.execute(
        sa.delete(Draft).where(
            Draft.article_id == article.id, Draft.language == language, Draft.user_id == actor.user_id
        )
    )
    return revision


def move(actor: Actor, article: Article, name: str, at: datetime, text: str = "", *, is_public: bool = False) -> None:
    """Carry out a move of the table after its verb has checked who may; note it.

    An article that goes where no reader finds one is taken down.
    Raises: Conflict if the table has no such move from here.
    """
    found = find(MOVES, name, article.state, LABELS)
    before, article.state, article.state_at = article.state, found.target, at
    if article.is_live and found.target not in LIVE:
        take_down(article)
    note(actor, article, name, at, from_state=before, to_state=found.target, text=text, is_public=is_public)


def publish(actor: Actor, article: Article, at: datetime, text: str = "") -> None:
    """Let readers see the working texts of every language.

    Raises: NotAllowed unless this person is an editor who wrote nothing of it (KB-3).
    """
    if not policy.may_publish(actor, article, queries.writer_ids(article)):
        raise NotAllowed(
            "Veröffentlichen kann nur jemand aus der Redaktion, der an diesem Stand nicht selbst geschrieben hat. "
            "Bitte geben Sie den Artikel einer zweiten Person zum Prüfen."
        )
    move(actor, article, "publish", at, text)
    go_live(actor, article, at)


def go_live(actor: Actor, article: Article, at: datetime) -> None:
    """Make the newest revision of every language the published one, and bring the search in line."""
    article.is_live = True
    article.published_at, article.published_by_id = at, actor.user_id
    for written in article.texts:
        written.published = written.revisions[-1]
    db.session.flush()
    index.refresh(article)


def take_down(article: Article) -> None:
    """Let readers see the article no more, and take it out of the search."""
    article.is_live = False
    db.session.flush()
    index.refresh(article)


def note(actor: Actor, article: Article, what: str, at: datetime, **more: Any) -> None:
    """Write a line into the history of an article."""
    db.session.add(ArticleEntry(article_id=article.id, move=what, at=at, author_id=actor.user_id, **more))


def check_may_write(actor: Actor, article: Article) -> None:
    """Refuse to change a text that this person may not change as the article stands now.

    Raises: NotAllowed.
    """
    if not policy.may_write(actor, article):
        raise NotAllowed(
            f"Dieser Artikel ist {LABELS[article.state]} und lässt sich jetzt nicht von Ihnen bearbeiten. "
            "Bitte wenden Sie sich an die Redaktion."
        )


def _write(actor: Actor, article: Article, language: Language, words: Words, at: datetime, note: str = "") -> Revision:
    text = article.text(language)
    if text is None:
        text = ArticleText(language=language, title=words.title, changed_at=at)
        article.texts.append(text)
    text.title, text.summary, text.body = words.title, words.summary, words.body
    text.changed_at, text.changed_by_id = at, actor.user_id
    number = text.revisions[-1].number + 1 if text.revisions else 1
    revision = Revision(
        number=number,
        title=words.title,
        summary=words.summary,
        body=words.body,
        at=at,
        author_id=actor.user_id,
        note=note,
    )
    text.revisions.append(revision)
    db.session.flush()
    return revision
