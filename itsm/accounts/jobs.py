"""Timed jobs of accounts."""

from datetime import datetime

from itsm.accounts import limits, links, sessions
from itsm.core.jobs import Job


def purge(at: datetime) -> int:
    """Delete links and sign-ins whose time is over, and tries no limit counts any more."""
    return links.purge(at) + sessions.purge(at) + limits.purge(at)


JOBS = (Job("purge", "Abgelaufene Links, Anmeldungen und Versuche löschen", {"hour": 3, "minute": 15}, purge),)
