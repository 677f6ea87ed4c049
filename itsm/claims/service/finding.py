"""A device that was gone is back: every consequence of its loss is undone, with a trace of each.

Source: docs/rules/claims.md, CL-96.
"""

from datetime import date, datetime

from itsm.claims.kinds import MISSING
from itsm.claims.models import DamageCase
from itsm.claims.service import cancelling, cases, locks, replacements, restoring
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.errors import DomainError


def found(actor: Actor, case: DamageCase, found_on: date, at: datetime) -> None:
    """Say that a stolen, lost or not returned device is back.

    The device is what it was before, its loan goes on, lost mode ends, positions are deleted, a claim is taken back
    with its money, a swap planned is taken off; a replacement the school has got stays. The statistics leave the case
    out from now on.

    Raises: NotAllowed for everybody but the claims staff; DomainError for a device that was never gone, a case that
        is over, or a day that cannot be.
    """
    cases.check_work(actor)
    if case.kind not in MISSING:
        raise DomainError("Dieses Gerät war nie weg: Der Fall ist ein Schaden. Bitte prüfen Sie die Art des Falls.")
    if not case.incident.day <= found_on <= clock.local_day(at):
        raise DomainError(
            "Der Tag des Fundes liegt nach dem Ereignis und nicht in der Zukunft. Bitte prüfen Sie den Tag."
        )
    case.found_on = found_on
    cases.move(actor, case, "find", at, f"Gefunden am {found_on:%d.%m.%Y}.", is_public=True)
    replacements.drop_plan(actor, case, at)
    restoring.restore(actor, case, at, f"Wiedergefunden, Fall {case.number}.")
    locks.release_found(actor, case, at)
    cancelling.case_found(actor, case, at)
