"""Commands that take device lists over."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from itsm.assets.importing import mapping as mappings
from itsm.assets.importing import takeover, undo
from itsm.assets.importing.fields import BY_KEY
from itsm.assets.importing.mapping import Mapping
from itsm.assets.importing.reading import open_table
from itsm.core import clock
from itsm.core.access import SYSTEM
from itsm.core.db import db, writing
from itsm.core.errors import DomainError
from itsm.core.german import number

_File = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_as_json = click.option("--json", "as_json", is_flag=True, help="Das Ergebnis als JSON ausgeben.")
_SHOWN = 200


@click.command("devices", help="Eine Geräteliste einlesen: CSV, Excel (.xlsx) oder JSON aus Jamf School.")
@click.argument("file", type=_File)
@click.option(
    "--map", "map_name", metavar="ZUORDNUNG", help="Eine fertige Zuordnung (snipe-it, glpi …) oder eine Datei."
)
@click.option("--dry-run", is_flag=True, help="Nur zeigen, was sich ändern würde.")
@click.option("--partial", is_flag=True, help="Fehlerhafte Zeilen auslassen, statt nichts zu übernehmen.")
@_as_json
def import_devices(file: Path, map_name: str | None, dry_run: bool, partial: bool, as_json: bool) -> None:
    """Take a device list over and say what it changed."""
    with file.open("rb") as content:
        table = open_table(content)
        mapping = mappings.named(map_name) if map_name else _found(table.header)
        with writing(), _bar(as_json) as progress:
            if dry_run:
                outcome = takeover.look_at(SYSTEM, table, mapping, clock.now())
            else:
                outcome = takeover.take_over(
                    SYSTEM, table, mapping, clock.now(), filename=file.name, partial=partial, progress=progress
                )
            if outcome.import_id is None:
                db.session.rollback()
    refused = outcome.rejected > 0 and not dry_run and not partial
    if as_json:
        click.echo(json.dumps(outcome.as_json() | {"dry_run": dry_run}, ensure_ascii=False, indent=2))
    else:
        _say(outcome, dry_run=dry_run, refused=refused)
    if refused:
        raise DomainError("Nichts wurde übernommen. Mit --partial bleiben nur die fehlerhaften Zeilen aus.")


@click.command("undo-devices", help="Die zuletzt eingelesene Geräteliste zurücknehmen.")
@_as_json
def undo_devices(as_json: bool) -> None:
    """Undo the last list and name the devices that stay."""
    with writing():
        done = undo.undo_last(SYSTEM, clock.now())
    if as_json:
        click.echo(json.dumps(done.as_json(), ensure_ascii=False, indent=2))
        return
    click.echo(f"„{done.filename}“ zurückgenommen.")
    click.echo(f"{done.deleted:>7} Geräte gelöscht")
    click.echo(f"{done.restored:>7} Geräte wie vorher")
    if done.left:
        click.echo(f"{len(done.left):>7} seither geändert oder benutzt, sie bleiben, wie sie sind:")
        click.echo("  " + ", ".join(done.left[:_SHOWN]) + (" …" if len(done.left) > _SHOWN else ""))


def _found(header: list[str]) -> Mapping:
    """The ready mapping that knows the header, or a proposal a person at the terminal has agreed to."""
    if known := mappings.recognised(header):
        click.echo(f"Zuordnung: {known.title}", err=True)
        return known
    proposal, unclear = mappings.propose(header)
    if not sys.stdin.isatty():
        proposal.bind(header)
        if unclear:
            words = "; ".join(f"{BY_KEY[key].label}: {', '.join(names)}" for key, names in unclear.items())
            raise DomainError(
                f"Mehrere Spalten kommen in Frage ({words}). Bitte geben Sie mit --map eine Zuordnung an; "
                'sie sagt zum Beispiel: [columns] serial = "Seriennummer".'
            )
        return proposal
    for key, names in unclear.items():
        chosen = click.prompt(f"Welche Spalte ist {BY_KEY[key].label}?", type=click.Choice(names), err=True)
        proposal.columns[key] = (chosen,)
    click.echo(proposal.as_toml(), err=True)
    if click.prompt("Mit dieser Zuordnung einlesen?", type=click.Choice(["j", "n"]), err=True) == "n":
        raise DomainError("Nichts wurde übernommen. Speichern Sie die Zuordnung, ändern Sie sie, und nutzen Sie --map.")
    return proposal


@contextmanager
def _bar(hidden: bool) -> Iterator[Callable[[int], None]]:
    """Show how far it is, on the terminal alone."""
    with click.progressbar(length=100, label="Einlesen", hidden=hidden, file=sys.stderr) as bar:
        yield lambda percent: bar.update(max(0, percent - bar.pos))


def _say(outcome: takeover.Outcome, *, dry_run: bool, refused: bool) -> None:
    click.echo("Probelauf, nichts wurde geschrieben." if dry_run or refused else "Geräteliste eingelesen.")
    counts: list[tuple[Any, str]] = [
        (outcome.added, "neu"),
        (outcome.changed, "geändert"),
        (outcome.unchanged, "unverändert"),
        (outcome.rejected, "Zeilen abgelehnt"),
    ]
    extra = [
        (outcome.rooms, "Räume angelegt"),
        (outcome.models, "Modelle angelegt"),
        (outcome.skipped, "Zeilen übergangen"),
    ]
    for count, words in counts + [pair for pair in extra if pair[0]]:
        click.echo(f"{number(count):>9} {words}")
    for problem in outcome.problems[:_SHOWN]:
        click.echo(f"  {outcome.unit} {problem.line}: {problem.sentence}")
    if outcome.rejected > _SHOWN:
        click.echo(f"  … und {number(outcome.rejected - _SHOWN)} weitere")
