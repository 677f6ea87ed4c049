"""What the search knows of an article: how often each of its words stands in each field.

Source: docs/rules/search.md, SE-1 and SE-4.
"""

import re
from collections.abc import Collection

import sqlalchemy as sa

from itsm.core.db import db
from itsm.kb import markup
from itsm.kb.language.words import telling
from itsm.kb.models import Article, ArticleText, Language, Revision
from itsm.kb.packing import Field

Counts = list[int]
Words = dict[str, Counts]

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+)$", re.MULTILINE)


def contents(article_ids: Collection[int]) -> dict[int, Words]:
    """Return the words of those of these articles that readers can find, by article."""
    rows = db.session.execute(
        sa.select(Article.id, Article.tags, ArticleText.language, Revision.title, Revision.summary, Revision.body)
        .join(ArticleText, ArticleText.article_id == Article.id)
        .join(Revision, Revision.id == ArticleText.published_id)
        .where(Article.id.in_(article_ids), Article.is_live, Article.deleted_at.is_(None))
    )
    found: dict[int, Words] = {}
    for article_id, tags, language, title, summary, body in rows:
        words = found.setdefault(article_id, {})
        if language is Language.GERMAN:
            _count(words, Field.TITLE, title)
            _count(words, Field.SUMMARY, summary)
            _count(words, Field.HEADINGS, " ".join([*tags, *_HEADING.findall(body)]))
            _count(words, Field.TEXT, markup.plain(body))
        else:
            # Found by the words of its variants too, which weigh as much as the text.
            _count(words, Field.TEXT, f"{title} {summary}")
    return found


def _count(words: Words, field: Field, text: str) -> None:
    for word in telling(text):
        words.setdefault(word, [0] * len(Field))[field] += 1
