"""Commands of the operator: migrate, check, timed jobs."""

import json
import smtplib
from dataclasses import asdict, dataclass

import click
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from itsm.config import DEFAULT_SECRET, SettingError, Settings, read
from itsm.core import clock, mail, timed
from itsm.core.errors import DomainError
from itsm.dispatch import osrm
from itsm.jobs import JOBS
from itsm.operations import schema

as_json = click.option("--json", "as_json", is_flag=True, help="Das Ergebnis als JSON ausgeben.")


@click.command()
@click.option("--to", "target", default="head", help="Ziel, etwa 0001_queue; ohne Angabe das neueste Schema.")
@as_json
def migrate(target: str, as_json: bool) -> None:
    """Das Schema der Datenbank erneuern. Ein zweiter Aufruf ändert nichts."""
    if target not in ("head", "base", *schema.names()):
        raise DomainError(f"Das Schema „{target}“ gibt es nicht. Es gibt: {', '.join(schema.names())}.")
    before, after = schema.migrate(schema.address(read()), target)
    if as_json:
        click.echo(json.dumps({"before": before, "after": after}))
    elif before == after:
        click.echo(f"Das Schema ist schon auf dem Stand {after}.")
    else:
        click.echo(f"Das Schema ist jetzt auf dem Stand {after or 'leer'}.")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and whether it is in order."""

    subject: str
    ok: bool
    text: str


@click.command()
@as_json
def check(as_json: bool) -> int:
    """Prüfen, ob der Dienst bereit ist: Datenbank, Schema, Geheimnisse, Mail und Fahrzeiten. Ändert nichts."""
    findings = _findings()
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            click.echo(f"{'gut   ' if finding.ok else 'FEHLER'}  {finding.subject}: {finding.text}")
    return 0 if all(finding.ok for finding in findings) else 1


@click.command()
@as_json
def list_jobs(as_json: bool) -> None:
    """Alle Zeitaufträge mit letztem und nächstem Lauf zeigen."""
    rows = timed.overview(JOBS, clock.now())
    if as_json:
        click.echo(json.dumps([_job_as_json(row) for row in rows], ensure_ascii=False, indent=1))
        return
    width = max((len(row.job.name) for row in rows), default=0)
    for row in rows:
        due = f"{clock.local(row.next_at):%d.%m.%Y %H:%M}" if row.next_at else "nie"
        click.echo(f"{row.job.name:{width}}  nächster Lauf {due}  {row.job.title}")


@click.command()
@click.argument("name")
@as_json
def run_job(name: str, as_json: bool) -> None:
    """Den Zeitauftrag NAME sofort ausführen, ohne den Worker."""
    job = timed.find(JOBS, name)
    at = clock.now()
    rows = timed.carry_out(JOBS, timed.begin(job, at, "Kommandozeile"), at)
    if as_json:
        click.echo(json.dumps({"name": name, "rows": rows}))
    else:
        click.echo(f"{job.title}: {rows} {'Zeile' if rows == 1 else 'Zeilen'} geändert.")


def _findings() -> list[Finding]:
    try:
        settings = read()
    except SettingError as error:
        return [Finding("Einstellungen", False, str(error))]
    secrets_word = "die Vorgabe der Vorführung" if settings.secret_key == DEFAULT_SECRET else "gesetzt"
    return [Finding("Geheimnisse", True, secrets_word), *_database(settings), _mail(settings), _drives(settings)]


def _database(settings: Settings) -> list[Finding]:
    try:
        engine = sa.create_engine(schema.address(settings), poolclass=sa.NullPool)
        with engine.connect() as connection:
            version = connection.exec_driver_sql("SHOW server_version").scalar_one()
            current = schema.current(connection)
    except OperationalError as error:
        return [Finding("Datenbank", False, str(error.orig).splitlines()[0])]
    reached = Finding("Datenbank", True, f"PostgreSQL {version}")
    if current == schema.newest():
        return [reached, Finding("Schema", True, current)]
    text = f"{current or 'leer'} statt {schema.newest()}. Bitte rufen Sie auf: itsm migrate"
    return [reached, Finding("Schema", False, text)]


def _mail(settings: Settings) -> Finding:
    if settings.demo_mailbox:
        return Finding("Mail", True, "kein Mailserver; die Vorführung zeigt die Mail unter /postfach")
    where = f"{settings.mail_host}:{settings.mail_port}"
    try:
        mail.check(settings)
    except (OSError, smtplib.SMTPException) as error:
        return Finding("Mail", False, f"{where} antwortet nicht wie erwartet: {error}")
    return Finding("Mail", True, where)


def _job_as_json(row: timed.Overview) -> dict[str, object]:
    last = row.last
    return {
        "name": row.job.name,
        "title": row.job.title,
        "last_due_at": last.due_at.isoformat() if last else None,
        "last_finished_at": last.finished_at.isoformat() if last and last.finished_at else None,
        "last_error": last.error if last else "",
        "next_due_at": row.next_at.isoformat() if row.next_at else None,
    }


def _drives(settings: Settings) -> Finding:
    if not settings.osrm_url:
        return Finding("Fahrzeiten", True, "aus der Luftlinie geschätzt; kein Routendienst eingetragen")
    try:
        osrm.check(settings.osrm_url)
    except osrm.Unavailable as error:
        return Finding("Fahrzeiten", False, f"{error} Bis dahin wird geschätzt. Bitte prüfen Sie ITSM_OSRM_URL.")
    return Finding("Fahrzeiten", True, "der Routendienst antwortet")
