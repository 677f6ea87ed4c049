"""One small complete city: a school and a foreign one, everybody who may knock, one of each thing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from itsm.accounts import sessions
from itsm.accounts.models import Absence, LinkKind, User
from itsm.accounts.service import sign_in as sign_in_service
from itsm.assets import loan_links
from itsm.assets.kinds import Kind
from itsm.assets.models import (
    Device,
    DeviceImport,
    DeviceUpload,
    EntitlementException,
    Finding,
    SchoolSize,
    Stocktake,
    StocktakeLine,
    SyncKind,
    SyncProposal,
    SyncRun,
)
from itsm.core import clock, pictures
from itsm.core.access import Role
from itsm.core.db import db
from itsm.dispatch.models import (
    Outage,
    OutageKind,
    Skill,
    SlotChoice,
    SlotOffer,
    StepKind,
    Visit,
    VisitingTime,
    VisitKind,
    VisitTask,
    VisitTicket,
    WeekPlan,
)
from itsm.org.models import (
    Contact,
    District,
    IServInstance,
    MovableDay,
    Room,
    School,
    SchoolSite,
    SchoolUpload,
    Site,
)
from itsm.tickets.models import Disturbance, Photo, RoutingRule, SavedFilter, Target, Ticket
from itsm.tickets.states import State as TicketState
from tests.assets.factories import make_cost, make_device, make_loan, make_task
from tests.assets.wave_factories import make_wave
from tests.dispatch.proposals import add_step, make_plan
from tests.letters import put_mail
from tests.meta import claims_world, kb_world
from tests.meta.kb_world import PICTURE
from tests.org.lists import make_line, make_list
from tests.people import make_user
from tests.places import make_district, make_room, make_school, make_site
from tests.tickets.factories import make_ticket

PERSONS = (
    "anonymous",
    "reporter",
    "foreign_reporter",
    "manager",
    "foreign_manager",
    "second_level",
    "auditor",
    "administrator",
)
# Who knocks at the pages of damage cases and claims besides.
OF_CLAIMS = ("clerk", "approver")


@dataclass
class World:
    """The city of the access table; things belong to `school` in `district` unless they are named foreign."""

    district: District
    school: School
    site: Site
    second_site: Site
    foreign_school: School
    people: dict[str, User]
    ticket: Ticket
    visit: Visit
    room: Room
    things: dict[str, Any] = field(default_factory=dict)


def build() -> World:
    """Make the city; everything is committed."""
    district, foreign_district = make_district(), make_district()
    school, foreign_school = make_school(district), make_school(foreign_district)
    people = {
        "reporter": make_user(Role.REPORTER, school_id=school.id),
        "foreign_reporter": make_user(Role.REPORTER, school_id=foreign_school.id),
        "manager": make_user(Role.CAMPUS_MANAGER, district_id=district.id),
        "foreign_manager": make_user(Role.CAMPUS_MANAGER, district_id=foreign_district.id),
        "second_level": make_user(Role.SECOND_LEVEL),
        "auditor": make_user(Role.AUDITOR),
        "administrator": make_user(Role.ADMINISTRATOR),
        "clerk": make_user(Role.CLAIMS_CLERK),
        "approver": make_user(Role.CLAIMS_APPROVER),
    }
    site, second_site = school.places[0].site, make_site()
    school.places.append(SchoolSite(site=second_site))
    room = make_room(site)
    ticket = make_ticket(school, reporter=people["reporter"], room=room)
    world = World(
        district=district,
        school=school,
        site=site,
        second_site=second_site,
        foreign_school=foreign_school,
        people=people,
        ticket=ticket,
        visit=_visit(school, site, people["manager"], ticket),
        room=room,
    )
    world.things = _things(world)
    db.session.commit()
    return world


def _visit(school: School, site: Site, manager: User, ticket: Ticket) -> Visit:
    visit = Visit(
        school_id=school.id,
        site_id=site.id,
        district_id=school.district_id,
        user_id=manager.id,
        kind=VisitKind.MANUAL,
        visit_on=clock.local_day(clock.now()),
        starts_at=clock.now(),
        minutes=30,
        jobs=[VisitTicket(ticket_id=ticket.id)],
        tasks=[VisitTask(text="Beamerlampe mitbringen")],
    )
    db.session.add(visit)
    db.session.commit()
    return visit


def _things(world: World) -> dict[str, Any]:
    at, school = clock.now(), world.school
    invited = make_user(Role.REPORTER, school_id=school.id, name="Eingeladen")
    things: dict[str, Any] = {
        "invited": invited,
        "absence": Absence(user=world.people["manager"], first_on=date(2030, 1, 7), last_on=date(2030, 1, 8)),
        "contact": Contact(school_id=school.id, name="Hausmeister"),
        "iserv": IServInstance(school_id=school.id, host="iserv.example.org"),
        "movable_day": MovableDay(school_id=school.id, day=date(2027, 2, 8)),
        "upload": SchoolUpload(
            filename="x.csv", content=make_list(make_line()), carrier="", uploaded_at=at, uploaded_by="-"
        ),
        "visiting_time": VisitingTime(
            school_id=school.id,
            site_id=world.site.id,
            weekday=0,
            starts=(at + timedelta(hours=1)).time(),
            minutes=30,
            from_on=date(2026, 1, 1),
        ),
        "skill": Skill(name="Probe"),
        "outage": Outage(
            kind=OutageKind.CAR,
            user=world.people["manager"],
            first_on=date(2030, 1, 7),
            last_on=date(2030, 1, 8),
            made_at=at,
        ),
        "offer": SlotOffer(
            visit_id=world.visit.id,
            made_at=at,
            answer_by=at + timedelta(days=1),
            choices=[SlotChoice(user_id=world.people["manager"].id, starts_at=at + timedelta(days=2), cents=100)],
        ),
        "rule": RoutingRule(fault_type_id=world.ticket.fault_type_id, target=Target.ON_SITE),
        "filter": SavedFilter(user_id=world.people["reporter"].id, name="Meine", line="status:offen"),
        "disturbance": Disturbance(title="WLAN gestört", text="Wir wissen Bescheid.", started_at=at),
        "photo": Photo(ticket_id=world.ticket.id, token=pictures.keep(PICTURE), width=1, height=1, added_at=at),
    }
    db.session.add_all(things.values())
    things["plan"] = _plan(world)
    things["solved_ticket"] = make_ticket(school, state=TicketState.SOLVED, solution="Der Stecker war lose.")
    things |= claims_world.build(world.people["reporter"], school)
    things |= kb_world.build(world.people["reporter"], school)
    things["stocktake"] = _stocktake(world)
    things["device"] = make_device(school, room_id=world.room.id)
    things["proposal"] = _proposal(things["device"])
    things["device_cost"] = make_cost(things["device"])
    things["device_task"] = make_task(things["device"])
    things["wave"] = make_wave(school)
    things["exception"] = EntitlementException(
        school_id=school.id, kind=Kind.IPAD, delta=2, reason="Inklusion", from_on=date(2026, 8, 1)
    )
    db.session.add_all([things["exception"], SchoolSize(school_id=school.id, valid_from=date(2026, 8, 1))])
    things["loan"] = make_loan(make_device(school))
    things["loan_token"] = loan_links.token_of(loan_links.make(things["loan"]))
    things["device_upload"], things["device_import"] = _device_lists(world)
    things["lead"] = make_user(Role.MEDIA_COORDINATOR, school_id=school.id, email="ausgabe@example.org")
    things["mail"] = put_mail(
        "account-reset", to="a@example.org", subject="x", item={"name": "", "nonce": "x"}, burst_key="x", at=at
    )
    things["mail"].failed_at = at
    things["link"] = sign_in_service.send_link(invited, LinkKind.INVITATION, at)
    sessions.begin(invited, at)
    db.session.flush()
    return things


def _device_lists(world: World) -> tuple[DeviceUpload, DeviceImport]:
    """A list that waits, and one that was taken over."""
    at = clock.now()
    rows = f"Seriennummer;Klasse;Modell;Schule\nWORLDLIST01;iPad;iPad 9;{world.school.number}\n"
    columns = {"serial": ["Seriennummer"], "kind": ["Klasse"], "model": ["Modell"], "school": ["Schule"]}
    upload = DeviceUpload(
        filename="liste.csv",
        content=rows.encode(),
        mapping={"name": "eigene", "columns": columns},
        uploaded_at=at,
        uploaded_by="-",
    )
    done = DeviceImport(filename="alt.csv", mapping="eigene", imported_at=at, imported_by="-")
    db.session.add_all([upload, done])
    db.session.flush()
    return upload, done


def _proposal(device: Device) -> SyncProposal:
    """The MDM names the device otherwise."""
    run = SyncRun(source="Jamf School", started_at=clock.now())
    proposal = SyncProposal(
        run=run, kind=SyncKind.CHANGE, device_id=device.id, serial="X", field="tag", ours=device.tag, theirs="NEU-1"
    )
    db.session.add(proposal)
    db.session.flush()
    return proposal


def _stocktake(world: World) -> Stocktake:
    """A count of the room that runs, with a number nobody knows."""
    at = clock.now()
    line = StocktakeLine(typed="FREMD-1", finding=Finding.UNKNOWN, scanned_at=at)
    stocktake = Stocktake(school=world.school, room=world.room, started_at=at, lines=[line])
    db.session.add(stocktake)
    db.session.flush()
    return stocktake


def _plan(world: World) -> WeekPlan:
    """A proposal with a line of each kind."""
    plan, visit = make_plan(world.district), world.visit
    tomorrow = clock.now() + timedelta(days=1)
    add_step(plan, world.school, StepKind.MOVED, world.ticket, visit=visit, to=(visit.user_id, tomorrow))
    add_step(plan, world.school, StepKind.NEW, make_ticket(world.school), to=(visit.user_id, tomorrow))
    add_step(plan, world.school, StepKind.LEFT_OUT, make_ticket(world.school))
    return plan


# What stands for a part of an address; "endpoint:name" is asked before "name".
PARTS: dict[str, Callable[[World], object]] = {
    "device_id": lambda world: world.things["device"].id,
    "device_task_id": lambda world: world.things["device_task"].id,
    "tag": lambda world: world.things["device"].tag,
    "loan_id": lambda world: world.things["loan"].id,
    "assets.confirm_loan:token": lambda world: world.things["loan_token"],
    "assets.confirmed_loan:token": lambda world: world.things["loan_token"],
    "exception_id": lambda world: world.things["exception"].id,
    "assets.drop_school_size:day": lambda world: "2026-08-01",
    "ending": lambda world: "csv",
    "wave_id": lambda world: world.things["wave"].id,
    "year": lambda world: 2030,
    "quarter": lambda world: 1,
    "name": lambda world: "missing.css",
    "kind": lambda world: "einladung",
    "token": lambda world: world.things["link"].rsplit("/", 1)[1],
    "user_id": lambda world: world.things["invited"].id,
    "grant_id": lambda world: world.things["invited"].grants[0].id,
    "session_id": lambda world: 999_999,
    "absence_id": lambda world: world.things["absence"].id,
    "number": lambda world: world.school.number,
    "org.show_district:number": lambda world: world.district.number,
    "org.edit_district:number": lambda world: world.district.number,
    "count": lambda world: 2,
    "site_id": lambda world: world.site.id,
    "org.leave_site:site_id": lambda world: world.second_site.id,
    "room_id": lambda world: world.room.id,
    "contact_id": lambda world: world.things["contact"].id,
    "instance_id": lambda world: world.things["iserv"].id,
    "day_id": lambda world: world.things["movable_day"].id,
    "upload_id": lambda world: world.things["upload"].id,
    "ticket_id": lambda world: world.ticket.id,
    "slug": lambda world: "annehmen",
    "tickets.photo:token": lambda world: world.things["photo"].token,
    "tickets.thumb:token": lambda world: world.things["photo"].token,
    "dispatch.feed:token": lambda world: "missing",
    "feed_id": lambda world: 999_999,
    "disturbance_id": lambda world: world.things["disturbance"].id,
    "rule_id": lambda world: world.things["rule"].id,
    "visit_id": lambda world: world.visit.id,
    "filter_id": lambda world: world.things["filter"].id,
    "step_id": lambda world: 999_999,
    "time_id": lambda world: world.things["visiting_time"].id,
    "dispatch.team_member:user_id": lambda world: world.people["manager"].id,
    "plan_id": lambda world: world.things["plan"].id,
    "outage_id": lambda world: world.things["outage"].id,
    "skill_id": lambda world: world.things["skill"].id,
    "task_id": lambda world: world.visit.tasks[0].id,
    "day": lambda world: world.visit.visit_on.isoformat(),
    "assets.check_import:upload_id": lambda world: world.things["device_upload"].id,
    "assets.choose_columns:upload_id": lambda world: world.things["device_upload"].id,
    "assets.import_problems:upload_id": lambda world: world.things["device_upload"].id,
    "assets.import_progress:upload_id": lambda world: world.things["device_upload"].id,
    "assets.take_import:upload_id": lambda world: world.things["device_upload"].id,
    "import_id": lambda world: world.things["device_import"].id,
    "proposal_id": lambda world: world.things["proposal"].id,
    "assets.decide_sync:slug": lambda world: "uebernehmen",
    "assets.decide_all_sync:slug": lambda world: "behalten",
    "stocktake_id": lambda world: world.things["stocktake"].id,
    "line_id": lambda world: world.things["stocktake"].lines[0].id,
    "assets.correct_stocktake:slug": lambda world: "hierher",
    "assets.act:slug": lambda world: "beschaedigt",
    "model_id": lambda world: world.things["device"].model_id,
    "cost_id": lambda world: world.things["device_cost"].id,
    "key": lambda world: "ticket.reopen_days",
    "operations.run_job:name": lambda world: "purge",
    "mail_id": lambda world: world.things["mail"].id,
}
_OF_OTHERS = kb_world.PARTS | claims_world.PARTS
assert not PARTS.keys() & _OF_OTHERS.keys()
PARTS |= {name: lambda world, of=of: of(world.things) for name, of in _OF_OTHERS.items()}
