"""Commands that search all published articles, and build the index of the search anew."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click
import sqlalchemy as sa

from itsm.core.db import db, writing
from itsm.core.errors import DomainError
from itsm.core.german import number
from itsm.kb import search
from itsm.kb.models import Article, ArticleText, Language, Revision
from itsm.kb.packing import Field
from itsm.kb.search import Hit
from itsm.kb.service import index

# By the name of the switch in a file of queries: the field it leaves out.
SWITCHES = {"titel_indexieren": Field.TITLE, "kurz_indexieren": Field.SUMMARY}
_MOST = 10


@click.command("search", help="Artikel suchen: eine Zeile, oder viele aus einer Datei mit JSON-Zeilen.")
@click.argument("line", required=False, metavar="[ZEILE]")
@click.option("--json", "as_json", is_flag=True, help="Das Ergebnis als JSON ausgeben.")
@click.option("--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Datei: qid und anfrage.")
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-", help="Wohin die Treffer der Datei gehen.")
def search_articles(line: str | None, as_json: bool, batch: Path | None, out: IO[str]) -> None:
    """Print what is found for a line, or write the hits of a whole file: query, rank, article, score."""
    if batch is not None:
        _write_run(batch, out)
    elif line is None:
        raise DomainError("Es fehlt, was gesucht werden soll: eine Zeile, oder --batch mit einer Datei.")
    else:
        _say(list(_described(search.by_operator(line).hits)), as_json=as_json)


@click.command("reindex", help="Den Index der Suche neu aufbauen, etwa nach einer Aktualisierung der Software.")
def rebuild_index() -> None:
    """Build the index anew."""
    with writing():
        count = index.rebuild()
    click.echo(f"{number(count)} Artikel stehen im Index.")


def _write_run(batch: Path, out: IO[str]) -> None:
    keys = dict(db.session.execute(sa.select(Article.id, Article.origin_key)).all())
    for qid, line, fields in _queries(batch):
        for rank, hit in enumerate(search.by_operator(line, fields, _MOST).hits, 1):
            out.write(f"{qid}\t{rank}\t{keys[hit.article_id] or hit.article_id}\t{hit.score}\n")


def _queries(batch: Path) -> Iterator[tuple[str, str, list[Field]]]:
    """Return number, line and searched fields of each query of a file.

    Raises: DomainError for a line that is no query.
    """
    with batch.open(encoding="utf-8") as rows:
        for count, text in enumerate(rows, 1):
            if text.strip():
                try:
                    row = json.loads(text)
                    hidden = {field for switch, field in SWITCHES.items() if not row.get(switch, True)}
                    yield str(row["qid"]), str(row["anfrage"]), [field for field in Field if field not in hidden]
                except (ValueError, KeyError, AttributeError, TypeError) as error:
                    raise DomainError(
                        f"Zeile {count} ist keine Anfrage. Bitte je Zeile ein JSON-Objekt mit qid und anfrage."
                    ) from error


def _described(hits: tuple[Hit, ...]) -> Iterator[dict[str, Any]]:
    rows = db.session.execute(
        sa.select(Article.id, Article.origin_key, Revision.title)
        .join(ArticleText, sa.and_(ArticleText.article_id == Article.id, ArticleText.language == Language.GERMAN))
        .join(Revision, Revision.id == ArticleText.published_id)
        .where(Article.id.in_([hit.article_id for hit in hits]))
    )
    known = {article_id: (key, title) for article_id, key, title in rows}
    for hit in hits:
        key, title = known[hit.article_id]
        yield {"id": hit.article_id, "imported_id": key, "title": title, "score": hit.score}


def _say(found: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    elif not found:
        click.echo("Nichts gefunden.")
    else:
        for row in found:
            click.echo(f"{row['score']:7.2f}  {row['imported_id'] or row['id']}  {row['title']}")
