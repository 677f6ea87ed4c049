"""Take the names out of old claims and cases for good; the counts stay.

Source: docs/rules/claims.md, CL-84 to CL-88.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from itsm.assets.models import Loan
from itsm.assets.service import loan_forgetting
from itsm.claims import anonymising, papers
from itsm.claims.models import (
    BankLine,
    Booking,
    CaseEntry,
    Claim,
    ClaimEntry,
    ClaimItem,
    DamageCase,
    Debtor,
    Incident,
    Letter,
    MdmOrder,
    Paper,
    PaperKind,
    PositionLook,
    Repair,
)
from itsm.claims.service import bookings
from itsm.claims.service.letters import ATTACHED
from itsm.core import clock
from itsm.core.db import db
from itsm.core.outbox import Mail

# What stands where a text may not be empty.
GONE = "gelöscht"
_OF_DEBTORS = ("name", "guardian", "street", "postcode", "city", "email", "insight", "insurer", "insurer_reference")
_OF_CLAIMS = frozenset({PaperKind.EVIDENCE, PaperKind.ANSWER, PaperKind.INSIGHT})


def forget(at: datetime) -> int:
    """Take out the names whose time is over; return how many claims and cases lost theirs.

    A second run finds nothing. Nothing about a person is written anywhere, not even that something was deleted of one.
    """
    today = clock.local_day(at)
    claims = _without_money_to_return(db.session.scalars(anonymising.claims_due(today)).all())
    if claims:
        _bare_claims(claims, at)
    cases = db.session.scalars(anonymising.cases_due(today)).all()
    if cases:
        _bare_cases(cases, at)
    # What was written past the session is read anew.
    db.session.expire_all()
    return len(claims) + len(cases)


def _without_money_to_return(claim_ids: Sequence[int]) -> list[int]:
    """Leave out whom the city still owes money."""
    balances = bookings.balances(claim_ids)
    return [claim_id for claim_id in claim_ids if not balances[claim_id].overpaid_cents]


def _bare_claims(ids: Sequence[int], at: datetime) -> None:
    _forget_mails(ids)
    debtor = dict.fromkeys(_OF_DEBTORS, "") | {"born_on": None, "insight_paper_id": None}
    _set(sa.update(Debtor).where(Debtor.claim_id.in_(ids)), debtor)
    _set(sa.update(Letter).where(Letter.claim_id.in_(ids)), {"pdf": None, "words": sa.null()})
    _set(sa.update(ClaimEntry).where(ClaimEntry.claim_id.in_(ids)), {"text": ""})
    _set(sa.update(Booking).where(Booking.claim_id.in_(ids)), {"text": ""})
    lines = sa.select(Booking.line_id).where(Booking.claim_id.in_(ids), Booking.line_id.is_not(None))
    _set(sa.update(BankLine).where(BankLine.id.in_(lines)), {"payer": "", "purpose": ""})
    blank = {"answer": "", "reason": "", "evidence_id": None, "anonymised_at": at, "version_id": Claim.version_id + 1}
    _set(sa.update(Claim).where(Claim.id.in_(ids)), blank)
    # The papers of a case go with the claim that counts.
    cases = sa.select(ClaimItem.case_id).where(ClaimItem.claim_id.in_(ids), ClaimItem.is_current)
    _drop_papers(Paper.case_id.in_(cases), Paper.kind.in_(sorted(_OF_CLAIMS)))


def _bare_cases(ids: Sequence[int], at: datetime) -> None:
    # A loan that came back is forgotten in its own time; one that never will is not (LO-8).
    loans = sa.select(DamageCase.loan_id).where(DamageCase.id.in_(ids), DamageCase.loan_id.is_not(None))
    loan_forgetting.forget(sa.and_(Loan.id.in_(loans), Loan.returned_at.is_(None), Loan.given_up_at.is_not(None)), at)
    _drop_papers(Paper.case_id.in_(ids))
    _set(sa.update(CaseEntry).where(CaseEntry.case_id.in_(ids)), {"text": ""})
    _set(sa.update(Repair).where(Repair.case_id.in_(ids)), {"note": "", "supplier_reference": ""})
    _set(sa.update(MdmOrder).where(MdmOrder.case_id.in_(ids)), {"purpose": GONE, "last_error": ""})
    _set(sa.update(PositionLook).where(PositionLook.case_id.in_(ids)), {"reason": GONE})
    label = sa.case((DamageCase.device_id.is_(None), "Gerät ohne Nummer"), else_=DamageCase.device_label)
    blank = {"device_label": label, "loan_id": None, "anonymised_at": at, "version_id": DamageCase.version_id + 1}
    _set(sa.update(DamageCase).where(DamageCase.id.in_(ids)), blank)
    incidents = sa.select(DamageCase.incident_id).where(DamageCase.id.in_(ids))
    # What says only that there was a file number stays: a theft without one would ask for it again.
    number = sa.case((Incident.police_reference == "", ""), else_=GONE)
    story = dict.fromkeys(("description", "reporter_name", "police_station"), "")
    _set(
        sa.update(Incident).where(Incident.id.in_(incidents), anonymising.incidents_bare()),
        story | {"police_reference": number, "reporter_id": None, "form_key": None},
    )


def _forget_mails(claim_ids: Sequence[int]) -> None:
    letter_ids = db.session.scalars(sa.select(Letter.id).where(Letter.claim_id.in_(claim_ids)))
    keys = [f"{ATTACHED}-{letter_id}" for letter_id in letter_ids]
    db.session.execute(sa.delete(Mail).where(Mail.burst_key.in_(keys)).execution_options(synchronize_session=False))


def _drop_papers(*where: sa.ColumnElement[bool]) -> None:
    """Delete papers no claim needs any more, their files with the commit: a rolled back run keeps them."""
    proves = sa.select(Claim.id).where(Claim.evidence_id == Paper.id)
    finds = sa.select(Debtor.id).where(Debtor.insight_paper_id == Paper.id)
    gone = list(db.session.scalars(sa.select(Paper).where(*where, ~proves.exists(), ~finds.exists())))
    for paper in gone:
        db.session.expunge(paper)
    db.session.execute(
        sa.delete(Paper).where(Paper.id.in_([paper.id for paper in gone])).execution_options(synchronize_session=False)
    )
    sa.event.listen(db.session(), "after_rollback", lambda _: gone.clear(), once=True)
    sa.event.listen(db.session(), "after_commit", lambda _: papers.drop(gone), once=True)


def _set(update: sa.Update, values: Mapping[str, Any]) -> None:
    db.session.execute(update.values(**values).execution_options(synchronize_session=False))
