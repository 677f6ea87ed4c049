"""When a timed job is due: from its cron fields in Berlin time to moments."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from apscheduler.triggers.cron import CronTrigger

from itsm.core.clock import BERLIN
from itsm.core.jobs import Job

# Searched from the nearest on, since a trigger only knows the way forward.
_LOOK_BACK = tuple(timedelta(hours=hours) for hours in (1, 25, 8 * 24, 32 * 24, 367 * 24))
_STEP = timedelta(seconds=1)


def latest(job: Job, at: datetime) -> datetime | None:
    """Return the last due moment up to `at`; None if there was none within a year."""
    for span in _LOOK_BACK:
        moments = list(between(job, at - span, at))
        if moments:
            return moments[-1]
    return None


def following(job: Job, at: datetime) -> datetime | None:
    """Return the first due moment after `at`."""
    return next(_moments(job, at + _STEP), None)


def between(job: Job, first: datetime, last: datetime) -> Iterator[datetime]:
    """Return the due moments from the first to the last, both included."""
    for moment in _moments(job, first):
        if moment > last:
            return
        yield moment


def _moments(job: Job, start: datetime) -> Iterator[datetime]:
    trigger = CronTrigger(timezone=BERLIN, **job.cron)
    while (moment := trigger.get_next_fire_time(None, start)) is not None:
        start = moment.astimezone(start.tzinfo) + _STEP
        if not (moment.fold and _at_fixed_hour(job)):
            yield start - _STEP


def _at_fixed_hour(job: Job) -> bool:
    """Say whether the job names its hour; the hour that comes twice in autumn then counts once."""
    return str(job.cron.get("hour", "*")).isdigit()
