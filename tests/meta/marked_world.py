"""The small world of the access table with words of its own for everything about devices, and a second school's."""

from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from itsm.accounts.models import GrantRow
from itsm.assets.kinds import Kind
from itsm.assets.models import (
    Acknowledgement,
    Condition,
    Device,
    DeviceChange,
    DeviceTask,
    EntitlementException,
    Finding,
    Loan,
    LoanTerms,
    Stocktake,
    StocktakeLine,
    Wave,
)
from itsm.assets.states import State
from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch.models import VisitTask
from itsm.org.models import School
from itsm.tickets.models import Ticket, TicketDevice
from tests.assets.factories import make_cost, make_device, make_loan, make_model, make_task
from tests.assets.wave_factories import make_wave
from tests.letters import put_mail
from tests.meta.world import World, build
from tests.people import MONDAY, MONDAY_9AM, make_user
from tests.places import make_room
from tests.tickets.factories import make_ticket

LATER = MONDAY_9AM + timedelta(hours=1)

# What carries which words; each is found by a search in the answers, whatever its case.
LABELS = ("THEIRTAG", "Theirroom")
MODEL = ("Theirmodel",)
FILE = (
    *("THEIRSER01", "THEIRCASE", "Theirnote", "Theirorder", "Theirfunding", "Theirmdm", "Theircost", "Theirhistory"),
    *("Theirtask", "THEIRTYPED", "Theirreason", "Theirwave", "Theirterms"),
)
TICKET = ("Theirticket",)
HOLDERS = ("Theirholder", "Theirclass", "theirmail", "Theiraccessory", "M11 22", "Theircondition", "Theirformer")
STOCK = ("STOCKTAG", "STOCKSER01", "Stocknote")
CITY = ("Cityfile", "Citysync")
DRAFT = ("Citydraft",)
OUR_FILE = ("OURSER0001", "Ournote", "Ourcost", "Ourtask")
OUR_HOLDERS = ("Ourholder", "Ourclass", "ourmail", "Ouraccessory", "M33 44")
OURS = (*OUR_FILE, *OUR_HOLDERS)
THEIRS = (*LABELS, *FILE, *TICKET, *HOLDERS, *STOCK, *CITY, *DRAFT)
WORDS = (*THEIRS, *MODEL, *OURS)


class Their(NamedTuple):
    """What belongs to the other school."""

    school: School
    device: Device
    case: Device
    room_id: int
    loan: Loan
    earlier: Loan
    stocktake: Stocktake
    task: DeviceTask
    wave: Wave
    ticket: Ticket
    cost_id: int


def marked() -> World:
    """Make the world; what belongs to the other school is `things["their"]`."""
    found = build()
    found.people["lead"] = found.things["lead"]
    found.people["foreign_lead"] = make_user(Role.MEDIA_COORDINATOR, school_id=found.foreign_school.id)
    found.people["clerk"] = make_user(Role.CLAIMS_CLERK)
    found.people["two_schools"] = make_user(Role.MEDIA_COORDINATOR, school_id=found.school.id)
    found.people["two_schools"].grants.append(GrantRow(role=Role.REPORTER, school_id=found.foreign_school.id))
    _mark_ours(found)
    found.things["their"] = _make_theirs(found.foreign_school)
    _make_moved(found, found.things["their"])
    make_device(tag="STOCKTAG", serial="STOCKSER01", note="Stocknote", state=State.IN_STOCK)
    for one in db.session.scalars(sa.select(Device).where(Device.tag == "STOCKTAG")):
        one.school = one.site = None
    make_wave(found.school, name="Citydraft", ordered_at=None)
    db.session.commit()
    return found


def _mark_ours(world: World) -> None:
    device, loan = world.things["device"], world.things["loan"]
    device.serial, device.note = "OURSER0001", "Ournote"
    world.things["device_cost"].text, world.things["device_task"].text = "Ourcost", "Ourtask"
    _hold(loan, "Our", "M33 44 L55 66")
    world.things["device_import"].filename = "Cityfile.csv"
    world.things["device_upload"].filename = "Cityfile.csv"
    world.things["proposal"].theirs = "Citysync"
    world.ticket.devices = [TicketDevice(tag=device.tag, device_id=device.id)]
    world.visit.tasks.append(VisitTask(text="Ourtask", device_task_id=world.things["device_task"].id))
    failed = put_mail(
        "loan-link", to=loan.holder_email, subject="Bitte bestätigen", item={}, burst_key=f"loan-link-{loan.id}",
        at=MONDAY_9AM,
    )  # fmt: skip
    failed.failed_at = MONDAY_9AM


def _make_theirs(school: School) -> Their:
    assert school.main_site
    room = make_room(school.main_site, "Theirroom")
    case = make_device(school, model=make_model(Kind.CHARGING_CASE, name="Theirmodel K"), tag="THEIRCASE", room=room)
    device = make_device(
        school,
        model=make_model(name="Theirmodel"),
        tag="THEIRTAG",
        serial="THEIRSER01",
        room=room,
        case=case,
        note="Theirnote",
        order_number="Theirorder",
        funding="Theirfunding",
        mdm_id="Theirmdm",
    )
    earlier = make_loan(device, holder_name="Theirformer", returned_at=LATER, condition=Condition.WORN)
    earlier.condition_note = "Theircondition"
    loan = make_loan(device)
    _hold(loan, "Their", "M11 22 L55 66")
    terms = LoanTerms(school_id=school.id, valid_from=MONDAY, text="Theirterms")
    change = DeviceChange(device=device, at=MONDAY_9AM, what="edit", text="Theirhistory")
    line = StocktakeLine(typed="THEIRTYPED", finding=Finding.UNKNOWN, scanned_at=MONDAY_9AM)
    seen = StocktakeLine(device=device, typed="THEIRTAG", finding=Finding.FOUND, scanned_at=MONDAY_9AM)
    stocktake = Stocktake(school=school, room=room, started_at=MONDAY_9AM, lines=[line, seen])
    reason = EntitlementException(school_id=school.id, kind=Kind.IPAD, delta=2, reason="Theirreason", from_on=MONDAY)
    db.session.add_all([terms, change, stocktake, reason])
    ticket = make_ticket(school, title="Theirticket")
    ticket.devices = [TicketDevice(tag=device.tag, device_id=device.id)]
    cost = make_cost(device, text="Theircost")
    return Their(
        school=school,
        device=device,
        case=case,
        room_id=room.id,
        loan=loan,
        earlier=earlier,
        stocktake=stocktake,
        task=make_task(device, text="Theirtask"),
        wave=make_wave(school, name="Theirwave"),
        ticket=ticket,
        cost_id=cost.id,
    )


def _make_moved(world: World, their: Their) -> None:
    """One device left our school for theirs, leaving traces; one came from there with its past."""
    left = make_device(their.school, room_id=their.room_id, case=their.case, note="Theirnote", tag="LEFT-1")
    _make_traces(world.school, left)
    world.ticket.devices.append(TicketDevice(tag=left.tag, device_id=left.id))
    came = make_device(world.school, tag="CAME-1")
    for what, before, text in (("damage", {"room_id": their.room_id}, "Theirhistory"), ("give", {}, "")):
        before = before or {"school_id": their.school.id, "room_id": their.room_id}
        after = {"school_id": world.school.id, "room_id": None} if what == "give" else {}
        change = DeviceChange(device=came, at=MONDAY_9AM, what=what, before=before, after=after, text=text)
        db.session.add(change)
        db.session.flush()
    earlier = make_loan(came, holder_name="Theirformer", returned_at=LATER, condition=Condition.GOOD)
    earlier.school = their.school
    came.state = State.IN_USE


def _make_traces(school: School, device: Device) -> None:
    lines = [
        StocktakeLine(device=device, typed=device.tag, finding=finding, is_expected=True)
        for finding in (None, Finding.MISSING, Finding.ELSEWHERE)
    ]
    running, *over = (Stocktake(school=school, started_at=MONDAY_9AM, lines=[line]) for line in lines)
    for one in over:
        one.finished_at = LATER
    lines[2].scanned_at = MONDAY_9AM
    db.session.add_all([running, *over])
    make_loan(device, returned_at=LATER, condition=Condition.GOOD).school = school
    make_task(device).school = school
    device.state = State.IN_USE


def _hold(loan: Loan, whose: str, signature: str) -> None:
    loan.holder_name, loan.holder_group = f"{whose}holder", f"{whose}class"
    loan.holder_email, loan.accessories = f"{whose.lower()}mail@example.org", f"{whose}accessory"
    loan.signature, loan.acknowledged_at = signature, MONDAY_9AM
    loan.acknowledged_by = Acknowledgement.SIGNATURE
