"""Forget who had a device: the loan stays as a device that was out from one day to another.

Source: docs/rules/loans.md, LO-8.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from itsm.assets import loan_notices
from itsm.assets.models import Loan
from itsm.core.db import db


def forget(which: sa.ColumnElement[bool], at: datetime) -> int:
    """Blank the holder of these loans and delete the mails about them; return how many were not blank yet."""
    blank: dict[str, Any] = {
        "holder_name": "",
        "holder_group": "",
        "holder_email": "",
        "user_id": None,
        "signature": "",
        "condition_note": "",
        "token_hash": None,
        "anonymised_at": at,
    }
    ids = db.session.scalars(
        sa.update(Loan)
        .where(which, Loan.anonymised_at.is_(None))
        .values(**blank, version_id=Loan.version_id + 1)
        .returning(Loan.id)
        .execution_options(synchronize_session=False)
    ).all()
    loan_notices.forget(ids)
    return len(ids)
