"""Week plans: asked for by a person or the clock, worked out by the worker, accepted, rejected or cancelled."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from itsm.core import clock
from itsm.core.access import SYSTEM, Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.core.queue import enqueue
from itsm.dispatch import figures, plan_queries, policy
from itsm.dispatch.models import Cause, WeekPlan
from itsm.dispatch.service.locks import hold
from itsm.dispatch.service.plan_accept import Accepted, apply
from itsm.dispatch.service.plan_moves import move
from itsm.dispatch.service.plan_runs import outdate, run
from itsm.dispatch.states import PLAN_LABELS, PlanState
from itsm.org import calendar

__all__ = ["Accepted", "accept", "ask", "ask_nightly", "cancel", "reject", "run"]

LONGEST_DAYS = 14
FURTHEST = timedelta(days=60)
LEFT_TO_PEOPLE = timedelta(days=1)
# In the holidays nothing is planned until they are nearly over.
LONG_WEEKEND = timedelta(days=4)


def ask(
    actor: Actor,
    district_ids: Collection[int],
    first_on: date,
    at: datetime,
    *,
    cause: Cause = Cause.ASKED,
    joint: bool = False,
    note: str = "",
    days: int | None = None,
) -> WeekPlan:
    """Ask for a proposal for the days from `first_on` on; the worker works it out.

    Raises: NotAllowed unless the actor plans every one of the districts; DomainError for no district or a day
        that is over; Conflict while one of the districts is being planned.
    Source: docs/rules/visits.md, VI-16.
    """
    wanted = sorted(set(district_ids))
    if not wanted:
        raise DomainError("Bitte wählen Sie mindestens einen Bezirk.")
    if not all(policy.may_plan_district(actor, district_id) for district_id in wanted):
        raise NotAllowed("Einen Bezirk plant dessen Campusmanagement oder die Teamleitung.")
    today = clock.local_day(at)
    if not today <= first_on <= today + FURTHEST:
        raise DomainError("Planen lässt sich nur ab heute und höchstens acht Wochen im Voraus.")
    for district_id in wanted:
        hold(district_id)
    _refuse_second(wanted)
    count = days or figures.plan_on(first_on)["days"]
    plan = WeekPlan(
        first_on=first_on,
        days=min(count, LONGEST_DAYS),
        district_ids=wanted,
        is_joint=joint and len(wanted) > 1,
        cause=cause,
        note=note.strip(),
        asked_by_id=actor.user_id,
        asked_at=at,
    )
    db.session.add(plan)
    db.session.flush()
    key = f"plan-{'-'.join(map(str, wanted))}"
    enqueue("plan-week", args={"plan_id": plan.id}, queue="plan", lock=key, queueing_lock=f"plan-week-{plan.id}")
    return plan


def ask_nightly(at: datetime) -> int:
    """Ask for a proposal for every district in which somebody waits for us; return how many.

    Source: docs/rules/visits.md, VI-19.
    """
    return _ask_for_each(plan_queries.with_open_work(), Cause.NIGHTLY, at)


def ask_on_change(at: datetime) -> int:
    """Ask for a proposal for every district in which new work found no visit; return how many.

    Source: docs/rules/visits.md, VI-19.
    """
    return _ask_for_each(plan_queries.with_new_work(), Cause.CHANGE, at)


def _ask_for_each(district_ids: Iterable[int], cause: Cause, at: datetime) -> int:
    """What a person has asked for since yesterday and not decided on is left to them."""
    today = clock.local_day(at)
    first_on = today if calendar.is_school_day(today) else calendar.next_school_day(today)
    if first_on - today > LONG_WEEKEND:
        return 0
    asked = 0
    for district_id in district_ids:
        if plan_queries.under_way_for([district_id]) or plan_queries.asked_since(district_id, at - LEFT_TO_PEOPLE):
            continue
        ask(SYSTEM, [district_id], first_on, at, cause=cause)
        asked += 1
    return asked


def cancel(actor: Actor, plan: WeekPlan, at: datetime) -> None:
    """Stop a plan that waits or is being worked out; the plan in force stays."""
    _require(actor, plan)
    _decide(plan, "cancel", actor, at)


def reject(actor: Actor, plan: WeekPlan, at: datetime) -> None:
    """Turn a proposal down; nothing changes."""
    _require(actor, plan)
    _decide(plan, "reject", actor, at)


def accept(actor: Actor, plan: WeekPlan, step_ids: Collection[int] | None, at: datetime) -> Accepted:
    """Let all steps of a proposal, or only these, come into force; each school is told once.

    A step the present has overtaken is skipped, and the answer says so.
    Raises: Conflict if somebody else has decided in the meantime; DomainError without a step.
    Source: docs/rules/visits.md, VI-18 and VI-19.
    """
    _require(actor, plan)
    if step_ids is not None and not step_ids:
        raise DomainError("Bitte wählen Sie mindestens eine Änderung aus, oder verwerfen Sie den Vorschlag.")
    for district_id in plan_queries.districts_touched(plan):
        hold(district_id)
    _decide(plan, "accept", actor, at)
    done = apply(plan, step_ids, at)
    outdate(plan, at)
    return done


def _refuse_second(district_ids: Collection[int]) -> None:
    for other in plan_queries.under_way_for(district_ids):
        names = ", ".join(row.name for row in plan_queries.districts(set(other.district_ids) & set(district_ids)))
        raise Conflict(
            f"{names}: Hier läuft schon eine Planung (Nr. {other.id}). "
            "Bitte warten Sie, bis sie fertig ist, oder brechen Sie sie ab."
        )


def _decide(plan: WeekPlan, name: str, actor: Actor, at: datetime) -> None:
    """Move the plan on, one person at a time."""
    expected = PlanState.READY if name in ("accept", "reject") else None
    db.session.refresh(plan, with_for_update={"of": WeekPlan})
    if expected is not None and plan.state is not expected:
        raise Conflict(f"Der Stand ist inzwischen „{PLAN_LABELS[plan.state]}“. Bitte laden Sie die Seite neu.")
    move(plan, name, at, actor.user_id)


def _require(actor: Actor, plan: WeekPlan) -> None:
    if not policy.may_decide_plan(actor, plan):
        raise NotAllowed("Über einen Plan entscheidet, wer alle seine Bezirke plant.")
