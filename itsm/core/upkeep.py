"""Timed jobs that keep the service tidy: what is no longer needed goes, what was forgotten is sent."""

from datetime import datetime

from itsm.core import mail, timed
from itsm.core.jobs import Job


def purge(at: datetime) -> int:
    """Delete old runs of jobs and old mails; return how many."""
    return timed.purge(at) + mail.purge(at)


JOBS = (
    Job("betriebsdaten-aufraeumen", "Alte Mails und Läufe löschen", {"hour": 3, "minute": 10}, purge),
    Job("liegengebliebene-mail", "Überfällige Mails noch einmal einreihen", {"minute": 40}, mail.enqueue_forgotten),
)
