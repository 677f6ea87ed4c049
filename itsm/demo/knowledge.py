"""The articles of the demo city: in every state, each with its story."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa

from itsm.core import clock, pictures
from itsm.core.db import db
from itsm.demo import drawings, readers
from itsm.kb.exchange import reading
from itsm.kb.exchange.reading import Source
from itsm.kb.models import (
    Article,
    ArticleEntry,
    ArticlePicture,
    ArticleText,
    Category,
    Revision,
)
from itsm.kb.service import index
from itsm.kb.states import State
from itsm.tickets.models import FaultType

ARTICLES = Path(__file__).with_name("articles")
# A link to another article names its file; its number is known once it is loaded.
LINK = re.compile(r"\(wissen:([a-z0-9-]+)\)")
_PICTURE = re.compile(r"\(bild:([a-z-]+)\)")
_REVIEW = timedelta(days=365)

# The way of an article: (move, by the writer?, where it leads). A published one has gone all of it.
_WRITTEN = (("begin", True, State.DRAFT), ("hand-in", True, State.IN_REVIEW), ("publish", False, State.PUBLISHED))
_SUBMITTED = (("begin", True, State.SUBMITTED),)
WAYS = {
    "ki-werkzeuge": _WRITTEN[:2],
    "whiteboard-app": _WRITTEN[:2],
    "lernroboter": _SUBMITTED,
    "elternabend-online": (*_SUBMITTED, ("ask", False, State.ASKED)),
    "tafel-kalibrieren": (*_WRITTEN, ("archive", False, State.ARCHIVED)),
    "email-einrichten": (*_WRITTEN, ("flag", False, State.NEEDS_UPDATE)),
}
# Written by the second editor, so that each has something to review.
_OTHERS = frozenset({"whiteboard-app"})
_SAID = {
    "ask": "Danke, das hilft vielen! Wie lange vorher laden Sie ein, und wer lässt die Eltern herein?",
    "archive": "Die letzten Tafeln dieser Art sind abgebaut.",
    "flag": "Mit dem neuen System heißen die Menüs anders. Bitte die Wege prüfen.",
}
# Days from today on which an article has to be looked at again, or is no longer shown.
_REVIEW_IN_DAYS = {"druckertreiber": -40, "dokumentenkamera": 9}
_VALID_FOR_DAYS = {"wlan-wartung": -12, "stift-verzoegert": 30}


@dataclass(frozen=True)
class Staff:
    """Who wrote and who checked, and the school that hands articles in with the person there."""

    writer_id: int
    editor_id: int
    school_id: int
    sender_id: int


def build(random: Random, staff: Staff, at: datetime) -> dict[str, int]:
    """Add the articles with their stories, and what came of them; return the number of rows per table."""
    sources = reading.read(ARTICLES)[1]
    articles = _articles(sources, random, staff, at)
    pictures_added = _pictures(sources, articles, at)
    numbers = {key: article.id for key, article in articles.items()}
    for source in sources:
        _write(articles[source.key], source, numbers)
    db.session.flush()
    index.refresh_all(numbers.values())
    counts = readers.build(articles, staff.writer_id, random, at)
    return counts | {"kb_article": len(articles), "kb_picture": pictures_added}


def _articles(sources: list[Source], random: Random, staff: Staff, at: datetime) -> dict[str, Article]:
    shelves = {shelf.slug: shelf.id for shelf in db.session.scalars(sa.select(Category))}
    faults = {fault.key: fault for fault in db.session.scalars(sa.select(FaultType))}
    found = {
        source.key: Article(
            category_id=shelves[source.category or ""],
            faults=[faults[key] for key in source.faults or ()],
            # Known to be empty, so that nobody asks the database for each article.
            texts=[],
            **source.columns,
            **_story(
                source.key,
                at - timedelta(days=random.randint(30, 280)),
                _turned(staff, source.key),
                clock.local_day(at),
            ),
        )
        for source in sources
    }
    db.session.add_all(found.values())
    db.session.flush()
    return found


def _turned(staff: Staff, key: str) -> Staff:
    return replace(staff, writer_id=staff.editor_id, editor_id=staff.writer_id) if key in _OTHERS else staff


def _story(key: str, begun_at: datetime, staff: Staff, today: date) -> dict[str, Any]:
    """Return the columns and the history of an article that went its way, a day for each step."""
    way = WAYS.get(key, _WRITTEN)
    from_school = way[0] in _SUBMITTED
    writer = staff.sender_id if from_school else staff.writer_id
    entries, before = [], None
    for day, (move, is_writers, state) in enumerate(way):
        entries.append(
            ArticleEntry(
                at=begun_at + timedelta(days=day),
                author_id=writer if is_writers else staff.editor_id,
                move=move,
                from_state=before,
                to_state=state,
                text=_SAID.get(move, ""),
                is_public=from_school,
            )
        )
        before = state
    is_published = State.PUBLISHED in {state for _, _, state in way}
    published_at = begun_at + timedelta(days=2) if is_published else None
    return {
        "state": entries[-1].to_state,
        "state_at": entries[-1].at,
        "created_at": begun_at,
        "is_live": is_published and entries[-1].to_state is not State.ARCHIVED,
        "published_at": published_at,
        "published_by_id": staff.editor_id if is_published else None,
        "review_on": _review_on(key, published_at, today),
        "valid_until": today + timedelta(days=_VALID_FOR_DAYS[key]) if key in _VALID_FOR_DAYS else None,
        "entries": entries,
        **(
            {"submitted_by_id": writer, "submitted_school_id": staff.school_id}
            if from_school
            else {"owner_id": writer, "deputy_id": staff.editor_id}
        ),
    }


def _review_on(key: str, published_at: datetime | None, today: date) -> date | None:
    if key in _REVIEW_IN_DAYS:
        return today + timedelta(days=_REVIEW_IN_DAYS[key])
    return clock.local_day(published_at + _REVIEW) if published_at else None


def _write(article: Article, source: Source, numbers: dict[str, int]) -> None:
    writer = article.submitted_by_id or article.owner_id
    for language, words in source.texts.items():
        words = replace(words, body=linked(words.body, numbers))
        revision = Revision(number=1, at=article.created_at, author_id=writer, **vars(words))
        text = ArticleText(
            language=language,
            changed_at=article.created_at,
            changed_by_id=writer,
            revisions=[revision],
            published=revision if article.published_at else None,
            **vars(words),
        )
        article.texts.append(text)


def linked(body: str, numbers: dict[str, int]) -> str:
    """Return a text whose links lead to the articles and whose pictures are named by their tokens."""
    body = LINK.sub(lambda link: f"(/wissen/{numbers[link[1]]})", body)
    return _PICTURE.sub(lambda picture: f"(bild:{_token(picture[1])})", body)


def _pictures(sources: list[Source], articles: dict[str, Article], at: datetime) -> int:
    shown = [
        (articles[source.key], alternative, name)
        for source in sources
        for words in source.texts.values()
        for alternative, name in re.findall(r"!\[([^\]]+)\]\(bild:([a-z-]+)\)", words.body)
    ]
    for article, alternative, name in shown:
        picture = pictures.read(drawings.png(name))
        token = pictures.keep(picture, _token(name))
        size = {"width": picture.width, "height": picture.height}
        db.session.add(ArticlePicture(article_id=article.id, token=token, alternative=alternative, added_at=at, **size))
    return len(shown)


def _token(name: str) -> str:
    return hashlib.sha256(f"demo {name}".encode()).hexdigest()[:32]
