"""Claims of the demo city in every state, with debtors who do not exist, made by the verbs the claims staff uses."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from flask import current_app

from itsm.accounts import queries as accounts
from itsm.accounts.models import User
from itsm.claims.models import BookingKind, Channel, Claim, DamageCase, Fault, Ground, LegalBasis, LetterKind, PaperKind
from itsm.claims.papers import Upload
from itsm.claims.service import (
    bookings,
    claiming,
    debtors,
    examining,
    letters,
    papers,
    payments,
    plans,
    relief,
    valuations,
)
from itsm.claims.service.debtors import Person
from itsm.claims.service.examining import Finding
from itsm.claims.service.letters import Order
from itsm.claims.service.payments import Money
from itsm.config import Settings
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.pdf import Sheet, write

_DAY = timedelta(days=1)
_NAMES = (
    "Robin Ahlen",
    "Sascha Birkner",
    "Kim Czernik",
    "Toni Dornbusch",
    "Luca Ebeling",
    "Mika Farnholz",
    "Jona Gellert",
    "Alex Hagendorn",
)
_ADULT, _YOUNG = 19, 15
_LEAST_CENTS = 2_500
_REPAIRED_DAYS = 14


class Office:
    """The two people who work on claims, and the moment of each step."""

    def __init__(self, clerk: Actor, approver: Actor, at: datetime) -> None:
        self.clerk, self.approver, self.at = clerk, approver, at
        self.protocol = Upload("gespraech.pdf", _protocol())

    def examined(self, case: DamageCase, days_ago: int, number: int) -> Claim:
        """Begin a claim with everything a hearing needs."""
        at = self.at - days_ago * _DAY
        valuations.value_case(self.clerk, case, at)
        claim = claiming.begin(self.clerk, case, at)
        paper = papers.keep(self.clerk, case, PaperKind.EVIDENCE, self.protocol, at)
        basis = LegalBasis.PUBLIC if number % 3 == 0 else LegalBasis.PRIVATE
        examining.record(self.clerk, claim, Finding(Fault.GROSS, paper.id, basis), at)
        debtors.add(self.clerk, claim, _person(number, case.incident.day), at)
        return claim

    def heard(self, case: DamageCase, days_ago: int, number: int) -> Claim:
        """Send the hearing."""
        claim = self.examined(case, days_ago, number)
        self.wrote(claim, LetterKind.HEARING, days_ago)
        return claim

    def proposed(self, case: DamageCase, days_ago: int, number: int) -> Claim:
        """Propose the amount after an answer."""
        claim, at = self.heard(case, days_ago, number), self.at - (days_ago - 10) * _DAY
        claiming.answered(self.clerk, claim, clock.local_day(at), "Es tut uns leid, das war keine Absicht.", at)
        claiming.propose(self.clerk, claim, at)
        return claim

    def approved(self, case: DamageCase, days_ago: int, number: int) -> Claim:
        """Approve it by the second person."""
        claim = self.proposed(case, days_ago, number)
        claiming.approve(self.approver, claim, self.at - (days_ago - 11) * _DAY)
        return claim

    def demanded(self, case: DamageCase, days_ago: int, number: int) -> Claim:
        """Demand it."""
        claim = self.approved(case, days_ago, number)
        self.wrote(claim, LetterKind.DEMAND, days_ago - 12)
        return claim

    def wrote(self, claim: Claim, kind: LetterKind, days_ago: int) -> None:
        """Write a letter and post it, where the settings say who writes."""
        settings: Settings = current_app.config["SETTINGS"]
        if settings.sender.missing:
            return
        at = self.at - days_ago * _DAY
        letter = letters.make(self.clerk, claim, Order(kind, claim.debtors[0].id), settings.sender, at)
        letters.send(self.clerk, letter, Channel.POST, settings.sender, at, clock.local_day(at))

    def paid(self, claim: Claim, cents: int, days_ago: int) -> None:
        """Book money that came."""
        at = self.at - days_ago * _DAY
        payments.book(self.clerk, claim, Money(BookingKind.PAYMENT, cents, clock.local_day(at)), at)

    def dunned(self, case: DamageCase, days_ago: int, number: int) -> Claim:
        """Demand it and remind."""
        claim = self.demanded(case, days_ago, number)
        self.wrote(claim, LetterKind.REMINDER, days_ago - 50)
        return claim


def build(cases: Sequence[DamageCase], clerk_id: int, approver_id: int, at: datetime) -> None:
    """Make a claim of each case as far as there are plans, the latest cases first; what is worth too little is left."""
    today = clock.local_day(at)
    clerk, approver = (accounts.actor_of(db.session.get_one(User, one), today) for one in (clerk_id, approver_id))
    office, plans_left = Office(clerk, approver, at), list(_PLANS)
    for number, case in enumerate(sorted(cases, key=lambda case: case.incident.day, reverse=True)):
        age_days = (today - case.incident.day).days
        if plans_left and plans_left[0].days_ago + _REPAIRED_DAYS < age_days and _is_worth_claiming(office, case):
            plan = plans_left.pop(0)
            plan.carry_out(office, case, plan.days_ago, number)


def _is_worth_claiming(office: Office, case: DamageCase) -> bool:
    worth = valuations.value_case(office.clerk, case, case.state_at).value_cents
    return min(worth, case.repairs[-1].cost_cents or worth) >= _LEAST_CENTS


def _hearing(office: Office, case: DamageCase, days_ago: int, number: int) -> None:
    claim = office.examined(case, days_ago + 1, number)
    office.wrote(claim, LetterKind.HEARING, days_ago)


def _demand(office: Office, case: DamageCase, days_ago: int, number: int) -> None:
    claim = office.approved(case, days_ago, number)
    office.wrote(claim, LetterKind.DEMAND, days_ago - 12)


def _instalments(office: Office, case: DamageCase, days_ago: int, number: int) -> None:
    claim, at = office.demanded(case, days_ago, number), office.at - (days_ago - 20) * _DAY
    rates = plans.in_rates(bookings.balance(claim).open_cents, 6, clock.local_day(at) + 5 * _DAY)
    plans.agree(office.clerk, claim, rates, at)
    office.wrote(claim, LetterKind.INSTALMENTS, days_ago - 20)
    # Who agrees on rates has owned up to the debt, and the time for it begins anew.
    relief.set_limitation(office.clerk, claim, 120, False, at)
    for rate in rates[:3]:
        office.paid(claim, rate.cents, (clock.local_day(office.at) - rate.last_on).days)


def _deferred(office: Office, case: DamageCase, days_ago: int, number: int) -> None:
    claim, at = office.demanded(case, days_ago, number), office.at - (days_ago - 30) * _DAY
    relief.defer(office.clerk, claim, clock.local_day(office.at) + 60 * _DAY, "Bitte der Familie um Aufschub", at)
    office.wrote(claim, LetterKind.DEFERRAL, days_ago - 30)
    relief.set_limitation(office.clerk, claim, 120, False, at)


def _suspended(office: Office, case: DamageCase, days_ago: int, number: int) -> None:
    claim, at = office.demanded(case, days_ago, number), office.at - (days_ago - 60) * _DAY
    relief.suspend(office.clerk, claim, "Zurzeit ist nichts zu holen.", at)


def _receipt(office: Office, case: DamageCase, days_ago: int, number: int) -> None:
    claim = office.demanded(case, days_ago, number)
    office.paid(claim, bookings.balance(claim).open_cents, days_ago - 30)
    office.wrote(claim, LetterKind.RECEIPT, days_ago - 31)


def _waived(office: Office, case: DamageCase, days_ago: int, number: int) -> None:
    claim, at = office.demanded(case, days_ago, number), office.at - (days_ago - 40) * _DAY
    relief.ask_waiver(office.clerk, claim, "Eine unbillige Härte.", at)
    relief.waive(office.approver, claim, at)


def _dropped(office: Office, case: DamageCase, days_ago: int, number: int) -> None:
    claim, at = office.heard(case, days_ago, number), office.at - (days_ago - 15) * _DAY
    claiming.drop(office.clerk, claim, "Nur leichte Fahrlässigkeit.", at)


def _cancelled(office: Office, case: DamageCase, days_ago: int, number: int) -> None:
    claim, at = office.demanded(case, days_ago, number), office.at - (days_ago - 25) * _DAY
    relief.cancel(office.clerk, claim, "Eine Versicherung hat alles übernommen.", at)


def _enforced(office: Office, case: DamageCase, days_ago: int, number: int) -> None:
    claim, at = office.dunned(case, days_ago, number), office.at - (days_ago - 70) * _DAY
    relief.enforce(office.clerk, claim, "Auf zwei Briefe kam nichts.", at)
    relief.set_limitation(office.clerk, claim, 0, True, at)


class _Plan(NamedTuple):
    """How far a claim goes, and how many days ago it began."""

    days_ago: int
    carry_out: Callable[[Office, DamageCase, int, int], object]


# The latest first; the claim begins once the device is repaired.
_PLANS = (
    _Plan(3, Office.examined),
    _Plan(5, _hearing),
    _Plan(11, Office.proposed),
    _Plan(14, Office.approved),
    _Plan(17, Office.heard),
    _Plan(22, _demand),
    _Plan(60, _dropped),
    _Plan(75, Office.demanded),
    _Plan(90, Office.dunned),
    _Plan(100, _suspended),
    _Plan(110, _deferred),
    _Plan(130, _instalments),
    _Plan(150, _receipt),
    _Plan(250, _cancelled),
    _Plan(300, _waived),
    _Plan(360, _enforced),
)


def _person(number: int, day: date) -> Person:
    """Return a debtor who does not exist: a grown-up pupil, or one of 15 with a guardian."""
    name, is_young = _NAMES[number % len(_NAMES)], number % 2 == 1
    born_on = date(day.year - (_YOUNG if is_young else _ADULT), 2, 14)
    return Person(
        ground=Ground.PUPIL,
        name=name,
        guardian=f"Familie {name.split()[1]}" if is_young else "",
        street=f"Erlenstieg {number + 1}",
        postcode="44137",
        city="Demostadt",
        email="familie@example.org",
        born_on=born_on,
        insight="Im Gespräch wusste sie oder er, dass das Gerät so kaputtgeht." if is_young else "",
    )


def _protocol() -> bytes:
    """Return a paper that proves something in the demo."""
    lead = ("Erfunden für die Vorführung.", "Das Gerät wurde im Streit gegen eine Wand geworfen.")
    return write(Sheet("Gesprächsprotokoll", "Schule der Demostadt", lead, (), ()))
