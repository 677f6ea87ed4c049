"""Named selects over loans; whoever may not see one is told it does not exist.

Source: docs/rules/loans.md, LO-10.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.accounts.models import GrantRow, User
from itsm.accounts.sessions import holds
from itsm.assets import policy
from itsm.assets.models import Device, Loan
from itsm.core.access import Actor, Verb
from itsm.core.db import db
from itsm.core.errors import NotFound

EARLIER = 10


def get_for(actor: Actor, loan_id: int) -> Loan:
    """Return a loan with everything its page shows.

    Raises: NotFound for a loan the actor does not see.
    """
    found = db.session.scalar(_whole().where(Loan.id == loan_id, policy.visible_loans(actor)))
    if found is None:
        raise NotFound("Diese Ausgabe gibt es nicht, oder Sie haben darauf keinen Zugriff.")
    return found


def of_device(actor: Actor, device: Device) -> Sequence[Loan]:
    """Return the latest loans of a device this person sees, the newest first."""
    of_device = sa.select(Loan).where(Loan.device_id == device.id, policy.visible_loans(actor))
    return db.session.scalars(of_device.order_by(Loan.id.desc()).limit(EARLIER)).all()


def own(actor: Actor) -> Sequence[Loan]:
    """Return what the person of the request has in hand."""
    return db.session.scalars(
        _whole().where(Loan.user_id == actor.user_id, Loan.returned_at.is_(None)).order_by(Loan.id)
    ).all()


def staff_names(actor: Actor, on: date) -> dict[str, User]:
    """Return the people of the schools where this person hands devices out; two of one name with their address."""
    scope = actor.scope(Verb.LOAN_EDIT)
    at_schools = sa.select(GrantRow.user_id).where(GrantRow.school_id.in_(sorted(scope.school_ids)), holds(on))
    people = db.session.scalars(
        sa.select(User).where(User.id.in_(at_schools), User.disabled_at.is_(None)).order_by(User.name, User.id)
    ).all()
    times = Counter(person.name for person in people)
    return {person.name if times[person.name] == 1 else f"{person.name} ({person.email})": person for person in people}


def _whole() -> sa.Select[Loan]:
    return sa.select(Loan).options(
        joinedload(Loan.device, innerjoin=True).joinedload(Device.model, innerjoin=True),
        joinedload(Loan.device, innerjoin=True).joinedload(Device.school),
        joinedload(Loan.school, innerjoin=True),
        joinedload(Loan.user),
        joinedload(Loan.terms),
        joinedload(Loan.handed_out_by),
        joinedload(Loan.returned_to),
    )
