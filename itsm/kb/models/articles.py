"""Tables of the articles: categories, articles, their texts per language, revisions, what happened."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.accounts.models import User
from itsm.core.db import Model, choice
from itsm.kb.states import State
from itsm.org.models import School
from itsm.tickets.models import FaultType, Ticket


class Audience(StrEnum):
    """Who may read an article, from everybody to the support staff alone."""

    PUBLIC = "public"
    STAFF = "staff"
    SUPPORT = "support"


class Language(StrEnum):
    """The standard text and its variants."""

    GERMAN = "de"
    SIMPLE = "de-simple"
    ENGLISH = "en"


class Shape(StrEnum):
    """The template an article was begun with; it decides nothing but the headings and an icon."""

    STEPS = "steps"
    FAQ = "faq"
    KNOWN_FAULT = "known_fault"
    TEXT = "text"


class Category(Model):
    """A shelf of the knowledge base."""

    __tablename__ = "kb_category"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    hint: Mapped[str] = mapped_column(default="")
    position: Mapped[int]


class Article(Model):
    """An article with everything said about it; what it says stands in its texts.

    Readers see the published revision of each language while `is_live`, whatever the editors do meanwhile.
    """

    __tablename__ = "kb_article"
    __table_args__ = (
        sa.CheckConstraint("NOT is_live OR published_at IS NOT NULL", name="live"),
        sa.CheckConstraint("NOT is_live OR state NOT IN ('submitted', 'asked', 'archived')", name="live_state"),
        sa.CheckConstraint("state NOT IN ('published', 'needs_update') OR is_live", name="published"),
        sa.UniqueConstraint("collection", "origin_key"),
        sa.Index("ix_kb_article_tags", "tags", postgresql_using="gin"),
        sa.Index("ix_kb_article_state_id", "state", "id"),
        sa.Index("ix_kb_article_live", "audience", "id", postgresql_where=sa.text("is_live AND deleted_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[State]
    state_at: Mapped[datetime]
    audience: Mapped[Audience]
    shape: Mapped[Shape] = mapped_column(default=Shape.TEXT)
    is_live: Mapped[bool] = mapped_column(default=False)
    category_id: Mapped[int | None] = mapped_column(sa.ForeignKey("kb_category.id"), index=True)
    tags: Mapped[list[str]] = mapped_column(sa.ARRAY(sa.Text), default=list)
    # Keys of school forms and device classes the article is about; none means all.
    school_forms: Mapped[list[str]] = mapped_column(sa.ARRAY(sa.Text), default=list)
    device_kinds: Mapped[list[str]] = mapped_column(sa.ARRAY(sa.Text), default=list)
    # Who stands under the article, such as "Redaktion Medienzentrum".
    team: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    valid_until: Mapped[date | None]
    review_on: Mapped[date | None] = mapped_column(index=True)
    reminded_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    submitted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    submitted_school_id: Mapped[int | None] = mapped_column(sa.ForeignKey("school.id"))
    # The solved ticket a draft was made from; never shown to readers.
    ticket_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ticket.id", ondelete="SET NULL"))
    # Where an imported article comes from: (collection, key) is the article again at the next import.
    collection: Mapped[str] = mapped_column(default="")
    origin_key: Mapped[str | None]
    source: Mapped[str] = mapped_column(default="")
    licence: Mapped[str] = mapped_column(default="")
    origin: Mapped[str] = mapped_column(default="")
    author: Mapped[str] = mapped_column(default="")
    deleted_at: Mapped[datetime | None]
    deleted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    version_id: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version_id}

    category: Mapped[Category | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    deputy: Mapped[User | None] = relationship(foreign_keys=[deputy_id])
    submitted_by: Mapped[User | None] = relationship(foreign_keys=[submitted_by_id])
    submitted_school: Mapped[School | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    faults: Mapped[list[FaultType]] = relationship(secondary="kb_article_fault", order_by=FaultType.position)
    texts: Mapped[list["ArticleText"]] = relationship(order_by="ArticleText.id", cascade="all, delete-orphan")
    entries: Mapped[list["ArticleEntry"]] = relationship(order_by="ArticleEntry.id", cascade="all, delete-orphan")

    def text(self, language: Language) -> "ArticleText | None":
        """The working text in a language, if there is one."""
        return next((text for text in self.texts if text.language is language), None)

    @property
    def german(self) -> "ArticleText":
        """The working text every article has."""
        return next(text for text in self.texts if text.language is Language.GERMAN)


class ArticleFault(Model):
    """An article helps with a kind of fault."""

    __tablename__ = "kb_article_fault"

    article_id: Mapped[int] = mapped_column(sa.ForeignKey("kb_article.id", ondelete="CASCADE"), primary_key=True)
    fault_type_id: Mapped[int] = mapped_column(
        sa.ForeignKey("fault_type.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ArticleText(Model):
    """The working text of an article in one language, and which revision of it readers see."""

    __tablename__ = "kb_text"
    __table_args__ = (sa.UniqueConstraint("article_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(sa.ForeignKey("kb_article.id", ondelete="CASCADE"))
    language: Mapped[Language]
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    published_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("kb_revision.id", use_alter=True, ondelete="SET NULL", name="fk_kb_text_published_id")
    )
    version_id: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version_id}

    changed_by: Mapped[User | None] = relationship()
    published: Mapped["Revision | None"] = relationship(foreign_keys=[published_id], post_update=True)
    revisions: Mapped[list["Revision"]] = relationship(
        foreign_keys="Revision.text_id", order_by="Revision.number", cascade="all, delete-orphan"
    )


class Revision(Model):
    """A text as it was saved once; never changed afterwards."""

    __tablename__ = "kb_revision"
    __table_args__ = (sa.UniqueConstraint("text_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(sa.ForeignKey("kb_text.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str]
    summary: Mapped[str]
    body: Mapped[str]
    at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    note: Mapped[str] = mapped_column(default="")

    author: Mapped[User | None] = relationship()


class Draft(Model):
    """What a person has typed and not saved; kept for that person alone until saved or thrown away."""

    __tablename__ = "kb_draft"
    __table_args__ = (sa.UniqueConstraint("user_id", "article_id", "language", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    # None while the article has not been saved for the first time.
    article_id: Mapped[int | None] = mapped_column(sa.ForeignKey("kb_article.id", ondelete="CASCADE"), index=True)
    language: Mapped[Language]
    title: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    # The version of the text it was begun on.
    based_on: Mapped[int]
    at: Mapped[datetime]


class ArticleEntry(Model):
    """One line of an article's history; a public one is read by the school that submitted it."""

    __tablename__ = "kb_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(sa.ForeignKey("kb_article.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    is_public: Mapped[bool] = mapped_column(default=False)
    move: Mapped[str]
    from_state: Mapped[State | None] = mapped_column(choice(State, "from_state"))
    to_state: Mapped[State | None] = mapped_column(choice(State, "to_state"))
    text: Mapped[str] = mapped_column(default="")

    author: Mapped[User | None] = relationship()
