"""A claim on its way, step by step, as the verbs take it; each commits, as a request would."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from itsm.claims.models import Claim, Debtor, Fault
from itsm.claims.service import claiming
from itsm.claims.service.debtors import Person
from itsm.core.access import Actor, Role
from itsm.core.db import db
from tests.claims.factories import make_claim, make_debtor, make_examined, make_paper, make_valuation
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.saving import at_once

HEARD_ON = date(2026, 10, 1)
UNTIL = date(2026, 10, 15)
DUE_ON = MONDAY + timedelta(days=30)
LATER = MONDAY_9AM + timedelta(days=40)


@contextmanager
def undone() -> Iterator[None]:
    """Take back everything that is done inside, committed or not, so that the next row of a table starts alike."""
    db.session.commit()
    before = _connection().begin_nested()
    try:
        yield
    finally:
        db.session.rollback()
        before.rollback()
        db.session.expire_all()


def _connection() -> sa.Connection:
    connection = db.session.get_bind()
    assert isinstance(connection, sa.Connection)
    return connection


@at_once()
def clerk() -> Actor:
    """Return somebody who works on claims."""
    return actor_for(make_user(Role.CLAIMS_CLERK))


@at_once()
def approver() -> Actor:
    """Return somebody who works on claims and may approve."""
    return actor_for(make_user(Role.CLAIMS_APPROVER))


@at_once()
def make_ready(value_cents: int = 11_370, **more: Any) -> Claim:
    """Make a claim with everything a hearing needs: value, fault, evidence, an adult pupil."""
    me = clerk()
    case = make_examined(by=me)
    make_valuation(case, value_cents=value_cents)
    claim = make_claim(case, by=me, **({"fault": Fault.GROSS, "evidence_id": make_paper(case).id} | more))
    make_debtor(claim)
    db.session.refresh(claim)
    return claim


@at_once()
def make_heard(value_cents: int = 11_370, **more: Any) -> Claim:
    """Make a claim whose hearing is over without an answer."""
    claim = make_ready(value_cents, **more)
    claiming.heard(clerk_of(claim), claim, HEARD_ON, UNTIL, MONDAY_9AM)
    db.session.commit()
    return claim


@at_once()
def make_proposed(by: Actor | None = None, **more: Any) -> Claim:
    """Make a claim somebody has proposed."""
    claim = make_heard(**more)
    claiming.propose(by or clerk_of(claim), claim, MONDAY_9AM)
    db.session.commit()
    return claim


@at_once()
def make_demanded(**more: Any) -> Claim:
    """Make a claim that was approved and demanded."""
    claim = make_proposed(**more)
    claiming.approve(approver(), claim, MONDAY_9AM)
    claiming.demanded(clerk_of(claim), claim, DUE_ON, MONDAY_9AM)
    db.session.commit()
    return claim


def clerk_of(claim: Claim) -> Actor:
    """Return who works on a claim."""
    assert claim.clerk
    return actor_for(claim.clerk)


def person(debtor: Debtor, **changed: Any) -> Person:
    """Return a debtor as a clerk types it, with something changed."""
    values = {name: getattr(debtor, name) for name in Person.__dataclass_fields__}
    return Person(**(values | changed))
