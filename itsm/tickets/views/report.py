"""Report a fault: at most three screens, with or without JavaScript."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.assets.models import Device
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import Conflict, DomainError, NotFound
from itsm.core.forms import single_line
from itsm.core.web import actor
from itsm.org.models import School
from itsm.tickets import devices, disturbances, guides, queries, referrals, routing
from itsm.tickets import report as reports
from itsm.tickets.guides import Guides
from itsm.tickets.models import FaultType, SupportGroup, Target
from itsm.tickets.report_forms import OTHER, HowForm, TriedForm, WhereForm, title_of, tried_form
from itsm.tickets.routing import Destination
from itsm.tickets.views.blueprint import bp

WHERE, HOW, TRIED, SEND = 1, 2, 3, 4
ONE_ROOM, ONE_PERSON = 2, 3
# Of what an address may name: a label's own address is longer than its number.
LONGEST_ADDRESS = 200
# What the address says besides the school: a device, a kind of fault, the article somebody comes from.
CARRIED = ("geraet", "fault", "artikel")
_GO = {"where": WHERE, "how": HOW, "tried": TRIED, "send": SEND, "stuck": SEND}


@dataclass
class Screens:
    """The three screens with all that was typed so far; what is not shown travels in hidden fields."""

    school: School
    where: WhereForm
    how: HowForm
    tried: TriedForm
    fault: FaultType | None
    guides: Guides

    @property
    def chosen(self) -> FaultType:
        """The kind of fault that was tapped; asked only behind the first screen, which wants one."""
        if self.fault is None:
            raise NotFound
        return self.fault

    @cached_property
    def destination(self) -> Destination:
        """Where the routing table sends this fault at this building."""
        return routing.destination(self.chosen.id, self.where.site.data)

    @property
    def office(self) -> SupportGroup | None:
        """The office that takes the fault if it is not ours."""
        return self.destination.group if self.destination.target is Target.NOT_OURS else None

    @property
    def forms(self) -> tuple[WhereForm, HowForm, TriedForm]:
        """The form of each screen, in order."""
        return self.where, self.how, self.tried

    def reached(self, wanted: int) -> int:
        """Return the screen to show: the first one with an error on the way to the wanted one."""
        for number in range(1, wanted):
            if not self.forms[number - 1].validate():
                return number
        return wanted


@bp.route("/melden", methods=["GET", "POST"])
def report() -> ResponseReturnValue:
    """Ask where, how bad and what was tried, and file the report."""
    school_id = request.values.get("schule" if request.method == "GET" else "school", type=int)
    device = devices.to_report(actor(), _named(), school_id)
    school = queries.school_to_report_for(actor(), device.school_id if device else school_id)
    if school is None:
        return _choose_school()
    screens = _screens(school)
    if request.method == "GET":
        return _page(screens, _start(screens, device))
    shown = screens.reached(_wanted())
    if shown > WHERE and (office := screens.office):
        return _not_ours(screens, office)
    if shown == SEND:
        return _send(screens)
    return _page(screens, shown)


@bp.get("/melden/<int:ticket_id>/fertig")
def reported(ticket_id: int) -> ResponseReturnValue:
    """Say in plain words what happens next."""
    ticket, _ = queries.record(actor(), ticket_id)
    return render_template("tickets/reported.html", ticket=ticket, actor=actor(), at=clock.now())


def _choose_school() -> ResponseReturnValue:
    q = request.args.get("q", "")[:100]
    found = queries.schools_to_report_for(actor(), q)
    carried = {name: request.args[name][:LONGEST_ADDRESS] for name in CARRIED if request.args.get(name)}
    return render_template("tickets/choose_school.html", q=q, schools=found, carried=carried)


def _named() -> str:
    """The device the address names, such as a scanned label."""
    return str(single_line(request.args.get("geraet", "")))[:LONGEST_ADDRESS]


def _start(screens: Screens, device: Device | None) -> int:
    """Fill in what the address says, and return the first screen that has a question left."""
    where, how = screens.where, screens.how
    where.idempotency_key.data = secrets.token_hex(16)
    if device is None:
        how.devices.data = _named()
        _choose(screens, request.args.get("fault", ""))
        return WHERE
    how.picked.data = [device.tag]
    how.impact.data = ONE_PERSON if device.kind in devices.OF_ONE_PERSON else ONE_ROOM
    where.room.data = device.room.name if device.room else ""
    if device.site_id in where.site.choices:
        where.site.data = device.site_id
    _choose(screens, devices.FAULT_KEYS.get(device.kind, OTHER))
    return HOW if screens.fault and screens.office is None else WHERE


def _choose(screens: Screens, key: str) -> None:
    """Choose a kind of fault by its key, if there is one on offer."""
    screens.fault = queries.fault_type_called(single_line(key)) if key else None
    screens.where.fault.data = screens.fault.id if screens.fault else None
    screens.how.offer(screens.fault)


def _wanted() -> int:
    if "helped" in request.form or "guide_helped" in request.form:
        return SEND
    default = "how" if "fault" in request.form else "where"
    return _GO.get(request.form.get("go", default), WHERE)


def _screens(school: School) -> Screens:
    if not school.places:
        raise DomainError("Für diese Schule ist noch kein Gebäude eingetragen. Bitte rufen Sie die Schul-IT an.")
    where, how = WhereForm(), HowForm()
    fault = queries.fault_type(where.fault.data)
    where.offer(school, fault)
    where.school.data = school.id
    how.offer(fault)
    if where.site.data is None:
        where.site.data = school.places[0].site_id
    tried = tried_form(fault.steps if fault else (), wants_answers=request.form.get("go") == "send")
    found = guides.read(request.form, request.args)
    if found.helped:
        how.settle()
    return Screens(school, where, how, tried, fault, found)


def _not_ours(screens: Screens, office: SupportGroup) -> ResponseReturnValue:
    """Name the office that mends what is not ours, and count that we did."""
    key, fault = screens.where.idempotency_key.data, screens.chosen
    with writing():
        referrals.count(actor(), key, fault, screens.school, office, clock.now())
    return render_template("tickets/not_ours.html", office=office, fault=fault, school=screens.school)


def _send(screens: Screens) -> ResponseReturnValue:
    """File the report; what cannot be filed is shown on the screen with the sentence that says why."""
    form, at, ticket_id = screens.tried, clock.now(), None
    with form.shows_errors(), writing():
        ticket_id = reports.file(actor(), _filled_in(screens), at).id
    if ticket_id is not None:
        return redirect(url_for("tickets.reported", ticket_id=ticket_id), 303)
    if form.status == Conflict.status:
        # The old key belongs to the ticket of the first sending; sent once more, this is a report of its own.
        screens.where.idempotency_key.data = secrets.token_hex(16)
    return _page(screens, TRIED)


def _filled_in(screens: Screens) -> reports.Report:
    where, how, fault = screens.where, screens.how, screens.chosen
    room = queries.room_named(where.site.data, where.room.data) if where.room.data else None
    site = next(place.site for place in screens.school.places if place.site_id == where.site.data)
    told = guides.told(screens.guides, clock.local_day(clock.now()))
    return reports.Report(
        key=where.idempotency_key.data,
        school=screens.school,
        site=site,
        room_id=room.id if room else None,
        place=room.name if room else where.room.data or "",
        fault_type=fault,
        destination=screens.destination,
        title=title_of(fault, how.description.data or ""),
        description=how.description.data or "",
        impact=how.impact.data,
        urgency=how.urgency.data,
        is_exam=how.is_exam.data,
        devices=how.named,
        steps=screens.tried.outcomes(fault.steps, request.form.get("helped", type=int)) + told.steps,
        pictures=screens.tried.pictures(),
        guides=screens.guides,
        solution=told.solution,
    )


def _page(screens: Screens, shown: int) -> ResponseReturnValue:
    # Whoever begins behind the first screen has not been told yet.
    is_first = shown == WHERE or request.method == "GET"
    known = disturbances.at_school(screens.school, clock.now()) if is_first else []
    form, where = screens.forms[shown - 1], screens.where
    found: Sequence[Device] = ()
    if shown == HOW:
        found = devices.offered(actor(), screens.school, where.site.data, where.room.data or "", screens.chosen.key)
        screens.how.offer_devices(found)
    page = render_template(
        "tickets/report.html",
        screens=screens,
        shown=shown,
        form=form,
        known=known,
        places={device.tag: device.room.name for device in found if device.room},
        joined=disturbances.joined_by(actor(), known),
        rooms=queries.rooms_of(screens.school) if shown == WHERE else [],
        faults=queries.fault_types() if shown == WHERE else [],
        actor=actor(),
        at=clock.now(),
    )
    return page, form.status
