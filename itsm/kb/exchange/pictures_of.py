"""The pictures that lie beside the Markdown of an article.

Source: docs/import.md.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from itsm.core import pictures
from itsm.core.errors import DomainError
from itsm.kb.exchange.reading import Source
from itsm.kb.grammar import PICTURE

FOLDER = "bilder"
_SHOWN = re.compile(r"!\[((?:[^\[\]\\\n]|\\.)*)\]\((?![a-z]+:)([^()\s/][^()\s]*)\)")
_TOKEN_LENGTH = 32


@dataclass(frozen=True)
class Found:
    """A picture in a folder, and the token it has with us: the same one at the next import."""

    token: str
    alternative: str
    file: Path


def found(source: Source, collection: str, kept: Collection[str]) -> tuple[Source, list[Found]]:
    """Return an article that names its pictures by token, and those pictures; `kept` are tokens it has already."""
    if source.folder is None:
        return source, []
    shown: dict[str, Found] = {}

    def name(match: re.Match[str]) -> str:
        file = _inside(source.folder, match[2])
        if file is None:
            return match[0]
        token = file.stem if file.stem in kept else _token(collection, source.key, file)
        shown[token] = Found(token, match[1], file)
        return f"![{match[1]}]({PICTURE}{token})"

    texts = {language: replace(words, body=_SHOWN.sub(name, words.body)) for language, words in source.texts.items()}
    return replace(source, texts=texts), list(shown.values())


def read(picture: Found, place: str) -> pictures.Picture:
    """Return a picture, re-encoded.

    Raises: DomainError naming the article and the file.
    """
    try:
        return pictures.read(picture.file.read_bytes())
    except DomainError as error:
        raise DomainError(f"{place}, {picture.file.name}: {error.sentence}") from error


def _inside(folder: Path | None, name: str) -> Path | None:
    """The file of a name, if it lies in the folder itself and not somewhere a link leads to."""
    if folder is None:
        return None
    file = folder / name
    is_ours = file.is_file() and file.resolve().is_relative_to(folder.resolve())
    return file if is_ours and file.stat().st_size <= pictures.LARGEST_BYTES else None


def _token(collection: str, key: str, file: Path) -> str:
    told = hashlib.sha256(f"{collection}\n{key}\n".encode() + file.read_bytes())
    return told.hexdigest()[:_TOKEN_LENGTH]
