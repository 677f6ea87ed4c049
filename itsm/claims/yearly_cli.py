"""The command that takes the yearly figures of a report over.

Source: docs/rules/claims.md, CL-81.
"""

import json
from dataclasses import asdict
from pathlib import Path

import click

from itsm.claims import yearly
from itsm.claims.service import yearly as service
from itsm.claims.yearly import LARGEST_BYTES
from itsm.core.access import SYSTEM
from itsm.core.db import writing
from itsm.core.errors import DomainError


class WrongInput(click.ClickException):
    """What was given cannot be taken; nothing was changed."""

    exit_code = 2


@click.command("import-years", help="Jahreszahlen eines Berichts einlesen: Geräte, Schäden, Diebstahl und Verlust.")
@click.argument("path", metavar="PFAD", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--source", metavar="TEXT", help="Woher die Zahlen sind; ohne Angabe der Name der Datei.")
@click.option("--json", "as_json", is_flag=True, help="Das Ergebnis als JSON ausgeben.")
def import_years(path: Path, source: str | None, as_json: bool) -> None:
    """Take a list over, all of it or nothing, and say what that changed."""
    try:
        with path.open("rb") as file:
            stated = yearly.read(file.read(LARGEST_BYTES + 1))
        with writing():
            outcome = service.take_over(SYSTEM, stated, path.name if source is None else source)
    except DomainError as error:
        raise WrongInput(f"{error.sentence} Nichts wurde übernommen.") from error
    if as_json:
        click.echo(json.dumps(asdict(outcome)))
    else:
        click.echo(f"{outcome.added} Jahre neu, {outcome.changed} geändert, {outcome.unchanged} unverändert.")
