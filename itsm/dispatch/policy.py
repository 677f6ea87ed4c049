"""Who may see, plan and drive visits; each rule for one visit, the first one for lists too."""

import sqlalchemy as sa

from itsm.accounts.models import User
from itsm.core.access import Actor, Role, Verb
from itsm.dispatch.models import Visit, WeekPlan
from itsm.org.models import School
from itsm.tickets.models import Ticket


def may_see(actor: Actor, visit: Visit) -> bool:
    """Say whether this person may see this visit; `visible_to` draws the same line."""
    return actor.may(Verb.VISIT_SEE, school_id=visit.school_id, district_id=visit.district_id) or may_drive(
        actor, visit
    )


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter every list and count of visits begins with."""
    scope = actor.scope(Verb.VISIT_SEE)
    if scope.everywhere:
        return sa.true()
    parts = [scope.among(Visit.school_id, Visit.district_id)]
    if actor.may_somewhere(Verb.VISIT_DRIVE):
        parts.append(Visit.user_id == actor.user_id)
    return sa.or_(*parts)


def may_drive(actor: Actor, visit: Visit) -> bool:
    """Say whether this person drives the visit: who stands in has no rights of their own in the district."""
    return visit.user_id == actor.user_id and actor.may_somewhere(Verb.VISIT_DRIVE)


def may_plan(actor: Actor, visit: Visit) -> bool:
    """Say whether this person may move or cancel the visit."""
    return actor.may(Verb.VISIT_PLAN, school_id=visit.school_id, district_id=visit.district_id) or may_drive(
        actor, visit
    )


def may_plan_for(actor: Actor, school: School) -> bool:
    """Say whether this person may add visits and change the visiting times of a school."""
    return actor.may(Verb.VISIT_PLAN, school_id=school.id, district_id=school.district_id)


def may_see_visits_of(actor: Actor, school: School) -> bool:
    """Say whether this person may see when support comes to a school."""
    return actor.may(Verb.VISIT_SEE, school_id=school.id, district_id=school.district_id)


def may_see_day_of(actor: Actor, user: User) -> bool:
    """Say whether this person may look at a manager's day: their own, or anybody's with sight of the city."""
    if user.id == actor.user_id:
        return actor.may_somewhere(Verb.VISIT_DRIVE)
    return actor.scope(Verb.VISIT_SEE).everywhere


def may_see_mileage_of(actor: Actor, user: User) -> bool:
    """Say whether this person may read a manager's mileage log: the manager, the team lead and the auditors."""
    if user.id == actor.user_id:
        return actor.may_somewhere(Verb.VISIT_DRIVE)
    return actor.scope(Verb.VISIT_FIGURES).everywhere


def may_order_day_of(actor: Actor, user: User) -> bool:
    """Say whether this person may put a manager's stops into another order."""
    if user.id == actor.user_id:
        return actor.may_somewhere(Verb.VISIT_DRIVE)
    return actor.scope(Verb.VISIT_PLAN).everywhere


def drives(actor: Actor) -> bool:
    """Say whether this person has a day of their own."""
    return actor.has(Role.CAMPUS_MANAGER)


def looks_after_days(actor: Actor) -> bool:
    """Say whether this person plans or checks the days of others, for whom the menu offers them."""
    plans = actor.scope(Verb.VISIT_PLAN).everywhere or actor.has(Role.AUDITOR)
    return plans and not drives(actor)


def may_see_unplanned(actor: Actor) -> bool:
    """Say whether the list of tickets without a visit is for this person."""
    scope = actor.scope(Verb.VISIT_SEE)
    return scope.everywhere or bool(scope.district_ids)


def may_use_board(actor: Actor) -> bool:
    """Say whether the board is for this person: whoever plans the city or a district of it."""
    scope = actor.scope(Verb.VISIT_PLAN)
    return scope.everywhere or bool(scope.district_ids)


def may_say_needs(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person may say what the work on a ticket takes."""
    return actor.may(Verb.VISIT_PLAN, school_id=ticket.school_id, district_id=ticket.district_id)


def may_see_team(actor: Actor) -> bool:
    """Say whether the page of the team has anything for this person: everybody, or a manager themselves."""
    return actor.may_somewhere(Verb.VISIT_PLAN)


def may_edit_team(actor: Actor) -> bool:
    """Say whether this person sets the working hours and skills of the managers."""
    return actor.scope(Verb.VISIT_PLAN).everywhere


def may_plan_district(actor: Actor, district_id: int) -> bool:
    """Say whether this person may have the week of a district planned."""
    return actor.may(Verb.VISIT_PLAN, district_id=district_id)


def may_decide_plan(actor: Actor, plan: WeekPlan) -> bool:
    """Say whether this person sees a plan and decides on it: whoever plans all of its districts.

    `visible_plans` draws the same line.
    """
    return all(may_plan_district(actor, district_id) for district_id in plan.district_ids)


def visible_plans(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter every list of plans begins with."""
    scope = actor.scope(Verb.VISIT_PLAN)
    if scope.everywhere:
        return sa.true()
    return WeekPlan.district_ids.contained_by(sorted(scope.district_ids)) if scope.district_ids else sa.false()


def may_subscribe(actor: Actor) -> bool:
    """Say whether there are visits this person may have in a calendar: those they drive, or those of their school."""
    return actor.may_somewhere(Verb.VISIT_DRIVE) or bool(actor.scope(Verb.VISIT_ANSWER).school_ids)


def may_answer_for(actor: Actor, school: School) -> bool:
    """Say whether this person speaks for the school when it comes to visits."""
    return actor.may(Verb.VISIT_ANSWER, school_id=school.id)


def may_answer(actor: Actor, visit: Visit) -> bool:
    """Say whether this person says for the school whether a visit suits."""
    return actor.may(Verb.VISIT_ANSWER, school_id=visit.school_id)
