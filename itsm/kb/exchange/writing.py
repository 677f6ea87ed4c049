"""Write articles as Markdown with front matter, their pictures beside them.

Source: docs/import.md.
"""

import re
import shutil
from collections.abc import Container, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import joinedload, selectinload

from itsm.core import pictures
from itsm.core.db import db
from itsm.kb import markup
from itsm.kb.exchange import header, pictures_of
from itsm.kb.exchange.reading import READ_ME, tidy
from itsm.kb.grammar import PICTURE
from itsm.kb.models import Article, ArticlePicture, ArticleText, Language, Revision

_NO_FILE_NAME = re.compile(r"[^0-9A-Za-zäöüÄÖÜß._-]+")
_LONGEST_NAME = 100
_SHOWN = re.compile(rf"\]\({PICTURE}([0-9A-Za-z_-]+)\)")


class _Lines(str):
    """Text of several lines, written below each other."""


class _Dumper(yaml.SafeDumper):
    """YAML as a person would type it."""


_Dumper.add_representer(_Lines, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|"))


def chosen(collection: str | None, *, drafts: bool) -> list[Article]:
    """Return the articles to be written: what readers see, or with `drafts` whatever is not in the recycle bin."""
    query = sa.select(Article).where(Article.deleted_at.is_(None)).order_by(Article.id)
    if collection is not None:
        query = query.where(Article.collection == collection)
    if not drafts:
        query = query.where(Article.is_live)
    options = (
        joinedload(Article.category),
        selectinload(Article.faults),
        selectinload(Article.texts).joinedload(ArticleText.published),
    )
    return list(db.session.scalars(query.options(*options)))


def write(folder: Path, articles: Iterable[Article], *, drafts: bool) -> int:
    """Write each article into a file of its own; return how many.

    With `drafts` the text the editors work on, else what readers see.
    """
    names: set[str] = set()
    kept = set(db.session.scalars(sa.select(ArticlePicture.token)))
    for article in articles:
        texts = {text.language: text if drafts else text.published for text in article.texts}
        german = texts.pop(Language.GERMAN)
        if german is None:
            continue
        shown = {language: text for language, text in texts.items() if text is not None}
        key = article.origin_key or f"artikel-{article.id}"
        names.add(name := _file_name(key, article, names))
        content = f"---\n{_header(article, key, german, shown)}---\n\n{_body(german)}"
        (folder / f"{name}.md").write_text(_SHOWN.sub(_beside, content), encoding="utf-8")
        for text in (german, *shown.values()):
            _copy(folder, markup.tokens(text.body) & kept if PICTURE in text.body else ())
    return len(names)


def _header(
    article: Article, key: str, german: ArticleText | Revision, others: dict[Language, ArticleText | Revision]
) -> str:
    values: dict[str, Any] = {"id": key, "titel": german.title, "kurz": german.summary} | header.written(article)
    if article.category:
        values["bereich"] = article.category.name
    if article.faults:
        values["stoerungen"] = [fault.key for fault in article.faults]
    if not article.origin_key:
        values["angelegt"] = article.created_at.isoformat()
    if others:
        values["sprachen"] = {
            language.value: {
                "titel": text.title,
                "kurz": text.summary,
                "text": _Lines(f"# {text.title}\n\n{tidy(text.body)}"),
            }
            for language, text in others.items()
        }
    return yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000)


def _body(text: ArticleText | Revision) -> str:
    return f"# {text.title}\n\n{tidy(text.body)}\n"


def _beside(match: re.Match[str]) -> str:
    return f"]({pictures_of.FOLDER}/{match[1]}.jpg)"


def _file_name(key: str, article: Article, taken: Container[str]) -> str:
    """The key as the name of a file; the number of the article where another has that name, or an import skips it."""
    name = _NO_FILE_NAME.sub("-", key)[:_LONGEST_NAME].strip(".-").lower()
    return f"artikel-{article.id}" if name in taken or name in ("", READ_ME) else name


def _copy(folder: Path, tokens: Iterable[str]) -> None:
    for token in tokens:
        source = pictures.path(token)
        if source.is_file():
            (folder / pictures_of.FOLDER).mkdir(exist_ok=True)
            shutil.copyfile(source, folder / pictures_of.FOLDER / f"{token}.jpg")
