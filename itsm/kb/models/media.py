"""Tables of what an article shows besides its words; the files lie in the upload folder under their tokens."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from itsm.core.db import Model
from itsm.kb.models.articles import Article


class ArticlePicture(Model):
    """A picture of an article, re-encoded; the text names it as `bild:<token>`."""

    __tablename__ = "kb_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(sa.ForeignKey("kb_article.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(unique=True)
    alternative: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    added_at: Mapped[datetime]

    article: Mapped[Article] = relationship()


class ArticleVideo(Model):
    """A video of an article with poster, captions (WebVTT) and transcript; the text names it as `video:<token>`."""

    __tablename__ = "kb_video"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(sa.ForeignKey("kb_article.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    poster_token: Mapped[str]
    captions: Mapped[str]
    transcript: Mapped[str]
    added_at: Mapped[datetime]

    article: Mapped[Article] = relationship()
