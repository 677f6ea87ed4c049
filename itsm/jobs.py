"""Every timed job of the product, in one list."""

from itsm.core.jobs import Job

JOBS: tuple[Job, ...] = ()
