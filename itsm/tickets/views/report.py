"""Report a fault: at most three screens, with or without JavaScript."""

import secrets
from dataclasses import dataclass
from functools import cached_property

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import Conflict, DomainError, NotFound
from itsm.core.web import actor
from itsm.org.models import School
from itsm.tickets import disturbances, queries, referrals, routing
from itsm.tickets import report as reports
from itsm.tickets.models import FaultType, SupportGroup, Target
from itsm.tickets.report_forms import HowForm, TriedForm, WhereForm, tags_in, title_of, tried_form
from itsm.tickets.routing import Destination
from itsm.tickets.views.blueprint import bp

WHERE, HOW, TRIED, SEND = 1, 2, 3, 4
_GO = {"where": WHERE, "how": HOW, "tried": TRIED, "send": SEND, "stuck": SEND}


@dataclass
class Screens:
    """The three screens with all that was typed so far; what is not shown travels in hidden fields."""

    school: School
    where: WhereForm
    how: HowForm
    tried: TriedForm
    fault: FaultType | None

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
    school = queries.school_to_report_for(actor(), school_id)
    if school is None:
        return _choose_school()
    screens = _screens(school)
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
    return render_template("tickets/choose_school.html", q=q, schools=found)


def _wanted() -> int:
    if request.method == "GET":
        return WHERE
    if "helped" in request.form:
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
    if request.method == "GET":
        where.idempotency_key.data = secrets.token_hex(16)
    if where.site.data is None:
        where.site.data = school.places[0].site_id
    how.offer(fault)
    tried = tried_form(fault.steps if fault else (), wants_answers=request.form.get("go") == "send")
    return Screens(school, where, how, tried, fault)


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
        devices=tags_in(how.devices.data or ""),
        steps=screens.tried.outcomes(fault.steps, request.form.get("helped", type=int)),
        pictures=screens.tried.pictures(),
    )


def _page(screens: Screens, shown: int) -> ResponseReturnValue:
    known = disturbances.at_school(screens.school, clock.now()) if shown == WHERE else []
    form = screens.forms[shown - 1]
    page = render_template(
        "tickets/report.html",
        screens=screens,
        shown=shown,
        form=form,
        known=known,
        joined=disturbances.joined_by(actor(), known),
        rooms=queries.rooms_of(screens.school) if shown == WHERE else [],
        faults=queries.fault_types() if shown == WHERE else [],
    )
    return page, form.status
