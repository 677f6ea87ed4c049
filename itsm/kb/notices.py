"""Mail about articles: to the school that submitted one, to the editors, to who is responsible.

Source: docs/rules/articles.md, KB-4 and KB-6.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from itsm.accounts.models import User
from itsm.accounts.queries import holders
from itsm.core import clock, outbox
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.kb import record
from itsm.kb.models import Article, ArticleEntry


def submitted(article: Article, at: datetime) -> None:
    """Tell the editors that a school has submitted an article."""
    school = article.submitted_school.short_name if article.submitted_school else "Eine Schule"
    _to_desk(holders(Role.KB_EDITOR, clock.local_day(at)), article, f"{school} hat einen Artikel eingereicht.", "", at)


def asked(article: Article, question: str, at: datetime) -> None:
    """Pass a question to the school."""
    _to_school(
        article, "Wir haben eine Frage zu Ihrem Vorschlag. Bitte antworten Sie, damit es weitergeht.", question, at
    )


def answered(article: Article, text: str, at: datetime) -> None:
    """Pass the answer of the school to whoever asked last."""
    asker = db.session.scalar(
        sa.select(User)
        .join(ArticleEntry, ArticleEntry.author_id == User.id)
        .where(ArticleEntry.article_id == article.id, ArticleEntry.move == "ask")
        .order_by(ArticleEntry.id.desc())
        .limit(1)
    )
    on = clock.local_day(at)
    people = [one for one in record.responsible(on) if one is asker] or holders(Role.KB_EDITOR, on)
    _to_desk(people, article, "Die Schule hat geantwortet.", text, at)


def accepted(article: Article, thanks: str, at: datetime) -> None:
    """Thank the school: its article is taken over."""
    _to_school(article, "Danke! Wir übernehmen Ihren Vorschlag und bereiten ihn für alle vor.", thanks, at)


def declined(article: Article, text: str, at: datetime) -> None:
    """Tell the school that its article is not taken over, and why."""
    _to_school(article, "Danke für Ihren Vorschlag. Wir übernehmen ihn diesmal nicht.", text, at)


def published(article: Article, at: datetime) -> None:
    """Tell the school that its article can be read."""
    _to_school(article, "Ihr Artikel ist veröffentlicht. Vielen Dank!", "", at)


def sent_back(actor: Actor, article: Article, text: str, at: datetime) -> None:
    """Tell the one who is responsible what is still to be done."""
    to_tell = article.owner if article.owner_id != actor.user_id else None
    people = [one for one in record.responsible(clock.local_day(at)) if one is to_tell]
    _to_desk(people, article, "Ein Artikel kommt aus der Prüfung zurück.", text, at)


def _to_school(article: Article, sentence: str, text: str, at: datetime) -> None:
    person = article.submitted_by
    if person is not None and person.disabled_at is None:
        _put("article-school", person, article, sentence, text, at)


def _to_desk(people: Iterable[User], article: Article, sentence: str, text: str, at: datetime) -> None:
    for person in people:
        if person.disabled_at is None:
            _put("article-desk", person, article, sentence, text, at)


def _put(template: str, person: User, article: Article, sentence: str, text: str, at: datetime) -> None:
    title = article.german.title
    outbox.put(
        template,
        to=person.email,
        to_name=person.name,
        subject=f"Wissen: {title}",
        item={"sentence": sentence, "text": text, "title": title, "article_id": article.id},
        burst_key=f"{template}-{article.id}",
        at=at,
    )
