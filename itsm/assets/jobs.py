"""Timed jobs of the device file: remind of the return, and forget who had what."""

from datetime import datetime, timedelta
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.assets import loan_notices
from itsm.assets.loan_figures import AFTER_DAYS, BEFORE_DAYS, KEEP_DAYS
from itsm.assets.models import Device, Loan
from itsm.assets.service import loan_forgetting, sync
from itsm.core import clock, figures
from itsm.core.db import db
from itsm.core.jobs import Job


def remind_loans(at: datetime) -> int:
    """Remind of the return once before and once after the day, and send each school its list; return how many.

    Source: docs/rules/loans.md, LO-6.
    """
    today = clock.local_day(at)
    before, after = (timedelta(days=figures.value(key, today)) for key in (BEFORE_DAYS, AFTER_DAYS))
    reminded_on = sa.cast(sa.func.timezone("Europe/Berlin", Loan.reminded_at), sa.Date)
    due = db.session.scalars(
        sa.select(Loan)
        .where(
            Loan.returned_at.is_(None),
            Loan.given_up_at.is_(None),
            sa.or_(
                sa.and_(Loan.due_on.between(today, today + before), Loan.reminded_at.is_(None)),
                sa.and_(Loan.due_on <= today - after, sa.or_(Loan.reminded_at.is_(None), reminded_on <= Loan.due_on)),
            ),
        )
        .order_by(Loan.school_id, Loan.due_on, Loan.id)
        .options(
            joinedload(Loan.device, innerjoin=True).joinedload(Device.model, innerjoin=True),
            joinedload(Loan.school, innerjoin=True),
            joinedload(Loan.user),
        )
        # Of two runs at the same moment one finds nothing to do.
        .with_for_update(of=Loan, skip_locked=True)
    ).all()
    for school, loans in groupby(due, key=lambda loan: loan.school):
        of_school = list(loans)
        loan_notices.list_for_school(school, of_school, at)
        for loan in of_school:
            loan_notices.reminder(loan, at)
            loan.reminded_at = at
    return len(due)


def anonymise_loans(at: datetime) -> int:
    """Delete who had a device that came back long ago, and the mail about it; return how many loans.

    Source: docs/rules/loans.md, LO-8.
    """
    keep = timedelta(days=figures.value(KEEP_DAYS, clock.local_day(at)))
    return loan_forgetting.forget(Loan.returned_at < at - keep, at)


JOBS = (
    Job("sync-mdm", "Mit dem MDM abgleichen", {"hour": 2, "minute": 40}, sync.ask_nightly),
    Job("remind-loans", "An die Rückgabe von Geräten erinnern", {"hour": 7, "minute": 0}, remind_loans),
    Job("anonymise-loans", "Angaben zu beendeten Ausgaben löschen", {"hour": 3, "minute": 45}, anonymise_loans),
)
