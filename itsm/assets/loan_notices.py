"""Mail about loans: the link to confirm, reminders, the list for the school. None holds the name of a holder.

Source: docs/rules/loans.md, LO-6.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from itsm.accounts.queries import holders
from itsm.assets.models import Loan
from itsm.core import clock, outbox
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.german import local_date
from itsm.core.outbox import Mail
from itsm.org.models import School


def address_of(loan: Loan) -> str:
    """Return where mail for the holder goes; empty if nobody has said."""
    return loan.holder_email or (loan.user.email if loan.user else "")


def link(loan: Loan, nonce: str, at: datetime) -> None:
    """Mail the link by which the holder confirms."""
    _put(loan, "loan-link", f"Bitte bestätigen: {_device(loan)}", {"nonce": nonce}, at)


def reminder(loan: Loan, at: datetime) -> None:
    """Remind the holder of the day, if there is an address."""
    is_over = loan.due_on is not None and loan.due_on < clock.local_day(at)
    subject = "Bitte zurückgeben" if is_over else "Bald zurückgeben"
    if address_of(loan):
        _put(loan, "loan-reminder", f"{subject}: {_device(loan)}", {"is_over": is_over}, at)


def list_for_school(school: School, loans: Sequence[Loan], at: datetime) -> None:
    """Tell the media coordination, else the head of the school, which devices are due; numbers and classes only."""
    today = clock.local_day(at)
    people = holders(Role.MEDIA_COORDINATOR, today, school_id=school.id) or holders(
        Role.HEAD_OF_SCHOOL, today, school_id=school.id
    )
    lines = [
        {"device": _device(loan), "group": loan.holder_group, "due": _due(loan), "is_over": loan.due_on < today}
        for loan in loans
        if loan.due_on is not None
    ]
    for person in people:
        outbox.put(
            "loan-list",
            to=person.email,
            to_name=person.name,
            subject=f"Rückgabe von {len(lines)} {'Gerät' if len(lines) == 1 else 'Geräten'}, {school.short_name}",
            item={"school": school.short_name, "lines": lines},
            burst_key=f"loan-list-{school.id}-{today.isoformat()}",
            at=at,
        )


def forget(loan_ids: Iterable[int]) -> None:
    """Delete every mail to the holders of these loans."""
    keys = [f"{template}-{loan_id}" for loan_id in loan_ids for template in ("loan-link", "loan-reminder")]
    db.session.execute(sa.delete(Mail).where(Mail.burst_key.in_(keys)))


def _put(loan: Loan, template: str, subject: str, more: dict[str, object], at: datetime) -> None:
    item = {"device": _device(loan), "school": loan.school.name, "due": _due(loan), "accessories": loan.accessories}
    outbox.put(
        template,
        to=address_of(loan),
        subject=subject,
        item=item | more,
        burst_key=f"{template}-{loan.id}",
        at=at,
    )


def _device(loan: Loan) -> str:
    return f"{loan.device.model.label} {loan.device.tag}"


def _due(loan: Loan) -> str:
    return local_date(loan.due_on) if loan.due_on else ""
