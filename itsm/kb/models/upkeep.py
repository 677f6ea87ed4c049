"""Tables of what keeps the articles alive: what readers said, tasks, links, searches, and what it saved.

No table here says who read what.
"""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.core.db import Model
from itsm.kb.models.articles import Article, Language


class TaskKind(StrEnum):
    """Why an editor has to look at an article."""

    FEEDBACK = "feedback"
    BROKEN_LINK = "broken_link"
    BADLY_RATED = "badly_rated"


class ArticleTask(Model):
    """Something the owner of an article has to look at, with what a reader missed in the reader's words."""

    __tablename__ = "kb_task"
    __table_args__ = (
        sa.CheckConstraint("(done_at IS NULL) = (outcome = '')", name="done"),
        sa.Index("ix_kb_task_open", "article_id", postgresql_where=sa.text("done_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(sa.ForeignKey("kb_article.id", ondelete="CASCADE"), index=True)
    kind: Mapped[TaskKind]
    language: Mapped[Language] = mapped_column(default=Language.GERMAN)
    text: Mapped[str]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    # What was done about it, in a sentence.
    outcome: Mapped[str] = mapped_column(default="")

    article: Mapped[Article] = relationship()
    done_by: Mapped[User | None] = relationship()


class ArticleLink(Model):
    """A link of a published article and what came of the last look at it."""

    __tablename__ = "kb_link"
    __table_args__ = (sa.UniqueConstraint("article_id", "url"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(sa.ForeignKey("kb_article.id", ondelete="CASCADE"))
    url: Mapped[str]
    checked_at: Mapped[datetime | None] = mapped_column(index=True)
    # The answer's number; None if nobody answered.
    status: Mapped[int | None]
    broken_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)

    article: Mapped[Article] = relationship()


class ArticleCount(Model):
    """How often an article was shown, opened and helped in a month, by kind of fault and school form."""

    __tablename__ = "kb_count"
    __table_args__ = (
        sa.UniqueConstraint("article_id", "month", "fault_type_id", "school_form", postgresql_nulls_not_distinct=True),
        sa.Index("ix_kb_count_month", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(sa.ForeignKey("kb_article.id", ondelete="CASCADE"))
    # The first day of the month.
    month: Mapped[date]
    # None: read in the knowledge base itself, not beside a report.
    fault_type_id: Mapped[int | None] = mapped_column(sa.ForeignKey("fault_type.id"))
    # The key of a school form; empty for a stranger.
    school_form: Mapped[str] = mapped_column(default="")
    shown: Mapped[int] = mapped_column(default=0)
    opened: Mapped[int] = mapped_column(default=0)
    helped: Mapped[int] = mapped_column(default=0)
    not_helped: Mapped[int] = mapped_column(default=0)
    filed: Mapped[int] = mapped_column(default=0)


class SearchCount(Model):
    """How often a line was searched on a day, how much it found then, and how often a hit was opened."""

    __tablename__ = "kb_search_count"

    line: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    searches: Mapped[int] = mapped_column(default=0)
    hits: Mapped[int] = mapped_column(default=0)
    clicks: Mapped[int] = mapped_column(default=0)
    # An editor has dealt with it: written an article, added a synonym, or found it meaningless.
    settled_at: Mapped[datetime | None]
