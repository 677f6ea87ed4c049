"""Commands that read school lists and cut districts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from itsm.core import clock
from itsm.core.access import SYSTEM
from itsm.core.db import db, writing
from itsm.core.german import metres_words, number
from itsm.org import district_plans, imports
from itsm.org.ministry_file import read_school_file

_File = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_as_json = click.option("--json", "as_json", is_flag=True, help="Das Ergebnis als JSON ausgeben.")


@click.command("schools", help="Eine Schulliste einlesen: die schuldaten.csv des Ministeriums oder die der Stadt.")
@click.argument("file", type=_File)
@click.option("--carrier", help="Nur Schulen dieses Trägers übernehmen, zum Beispiel 10297.")
@click.option("--dry-run", is_flag=True, help="Nur zeigen, was sich ändern würde.")
@_as_json
def import_schools(file: Path, carrier: str | None, dry_run: bool, as_json: bool) -> None:
    """Take a school list over and say what it changed."""
    school_file = read_school_file(file.read_bytes())
    with writing():
        found = imports.take_over(SYSTEM, school_file, clock.now(), carrier=carrier, dry_run=dry_run)
        report = found.as_json() | {"dry_run": dry_run}
        if dry_run:
            db.session.rollback()
    _print(as_json, report, _school_lines)


def _school_lines(report: dict[str, Any]) -> None:
    click.echo("Probelauf, nichts wurde geschrieben." if report["dry_run"] else "Schulliste eingelesen.")
    for key, words in (
        ("added", "neu"),
        ("changed", "geändert"),
        ("unchanged", "unverändert"),
        ("closed", "geschlossen"),
        ("missing", "fehlen in der Datei und bleiben offen"),
        ("rejected", "Zeilen abgelehnt"),
    ):
        click.echo(f"{len(report[key]):>5} {words}")
    if report["other_carriers"]:
        click.echo(f"{report['other_carriers']:>5} anderer Träger, übergangen")
    for one in report["changed"]:
        for change in one["fields"]:
            click.echo(f"  {one['number']} {change['field']}: „{change['old']}“ → „{change['new']}“")
    for number_ in report["closed"]:
        click.echo(f"  {number_} geschlossen")
    _rejected_lines(report)


@click.command("districts", help="Die Zuordnung einlesen: je Zeile Schulnummer; Nummer oder Name des Bezirks.")
@click.argument("file", type=_File)
@_as_json
def import_districts(file: Path, as_json: bool) -> None:
    """Put schools into the districts a file names and say what changed."""
    lines = district_plans.read_assignments(file.read_bytes())
    with writing():
        report = district_plans.assign(SYSTEM, lines, clock.now()).as_json()
    _print(as_json, report, _assignment_lines)


def _assignment_lines(report: dict[str, Any]) -> None:
    click.echo("Bezirke eingelesen.")
    click.echo(f"{len(report['moved']):>5} Schulen zugeordnet")
    click.echo(f"{len(report['unchanged']):>5} unverändert")
    click.echo(f"{len(report['created']):>5} Bezirke angelegt")
    click.echo(f"{len(report['rejected']):>5} Zeilen abgelehnt")
    _rejected_lines(report)


@click.command("propose", help="Ausgewogene, kompakte Bezirke vorschlagen; gespeichert wird nur mit --save.")
@click.option("--count", type=int, default=11, show_default=True, help="Wie viele Bezirke.")
@click.option("--seed", type=int, default=0, help="Eine andere Zahl sucht von anderen Anfängen aus.")
@click.option("--save", is_flag=True, help="Den Vorschlag übernehmen.")
@_as_json
def propose_districts(count: int, seed: int, save: bool, as_json: bool) -> None:
    """Cut the city into districts and show them; save them only if told so."""
    with writing():
        proposal = district_plans.propose(SYSTEM, count, seed)
        moved = district_plans.save(SYSTEM, proposal, clock.now()) if save else None
        report = proposal.as_json() | {"saved": save, "moved": moved}
    _print(as_json, report, _proposal_lines)


def _proposal_lines(report: dict[str, Any]) -> None:
    click.echo(f"{'Nr.':>4}  {'Bezirk':<28}{'Schulen':>8}{'Last':>9}{'längster Weg':>15}{'neu hier':>10}")
    for one in report["districts"]:
        click.echo(
            f"{one['number']:>4}  {one['name'][:27]:<28}{one['count']:>8}{number(one['load']):>9}"
            f"{metres_words(one['longest_metres']):>15}{one['moved']:>10}"
        )
    click.echo(f"Größte Abweichung von der mittleren Last: {number(report['worst_deviation_percent'])} %")
    for school in report["without_coordinates"]:
        click.echo(f"Schule {school} hat keine Koordinate und gehört zu keinem Vorschlag.")
    saved = f"Gespeichert: {report['moved']} Schulen haben den Bezirk gewechselt."
    click.echo(saved if report["saved"] else "Nicht gespeichert. Mit --save übernehmen.")


def _rejected_lines(report: dict[str, Any]) -> None:
    for gone in report["rejected"]:
        click.echo(f"  Zeile {gone['line']}: {gone['reason']}")


def _print(as_json: bool, report: dict[str, Any], lines: Callable[[dict[str, Any]], None]) -> None:
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        lines(report)
