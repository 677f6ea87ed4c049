"""What the page of an article for its editors shows besides the article itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.accounts.models import GrantRow, User
from itsm.accounts.sessions import holds
from itsm.core import figures
from itsm.core.access import GRANTED, Actor, Role, Verb
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotFound
from itsm.kb import differences, flow_figures, policy, queries
from itsm.kb.differences import Paragraph
from itsm.kb.models import Article, ArticleEntry, ArticleTask, ArticleText, Language, Revision


@dataclass(frozen=True)
class Change:
    """What a publication would change for readers in one language; `paragraphs` is empty where all is new."""

    text: ArticleText
    paragraphs: list[Paragraph]

    @property
    def is_new(self) -> bool:
        """Whether readers see nothing in this language yet."""
        return self.text.published_id is None


@dataclass(frozen=True)
class Standing:
    """An article as it stands before one person: what decides which buttons the page has."""

    actor: Actor
    article: Article
    on: date

    @cached_property
    def writer_ids(self) -> Collection[int | None]:
        """Who wrote since the last publication."""
        return queries.writer_ids(self.article)

    @cached_property
    def changes(self) -> list[Change]:
        """What a publication would change, language by language."""
        return changes(self.article)

    @property
    def may_publish(self) -> bool:
        """Whether this person may publish it (KB-3)."""
        return policy.may_publish(self.actor, self.article, self.writer_ids)

    @property
    def has_written(self) -> bool:
        """Whether this person wrote what would be published."""
        return self.actor.user_id in self.writer_ids

    @property
    def is_due(self) -> bool:
        """Whether the day of review is near or over."""
        days = timedelta(days=figures.value(flow_figures.REMIND_DAYS, self.on))
        return self.article.review_on is not None and self.article.review_on <= self.on + days

    @property
    def missing(self) -> list[Language]:
        """The languages nobody has written in."""
        return [language for language in Language if self.article.text(language) is None]


def to_tend(actor: Actor, article_id: int) -> Article:
    """Return an article this person looks after; editors get one in the recycle bin too.

    Raises: NotFound for any other.
    """
    article = queries.to_edit(actor, article_id)
    if not (policy.is_editor(actor) or policy.may_tend(actor, article)):
        raise NotFound
    return article


def stamp(article: Article) -> str:
    """Return what tells whether an article or one of its texts has changed since somebody looked."""
    return ".".join(str(number) for number in (article.version_id, *(text.version_id for text in article.texts)))


def as_seen(article: Article, seen: str | None) -> None:
    """Check that an article is as it was when the person looked.

    Raises: Conflict if it has changed meanwhile.
    """
    if seen != stamp(article):
        raise Conflict(
            "Der Artikel hat sich geändert, seit Sie die Seite geöffnet haben. Bitte laden Sie sie neu und lesen Sie "
            "den neuen Stand."
        )


def changes(article: Article) -> list[Change]:
    """Return what a publication would change for readers, language by language."""
    found = [
        Change(text, differences.compare(whole(text.published), whole(text)) if text.published else [])
        for text in article.texts
    ]
    return [change for change in found if change.is_new or change.paragraphs]


def whole(text: ArticleText | Revision) -> str:
    """Return title, summary and body one below the other, as they are compared."""
    return "\n\n".join(part for part in (text.title, text.summary, text.body) if part)


def entries(article: Article, *, only_public: bool = False) -> Sequence[ArticleEntry]:
    """Return the history of an article, oldest first; for the school that submitted it only what is public."""
    return db.session.scalars(
        sa.select(ArticleEntry)
        .where(ArticleEntry.article_id == article.id, ArticleEntry.is_public | sa.literal(not only_public))
        .order_by(ArticleEntry.id)
        .options(joinedload(ArticleEntry.author))
    ).all()


def open_tasks(article: Article) -> Sequence[ArticleTask]:
    """Return what is to be looked at, oldest first."""
    return db.session.scalars(
        sa.select(ArticleTask)
        .where(ArticleTask.article_id == article.id, ArticleTask.done_at.is_(None))
        .order_by(ArticleTask.id)
    ).all()


def task_for(actor: Actor, task_id: int) -> ArticleTask:
    """Return a task of an article this person sees.

    Raises: NotFound for any other.
    """
    task = db.session.scalar(
        sa.select(ArticleTask).join(Article).where(ArticleTask.id == task_id, policy.followed_by(actor))
    )
    if task is None or not policy.may_tend(actor, task.article):
        raise NotFound
    return task


def other_editors(actor: Actor, writer_ids: Collection[int | None], on: date) -> Sequence[User]:
    """Return the editors who could publish what these people wrote."""
    return [user for user in _holding({Role.KB_EDITOR}, on) if user.id not in writer_ids and user.id != actor.user_id]


def responsible(on: date) -> Sequence[User]:
    """Return everybody who can be responsible for an article, by name."""
    return _holding(GRANTED[Verb.KB_DRAFT], on)


def named(typed: str, on: date) -> User:
    """Return the person of this name or address who can be responsible for an article.

    Raises: DomainError unless exactly one is meant.
    """
    wanted = typed.strip().casefold()
    found = [user for user in responsible(on) if wanted in (user.name.casefold(), user.email.casefold())]
    if len(found) != 1:
        raise DomainError(
            f"„{typed.strip()}“ steht nicht eindeutig auf der Liste. Bitte wählen Sie Namen oder Adresse."
        )
    return found[0]


def _holding(roles: Collection[Role], on: date) -> Sequence[User]:
    holding = sa.select(GrantRow.user_id).where(GrantRow.role.in_(sorted(roles)), holds(on))
    return db.session.scalars(
        sa.select(User)
        .where(User.id.in_(holding), User.disabled_at.is_(None))
        .order_by(sa.func.lower(User.name), User.id)
    ).all()
