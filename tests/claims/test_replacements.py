"""A replacement: at once or with the next visit, from the right stock, and what the case learns of it."""

from datetime import timedelta

import pytest

from itsm.assets.kinds import Kind as DeviceKind
from itsm.assets.models import Device, DeviceTask, TaskKind
from itsm.assets.service import tasks
from itsm.assets.states import State as DeviceState
from itsm.claims.kinds import Kind
from itsm.claims.models import CaseEntry, DamageCase
from itsm.claims.service import handling, replacements
from itsm.claims.states import State
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.dispatch.service import stops
from itsm.dispatch.states import VisitState
from tests.assets.factories import make_device, make_loan, make_model
from tests.claims.factories import make_examined
from tests.claims.steps import clerk
from tests.dispatch.factories import make_place, make_visit
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

pytestmark = pytest.mark.usefixtures("session")


def make_spare(case: DamageCase | None = None, **more: object) -> Device:
    """Put an iPad into the stock of the city, or of the school of a case."""
    school = case.school if case else None
    spare = make_device(school, **({"state": DeviceState.IN_STOCK} | more))
    if case is None:
        spare.school = spare.site = None
        db.session.commit()
    return spare


def test_a_broken_device_is_swapped_at_once_and_both_histories_tell() -> None:
    case, actor, spare = make_examined(), clerk(), make_spare()
    replacements.give(actor, case, spare, MONDAY_9AM)
    assert (case.state, case.replacement_id, case.replaced_on) == (State.REPLACEMENT, spare.id, MONDAY)
    assert case.device is not None
    assert (spare.state, spare.school_id, spare.site_id) == (DeviceState.IN_USE, case.school_id, case.device.site_id)
    assert case.device.replaced_by_id == spare.id
    with pytest.raises(DomainError, match="schon ein Ersatzgerät"):
        replacements.give(actor, case, make_spare(), MONDAY_9AM)
    handling.close(actor, case, MONDAY_9AM)


@pytest.mark.parametrize("takes_loan", [True, False])
def test_the_loan_of_a_broken_device_goes_along_if_somebody_says_so(takes_loan: bool) -> None:
    device, actor = make_device(state=DeviceState.LENT), clerk()
    loan = make_loan(device)
    case, spare = make_examined(device=device), make_spare()
    with pytest.raises(DomainError, match="ist ausgegeben"), db.session.begin_nested():
        replacements.give(actor, case, spare, MONDAY_9AM)
    replacements.give(actor, case, spare, MONDAY_9AM, takes_loan=takes_loan)
    assert (loan.returned_at is not None) is takes_loan
    assert spare.state is (DeviceState.LENT if takes_loan else DeviceState.IN_USE)


@pytest.mark.parametrize("kind", [Kind.THEFT, Kind.LOSS])
def test_for_what_is_gone_the_school_simply_gets_another_device(kind: Kind) -> None:
    case, spare = make_examined(kind=kind), make_spare()
    replacements.give(clerk(), case, spare, MONDAY_9AM)
    assert (spare.state, spare.school_id) == (DeviceState.IN_USE, case.school_id)
    assert case.device is not None
    assert case.device.replaced_by_id == spare.id
    assert case.device.state in (DeviceState.STOLEN, DeviceState.LOST)


def test_only_a_device_of_the_class_from_a_near_stock_that_nobody_else_waits_for_will_do() -> None:
    case, other, actor = make_examined(), make_examined(), clerk()
    promised = make_spare()
    replacements.plan(actor, other, promised, MONDAY_9AM)
    display = make_spare(model=make_model(DeviceKind.DISPLAY))
    wrong = {
        "schon für einen anderen Fall": promised,
        "derselben Art": display,
        "im Einsatz": make_spare(state=DeviceState.IN_USE),
        "anderen Schule": make_spare(other),
        "dasselbe": case.device,
    }
    for sentence, device in wrong.items():
        assert device is not None
        with pytest.raises(DomainError, match=sentence):
            replacements.give(actor, case, device, MONDAY_9AM)
    mine, city = make_spare(case), make_spare()
    assert replacements.offered(case) == [mine, city]
    assert replacements.find(case, city.tag) is city
    with pytest.raises(DomainError, match="weder im Lager"):
        replacements.find(case, "GIBT-ES-NICHT")
    with pytest.raises(NotAllowed):
        replacements.plan(actor_for(make_user(Role.DISPATCHER)), case, city, MONDAY_9AM)


def test_the_swap_rides_on_the_next_visit_and_the_case_learns_that_it_is_done() -> None:
    case, spare = make_examined(), make_spare()
    replacements.plan(clerk(), case, spare, MONDAY_9AM)
    task = _task(case)
    assert (task.kind, task.school_id, task.device_id) == (TaskKind.SWAP, case.school_id, case.device_id)
    assert spare.tag in task.text and case.device_label in task.text
    with pytest.raises(DomainError, match="nächsten Besuch"):
        handling.close(clerk(), case, MONDAY_9AM)
    driver = _driver(case)
    tasks.settle(driver, task, "", MONDAY_9AM)
    assert (case.replaced_on, spare.state) == (MONDAY, DeviceState.IN_USE)
    assert _last(case).author_id == driver.user_id
    tasks.reopen(driver, task, MONDAY_9AM)
    assert case.replaced_on is None
    tasks.settle(driver, task, "", MONDAY_9AM)
    assert case.replaced_on == MONDAY
    handling.close(clerk(), case, MONDAY_9AM)


def test_the_task_stands_on_the_visit_ahead_and_its_tick_makes_the_swap() -> None:
    place = make_place()
    case, spare, actor = make_examined(place.school), make_spare(), clerk()
    make_visit(place, visit_on=MONDAY - timedelta(days=7), state=VisitState.MISSED, reason="krank")
    visit = make_visit(place, state=VisitState.ON_SITE)
    make_visit(place, visit_on=MONDAY + timedelta(days=7))
    replacements.plan(actor, case, None, MONDAY_9AM)
    replacements.plan(actor, case, spare, MONDAY_9AM)
    [on_visit] = visit.tasks
    assert spare.tag in on_visit.text and on_visit.device_task_id == case.swap_task_id
    stops.tick(place.driver, visit, on_visit, MONDAY_9AM)
    assert (case.replacement_id, case.replaced_on, spare.state) == (spare.id, MONDAY, DeviceState.IN_USE)


def test_what_was_swapped_on_the_visit_counts_whichever_was_planned() -> None:
    case, planned, taken = make_examined(), make_spare(), make_spare()
    replacements.plan(clerk(), case, planned, MONDAY_9AM)
    assert case.device is not None
    case.device.replaced_by = taken
    tasks.settle(_driver(case), _task(case), "", MONDAY_9AM)
    assert (case.replacement_id, planned.state) == (taken.id, DeviceState.IN_STOCK)


def test_a_tick_without_a_device_or_with_one_that_is_gone_asks_the_clerk_instead_of_failing() -> None:
    case, spare, actor = make_examined(), make_spare(), clerk()
    replacements.plan(actor, case, None, MONDAY_9AM)
    task, driver = _task(case), _driver(case)
    tasks.settle(driver, task, "", MONDAY_9AM)
    assert case.replaced_on is None and "Ersatzgerät" in _last(case).text
    tasks.reopen(driver, task, MONDAY_9AM)
    replacements.plan(actor, case, spare, MONDAY_9AM)
    assert _task(case).id == task.id
    spare.state = DeviceState.RETIRED
    db.session.commit()
    tasks.settle(driver, task, "", MONDAY_9AM)
    assert case.replaced_on is None and "ausgemustert" in _last(case).text
    assert task.done_at == MONDAY_9AM


def test_a_device_handed_over_at_once_takes_the_swap_off_the_visit() -> None:
    case, spare, actor = make_examined(), make_spare(), clerk()
    replacements.plan(actor, case, spare, MONDAY_9AM)
    task = _task(case)
    replacements.give(actor, case, spare, MONDAY_9AM)
    assert (task.done_at, case.swap_task_id, case.replaced_on) == (MONDAY_9AM, None, MONDAY)


def test_a_planned_swap_can_be_called_off_and_the_device_is_free_again() -> None:
    case, other, spare, actor = make_examined(), make_examined(), make_spare(), clerk()
    replacements.plan(actor, case, spare, MONDAY_9AM)
    task = _task(case)
    replacements.call_off(actor, case, MONDAY_9AM)
    assert (task.done_at, case.swap_task_id, case.replacement_id) == (MONDAY_9AM, None, None)
    replacements.plan(actor, other, spare, MONDAY_9AM)
    with pytest.raises(DomainError, match="kein Tausch"):
        replacements.call_off(actor, case, MONDAY_9AM)


def _task(case: DamageCase) -> DeviceTask:
    assert case.swap_task_id is not None
    return db.session.get_one(DeviceTask, case.swap_task_id)


def _driver(case: DamageCase) -> Actor:
    return actor_for(make_user(Role.CAMPUS_MANAGER, district_id=case.school.district_id))


def _last(case: DamageCase) -> CaseEntry:
    return db.session.query(CaseEntry).filter_by(case_id=case.id).order_by(CaseEntry.id.desc()).first() or CaseEntry()
