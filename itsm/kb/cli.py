"""Commands of the knowledge base."""

import json
from pathlib import Path

import click

from itsm.core import clock
from itsm.core.access import SYSTEM
from itsm.core.db import writing as transaction
from itsm.core.errors import DomainError
from itsm.core.german import number
from itsm.kb.exchange import reading, writing
from itsm.kb.service import takeover
from itsm.kb.service.takeover import Outcome

_WRONG_INPUT = 2
_as_json = click.option("--json", "as_json", is_flag=True, help="Das Ergebnis als JSON ausgeben.")


class WrongInput(click.ClickException):
    """What was given cannot be taken; nothing was changed."""

    exit_code = _WRONG_INPUT


@click.command("import", help="Artikel einlesen: ein Ordner mit Markdown, oder eine Datei wie artikel.jsonl.")
@click.argument("path", metavar="PFAD", type=click.Path(exists=True, readable=True, path_type=Path))
@click.option("--publish", is_flag=True, help="Die Artikel gleich veröffentlichen.")
@click.option("--replace", is_flag=True, help="Vorher alle Artikel der Sammlung löschen, mit ihren Zahlen.")
@click.option("--collection", metavar="NAME", default="import", show_default=True, help="Die Sammlung der Artikel.")
@_as_json
def import_articles(path: Path, publish: bool, replace: bool, collection: str, as_json: bool) -> None:
    """Take articles over, all or none, and say what that changed."""
    if not collection.strip():
        raise WrongInput("Die Sammlung braucht einen Namen.")
    try:
        taken, sources = reading.read(path)
        with transaction():
            outcome = takeover.take_over(
                SYSTEM, sources, clock.now(), collection=collection.strip(), publish=publish, replace=replace
            )
    except DomainError as error:
        raise WrongInput(f"{error.sentence} Nichts wurde übernommen.") from error
    if as_json:
        click.echo(json.dumps({"read": str(taken)} | outcome.as_json(), ensure_ascii=False, indent=2))
    else:
        _say(taken, outcome)


@click.command(
    "export", help="Veröffentlichte Artikel als Markdown mit Kopfdaten und Bildern in einen Ordner schreiben."
)
@click.argument("folder", metavar="ORDNER", type=click.Path(file_okay=False, path_type=Path))
@click.option("--collection", metavar="NAME", help="Nur diese Sammlung; ohne Angabe alle Artikel.")
@click.option("--all", "drafts", is_flag=True, help="Auch Entwürfe, jeweils mit dem Text der Redaktion.")
@_as_json
def export_articles(folder: Path, collection: str | None, drafts: bool, as_json: bool) -> None:
    """Write articles into a folder that is new or empty."""
    if folder.exists() and any(folder.iterdir()):
        raise WrongInput(f"Der Ordner {folder} ist nicht leer. Bitte nennen Sie einen neuen.")
    articles = writing.chosen(collection, drafts=drafts)
    folder.mkdir(parents=True, exist_ok=True)
    count = writing.write(folder, articles, drafts=drafts)
    if as_json:
        click.echo(json.dumps({"folder": str(folder), "written": count}, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{number(count)} Artikel in {folder} geschrieben.")


def _say(taken: Path, outcome: Outcome) -> None:
    click.echo(f"Gelesen: {taken}")
    for count, words in (
        (outcome.removed, "vorher gelöscht"),
        (outcome.added, "neu"),
        (outcome.changed, "geändert"),
        (outcome.unchanged, "unverändert"),
        (outcome.published, "veröffentlicht"),
        (outcome.in_bin, "im Papierkorb, übergangen"),
    ):
        click.echo(f"{number(count):>7} {words}")
    for place in outcome.too_long:
        click.echo(f"  {place}: zu lang, um als Markdown gelesen zu werden; der Text erscheint, wie er getippt wurde.")
