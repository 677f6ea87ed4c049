"""Stops that come to nothing: nobody opens the door, or the day is over."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from itsm.accounts.models import User
from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.german import local_time
from itsm.dispatch import figures, notices, policy, queries
from itsm.dispatch.models import Assurance, Visit
from itsm.dispatch.service import late, placing, routes, stops, visits
from itsm.dispatch.service.locks import hold
from itsm.dispatch.service.moves import move
from itsm.dispatch.states import VisitState
from itsm.tickets.models import Ticket

# Less is not worth a mail.
EARLIER = timedelta(minutes=15)


class LeftOver(StrEnum):
    """Why stops of a day were left."""

    NO_TIME = "no_time"
    CAR = "car"
    ILL = "ill"
    SCHOOL = "school"


# What the school reads, and what the button says.
LEFT_OVER_REASONS = {
    LeftOver.NO_TIME: "Heute hat die Zeit nicht gereicht.",
    LeftOver.CAR: "Unser Fahrzeug ist ausgefallen.",
    LeftOver.ILL: "Die zuständige Person ist ausgefallen.",
    LeftOver.SCHOOL: "An der Schule ging es heute doch nicht.",
}


def turn_away(actor: Actor, visit: Visit, at: datetime) -> None:
    """Note that nobody was there: the visit falls through, its tickets go back, the day goes on from here.

    Source: docs/rules/visits.md, VI-33.
    """
    stops.require_today(actor, visit, at)
    if any(job.result for job in visit.jobs):
        raise DomainError("Hier ist schon ein Ergebnis eingetragen. Bitte schließen Sie den Halt mit „Fertig“ ab.")
    if visit.state is not VisitState.ON_SITE:
        move(visit, "arrive", at)
    reason = f"Wir waren um {local_time(at)} Uhr da und haben niemanden angetroffen."
    visits.call_off(visit, "turn-away", reason, at)
    late.follow(visit.user_id, visit.visit_on, at)


def end_day(actor: Actor, user: User, day: date, why: LeftOver, at: datetime) -> int:
    """Give back what was left of today with the reason; return how many stops that were.

    Raises: NotAllowed for somebody else's day; DomainError for another day, or while a stop is under way.
    Source: docs/rules/visits.md, VI-34.
    """
    if not policy.may_order_day_of(actor, user):
        raise NotAllowed("Diesen Tag beenden nur die eingeteilte Person und die Teamleitung.")
    if day != clock.local_day(at):
        raise DomainError("Beenden lässt sich nur der heutige Tag.")
    for district_id in queries.districts_of(user.id, day):
        hold(district_id)
    found = queries.day_of(user.id, day)
    for visit in found:
        if visit.state in (VisitState.DRIVING, VisitState.ON_SITE):
            raise DomainError(
                f"Der Halt bei {visit.school.short_name} läuft noch. Bitte schließen Sie ihn zuerst ab, "
                "oder nehmen Sie „Losfahren“ zurück."
            )
    left = [visit for visit in found if visit.state is VisitState.PLANNED]
    for visit in left:
        visits.call_off(visit, "miss", LEFT_OVER_REASONS[why], at)
    return len(left)


def take_visit(actor: Actor, visit: Visit, at: datetime) -> None:
    """Drive a stop of today next; a school that expected us later is told.

    Source: docs/rules/visits.md, VI-33.
    """
    stops.require_today(actor, visit, at)
    if visit.state is not VisitState.PLANNED:
        raise DomainError("Dieser Halt ist schon begonnen oder fällt aus. Bitte wählen Sie einen anderen.")
    told = visit.starts_at
    routes.bring_forward(visit, at)
    if told - visit.starts_at >= EARLIER:
        notices.earlier(visit, at)
    late.follow(visit.user_id, visit.visit_on, at)


def take_tickets(actor: Actor, user: User, tickets: Sequence[Ticket], at: datetime) -> Visit:
    """Take on what waits at a building nearby, as the next stop; the school is told.

    Raises: NotAllowed unless the actor plans for the school; DomainError if somebody else was faster.
    """
    if not policy.may_order_day_of(actor, user):
        raise NotAllowed("Diesen Tag ändern nur die eingeteilte Person und die Teamleitung.")
    if not tickets:
        raise DomainError(
            "Hier wartet nichts mehr, oder jemand anders war schneller. Bitte wählen Sie einen anderen Halt."
        )
    school, site = tickets[0].school, tickets[0].site
    if not policy.may_plan_for(actor, school):
        raise NotAllowed("Diese Störungen übernimmt nur das Campusmanagement des Bezirks.")
    visit = placing.open_visit(tickets, site, placing.Spot(user.id, at), 0, at)
    visit.assurance = Assurance.TOLD
    visit.minutes = routes.needed_minutes(visit, figures.visit_on(visit.visit_on))
    routes.bring_forward(visit, at)
    notices.planned(visit, at)
    late.follow(user.id, visit.visit_on, at)
    return visit
