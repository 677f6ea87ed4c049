"""Things of damage cases and claims in the small city of the access table."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from itsm.accounts.models import User
from itsm.claims.kinds import Kind
from itsm.claims.lock_queries import orders_of
from itsm.claims.models import DamageCase, Fault, LetterKind, Paper, PaperKind, Position, Repair
from itsm.claims.service import from_ticket, letter_rounds, plans, repairs, statements
from itsm.claims.service.letters import Order
from itsm.config import read as read_settings
from itsm.core import clock, pictures
from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import School
from tests.claims.bank_files import camt, entry
from tests.claims.factories import make_case, make_claim, make_debtor, make_examined, make_paper, make_valuation
from tests.claims.money import keep, make_owed, pay
from tests.meta.kb_world import PICTURE
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.tickets.factories import make_ticket


def build(reporter: User, school: School) -> dict[str, Any]:
    """Make a case the reporter of the school sent in, and a claim of another one."""
    case = make_case(school)
    case.incident.reporter_id = reporter.id
    claim = make_claim(make_examined(school))
    return (
        {
            "case": case,
            "claim": claim,
            "debtor": make_debtor(claim),
            "case_photo": _photo(case),
            "repair": _repair(reporter, school),
        }
        | _lock(reporter, school)
        | _from_ticket(school)
        | _letter(school)
        | _money()
    )


def _lock(reporter: User, school: School) -> dict[str, Any]:
    """A theft of the same reporter, whose lock waits to be released and which was seen somewhere."""
    theft = make_case(school, kind=Kind.THEFT)
    theft.incident.reporter_id = reporter.id
    lock = orders_of(theft)[0]
    place = {"latitude": 51.51, "longitude": 7.46, "seen_at": MONDAY_9AM, "received_at": MONDAY_9AM}
    db.session.add(Position(order_id=lock.id, case_id=theft.id, **place))
    db.session.commit()
    return {"lock": lock, "theft": theft}


def _from_ticket(school: School) -> dict[str, Any]:
    """A case a campus manager made of a ticket."""
    manager = actor_for(make_user(Role.CAMPUS_MANAGER, district_id=school.district_id))
    incident = from_ticket.hand_over(manager, make_ticket(school), Kind.DAMAGE, MONDAY_9AM)
    db.session.commit()
    return {"case_from_ticket": incident.cases[0]}


def _repair(reporter: User, school: School) -> Repair:
    """A device of the same reporter that is away to be repaired."""
    case = make_examined(school)
    case.incident.reporter_id = reporter.id
    return repairs.begin(actor_for(make_user(Role.CLAIMS_CLERK)), case, repairs.Told("iFix GmbH"), MONDAY_9AM)


def _letter(school: School) -> dict[str, Any]:
    """A hearing that was written in a round and waits to be sent."""
    case = make_examined(school)
    make_valuation(case)
    claim = make_claim(case, fault=Fault.GROSS, evidence_id=make_paper(case).id)
    order = Order(LetterKind.HEARING, make_debtor(claim).id)
    db.session.refresh(claim)
    clerk = actor_for(make_user(Role.CLAIMS_CLERK))
    letter_rounds.ask(clerk, "0123456789abcdef", [(claim, order)], read_settings({}).sender, clock.now())
    db.session.commit()
    db.session.refresh(claim)
    return {"letter": claim.letters[0]}


def _money() -> dict[str, Any]:
    """A claim that should have been paid long ago, one with a missed rate, and two statements of the bank."""
    owed, by = make_owed(due_on=date(2026, 1, 7)), actor_for(make_user(Role.CLAIMS_CLERK))
    in_rates = make_owed()
    plans.agree(by, in_rates, plans.in_rates(11_370, 3, date(2026, 10, 5)), datetime(2026, 10, 1, 8, tzinfo=UTC))
    booked = keep(camt(entry("ohne Nummer")))
    statements.book(by, booked, MONDAY_9AM)
    db.session.commit()
    return {
        "owed": owed,
        "payment": pay(owed, 1_000),
        "in_rates": in_rates,
        "booked_statement": booked,
        "statement": keep(camt(entry(owed.reference, "5.00"))),
    }


def _photo(case: DamageCase) -> Paper:
    return make_paper(case, PaperKind.PHOTO, media_type="image/jpeg", token=pictures.keep(PICTURE))


PARTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "case_id": lambda things: things["case"].id,
    "claims.add_police:case_id": lambda things: things["theft"].id,
    "claims.say_found:case_id": lambda things: things["theft"].id,
    "claims.positions_of:case_id": lambda things: things["theft"].id,
    "claims.back_to_ticket:case_id": lambda things: things["case_from_ticket"].id,
    "claims.paper:token": lambda things: things["case_photo"].token,
    "claims.paper_thumb:token": lambda things: things["case_photo"].token,
    "claims.act_case:slug": lambda things: "pruefen",
    "claims.desk_block:slug": lambda things: "neu",
    "claims.edit_repair:case_id": lambda things: things["repair"].case_id,
    "repair_id": lambda things: things["repair"].id,
    "order_id": lambda things: things["lock"].id,
    "wish": lambda things: "sperren",
    "claim_id": lambda things: things["claim"].id,
    "debtor_id": lambda things: things["debtor"].id,
    "item_id": lambda things: things["claim"].items[0].id,
    "claims.act_claim:slug": lambda things: "fallen-lassen",
    "claims.agree_plan:claim_id": lambda things: things["owed"].id,
    "claims.book_money:claim_id": lambda things: things["owed"].id,
    "claims.call_in_plan:claim_id": lambda things: things["in_rates"].id,
    "claims.charge_interest:claim_id": lambda things: things["owed"].id,
    "claims.take_booking_back:claim_id": lambda things: things["owed"].id,
    "booking_id": lambda things: things["payment"].id,
    "statement_id": lambda things: things["statement"].id,
    "claims.set_rest_aside:statement_id": lambda things: things["booked_statement"].id,
    "claims.bank_line:line_id": lambda things: things["booked_statement"].lines[0].id,
    "claims.set_line_aside:line_id": lambda things: things["booked_statement"].lines[0].id,
    "letter_id": lambda things: things["letter"].id,
    "run": lambda things: things["letter"].run,
    "claims.letter_preview:kind": lambda things: "anhoerung",
    "claims.letter_preview:claim_id": lambda things: things["letter"].claim_id,
    "claims.letter_preview:debtor_id": lambda things: things["letter"].debtor_id,
    "claims.make_letter:kind": lambda things: "anhoerung",
    "claims.make_letter:claim_id": lambda things: things["letter"].claim_id,
    "claims.make_letter:debtor_id": lambda things: things["letter"].debtor_id,
}
