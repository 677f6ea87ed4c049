"""A swap a visit has passed without comes back by itself: to the next visit, or to the clerk's desk."""

from datetime import date, timedelta

import pytest

from itsm.claims import desk, handling
from itsm.claims.models import CaseEntry, DamageCase
from itsm.claims.service import replacements
from itsm.core.db import db
from itsm.dispatch.models import Visit
from itsm.dispatch.service import device_tasks, stops, visits
from itsm.dispatch.states import VisitState
from tests.claims.factories import make_examined
from tests.claims.steps import clerk
from tests.dispatch.factories import Place, make_place, make_visit
from tests.people import MONDAY, MONDAY_9AM

pytestmark = pytest.mark.usefixtures("session")
WEEK = timedelta(days=7)


def on_visit(**columns: object) -> tuple[Place, DamageCase, Visit]:
    """A swap that rides on the visit of today."""
    place = make_place()
    visit = make_visit(place, **({"visit_on": MONDAY} | columns))
    case = make_examined(place.school)
    replacements.plan(clerk(), case, None, MONDAY_9AM)
    db.session.commit()
    return place, case, visit


def ends(visit: Visit, place: Place, how: str) -> None:
    if how == "done":
        stops.finish(place.driver, visit, MONDAY_9AM)
    else:
        visits.call_off(visit, how, "Die Zeit hat nicht gereicht.", MONDAY_9AM)
    db.session.commit()


def last_of(case: DamageCase) -> tuple[str, str, bool]:
    db.session.refresh(case, ["entries"])
    entry: CaseEntry = case.entries[-1]
    return entry.what, entry.text, entry.is_public


def blocks_of(case: DamageCase) -> set[str]:
    me = clerk()
    rows = {slug: desk.BY_SLUG[slug].fill(me, MONDAY, 9).rows for slug in ("tausch", "besuch", "entscheiden")}
    return {slug for slug, found in rows.items() if case.id in [row.case_id for row in found]}


@pytest.mark.parametrize(("how", "state"), [("done", VisitState.ON_SITE), ("miss", VisitState.PLANNED)])
def test_it_stands_on_the_next_visit_once(how: str, state: VisitState) -> None:
    place, case, visit = on_visit(state=state)
    following = make_visit(place, visit_on=MONDAY + WEEK)
    ends(visit, place, how)
    assert [task.device_task_id for task in following.tasks] == [case.swap_task_id]
    assert device_tasks.catch_up(MONDAY_9AM) == 0
    assert last_of(case) == ("swap-missed", "Besuch am 23.11.2026.", True)
    assert (case.swap_missed_on, blocks_of(case)) == (None, {"besuch"})


@pytest.mark.parametrize(("how", "state"), [("done", VisitState.ON_SITE), ("cancel", VisitState.PLANNED)])
def test_without_a_next_visit_it_comes_back_to_the_desk(how: str, state: VisitState) -> None:
    place, case, visit = on_visit(state=state)
    ends(visit, place, how)
    assert case.swap_missed_on == MONDAY
    assert last_of(case) == ("swap-missed", "Ein neuer Besuch steht noch nicht fest.", True)
    assert blocks_of(case) == {"tausch"}
    assert handling.next_step(case) == ("Tausch neu planen oder absagen", handling.CLERK)


def test_a_visit_that_is_made_later_takes_it_along_and_the_desk_is_rid_of_it() -> None:
    place, case, visit = on_visit()
    ends(visit, place, "miss")
    later = make_visit(place, visit_on=MONDAY + WEEK)
    assert [device_tasks.catch_up(MONDAY_9AM) for _ in range(2)] == [1, 0]
    assert [task.device_task_id for task in later.tasks] == [case.swap_task_id]
    assert last_of(case) == ("swap-placed", "Besuch am 23.11.2026.", True)
    assert blocks_of(case) == {"besuch"}


def test_what_was_ticked_handed_over_or_called_off_does_not_come_back() -> None:
    place, case, visit = on_visit(state=VisitState.ON_SITE)
    replacements.call_off(clerk(), case, MONDAY_9AM)
    ends(visit, place, "done")
    assert (case.swap_missed_on, last_of(case)[0]) == (None, "swap-off")


def test_planning_it_anew_or_calling_it_off_takes_it_from_the_desk() -> None:
    place, case, visit = on_visit()
    ends(visit, place, "miss")
    replacements.plan(clerk(), case, None, MONDAY_9AM)
    assert (case.swap_missed_on, blocks_of(case)) == (None, {"besuch"})
    case.swap_missed_on = date(2026, 11, 16)
    replacements.call_off(clerk(), case, MONDAY_9AM)
    assert case.swap_missed_on is None
