"""What can be done in the operation of the service: set a figure, run a job, send a mail again."""

from collections.abc import Sequence
from datetime import date, datetime

from itsm.core import clock, mail, timed
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.figures import Figure, FigureValue
from itsm.core.jobs import Job
from itsm.core.outbox import Mail
from itsm.operations import policy


def set_figure(actor: Actor, figure: Figure, value: float, valid_from: date | None, at: datetime) -> FigureValue:
    """Set a figure from a day on; what was decided before that day stays as it was.

    Raises: DomainError for a value outside its limits or a day in the past.
    """
    if not policy.may_edit_figures(actor):
        raise NotAllowed("Diese Werte ändern nur Teamleitung und Administration.")
    if not figure.lowest <= value <= figure.highest:
        raise DomainError(f"Bitte geben Sie einen Wert von {figure.lowest:g} bis {figure.highest:g} ein.")
    if valid_from is None or valid_from < clock.local_day(at):
        raise DomainError("Ein Wert gilt frühestens ab heute: Frühere Entscheidungen bleiben, wie sie waren.")
    row = db.session.get(FigureValue, (figure.key, valid_from))
    if row is None:
        row = FigureValue(key=figure.key, valid_from=valid_from)
        db.session.add(row)
    row.value, row.changed_by = value, actor.name
    return row


def run_job(actor: Actor, jobs: Sequence[Job], name: str, at: datetime) -> Job:
    """Start a timed job out of turn; the worker carries it out."""
    if not policy.may_run(actor):
        raise NotAllowed("Zeitaufträge startet nur die Administration.")
    job = timed.find(jobs, name)
    timed.run_now(job, at, actor.name)
    return job


def send_again(actor: Actor, letter: Mail, at: datetime) -> None:
    """Try a mail again that was given up.

    Raises: DomainError if it is on its way or has arrived.
    """
    if not policy.may_run(actor):
        raise NotAllowed("Mails sendet nur die Administration erneut.")
    if letter.failed_at is None:
        raise DomainError("Diese Mail ist nicht liegen geblieben.")
    mail.send_again(letter, at)
