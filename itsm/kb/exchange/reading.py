"""Read articles from a folder of Markdown with front matter, or from a file of JSON lines.

Source: docs/import.md.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from itsm.core.errors import DomainError
from itsm.kb.exchange import header
from itsm.kb.exchange.header import Unclear
from itsm.kb.models import Language
from itsm.kb.service.articles import Words

JSON_LINES = "artikel.jsonl"
LARGEST_BYTES = 10_000_000
LARGEST_BODY = 1_000_000
READ_ME = "readme"
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """An article as a file has it; `columns` holds what the file says of the others, and no more."""

    key: str
    place: str
    texts: dict[Language, Words]
    columns: dict[str, Any] = field(default_factory=dict)
    category: str | None = None
    faults: list[str] | None = None
    begun: str = ""
    folder: Path | None = None


def read(path: Path) -> tuple[Path, list[Source]]:
    """Return what was read, and the articles in it: a file of JSON lines, a folder with one, or one of Markdown.

    Raises: DomainError with file and line of the first thing that is wrong.
    """
    if path.is_dir() and (path / JSON_LINES).is_file():
        path = path / JSON_LINES
    found = list(_of_folder(path) if path.is_dir() else _of_json_lines(path))
    if not found:
        raise DomainError(f"In {path} steht kein Artikel: weder {JSON_LINES} noch Dateien mit der Endung .md.")
    seen: dict[str, str] = {}
    for source in found:
        if source.key in seen:
            raise DomainError(f"{source.place}: Die id „{source.key}“ hat schon {seen[source.key]}.")
        seen[source.key] = source.place
    return path, found


def parse(text: str) -> tuple[dict[str, Any], str]:
    """Return the front matter and the body of a file of Markdown.

    Raises: Unclear if the front matter is not what it should be.
    """
    text = text.replace("\r\n", "\n")
    match = _FRONT_MATTER.match(text)
    if match is None:
        if text.startswith("---\n"):
            raise Unclear("Die Kopfdaten enden nicht: Es fehlt die zweite Zeile mit „---“.", 1)
        return {}, text
    try:
        given = yaml.load(match[1], _Plain)  # noqa: S506 - knows words, lists and mappings alone
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise Unclear("Die Kopfdaten lassen sich nicht lesen (YAML).", line) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Unclear("Die Kopfdaten lassen sich nicht lesen (YAML).", 1) from error
    if not isinstance(given, dict):
        raise Unclear("Die Kopfdaten müssen aus Zeilen wie „titel: …“ bestehen.", 2)
    return given, text[match.end() :]


class _Plain(yaml.BaseLoader):
    """YAML of words, lists and mappings; an alias could make a small file fill the memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "alias", mark)
        return super().compose_node(parent, index)


def _of_folder(folder: Path) -> Iterator[Source]:
    for file in sorted(folder.glob("*.md")):
        # A link may lead anywhere on this computer.
        if file.is_symlink() or not file.is_file() or file.stem.lower() == READ_ME:
            continue
        if file.stat().st_size > LARGEST_BYTES:
            raise DomainError(f"{file.name}: Die Datei ist größer als 10 MB. Bitte teilen Sie den Artikel.")
        with _named(file.name):
            given, body = parse(_text(file.read_bytes()))
            yield _source({"id": file.stem} | given, body, file.name, folder)


def _of_json_lines(file: Path) -> Iterator[Source]:
    with file.open("rb") as lines:
        number = 0
        while content := lines.readline(LARGEST_BYTES):
            number += 1
            if not content.strip():
                continue
            with _named(file.name, number):
                given = _json(content)
                yield _source(given, given.get("text", ""), f"{file.name}, Zeile {number}", None)


def _json(content: bytes) -> dict[str, Any]:
    if len(content) == LARGEST_BYTES:
        raise Unclear("Die Zeile ist länger als 10 MB.")
    try:
        given = json.loads(_text(content))
    except (ValueError, RecursionError) as error:
        raise Unclear("Die Zeile ist kein JSON.") from error
    if not isinstance(given, dict):
        raise Unclear("Die Zeile muss ein Objekt mit id, titel und text sein.")
    return given


def _source(given: Mapping[str, Any], body: Any, place: str, folder: Path | None) -> Source:
    key = header.line(given.get("id", ""), "id")
    if not key:
        raise Unclear("Es fehlt die id.")
    german = _words(given, body)
    texts = {Language.GERMAN: german}
    others = given.get("sprachen") or {}
    if not isinstance(others, dict) or not set(others) <= set(header.LANGUAGES):
        raise Unclear(f"„sprachen“ kennt nur {' und '.join(header.LANGUAGES)}.")
    for name, words in others.items():
        if not isinstance(words, dict):
            raise Unclear(f"„{name}“ muss titel, kurz und text haben.")
        texts[header.LANGUAGES[name]] = _words(words, words.get("text", ""))
    return Source(
        key=key,
        place=place,
        texts=texts,
        columns=header.read(given),
        category=header.line(given["bereich"], "bereich") if given.get("bereich") else None,
        faults=header.names(given, "stoerungen"),
        begun=header.line(given.get("angelegt", ""), "angelegt"),
        folder=folder,
    )


def _words(given: Mapping[str, Any], body: Any) -> Words:
    """What a text says; a first heading that is the title stands above the text already."""
    body = header.text(body, "text")
    if len(body) > LARGEST_BODY:
        raise Unclear("Der Text ist länger als eine Million Zeichen. Bitte teilen Sie den Artikel.")
    heading, below = _heading(body)
    closed = heading.rstrip("#").rstrip() if heading.rstrip("#").endswith(" ") else heading
    title = header.line(given.get("titel", ""), "titel") or header.line(closed, "titel")
    if not title:
        raise Unclear("Es fehlt der titel.")
    if title in (heading, closed):
        body = below
    return Words(title, header.line(given.get("kurz", ""), "kurz"), tidy(body))


def _heading(body: str) -> tuple[str, str]:
    """The first heading of a text that begins with one, and what stands below it."""
    first, _, below = body.lstrip().partition("\n")
    if not first.startswith("# "):
        return "", body
    return " ".join(first.removeprefix("#").split()), below


def tidy(body: str) -> str:
    """Return a text without the blank lines around it, its lines ended as one."""
    return body.replace("\r\n", "\n").strip("\n").rstrip()


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unclear("Die Datei ist nicht in UTF-8 gespeichert.", line) from error


@contextmanager
def _named(name: str, line: int | None = None) -> Iterator[None]:
    """Say in which file and line something is unclear."""
    try:
        yield
    except Unclear as error:
        number = line or error.line
        place = f"{name}, Zeile {number}" if number else name
        raise DomainError(f"{place}: {error.sentence}") from error
