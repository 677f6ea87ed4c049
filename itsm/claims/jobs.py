"""Timed jobs of damage cases and claims."""

from itsm.core.jobs import Job

JOBS: tuple[Job, ...] = ()
