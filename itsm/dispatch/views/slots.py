"""What other pages show of visits."""

from datetime import datetime
from typing import Any

from flask import render_template
from markupsafe import escape

from itsm.accounts.models import User
from itsm.core import clock
from itsm.core.access import Actor, Role, Verb
from itsm.core.db import db
from itsm.core.web import actor as person
from itsm.dispatch import (
    agenda,
    figures,
    need_queries,
    numbers,
    offer_queries,
    outage_queries,
    policy,
    queries,
    unplanned,
    words,
)
from itsm.dispatch.models import Visit
from itsm.dispatch.service import needs
from itsm.dispatch.states import VisitState
from itsm.org.models import School
from itsm.tickets.models import Target, Ticket
from itsm.tickets.states import DONE, State


def next_visit(ticket: Ticket, actor: Actor, at: datetime, **_: Any) -> str:
    """Show on a ticket when somebody comes for it."""
    if ticket.state is not State.PLANNED:
        return ""
    visit = queries.next_visit_of(ticket.id)
    return render_template("dispatch/_next_visit.html", visit=visit, actor=actor, at=at, policy=policy) if visit else ""


def work_needs(ticket: Ticket, actor: Actor, **_: Any) -> str:
    """Show on a ticket what the work takes, to whoever may say it."""
    if ticket.target is not Target.ON_SITE or ticket.state in DONE or not policy.may_say_needs(actor, ticket):
        return ""
    words = needs.words(need_queries.need_of(ticket.id))
    return render_template("dispatch/_needs.html", ticket=ticket, words=words)


def promise(ticket: Ticket, at: datetime, **_: Any) -> str:
    """Say after a report when we come: on the visit it has found already, else on the school's next one."""
    if ticket.target is not Target.ON_SITE or ticket.state not in (State.NEW, State.PLANNED):
        return ""
    found = queries.next_visit_of(ticket.id)
    visit = found or queries.next_visit_at([ticket.school_id], at)
    if visit is None:
        return ""
    return render_template(
        "dispatch/_promise.html",
        visit=visit,
        sentence=words.promise(visit, at) if found else words.next_visit(visit, at),
        is_urgent=not found and ticket.priority <= figures.visit_on(clock.local_day(at))[figures.URGENT_PRIORITY],
    )


def visits_of_school(school: School, **_: Any) -> str:
    """Show on a school when support comes next and where its times are."""
    if not policy.may_see_visits_of(person(), school):
        return ""
    at = clock.now()
    return render_template(
        "dispatch/_school.html",
        school=school,
        visit=queries.next_visit_at([school.id], at),
        times=queries.visiting_times_of(school.id),
        today=clock.local_day(at),
        at=at,
    )


def sentence(actor: Actor, at: datetime, **_: Any) -> str:
    """Say how the day stands, or when the school is visited next."""
    if policy.drives(actor):
        return render_template("dispatch/_sentence.html", day=agenda.today_of(_me(actor), at))
    schools = actor.scope(Verb.VISIT_SEE).school_ids
    visit = queries.next_visit_at(sorted(schools), at) if schools else None
    return str(escape(f"Nächster Besuch {words.when(visit, at)} mit {visit.user.name}.")) if visit else ""


def main_action(actor: Actor, at: datetime, **_: Any) -> str:
    """Offer the day to whoever drives it, and to the team lead what nobody is booked for."""
    if not (policy.drives(actor) or actor.has(Role.DISPATCHER)):
        return ""
    return render_template("dispatch/_main_action.html", drives=policy.drives(actor))


def unplanned_block(actor: Actor, at: datetime, **_: Any) -> str:
    """Show managers and the team lead what nobody is booked for."""
    if not (policy.drives(actor) or actor.has(Role.DISPATCHER)):
        return ""
    count, urgent = unplanned.count_for(actor)
    rows, _more = unplanned.rows_for(actor, at) if count else ([], None)
    return render_template("dispatch/_unplanned_block.html", count=count, urgent=urgent, rows=rows[:5])


def week_block(actor: Actor, at: datetime, **_: Any) -> str:
    """Show the team lead how the week stands."""
    if not actor.has(Role.DISPATCHER):
        return ""
    week = numbers.numbers(clock.local_day(at), 1, at).weeks[0]
    return render_template("dispatch/_week_block.html", week=week)


def _me(actor: Actor) -> User:
    return db.session.get_one(User, actor.user_id)


def offer_on_visit(visit: Visit, actor: Actor, at: datetime, **_: Any) -> str:
    """Show on a visit whether the school has said yes, and the way to ask or to answer."""
    plans, answers = policy.may_plan(actor, visit), policy.may_answer(actor, visit)
    if visit.state is not VisitState.PLANNED or not (plans or answers):
        return ""
    return render_template(
        "dispatch/_offer.html",
        visit=visit,
        offer=offer_queries.latest(visit.id),
        may_answer=answers,
        may_plan=plans,
        may_ask=plans and visit.visit_on > clock.local_day(at) and visit.helps_id is None,
    )


def offers_block(actor: Actor, at: datetime, **_: Any) -> str:
    """Show a school what it is asked, and whoever plans what suits no school."""
    waiting = offer_queries.waiting_for(actor, at)
    declined = offer_queries.declined_for(actor, clock.local_day(at))
    if not waiting and not declined:
        return ""
    return render_template("dispatch/_offers_block.html", waiting=waiting, declined=declined, at=at)


def outage_on_visit(visit: Visit, actor: Actor, **_: Any) -> str:
    """Say to whoever plans a visit that nobody comes for it as it stands."""
    if not policy.may_plan(actor, visit) or not outage_queries.stands_without_driver(visit):
        return ""
    return render_template("dispatch/_outage.html", visit=visit)


def stranded_block(actor: Actor, at: datetime, **_: Any) -> str:
    """Show whoever plans which visits nobody drives to."""
    visits = outage_queries.stranded_for(actor, clock.local_day(at))
    return render_template("dispatch/_stranded_block.html", visits=visits) if visits else ""
