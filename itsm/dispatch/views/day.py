"""„Mein Tag“: the stops of one manager's day in driving order."""

from datetime import date, timedelta

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from itsm.accounts.models import User
from itsm.core import clock
from itsm.core.db import writing
from itsm.core.errors import DomainError, NotAllowed, NotFound
from itsm.core.web import actor
from itsm.dispatch import agenda, next_best, policy, queries
from itsm.dispatch.forms import day_of_address
from itsm.dispatch.service import endings, late, routes, stops
from itsm.dispatch.states import VisitState
from itsm.dispatch.views.blueprint import bp

# Days nobody plans: an address with the year 9999 must not reach the arithmetic of dates.
FIRST_YEAR, LAST_YEAR = 2020, 2100


@bp.get("/tag")
def my_day() -> ResponseReturnValue:
    """Show today."""
    return _page(clock.local_day(clock.now()).isoformat())


@bp.get("/tag/<day>")
def day(day: str) -> ResponseReturnValue:
    """Show another day."""
    return _page(day)


@bp.post("/tag/<day>/ordnen")
def order_day(day: str) -> ResponseReturnValue:
    """Work the order of the stops out anew."""
    found, user = whose(day)
    at = clock.now()
    with writing():
        plan = routes.reorder(actor(), user, found, at)
        late.follow(user.id, found, at)
    flash("Die Reihenfolge ist neu berechnet." if plan else "Hier gibt es nichts mehr zu ordnen.", "success")
    return _back(day)


@bp.get("/tag/<day>/naechster-halt")
def next_stop(day: str) -> ResponseReturnValue:
    """Offer what could come next: another stop of today, or open jobs nearby."""
    found, user = whose(day)
    at = clock.now()
    if not policy.may_order_day_of(actor(), user):
        raise NotAllowed("Diesen Tag ändern nur die eingeteilte Person und die Teamleitung.")
    if found != clock.local_day(at):
        return _back(day)
    offers = next_best.options(actor(), user, found, at)
    return render_template(
        "dispatch/next_stop.html",
        user=user,
        offers=offers,
        day=found,
        person=_person(),
        is_mine=user.id == actor().user_id,
    )


@bp.post("/tag/<day>/uebernehmen")
def take_tickets(day: str) -> ResponseReturnValue:
    """Take on what waits at a building nearby, as the next stop."""
    found, user = whose(day)
    at = clock.now()
    if found != clock.local_day(at):
        raise DomainError("Übernehmen lässt sich etwas nur für heute.")
    school_id, site_id = (request.form.get(name, 0, type=int) for name in ("school", "site"))
    with writing():
        visit = endings.take_tickets(actor(), user, next_best.tickets_at(actor(), school_id, site_id, found), at)
    flash(f"{visit.school.short_name} ist Ihr nächster Halt. Die Schule weiß Bescheid.", "success")
    return _back(day)


@bp.route("/tag/<day>/beenden", methods=["GET", "POST"])
def end_day(day: str) -> ResponseReturnValue:
    """Give back what was left of the day: one tap opens the reasons, a second one chooses."""
    found, user = whose(day)
    if not policy.may_order_day_of(actor(), user):
        raise NotAllowed("Diesen Tag beenden nur die eingeteilte Person und die Teamleitung.")
    if request.method == "POST":
        why = request.form.get("why", "")
        if why not in {reason.value for reason in endings.LeftOver}:
            raise DomainError("Bitte wählen Sie einen Grund. Die Schulen lesen ihn.")
        with writing():
            count = endings.end_day(actor(), user, found, endings.LeftOver(why), clock.now())
        flash(_ended(count), "success")
        return _back(day)
    left = [visit for visit in queries.day_of(user.id, found) if visit.state is VisitState.PLANNED]
    return render_template(
        "dispatch/end_day.html",
        user=user,
        left=left,
        day=found,
        person=_person(),
        reasons=endings.LEFT_OVER_REASONS,
        is_today=found == clock.local_day(clock.now()),
    )


def _ended(count: int) -> str:
    if not count:
        return "Der Tag ist zu Ende. Es war nichts mehr offen."
    stops = "Ein Halt fällt aus, seine" if count == 1 else f"{count} Halte fallen aus, ihre"
    return f"Der Tag ist zu Ende. {stops} Störungen stehen unter „Ungeplant“, und die Schulen wissen Bescheid."


def _person() -> int | None:
    return request.args.get("person", type=int)


def whose(text: str) -> tuple[date, User]:
    """The day of an address and the manager whose day it is."""
    day = day_of_address(text)
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NotFound
    return day, queries.manager_for(actor(), _person(), day)


def _back(day: str) -> ResponseReturnValue:
    return redirect(url_for("dispatch.day", day=day, person=_person()))


def _page(text: str) -> Response:
    day, user = whose(text)
    at, me, person = clock.now(), actor(), _person()
    page = render_template(
        "dispatch/day.html",
        agenda=agenda.agenda(user, day),
        actor=me,
        policy=policy,
        managers=queries.managers_for(me, day),
        today=clock.local_day(at),
        at=at,
        may_take_back=stops.may_take_back,
        person=person,
        previous=(day - timedelta(days=1)).isoformat(),
        next=(day + timedelta(days=1)).isoformat(),
    )
    response = make_response(page)
    # Not `no-store`: a phone without network must be able to show the day it loaded in the morning.
    response.headers["Cache-Control"] = "private, no-cache"
    return response
