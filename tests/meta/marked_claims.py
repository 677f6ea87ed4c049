"""The small world of the access table with words of its own for everything about damages, and a second school's.

Every text begins like a formula and carries a tag, so that one walk also shows that texts stay texts.
"""

import json
from hashlib import sha256
from typing import NamedTuple

import sqlalchemy as sa

from itsm.claims.kinds import Kind
from itsm.claims.models import (
    BankLine,
    BankStatement,
    Booking,
    BookingKind,
    CaseEntry,
    Claim,
    DamageCase,
    Debtor,
    Fault,
    Letter,
    LetterKind,
    LetterRound,
    MdmOrder,
    OrderState,
    Paper,
    PaperKind,
    Position,
    PositionLook,
    Repair,
)
from itsm.claims.service import letter_rounds
from itsm.claims.service.letters import Order
from itsm.config import read as read_settings
from itsm.core import clock, pictures
from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import School
from tests.assets.factories import make_device, make_loan
from tests.claims.factories import make_case, make_claim, make_examined, make_paper, make_valuation
from tests.meta.kb_world import PICTURE
from tests.meta.world import World, build
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

HOSTILE = "=cmd()<img src=x onerror=1>"
SIDES = ("Our", "Their")
_THEIR_PAPER = b"%PDF Theirdebtor"
LATITUDE, LONGITUDE = 51.512345, 7.467891

# The case itself; who had the device; what the school told; what is written for the school; what the claims staff
# notes; who owes, and their money.
CASE = ("label",)
HOLDER = ("holder",)
REPORT = ("story", "station", "policenumber", "public")
NOTES = ("supplier", "orderno", "repairnote", "internal", "paperfile", "hold", "purpose", "trouble", "look")
DEBTOR = ("debtor", "guardian", "street", "city", "mail", "insight", "insurer", "insno")
MONEY = ("answer", "reason", "booking", "payer", "usage", "bankfile", "refused")
OF_PERSONS = (*HOLDER, *REPORT[:3], "paperfile", *DEBTOR, *MONEY)


class Their(NamedTuple):
    """What belongs to the other school: the ids that stand for the parts of an address."""

    case_id: int
    theft_id: int
    claim_id: int
    parts: dict[str, object]
    device_number: str
    device_id: int


def words(sides: tuple[str, ...], *groups: tuple[str, ...]) -> frozenset[str]:
    """Return the words of these groups."""
    return frozenset(side + name for side in sides for group in groups for name in group)


def marked() -> World:
    """Make the world; what belongs to the other school is `things["their"]`."""
    found = build()
    ours, theirs = found.school, found.foreign_school
    found.people |= {
        "colleague": make_user(Role.REPORTER, school_id=ours.id),
        "lead": found.things["lead"],
        "head": make_user(Role.HEAD_OF_SCHOOL, school_id=ours.id),
        "foreign_lead": make_user(Role.MEDIA_COORDINATOR, school_id=theirs.id),
        "dispatcher": make_user(Role.DISPATCHER),
        "editor": make_user(Role.KB_EDITOR),
    }
    found.things["their"] = _make_theirs(theirs)
    _make_evidence(found.things["case"])
    _mark(theirs)
    # So that what was asked and what went wrong are shown.
    found.things["in_rates"].waiver_asked_by_id = found.people["clerk"].id
    stuck = db.session.get_one(MdmOrder, found.things["their"].parts["order_id"])
    stuck.state, stuck.released_by_id = OrderState.RELEASED, found.people["approver"].id
    ours_written = _write_letter(found.things["letter"].claim)
    found.things["letter"] = ours_written
    theirs_written = db.session.get_one(Letter, found.things["their"].parts["letter_id"])
    theirs_written.words = json.loads(json.dumps(ours_written.words).replace("Our", "Their"))
    db.session.commit()
    return found


def _make_theirs(school: School) -> Their:
    case = make_examined(school)
    case.loan = make_loan(make_device(school))
    theft = make_case(school, kind=Kind.THEFT)
    make_valuation(case)
    claim = make_claim(case, fault=Fault.GROSS, evidence_id=make_paper(case).id)
    debtor = Debtor(claim_id=claim.id, ground="pupil", name="-")
    repair = Repair(case_id=case.id, supplier="-")
    photo = make_paper(case, PaperKind.PHOTO, media_type="image/jpeg", token=pictures.keep(PICTURE))
    statement = BankStatement(digest="x", name="-", read_at=MONDAY_9AM)
    statement.lines = [BankLine(number=1, bank_reference="X-1", booked_on=MONDAY, cents=500)]
    booking = Booking(claim_id=claim.id, kind=BookingKind.PAYMENT, cents=500, booked_on=MONDAY, at=MONDAY_9AM)
    order = db.session.scalars(sa.select(MdmOrder).where(MdmOrder.case_id == theft.id)).one()
    db.session.add_all([debtor, repair, statement, booking])
    db.session.flush()
    letter = Letter(
        claim_id=claim.id,
        debtor_id=debtor.id,
        kind=LetterKind.HEARING,
        made_at=MONDAY_9AM,
        dated_on=MONDAY,
        open_cents=0,
        digest=sha256(_THEIR_PAPER).hexdigest(),
        pdf=_THEIR_PAPER,
        run="f" * 16,
    )
    asked_by = make_user(Role.CLAIMS_CLERK).id
    together = LetterRound(key=letter.run, asked_by_id=asked_by, asked_at=MONDAY_9AM, orders=[], written=0)
    db.session.add_all([letter, together])
    db.session.flush()
    parts: dict[str, object] = {
        "case_id": case.id,
        "claim_id": claim.id,
        "debtor_id": debtor.id,
        "item_id": claim.items[0].id,
        "repair_id": repair.id,
        "order_id": order.id,
        "booking_id": booking.id,
        "statement_id": statement.id,
        "line_id": statement.lines[0].id,
        "letter_id": letter.id,
        "run": letter.run,
        "token": photo.token,
    }
    device = theft.device
    assert device is not None
    return Their(case.id, theft.id, claim.id, parts, device.tag, device.id)


def _make_evidence(case: DamageCase) -> None:
    """A paper of the claims staff and the loan, at a case the school may read."""
    make_paper(case)
    case.loan = make_loan(make_device(case.school))
    db.session.commit()


def _mark(theirs: School) -> None:
    for case in db.session.scalars(sa.select(DamageCase)):
        _mark_case(case, "Their" if case.school_id == theirs.id else "Our")
    for claim in db.session.scalars(sa.select(Claim)):
        _mark_claim(claim, "Their" if claim.school_id == theirs.id else "Our")
    for statement in db.session.scalars(sa.select(BankStatement)):
        side = "Their" if statement.digest == "x" else "Our"
        statement.name, statement.refused = f"{HOSTILE}{side}bankfile", [f"{HOSTILE}{side}refused"]
        for line in statement.lines:
            line.payer, line.purpose = f"{HOSTILE}{side}payer", f"{HOSTILE}{side}usage"
    db.session.flush()


def _mark_case(case: DamageCase, side: str) -> None:
    incident, text = case.incident, HOSTILE + side
    incident.description, incident.police_station = f"{text}story", f"{text}station"
    incident.police_reference = f"{text}policenumber"
    case.device_label, case.hold_reason = f"{text}label", f"{text}hold"
    if case.loan:
        case.loan.holder_name = f"{text}holder"
    for name in ("internal", "public"):
        case.entries.append(CaseEntry(at=MONDAY_9AM, what="note", text=text + name, is_public=name == "public"))
    for repair in case.repairs:
        repair.supplier, repair.supplier_reference, repair.note = (
            f"{text}supplier",
            f"{text}orderno",
            f"{text}repairnote",
        )
    for paper in db.session.scalars(sa.select(Paper).where(Paper.case_id == case.id)):
        paper.name = f"{text}paperfile.pdf"
    for order in db.session.scalars(sa.select(MdmOrder).where(MdmOrder.case_id == case.id)):
        order.purpose, order.last_error = f"{text}purpose", f"{text}trouble"
        db.session.add(
            Position(
                order_id=order.id,
                case_id=case.id,
                latitude=LATITUDE,
                longitude=LONGITUDE,
                seen_at=MONDAY_9AM,
                received_at=MONDAY_9AM,
            )
        )
        db.session.add(PositionLook(case_id=case.id, at=MONDAY_9AM, reason=f"{text}look"))


def _mark_claim(claim: Claim, side: str) -> None:
    text = HOSTILE + side
    claim.answer, claim.reason, claim.answered_on = f"{text}answer", f"{text}reason", MONDAY
    for debtor in claim.debtors:
        debtor.name, debtor.guardian, debtor.street = f"{text}debtor", f"{text}guardian", f"{text}street"
        debtor.city, debtor.email = f"{text}city", f"{side.lower()}mail@example.org"
        debtor.insight, debtor.insurer, debtor.insurer_reference = f"{text}insight", f"{text}insurer", f"{text}insno"
    for booking in db.session.scalars(sa.select(Booking).where(Booking.claim_id == claim.id)):
        booking.text = f"{text}booking"


def _write_letter(claim: Claim) -> Letter:
    """The hearing anew, with the words of its debtor."""
    db.session.refresh(claim)
    clerk, order = actor_for(make_user(Role.CLAIMS_CLERK)), Order(LetterKind.HEARING, claim.debtors[0].id)
    letter_rounds.ask(clerk, "abcdef0123456789", [(claim, order)], read_settings({}).sender, clock.now())
    db.session.refresh(claim)
    letter: Letter = claim.letters[-1]
    return letter
