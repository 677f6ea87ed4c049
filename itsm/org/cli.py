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
from itsm.org import district_plans, district_wishes, imports
from itsm.org.districting import KEEP_METRES
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
@click.option(
    "--seed", type=click.IntRange(0, 2**31), default=0, help="Eine andere Zahl sucht von anderen Anfängen aus."
)
@click.option(
    "--keep",
    metavar="METER",
    default=str(KEEP_METRES),
    show_default=True,
    help="So viel näher muss ein anderer Bezirk liegen, damit eine Schule wechselt; 0 schneidet ganz neu.",
)
@click.option("--fix", multiple=True, metavar="SCHULE[=BEZIRK]", help="Diese Schule bleibt, oder kommt in den Bezirk.")
@click.option("--capacity", multiple=True, metavar="BEZIRK=ZAHL", help="Stellen im Bezirk, zum Beispiel 3=1.5.")
@click.option("--save", is_flag=True, help="Den Vorschlag übernehmen.")
@_as_json
def propose_districts(
    count: int, seed: int, keep: str, fix: tuple[str, ...], capacity: tuple[str, ...], save: bool, as_json: bool
) -> None:
    """Cut the city into districts and show them; save them only if told so."""
    wishes = district_wishes.read(keep, fix, capacity)
    with writing():
        proposal = district_plans.propose(SYSTEM, count, seed, wishes)
        # Before saving: afterwards nobody is on the move any more.
        report = proposal.as_json() | {"saved": save}
        if save:
            district_plans.save(SYSTEM, proposal, clock.now())
    _print(as_json, report, _proposal_lines)


def _proposal_lines(report: dict[str, Any]) -> None:
    heads = f"{'Schulen':>8}{'Last':>9}{'vom Anteil':>12}{'längster Weg':>15}{'neu hier':>10}"
    click.echo(f"{'Nr.':>4}  {'Bezirk':<28}{heads}")
    for one in report["districts"]:
        deviation = f"{number(one['deviation_percent'])} %"
        click.echo(
            f"{one['number']:>4}  {one['name'][:27]:<28}{one['count']:>8}{number(one['load']):>9}{deviation:>12}"
            f"{metres_words(one['longest_metres']):>15}{one['moved']:>10}"
        )
    click.echo(f"Größte Abweichung vom Anteil: {number(report['worst_deviation_percent'])} %")
    click.echo(f"Mittlerer Weg zur Mitte des Bezirks: {metres_words(report['mean_metres'])}")
    for sentence in report["uneven"]:
        click.echo(f"{sentence} Mit diesen Schulen und Vorgaben haben wir keinen besseren Ausgleich gefunden.")
    for number_ in report["emptied"]:
        click.echo(f"Danach ohne Schulen: Bezirk {number_}")
    for school in report["without_coordinates"]:
        click.echo(f"Schule {school} hat keine Koordinate und gehört zu keinem Vorschlag.")
    moves = report["moved"]
    click.echo(
        f"{len(moves)} Schulen {'haben gewechselt' if report['saved'] else 'würden wechseln'}:"
        if moves
        else "Keine Schule wechselt."
    )
    for one in moves:
        click.echo(f"  {one['number']} {one['name']}: {one['from'] or 'ohne Bezirk'} → {one['to']}")
    click.echo("Gespeichert." if report["saved"] else "Nicht gespeichert. Mit --save übernehmen.")


def _rejected_lines(report: dict[str, Any]) -> None:
    for gone in report["rejected"]:
        click.echo(f"  Zeile {gone['line']}: {gone['reason']}")


def _print(as_json: bool, report: dict[str, Any], lines: Callable[[dict[str, Any]], None]) -> None:
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        lines(report)
