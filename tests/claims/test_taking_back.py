"""A school takes back its own mistaken report, as long as nobody has taken it up."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.accounts.models import User
from itsm.assets.states import State as DeviceState
from itsm.claims import lock_queries
from itsm.claims.kinds import Kind
from itsm.claims.lock_states import OrderState
from itsm.claims.models import CaseEntry, DamageCase
from itsm.claims.service import handling, supplements
from itsm.claims.states import State
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.org.models import School
from tests.assets.factories import make_device, make_loan
from tests.claims.factories import make_case, make_examined
from tests.claims.steps import clerk, undone
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_school

REASON = "Das iPad lag im anderen Wagen."


@pytest.fixture
def school(session: scoped_session) -> School:
    return make_school()


@pytest.fixture
def theft(school: School) -> DamageCase:
    """A lent iPad that its media coordinator reported stolen."""
    device = make_device(school)
    make_loan(device)
    return make_case(device=device, kind=Kind.THEFT)


def reporter_of(case: DamageCase) -> User:
    assert case.incident.reporter is not None
    return case.incident.reporter


def take_back(user: User, case: DamageCase, reason: str = REASON) -> None:
    supplements.take_report_back(actor_for(user), case, reason, MONDAY_9AM)
    db.session.commit()


def test_everything_is_as_before_the_report_and_the_history_says_why(theft: DamageCase) -> None:
    for _ in range(2):
        take_back(reporter_of(theft), theft)
    assert (theft.state, theft.device.state if theft.device else None) == (State.WITHDRAWN, DeviceState.LENT)
    assert [order.state for order in lock_queries.orders_of(theft)] == [OrderState.WITHDRAWN]
    public = sa.select(CaseEntry.text).where(CaseEntry.case_id == theft.id, CaseEntry.what == "withdraw")
    assert db.session.scalars(public.where(CaseEntry.is_public)).all() == [REASON]


def test_a_loan_that_was_given_up_by_the_report_goes_on(school: School) -> None:
    device = make_device(school)
    loan = make_loan(device)
    case = make_case(device=device, kind=Kind.NOT_RETURNED)
    assert loan.given_up_at is not None
    take_back(reporter_of(case), case)
    db.session.refresh(loan)
    assert (loan.given_up_at, device.state) == (None, DeviceState.LENT)


def test_who_reported_and_the_leads_of_the_school_may_and_nobody_else(theft: DamageCase, school: School) -> None:
    here, district = {"school_id": school.id}, {"district_id": school.district_id}
    others = [
        make_user(Role.REPORTER, **here),
        make_user(Role.HEAD_OF_SCHOOL, school_id=make_school().id),
        make_user(Role.CAMPUS_MANAGER, **district),
        make_user(Role.SECOND_LEVEL),
        make_user(Role.ADMINISTRATOR),
    ]
    for stranger in others:
        with pytest.raises(NotAllowed, match="wer gemeldet hat"):
            take_back(stranger, theft)
    for role in (Role.HEAD_OF_SCHOOL, Role.MEDIA_COORDINATOR):
        with undone():
            take_back(make_user(role, **here), theft)
            assert theft.state is State.WITHDRAWN


def test_once_somebody_has_taken_it_up_the_school_is_sent_to_them(theft: DamageCase) -> None:
    with pytest.raises(DomainError, match="einen Satz, warum"):
        take_back(reporter_of(theft), theft, " ")
    handling.take_over(clerk(), theft, MONDAY_9AM)
    for case in (theft, make_examined()):
        with pytest.raises(DomainError, match="ist schon in Arbeit"):
            take_back(reporter_of(case), case)
        assert case.state is not State.WITHDRAWN


def test_the_page_offers_it_as_long_as_it_is_possible(client: FlaskClient, theft: DamageCase) -> None:
    me, address = sign_in(client, reporter_of(theft)), f"/schaeden/{theft.id}"
    offered = "Die Meldung war ein Irrtum"
    assert offered in me.get(address).text
    assert me.post(f"{address}/irrtum", data={"reason": ""}).status_code == 422
    for _ in range(2):
        assert me.post(f"{address}/irrtum", data={"reason": REASON}).status_code == 303
    page = me.get(address).text
    assert "Die Meldung ist zurückgezogen." in page and REASON in page and offered not in page
