"""Tables of the knowledge base."""

from itsm.kb.models.articles import (
    Article,
    ArticleEntry,
    ArticleFault,
    ArticleText,
    Audience,
    Category,
    Draft,
    Language,
    Revision,
    Shape,
)
from itsm.kb.models.contacts import Edition, Office
from itsm.kb.models.index import IndexedArticle, Lengths, Posting, Synonyms, Word
from itsm.kb.models.media import ArticlePicture, ArticleVideo
from itsm.kb.models.upkeep import ArticleCount, ArticleLink, ArticleTask, SearchCount, TaskKind

__all__ = [
    "Article",
    "ArticleCount",
    "ArticleEntry",
    "ArticleFault",
    "ArticleLink",
    "ArticlePicture",
    "ArticleTask",
    "ArticleText",
    "ArticleVideo",
    "Audience",
    "Category",
    "Draft",
    "Edition",
    "IndexedArticle",
    "Language",
    "Lengths",
    "Office",
    "Posting",
    "Revision",
    "SearchCount",
    "Shape",
    "Synonyms",
    "TaskKind",
    "Word",
]
