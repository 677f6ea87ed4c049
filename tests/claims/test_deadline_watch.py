"""Warnings before a claim is barred: each mark once, and nothing lost by a stop."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, render_template
from sqlalchemy.orm import scoped_session

from itsm.claims.models import CaseEntry, Claim, ClaimEntry, DamageCase
from itsm.claims.service import claiming, deadline_watch, relief
from itsm.claims.states import State
from itsm.core.access import Role
from itsm.core.outbox import Mail
from tests.claims.factories import in_state, make_claim, make_debtor, make_examined
from tests.claims.steps import clerk, undone
from tests.people import MONDAY_9AM, make_user

# Half a year after this day it is the end of February: the short month.
RETURNED_ON = date(2026, 8, 31)
ENDS_ON = date(2027, 2, 28)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC)


@pytest.fixture
def claim(session: scoped_session) -> Claim:
    case = make_examined()
    case.returned_on = RETURNED_ON
    claim = make_claim(case)
    make_debtor(claim, name="Kim Geheim")
    make_user(Role.CLAIMS_CLERK)
    return claim


def warned(claim: Claim, session: scoped_session) -> int:
    entries = sa.select(sa.func.count()).where(ClaimEntry.claim_id == claim.id, ClaimEntry.what == "limitation-warning")
    return session.scalar(entries) or 0


@pytest.mark.parametrize("mark", [60, 30, 7])
def test_warns_on_the_day_of_each_mark_and_not_the_day_before(claim: Claim, mark: int) -> None:
    before = {60: 0, 30: 1, 7: 1}[mark]
    day = ENDS_ON - timedelta(days=mark)
    assert [deadline_watch.warn(at(day - timedelta(days=1))), deadline_watch.warn(at(day))] == [before, 1]
    assert deadline_watch.warn(at(day)) == 0


def test_warns_three_times_in_all_and_once_more_for_none_of_them(claim: Claim, session: scoped_session) -> None:
    days = [ENDS_ON - timedelta(days=left) for left in (61, 60, 59, 31, 30, 29, 8, 7, 6, 0, -1, -30)]
    assert sum(deadline_watch.warn(at(day)) for day in days) == 3
    assert warned(claim, session) == 3


def test_a_stop_of_weeks_is_made_up_for_by_one_warning(claim: Claim) -> None:
    assert [deadline_watch.warn(at(ENDS_ON - timedelta(days=5))) for _ in range(2)] == [1, 0]


def test_days_of_negotiation_move_the_end_and_its_marks(claim: Claim) -> None:
    assert deadline_watch.warn(at(ENDS_ON - timedelta(days=60))) == 1
    relief.set_limitation(clerk(), claim, 40, is_at_court=False, at=MONDAY_9AM)
    assert deadline_watch.warn(at(ENDS_ON - timedelta(days=60))) == 0
    assert deadline_watch.warn(at(ENDS_ON - timedelta(days=20))) == 1


def test_a_court_holds_it_and_a_dropped_claim_is_not_watched(claim: Claim) -> None:
    relief.set_limitation(clerk(), claim, 0, is_at_court=True, at=MONDAY_9AM)
    assert deadline_watch.warn(at(ENDS_ON)) == 0
    relief.set_limitation(clerk(), claim, 0, is_at_court=False, at=MONDAY_9AM)
    claiming.drop(clerk(), claim, "Nicht zu beweisen.", MONDAY_9AM)
    assert deadline_watch.warn(at(ENDS_ON)) == 0


def test_a_case_nobody_has_decided_on_is_warned_of_once_per_mark(session: scoped_session) -> None:
    case = make_examined()
    case.returned_on = RETURNED_ON
    session.commit()
    days = [ENDS_ON - timedelta(days=left) for left in (61, 60, 59, 30, 30, 7, 0, -1)]
    assert [deadline_watch.warn(at(day)) for day in days] == [0, 1, 0, 1, 0, 1, 0, 0]
    warnings = sa.select(CaseEntry.text).where(CaseEntry.case_id == case.id, CaseEntry.what == "undecided-warning")
    assert (
        session.scalars(warnings).all()
        == ["Ende der Frist 28.02.2027: sechs Monate ab Rückgabe des Geräts (§ 606 BGB)"] * 3
    )


def _decided(case: DamageCase) -> None:
    claiming.no_claim(clerk(), case, "Leichte Fahrlässigkeit.", MONDAY_9AM)


# What ends the warnings of a case.
SETTLED: list[Callable[[DamageCase], object]] = [
    _decided,
    make_claim,
    lambda case: in_state(case, State.WITHDRAWN),
    lambda case: setattr(case, "returned_on", None),
]


def test_a_case_that_is_decided_on_is_not_warned_of_as_undecided(session: scoped_session) -> None:
    case = make_examined()
    case.returned_on = RETURNED_ON
    for settle in SETTLED:
        with undone():
            settle(case)
            session.commit()
            deadline_watch.warn(at(ENDS_ON - timedelta(days=30)))
            assert (
                session.scalar(sa.select(sa.func.count(CaseEntry.id)).where(CaseEntry.what == "undecided-warning")) == 0
            )


def test_a_corrected_day_of_return_counts_its_marks_anew(session: scoped_session) -> None:
    case = make_examined()
    for returned_on in (RETURNED_ON, date(2026, 8, 20)):
        case.returned_on = returned_on
        session.commit()
        assert [deadline_watch.warn(at(date(2027, 2, 1))) for _ in range(2)] == [1, 0]


def test_one_mail_says_what_is_to_be_done_with_claims_and_with_cases(
    claim: Claim, session: scoped_session, app: Flask
) -> None:
    case = make_examined()
    case.returned_on = RETURNED_ON
    session.commit()
    assert deadline_watch.warn(at(ENDS_ON - timedelta(days=30))) == 2
    mail = session.scalars(sa.select(Mail).where(Mail.template == "claims-limitation")).first()
    assert mail is not None
    written = " ".join(render_template("mail/claims-limitation.txt", mail=mail, items=mail.items).split())
    for words in (claim.number, case.number, f"/schaeden/{case.id}", "mit dem Rechtsamt", "dass nichts gefordert wird"):
        assert words in written


def test_the_mail_names_the_claim_and_nobody(claim: Claim, session: scoped_session) -> None:
    deadline_watch.warn(at(ENDS_ON - timedelta(days=30)))
    mails = session.scalars(sa.select(Mail).where(Mail.template == "claims-limitation")).all()
    assert mails
    assert all(claim.number in str(mail.items) and "Geheim" not in str(mail.items) for mail in mails)
