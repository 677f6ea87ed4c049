"""The revisions of a text: one chosen, two compared, an older one restored."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import NotFound
from itsm.kb import differences
from itsm.kb.differences import Paragraph
from itsm.kb.models import Article, ArticleText, Language, Revision
from itsm.kb.record import whole
from itsm.kb.service import writing
from itsm.kb.service.articles import Words


def text_in(article: Article, language: str) -> ArticleText:
    """Return the text in the language an address names, the standard one where it names none.

    Raises: NotFound where nobody has written.
    """
    text = next((text for text in article.texts if text.language == (language or Language.GERMAN)), None)
    if text is None:
        raise NotFound
    return text


def of(text: ArticleText) -> Sequence[Revision]:
    """Return the revisions of a text with their authors, newest first."""
    return db.session.scalars(
        sa.select(Revision)
        .where(Revision.text_id == text.id)
        .order_by(Revision.number.desc())
        .options(joinedload(Revision.author))
    ).all()


def chosen(found: Sequence[Revision], old: int | None, new: int | None) -> tuple[Revision, Revision]:
    """Return the two revisions of these numbers, older first; without numbers the last two.

    Raises: NotFound for a number the text does not have.
    """
    numbers = {revision.number: revision for revision in found}
    newest = new or found[0].number
    pair = sorted((old or max(newest - 1, found[-1].number), newest))
    if not set(pair) <= set(numbers):
        raise NotFound
    return numbers[pair[0]], numbers[pair[1]]


def between(old: Revision, new: Revision) -> list[Paragraph]:
    """Return what is different between two revisions."""
    return differences.compare(whole(old), whole(new))


def restore(actor: Actor, article: Article, revision_id: int, at: datetime) -> ArticleText:
    """Save the words of an older revision as a new one, and return the text; what readers see becomes a draft.

    Raises: NotFound for a revision of another article; NotAllowed unless the person may write now.
    """
    for text in article.texts:
        for old in text.revisions:
            if old.id == revision_id:
                words, note = Words(old.title, old.summary, old.body), f"Fassung {old.number} wiederhergestellt"
                writing.save(actor, article, text.language, words, at, version=text.version_id, note=note)
                return text
    raise NotFound
