"""The worker's side of a week plan: read, solve outside of any transaction, write the proposal down."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime

import sqlalchemy as sa

from itsm.core.db import db, writing
from itsm.core.errors import DomainError
from itsm.dispatch import figures, plan_queries
from itsm.dispatch.models import WeekPlan
from itsm.dispatch.planner.week.model import Plan
from itsm.dispatch.planner.week.reasons import explain
from itsm.dispatch.planner.week.solve import Budget, Progress, solve, solve_districts
from itsm.dispatch.service import plan_numbers, plan_steps, week
from itsm.dispatch.service.plan_calm import calmed
from itsm.dispatch.service.plan_moves import move
from itsm.dispatch.service.plan_urgent import with_urgent
from itsm.dispatch.service.week import Week
from itsm.dispatch.states import UNDER_WAY, PlanState

log = logging.getLogger(__name__)

SEED = 1
SECONDS_BETWEEN_NOTES = 0.5
# The rest is explaining what is left out.
SOLVED_PERCENT = 95
FAILED = (
    "Die Planung ist abgebrochen: Das Programm hat einen Fehler gemeldet. Bitte sagen Sie der Administration Bescheid."
)


def run(plan_id: int, now: Callable[[], datetime], budget: Budget | None = None) -> None:
    """Work a plan out that waits; one whose worker died is begun anew, one that is decided left alone.

    Commits: RUNNING first, then the progress, at last the proposal as a whole; no transaction is open meanwhile.
    Source: docs/rules/visits.md, VI-16.
    """
    with writing():
        plan = _locked(plan_id)
        if plan is None or plan.state not in UNDER_WAY:
            return
        move(plan, "start", now())
    try:
        _work_out(plan_id, now, budget)
    # The one place that stands between a fault of the program and the person who waits for the plan.
    except Exception as error:
        db.session.rollback()
        log.exception("Plan %s", plan_id)
        _fail(plan_id, error.sentence if isinstance(error, DomainError) else FAILED, now())


def _work_out(plan_id: int, now: Callable[[], datetime], budget: Budget | None) -> None:
    found, numbers = _read(plan_id, now())
    found = found.with_problem(*with_urgent(found.problem, found.kept))
    new, old = _solved(plan_id, found, budget, numbers["seconds"]), found.kept
    if new is None:
        return
    new = calmed(found, new, numbers["soft_cents"])
    if plan_numbers.total(found, new) >= plan_numbers.total(found, old):
        new = old
    reasons = {key: explain(found.problem, new, key) for key in plan_steps.unexplained(found, new)}
    steps = plan_steps.steps(found, new, reasons)
    before, after = plan_numbers.numbers(found, old), plan_numbers.numbers(found, new)
    with writing():
        plan = _locked(plan_id)
        if plan is None or plan.state is not PlanState.RUNNING:
            return
        move(plan, "finish", now())
        plan.percent, plan.travel_note = 100, found.note
        plan.before, plan.after = before, after
        plan.steps = steps if plan_steps.changes(steps) else plan_steps.left_out(steps)
        outdate(plan, now())


def _read(plan_id: int, at: datetime) -> tuple[Week, dict[str, int]]:
    """The week of a plan with everything its readers touch, so that no transaction stays open."""
    plan = db.session.get_one(WeekPlan, plan_id)
    found = week.build(plan.first_on, plan.days, plan.district_ids, at, joint=plan.is_joint)
    numbers = figures.plan_on(plan.first_on)
    db.session.expunge_all()
    db.session.rollback()
    return found, numbers


def _solved(plan_id: int, found: Week, budget: Budget | None, seconds: int) -> Plan | None:
    """Search on a thread of its own and note the progress from here; None if somebody has cancelled the plan."""
    share = _Share()
    with ThreadPoolExecutor(1) as pool:
        search = pool.submit(_search, found, budget, seconds, share)
        while wait([search], timeout=SECONDS_BETWEEN_NOTES).not_done:
            share.is_stopped = share.is_stopped or not _note(plan_id, round(share.done * SOLVED_PERCENT))
    return None if share.is_stopped else search.result()


def _search(found: Week, budget: Budget | None, seconds: int, progress: Progress) -> Plan:
    districts = len({worker.district for worker in found.problem.workers})
    if found.problem.rates.foreign_cents is not None:
        whole = budget or Budget(cpu_seconds=float(seconds * max(1, districts)))
        return solve(found.problem, whole, SEED, found.kept, progress)
    return solve_districts(found.problem, budget or Budget(cpu_seconds=float(seconds)), SEED, found.kept, progress)


class _Share:
    """How much of the search is done, and whether it is to end."""

    done = 0.0
    is_stopped = False

    def __call__(self, share: float) -> bool:
        self.done = max(0.0, min(1.0, share))
        return not self.is_stopped


def _note(plan_id: int, percent: int) -> bool:
    """Write the progress down; say whether the plan is still wanted."""
    running = sa.update(WeekPlan).where(WeekPlan.id == plan_id, WeekPlan.state == PlanState.RUNNING)
    with writing():
        # Past the row's version: a page that shows the plan must not clash with its progress.
        noted = db.session.scalar(running.values(percent=percent).returning(WeekPlan.id))
    return noted is not None


def outdate(plan: WeekPlan, at: datetime) -> None:
    """Set older proposals for the same districts aside: only the newest can be accepted."""
    for older in plan_queries.ready_for(plan.district_ids):
        if older.id != plan.id:
            move(older, "outdate", at)


def _fail(plan_id: int, sentence: str, at: datetime) -> None:
    with writing():
        plan = _locked(plan_id)
        if plan is not None and plan.state in UNDER_WAY:
            plan.error = sentence
            move(plan, "fail", at)


def _locked(plan_id: int) -> WeekPlan | None:
    return db.session.get(WeekPlan, plan_id, with_for_update=True, populate_existing=True)
