"""Every day a person types for a case or a claim: the first and the last one that can be, and none beyond."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from itsm.claims.kinds import Kind, Place
from itsm.claims.models import BookingKind, Claim, Ground
from itsm.claims.service import cases, claiming, debtors, finding, handling, payments, plans, relief, supplements
from itsm.claims.service.cases import Told
from itsm.claims.service.debtors import Person
from itsm.claims.service.payments import Money
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError
from tests.assets.factories import make_loan
from tests.claims.factories import HAPPENED_ON, make_case
from tests.claims.steps import LATER, clerk, make_demanded, make_ready, undone
from tests.people import MONDAY, MONDAY_9AM

pytestmark = pytest.mark.usefixtures("session")
DAY = timedelta(days=1)
IN_FIVE_YEARS = date(2031, 11, 16)
TRIED = (date(1026, 3, 17), date(9999, 12, 31))
Verb = Callable[[Actor, Claim, date], object]


def _fails_or_passes(verb: Verb, claim: Claim, first: date, last: date) -> list[str]:
    """Return what is wrong: a good day that is refused, a bad one that is not."""
    me, wrong = clerk(), []
    bad = [day for day in (first - DAY, last + DAY, *TRIED) if not first <= day <= last]
    for day in (first, last, *bad):
        with undone():
            try:
                verb(me, claim, day)
                passed = True
            except DomainError:
                passed = False
        if passed is (day in bad):
            wrong.append(f"{day} {'passed' if passed else 'refused'}")
    return wrong


def _facts(me: Actor, claim: Claim, day: date) -> None:
    case = claim.items[0].case
    handling.correct(me, case, handling.Facts(**(vars(handling.facts_of(case)) | {"returned_on": day})), MONDAY_9AM)


def _plan(me: Actor, claim: Claim, day: date) -> None:
    plans.agree(me, claim, plans.in_rates(11_370, 2, day), MONDAY_9AM)


def _booking(me: Actor, claim: Claim, day: date) -> None:
    payments.book(me, claim, Money(BookingKind.PAYMENT, 100, day), MONDAY_9AM)


def _dunned(me: Actor, claim: Claim, day: date) -> None:
    claim.due_on = MONDAY - DAY
    claiming.dunned(me, claim, day, MONDAY_9AM)


def test_days_of_a_claim_that_is_owed() -> None:
    claim = make_demanded()
    verbs: dict[str, tuple[Verb, date, date]] = {
        "deferred until": (
            lambda me, one, day: relief.defer(me, one, day, "Bat um Zeit.", MONDAY_9AM),
            MONDAY + DAY,
            IN_FIVE_YEARS,
        ),
        "first rate": (_plan, MONDAY, IN_FIVE_YEARS),
        "reminded until": (_dunned, MONDAY, IN_FIVE_YEARS),
        "another demand until": (
            lambda me, one, day: claiming.demanded(me, one, day, MONDAY_9AM),
            MONDAY,
            IN_FIVE_YEARS,
        ),
        "paid on": (_booking, HAPPENED_ON, MONDAY),
    }
    assert {name: wrong for name, row in verbs.items() if (wrong := _fails_or_passes(row[0], claim, *row[1:]))} == {}


def test_days_of_a_claim_that_is_examined() -> None:
    claim = make_ready()
    verbs: dict[str, tuple[Verb, date, date]] = {
        "heard on": (
            lambda me, one, day: claiming.heard(me, one, day, MONDAY + DAY, MONDAY_9AM),
            HAPPENED_ON,
            MONDAY,
        ),
        "heard until": (
            lambda me, one, day: claiming.heard(me, one, MONDAY, day, MONDAY_9AM),
            MONDAY,
            IN_FIVE_YEARS,
        ),
        "born on": (
            lambda me, one, day: debtors.add(me, one, Person(Ground.PUPIL, "Robin", born_on=day), MONDAY_9AM),
            date(1906, 1, 1),
            MONDAY,
        ),
        "device back on": (_facts, HAPPENED_ON, MONDAY),
    }
    assert {name: wrong for name, row in verbs.items() if (wrong := _fails_or_passes(row[0], claim, *row[1:]))} == {}


def test_an_answer_comes_between_the_hearing_and_today() -> None:
    claim = make_ready()
    claiming.heard(clerk(), claim, MONDAY, MONDAY + DAY, MONDAY_9AM)
    db.session.commit()
    today = LATER.date()
    assert _fails_or_passes(lambda me, one, day: claiming.answered(me, one, day, "", LATER), claim, MONDAY, today) == []


def test_a_device_does_not_come_back_before_it_was_lent() -> None:
    case = make_case()
    assert case.device is not None
    case.loan = make_loan(case.device, handed_out_at=MONDAY_9AM - 10 * DAY)
    db.session.commit()
    facts = vars(handling.facts_of(case))
    with pytest.raises(DomainError, match=r"erst am 06\.11\.2026"):
        handling.correct(clerk(), case, handling.Facts(**(facts | {"returned_on": date(2026, 11, 5)})), MONDAY_9AM)
    handling.correct(clerk(), case, handling.Facts(**(facts | {"returned_on": date(2026, 11, 6)})), MONDAY_9AM)


# Happened, noticed, told to the police → the words of the sentence; None where all is well.
REPORTED: list[tuple[date | None, date, date | None, str | None]] = [
    (HAPPENED_ON, HAPPENED_ON, HAPPENED_ON, None),
    (date(2016, 11, 16), MONDAY, None, None),
    (date(2016, 11, 15), MONDAY, None, "mehr als 10 Jahre"),
    (None, date(1026, 3, 17), None, "mehr als 10 Jahre"),
    (None, MONDAY + DAY, None, "in der Zukunft"),
    (MONDAY, MONDAY - DAY, None, "vor dem Tag"),
    (HAPPENED_ON, MONDAY, HAPPENED_ON - DAY, "Anzeige liegt vor"),
    (HAPPENED_ON, MONDAY, MONDAY + DAY, "in der Zukunft"),
]


def test_days_of_a_report() -> None:
    for happened_on, discovered_on, police_on, words in REPORTED:
        told = Told(
            Kind.THEFT, discovered_on, Place.STORE, "Weg.", happened_on=happened_on, police_reported_on=police_on
        )
        if words is None:
            cases.check_days(told, MONDAY)
        else:
            with pytest.raises(DomainError, match=words):
                cases.check_days(told, MONDAY)


def test_days_of_a_find_and_of_the_police() -> None:
    case = make_case(kind=Kind.THEFT)
    claim = Claim()
    verbs: dict[str, Verb] = {
        "found on": lambda me, _, day: finding.found(me, case, day, MONDAY_9AM),
        "told to the police on": lambda me, _, day: supplements.add_police(me, case, "Wache", "1", day, MONDAY_9AM),
    }
    for name, verb in verbs.items():
        assert _fails_or_passes(verb, claim, HAPPENED_ON, MONDAY) == [], name
