"""Add pictures and videos to an article, and take out those it does not show.

The files are on the disk before the row can be committed; whoever removes a row deletes its files after the commit.
Source: docs/rules/writing.md, WR-5 to WR-8.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import IO, NamedTuple

from itsm.core import pictures
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.kb import captions, media, policy, videos
from itsm.kb.models import Article, ArticlePicture, ArticleVideo

_MOST_OF_ARTICLE = 100


class Files(NamedTuple):
    """The tokens of the files of a picture, or of a video and its still picture."""

    picture: str
    video: str = ""


@dataclass(frozen=True)
class Clip:
    """A video as it was uploaded, with everything that has to come with it."""

    title: str
    stream: IO[bytes]
    poster: bytes
    captions: bytes
    transcript: str


def add_picture(actor: Actor, article: Article, content: bytes, alternative: str, at: datetime) -> ArticlePicture:
    """Keep a picture, re-encoded, with the text for those who do not see it.

    Raises: NotAllowed unless the person may write; DomainError without a text or for a file that is no picture.
    """
    _check_may_add(actor, article, len(media.of_article(ArticlePicture, article)))
    if not alternative:
        raise DomainError(
            "Bitte beschreiben Sie das Bild für alle, die es nicht sehen. "
            "Ein Bild, das nur schmückt, braucht der Artikel nicht."
        )
    picture = pictures.read(content)
    row = ArticlePicture(
        article_id=article.id,
        token=pictures.keep(picture),
        alternative=alternative,
        width=picture.width,
        height=picture.height,
        added_at=at,
    )
    db.session.add(row)
    db.session.flush()
    return row


def add_video(actor: Actor, article: Article, clip: Clip, at: datetime) -> ArticleVideo:
    """Keep a video with its still picture, captions and transcript.

    Raises: NotAllowed unless the person may write; DomainError for a part that is missing or not what it should be.
    """
    _check_may_add(actor, article, len(media.of_article(ArticleVideo, article)))
    if not clip.transcript or not clip.title:
        raise DomainError("Bitte geben Sie dem Video einen Titel und schreiben Sie auf, was darin gesagt wird.")
    # Everything is checked before anything is written.
    videos.check(clip.stream)
    words, poster = captions.read(clip.captions), pictures.read(clip.poster)
    kept = videos.keep(clip.stream)
    row = ArticleVideo(
        article_id=article.id,
        token=kept.token,
        title=clip.title,
        media_type=videos.MEDIA_TYPE,
        size_bytes=kept.size_bytes,
        poster_token=pictures.keep(poster),
        captions=words,
        transcript=clip.transcript,
        added_at=at,
    )
    db.session.add(row)
    db.session.flush()
    return row


def remove(actor: Actor, article: Article, medium: ArticlePicture | ArticleVideo) -> Files:
    """Take a picture or video out that no working or published text shows; return its files, to be dropped.

    Raises: NotAllowed unless the person may write; Conflict while a text shows it.
    """
    _check_may_write(actor, article)
    if media.used_tokens(article, {medium.token}):
        raise Conflict(
            "Das steht noch in einem Text dieses Artikels, vielleicht in einer anderen Sprache oder in der "
            "veröffentlichten Fassung. Bitte nehmen Sie es zuerst dort heraus."
        )
    files = files_of(medium)
    db.session.delete(medium)
    db.session.flush()
    return files


def files_of(medium: ArticlePicture | ArticleVideo) -> Files:
    """Return the files of a picture or video."""
    return Files(medium.poster_token, medium.token) if isinstance(medium, ArticleVideo) else Files(medium.token)


def drop_files(files: Iterable[Files]) -> None:
    """Delete the files of rows that are gone; only after the commit, since a file does not come back."""
    for one in files:
        pictures.drop([one.picture])
        if one.video:
            videos.drop([one.video])


def _check_may_add(actor: Actor, article: Article, there: int) -> None:
    _check_may_write(actor, article)
    if there >= _MOST_OF_ARTICLE:
        raise DomainError(
            f"Ein Artikel fasst höchstens {_MOST_OF_ARTICLE} davon. Bitte entfernen Sie zuerst, was nicht vorkommt."
        )


def _check_may_write(actor: Actor, article: Article) -> None:
    if not policy.may_write(actor, article):
        raise NotAllowed("Bilder und Videos ändert nur, wer den Artikel gerade bearbeiten darf.")
