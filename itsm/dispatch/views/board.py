"""The board: the week of all managers, what is not planned, and the ways to move it."""

from datetime import date, timedelta
from typing import TypeVar

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.core import clock
from itsm.core.access import Verb
from itsm.core.db import writing
from itsm.core.errors import NotFound
from itsm.core.web import actor, is_local
from itsm.dispatch import board as boards
from itsm.dispatch import board_queries, queries
from itsm.dispatch.board_forms import AskForm, MergeForm, PinForm, PlaceForm, SplitForm
from itsm.dispatch.forms import day_of_address
from itsm.dispatch.models import Visit
from itsm.dispatch.service import board as service
from itsm.dispatch.service import effects
from itsm.dispatch.service.effects import Goal
from itsm.dispatch.views.blueprint import bp
from itsm.dispatch.views.day import FIRST_YEAR, LAST_YEAR
from itsm.tickets.models import Ticket

# A step younger than this was done on the page one comes from: it is read out.
FRESH = timedelta(seconds=20)
F = TypeVar("F", bound=PlaceForm)
# What the board leads to, and who may go there.
WAYS = (
    ("Neu planen", "dispatch.plan_week", Verb.VISIT_PLAN),
    ("Vorschläge", "dispatch.week_plans", Verb.VISIT_PLAN),
    ("Ausfall melden", "dispatch.outage", Verb.VISIT_PLAN),
    ("Zahlen", "dispatch.numbers", Verb.VISIT_FIGURES),
    ("Team", "dispatch.team", Verb.VISIT_PLAN),
)


@bp.get("/einsatz")
def board() -> ResponseReturnValue:
    """Show a week, or one day of it, for the whole city or one district."""
    me, at = actor(), clock.now()
    mine = board_queries.districts_for(me)
    number = request.args.get("bezirk", type=int)
    districts = board_queries.chosen(mine, number)
    only = _day("tag")
    week = boards.week_of(only or _day("woche") or clock.local_day(at))
    step = board_queries.last_step_of(me, at - service.UNDO_WITHIN)
    return render_template(
        "dispatch/board.html",
        board=boards.board(me, districts, [only] if only else week, at),
        districts=mine,
        number=number,
        week=week,
        only=only,
        before=week[0] - timedelta(weeks=1),
        after=week[0] + timedelta(weeks=1),
        today=clock.local_day(at),
        this_week=boards.week_of(clock.local_day(at)),
        last_step=step,
        state_of=boards.state_of,
        ways=[(label, url_for(endpoint)) for label, endpoint, verb in WAYS if me.may_somewhere(verb)],
        is_fresh=step is not None and at - step.done_at < FRESH,
    )


@bp.get("/einsatz/wirkung")
def effect() -> ResponseReturnValue:
    """Say what moving a visit, or planning a ticket, would bring with it; asked while something is dragged."""
    visit_id, ticket_id = request.args.get("besuch", type=int), request.args.get("stoerung", type=int)
    subject: Visit | Ticket
    if visit_id is not None:
        subject = queries.to_plan(actor(), visit_id)
    else:
        subject = board_queries.ticket_for(actor(), ticket_id or 0)
    form = _ask(subject)
    if not form.validate():
        raise NotFound
    found = effects.of(subject, _goal(form), clock.now())
    return jsonify(
        kind=found.kind,
        possible=found.is_possible,
        nod=found.needs_nod,
        sentence=found.sentence,
        lines=found.lines,
    )


@bp.get("/einsatz/besuche/<int:visit_id>")
def board_visit(visit_id: int) -> ResponseReturnValue:
    """Show what can be done with a visit."""
    return _visit_page(visit_id)


@bp.route("/einsatz/besuche/<int:visit_id>/verschieben", methods=["GET", "POST"])
def move_visit(visit_id: int) -> ResponseReturnValue:
    """Show what moving a visit brings with it, and move it."""
    visit = queries.to_plan(actor(), visit_id)
    form = _place(visit) if request.method == "POST" else _ask(visit)
    if request.method == "POST" and form.validate():
        with form.shows_errors(), writing():
            goal = _goal(form)
            moved = service.move(actor(), visit, goal, form.version.data, clock.now(), nod=form.trotzdem.data)
            return _back(moved.visit_on, moved)
    return _move_page(queries.to_plan(actor(), visit_id), form)


@bp.route("/einsatz/stoerungen/<int:ticket_id>/einplanen", methods=["GET", "POST"])
def plan_ticket(ticket_id: int) -> ResponseReturnValue:
    """Say why a ticket is not planned and where it would fit, and plan it."""
    ticket = board_queries.ticket_for(actor(), ticket_id)
    form = _place(ticket) if request.method == "POST" else _ask(ticket)
    if request.method == "POST" and form.validate():
        with form.shows_errors(), writing():
            visit = service.plan(actor(), [ticket], _goal(form), clock.now(), nod=form.trotzdem.data)
            return _back(visit.visit_on, visit)
    return _move_page(board_queries.ticket_for(actor(), ticket_id), form)


@bp.post("/einsatz/besuche/<int:visit_id>/anheften")
def pin_visit(visit_id: int) -> ResponseReturnValue:
    """Keep day, person or time of a visit, or let them go."""
    visit, form = queries.to_plan(actor(), visit_id), PinForm()
    if form.validate():
        with form.shows_errors(), writing():
            pins = service.Pins(form.day.data, form.user.data, form.time.data)
            service.pin(actor(), visit, pins, form.version.data, clock.now())
            return _back(visit.visit_on)
    return _visit_page(visit_id, pins=form)


@bp.post("/einsatz/besuche/<int:visit_id>/teilen")
def split_visit(visit_id: int) -> ResponseReturnValue:
    """Give some tickets of a visit one of their own."""
    visit = queries.to_plan(actor(), visit_id)
    form = SplitForm().offer(job.ticket for job in visit.waiting)
    if form.validate():
        with form.shows_errors(), writing():
            service.split(actor(), visit, form.tickets.data, form.version.data, clock.now())
            return _back(visit.visit_on)
    return _visit_page(visit_id, splits=form)


@bp.post("/einsatz/besuche/<int:visit_id>/zusammenlegen")
def merge_visit(visit_id: int) -> ResponseReturnValue:
    """Put everything of another visit on this one."""
    visit, form = queries.to_plan(actor(), visit_id), MergeForm()
    if form.validate():
        with form.shows_errors(), writing():
            other = queries.to_plan(actor(), form.other.data)
            service.merge(actor(), visit, other, form.version.data, clock.now())
            return _back(visit.visit_on)
    return _visit_page(visit_id, merges=form)


@bp.post("/einsatz/schritte/<int:step_id>/zurueck")
def undo_step(step_id: int) -> ResponseReturnValue:
    """Take the last step back."""
    with writing():
        step = service.undo(actor(), step_id, clock.now())
    flash(f"Zurückgenommen: {step.label}", "success")
    return _back(clock.local_day(clock.now()))


def _visit_page(
    visit_id: int, *, pins: PinForm | None = None, splits: SplitForm | None = None, merges: MergeForm | None = None
) -> ResponseReturnValue:
    visit = queries.to_plan(actor(), visit_id)
    shown = pins or splits or merges
    return render_template(
        "dispatch/board_visit.html",
        visit=visit,
        shown=shown,
        pins=pins or PinForm(formdata=None, day=visit.is_day_pinned, user=visit.is_user_pinned, time=visit.is_fixed),
        splits=splits or SplitForm(formdata=None).offer(job.ticket for job in visit.waiting),
        beside=board_queries.beside(visit),
        at=clock.now(),
        boards=boards,
        sheet=_is_sheet(),
    ), shown.status if shown else 200


def _move_page(subject: Visit | Ticket, form: PlaceForm) -> ResponseReturnValue:
    at = clock.now()
    is_asked = bool(form.person.raw_data) and (request.method == "POST" or form.validate())
    goal = _goal(form) if is_asked and not any(field.errors for field in form) else None
    return render_template(
        "dispatch/board_move.html",
        subject=subject,
        visit=subject if isinstance(subject, Visit) else None,
        form=form,
        goal=goal,
        effect=effects.of(subject, goal, at) if goal else None,
        slots=effects.best(subject, at) if goal is None else [],
        why=effects.why_open(subject, at) if isinstance(subject, Ticket) and goal is None else None,
        boards=boards,
        sheet=_is_sheet(),
        zurueck=request.values.get("zurueck", ""),
    ), form.status if request.method == "POST" else 200


def _ask(subject: Visit | Ticket) -> AskForm:
    return _offered(AskForm(request.args, **_now(subject)), subject)


def _place(subject: Visit | Ticket) -> PlaceForm:
    return _offered(PlaceForm(), subject)


def _now(subject: Visit | Ticket) -> dict[str, object]:
    if isinstance(subject, Visit):
        return {"person": subject.user_id, "tag": subject.visit_on.isoformat(), "version": subject.version_id}
    return {}


def _offered(form: F, subject: Visit | Ticket) -> F:
    today = clock.local_day(clock.now())
    first = max(subject.visit_on, today) if isinstance(subject, Visit) else today
    week = boards.week_of(first)
    days = {day for day in (*week, *boards.week_of(week[0] + timedelta(weeks=1))) if day >= today}
    asked = day_of_address(str(form.tag.data or ""))
    if asked is not None and FIRST_YEAR <= asked.year <= LAST_YEAR:
        days.add(asked)
    districts = board_queries.districts_for(actor())
    people = board_queries.managers_of([district.id for district in districts], first)
    form.offer(people, sorted(days))
    return form


def _goal(form: PlaceForm) -> Goal:
    return Goal(form.people[form.person.data], form.day, form.minute, form.is_exact)


def _back(day: date, shown: Visit | None = None) -> ResponseReturnValue:
    """To the board as it was looked at before, else to the week of this day."""
    target = request.form.get("zurueck", "")
    if not (is_local(target) and target.startswith("/einsatz")):
        target = url_for("dispatch.board", woche=boards.week_of(day)[0])
    return redirect(f"{target}#b{shown.id}" if shown else target)


def _is_sheet() -> bool:
    """Whether the page is shown in a sheet over the board, without its frame."""
    return request.headers.get("X-Sheet") == "1"


def _day(name: str) -> date | None:
    """The day in an address such as ?tag=2026-11-24, if there is one.

    Raises: NotFound for what is no day anybody plans.
    """
    text = request.args.get(name)
    if not text:
        return None
    day = day_of_address(text)
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NotFound("Diesen Tag gibt es nicht.")
    return day
