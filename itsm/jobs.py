"""Every timed job of the product, in one list."""

from itsm.accounts.jobs import JOBS as ACCOUNTS
from itsm.assets.jobs import JOBS as ASSETS
from itsm.claims.jobs import JOBS as CLAIMS
from itsm.core.jobs import Job
from itsm.core.upkeep import JOBS as UPKEEP
from itsm.dispatch.jobs import JOBS as DISPATCH
from itsm.kb.jobs import JOBS as KB
from itsm.tickets.jobs import JOBS as TICKETS

JOBS: tuple[Job, ...] = (*ACCOUNTS, *ASSETS, *TICKETS, *DISPATCH, *KB, *CLAIMS, *UPKEEP)
