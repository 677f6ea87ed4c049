"""Tables of the search: postings in blocks of articles, the words that occur, synonyms.

Postings and lengths are packed as `itsm.kb.packing` says.

Source: docs/rules/search.md.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from itsm.core.db import Model


class Posting(Model):
    """In which articles of a block a term occurs and how often in each field, packed into bytes."""

    __tablename__ = "kb_posting"

    term: Mapped[str] = mapped_column(primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    packed: Mapped[bytes]


class Lengths(Model):
    """How many words each field of the articles of a block has, packed into bytes."""

    __tablename__ = "kb_lengths"

    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    packed: Mapped[bytes]


class Word(Model):
    """A word of the published articles and in how many of them it stands: the vocabulary to take compounds apart."""

    __tablename__ = "kb_word"
    __table_args__ = (
        sa.CheckConstraint("articles > 0", name="articles"),
        sa.Index("ix_kb_word_word", "word", postgresql_ops={"word": "text_pattern_ops"}),
        sa.Index("ix_kb_word_backwards", "backwards", postgresql_ops={"backwards": "text_pattern_ops"}),
    )

    word: Mapped[str] = mapped_column(primary_key=True)
    # So that words with the same ending stand together.
    backwards: Mapped[str] = mapped_column(sa.Computed("reverse(word)", persisted=True))
    stem: Mapped[str] = mapped_column(index=True)
    articles: Mapped[int]


class IndexedArticle(Model):
    """The words of an article as the index holds them, so that they can be taken out again exactly."""

    __tablename__ = "kb_indexed"

    article_id: Mapped[int] = mapped_column(
        sa.ForeignKey("kb_article.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    # How often each word stands in each field.
    words: Mapped[dict[str, list[int]]] = mapped_column(JSONB)


class Synonyms(Model):
    """Words that mean the same to the people who search, such as "Apple TV" and "AirPlay"."""

    __tablename__ = "kb_synonyms"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[list[str]] = mapped_column(sa.ARRAY(sa.Text))
