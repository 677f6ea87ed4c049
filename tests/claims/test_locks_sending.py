"""The worker and a dead, a slow, a repeating and a late MDM: one effect, and never a lock on a found device."""

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import scoped_session

from itsm.claims import lock_queries
from itsm.claims.kinds import Kind
from itsm.claims.lock_states import OrderKind, OrderState
from itsm.claims.models import CaseEntry, DamageCase, MdmOrder, Position
from itsm.claims.service import cases, lock_sending, locks
from itsm.core.access import SYSTEM, Role
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.worker import make_worker
from tests.claims.factories import make_case
from tests.claims.jamf_pro_server import JamfPro, configured, jamf_pro_server, located, security
from tests.claims.steps import undone
from tests.people import MONDAY_9AM, actor_for, make_user

LATER = MONDAY_9AM + timedelta(minutes=20)
LOCK, LOCATE, UNLOCK = OrderKind.LOCK, OrderKind.LOCATE, OrderKind.UNLOCK


@pytest.fixture
def jamf(app: Flask, session: scoped_session) -> Iterator[JamfPro]:
    with jamf_pro_server() as server, configured(app, server):
        yield server


def make_released(jamf: JamfPro) -> MdmOrder:
    """A theft whose lock two people want; the MDM knows the device."""
    case = make_case(kind=Kind.THEFT)
    assert case.device
    assert case.device.serial
    jamf.devices[case.device.serial] = security()
    return released(case, LOCK)


def released(case: DamageCase, kind: OrderKind) -> MdmOrder:
    order = next((one for one in lock_queries.orders_of(case) if one.kind is kind), None)
    clerk = actor_for(make_user(Role.CLAIMS_CLERK))
    order = order or locks.request(clerk, case, kind, "Gerät wiederfinden", MONDAY_9AM)
    locks.release(actor_for(make_user(Role.CLAIMS_APPROVER)), order, MONDAY_9AM)
    db.session.commit()
    return order


def make_locked(jamf: JamfPro) -> MdmOrder:
    order = make_released(jamf)
    work(jamf, order, times=2)
    assert order.state is OrderState.CONFIRMED
    jamf.commands.clear()
    return order


def work(jamf: JamfPro, order: MdmOrder, at: datetime = LATER, times: int = 1) -> None:
    """Do what the worker does."""
    for _ in range(times):
        lock_sending.carry_out(order.id, lambda: at, jamf.server)
    db.session.refresh(order)


def find(case_id: int) -> None:
    """The device is found, as somebody at another computer enters it."""
    case = db.session.get_one(DamageCase, case_id)
    case.found_on = MONDAY_9AM.date()
    cases.move(SYSTEM, case, "find", MONDAY_9AM)
    db.session.commit()


def last(case: DamageCase, kind: OrderKind) -> MdmOrder:
    return [one for one in lock_queries.orders_of(case) if one.kind is kind][-1]


def history(case: DamageCase) -> list[str]:
    entries = sa.select(CaseEntry.what).where(CaseEntry.case_id == case.id).order_by(CaseEntry.id)
    return [one for one in db.session.scalars(entries) if one != "report"]


def waiting() -> list[int]:
    """Return the orders that stand in the queue."""
    rows = db.session.execute(sa.text("SELECT args FROM procrastinate_jobs WHERE task_name = 'mdm-order' ORDER BY id"))
    return [row[0]["order_id"] if isinstance(row[0], dict) else json.loads(row[0])["order_id"] for row in rows]


def test_a_lock_is_sent_once_and_confirmed_when_the_device_answers(jamf: JamfPro) -> None:
    order = make_released(jamf)
    assert waiting() == [order.id]
    jamf.devices_are_on = False
    work(jamf, order)
    assert (order.state, order.sent_at, order.remote_id) == (OrderState.RELEASED, LATER, "98d915a4-0001")
    work(jamf, order, times=2)
    assert order.state is OrderState.RELEASED
    next(iter(jamf.devices.values()))["lost_mode_enabled"] = True
    work(jamf, order, times=3)
    assert (order.state, order.done_at, order.next_at) == (OrderState.CONFIRMED, LATER, None)
    assert jamf.command_names() == ["EnableLostMode"]
    assert history(order.case) == ["lock-requested", "lock-released", "lock-sent", "lock-confirmed"]


def test_a_dead_mdm_leaves_the_lock_open_and_is_tried_again_with_growing_pauses(jamf: JamfPro) -> None:
    order = make_released(jamf)
    alive, jamf.url = jamf.url, "http://127.0.0.1:9"
    pauses = []
    for _ in range(9):
        work(jamf, order)
        pauses.append((order.next_at - LATER) / timedelta(minutes=1))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert order.last_error == "Das MDM ist nicht erreichbar."
    assert (order.state, order.case.state) == (OrderState.RELEASED, "reported")
    jamf.url = alive
    work(jamf, order, times=2)
    assert (order.state, order.last_error) == (OrderState.CONFIRMED, "")


def test_a_trouble_is_said_in_words_and_passes(jamf: JamfPro, subtests: pytest.Subtests) -> None:
    order, sentences = make_released(jamf), {500: "Das MDM ist gestört oder überlastet (500).", 200: "lesbar"}
    for status, sentence in (sentences | {401: "Das MDM lehnt die Anmeldung ab."}).items():
        with subtests.test(f"{status}"), undone():
            jamf.answers = [(status, b"<html>")]
            work(jamf, order)
            assert sentence in order.last_error
            assert jamf.commands == []
            work(jamf, order, times=2)
            assert order.state is OrderState.CONFIRMED
        jamf.commands.clear()
        jamf.devices = {serial: security() for serial in jamf.devices}


def test_an_unreadable_answer_to_the_command_does_not_lock_twice(jamf: JamfPro) -> None:
    order = make_released(jamf)
    jamf.command_answers = [(201, b"<mobile_device_comm")]
    work(jamf, order)
    assert (order.sent_at, "nicht lesbar" in order.last_error) == (None, True)
    work(jamf, order)
    assert order.state is OrderState.CONFIRMED
    assert jamf.command_names() == ["EnableLostMode"]


def test_a_slow_mdm_that_took_the_command_does_not_get_it_again(jamf: JamfPro) -> None:
    order = make_released(jamf)
    jamf.read_seconds, jamf.on_command = 0.2, lambda: time.sleep(0.4)
    work(jamf, order)
    assert order.last_error == "Das MDM antwortet nicht rechtzeitig."
    work(jamf, order, times=2)
    assert order.state is OrderState.CONFIRMED
    assert jamf.command_names() == ["EnableLostMode"]


def test_a_device_the_mdm_does_not_know_is_left_to_people(jamf: JamfPro) -> None:
    order = make_released(jamf)
    jamf.devices.clear()
    work(jamf, order, times=2)
    assert (order.is_by_hand, order.next_at, order.last_error) == (True, None, lock_sending.NOT_KNOWN)
    assert history(order.case)[-1] == "lock-by-hand"
    locks.confirm(actor_for(make_user(Role.CLAIMS_CLERK)), order, LATER, LATER)
    assert order.state is OrderState.CONFIRMED


def test_without_a_server_any_more_an_order_is_left_to_people(app: Flask, session: scoped_session) -> None:
    with jamf_pro_server() as jamf, configured(app, jamf):
        order = make_released(jamf)
    lock_sending.carry_out(order.id, lambda: LATER)
    db.session.refresh(order)
    assert (order.is_by_hand, order.attempts) == (True, 0)


def test_a_wrong_serial_number_locks_nothing(jamf: JamfPro) -> None:
    order = make_released(jamf)
    jamf.names = "FREMD0000001"
    work(jamf, order)
    assert "ein anderes Gerät" in order.last_error
    assert jamf.commands == []


def test_a_found_device_is_not_locked_by_a_retry(jamf: JamfPro) -> None:
    order = make_released(jamf)
    jamf.answers = [(500, b"")]
    work(jamf, order)
    find(order.case_id)
    asked = len(jamf.asked)
    work(jamf, order, times=2)
    assert (order.state, len(jamf.asked)) == (OrderState.WITHDRAWN, asked)


@pytest.mark.parametrize(
    "change", [{"state": "found", "found_on": MONDAY_9AM.date(), "over_at": MONDAY_9AM}, {"kind": Kind.DAMAGE}]
)
def test_an_order_of_a_case_that_is_none_of_a_missing_device_any_more_is_dropped(
    jamf: JamfPro, change: dict[str, object]
) -> None:
    order = make_released(jamf)
    db.session.execute(sa.update(DamageCase).where(DamageCase.id == order.case_id).values(**change))
    db.session.commit()
    work(jamf, order)
    assert order.state is OrderState.WITHDRAWN
    assert jamf.asked == []


@pytest.mark.parametrize("answer", [None, (500, b""), (201, b"<")])
def test_an_answer_after_the_device_was_found_ends_with_the_device_free(
    app: Flask, jamf: JamfPro, answer: tuple[int, bytes] | None
) -> None:
    order = make_released(jamf)
    case_id = order.case_id
    jamf.command_answers = [answer]

    def somebody_finds_it() -> None:
        jamf.on_command = lambda: None
        with app.app_context():
            find(case_id)

    jamf.on_command = somebody_finds_it
    db.session.commit()
    work(jamf, order)
    assert order.state is OrderState.WITHDRAWN
    freeing = last(order.case, UNLOCK)
    assert freeing.id in waiting()
    work(jamf, freeing, times=3)
    assert freeing.state is OrderState.CONFIRMED
    assert jamf.command_names() == ["EnableLostMode", "DisableLostMode"]
    assert next(iter(jamf.devices.values()))["lost_mode_enabled"] == "false"
    assert "lock-confirmed" not in history(order.case)


def test_a_find_while_the_device_is_looked_up_stops_the_command(app: Flask, jamf: JamfPro) -> None:
    order = make_released(jamf)
    case_id = order.case_id

    def somebody_finds_it() -> None:
        with app.app_context():
            find(case_id)

    jamf.on_find = somebody_finds_it
    db.session.commit()
    work(jamf, order)
    assert (order.state, jamf.commands) == (OrderState.WITHDRAWN, [])


def test_setting_free_is_sent_even_to_a_device_that_does_not_look_locked(jamf: JamfPro) -> None:
    order = make_released(jamf)
    jamf.devices_are_on = False
    work(jamf, order)
    find(order.case_id)
    freeing = last(order.case, UNLOCK)
    work(jamf, freeing)
    assert freeing.state is OrderState.RELEASED
    work(jamf, freeing)
    assert (freeing.state, jamf.command_names()) == (OrderState.CONFIRMED, ["EnableLostMode", "DisableLostMode"])


@pytest.mark.usefixtures("emptied")
def test_while_the_mdm_answers_nothing_is_held_and_a_find_gets_through(app: Flask) -> None:
    with jamf_pro_server() as jamf, configured(app, jamf):
        order = make_released(jamf)
        order_id, case_id = order.id, order.case_id

        def find_on_another_connection() -> None:
            jamf.on_command = lambda: None
            with app.app_context():
                db.session.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
                find(case_id)

        jamf.on_command = find_on_another_connection
        db.session.remove()
        lock_sending.carry_out(order_id, lambda: LATER, jamf.server)
        freeing_id = last(db.session.get_one(DamageCase, case_id), UNLOCK).id
        db.session.remove()
        for _ in range(2):
            lock_sending.carry_out(freeing_id, lambda: LATER, jamf.server)
        assert db.session.get_one(MdmOrder, order_id).state is OrderState.WITHDRAWN
        assert db.session.get_one(MdmOrder, freeing_id).state is OrderState.CONFIRMED
        assert jamf.command_names() == ["EnableLostMode", "DisableLostMode"]


def test_even_a_freed_device_is_freed_again_if_the_lock_came_later(app: Flask, jamf: JamfPro) -> None:
    order = make_released(jamf)
    case_id = order.case_id

    def found_and_freed_by_hand() -> None:
        jamf.on_command = lambda: None
        with app.app_context():
            find(case_id)
            freeing = last(db.session.get_one(DamageCase, case_id), UNLOCK)
            locks.confirm(actor_for(make_user(Role.CLAIMS_CLERK)), freeing, LATER, LATER)
            db.session.commit()

    jamf.on_command = found_and_freed_by_hand
    db.session.commit()
    work(jamf, order)
    freeing = last(order.case, UNLOCK)
    assert freeing.state is OrderState.RELEASED
    work(jamf, freeing, times=2)
    assert jamf.command_names() == ["EnableLostMode", "DisableLostMode"]


def test_a_locked_device_that_is_found_is_freed_and_a_refusal_is_tried_again(jamf: JamfPro) -> None:
    order = make_locked(jamf)
    find(order.case_id)
    freeing = last(order.case, UNLOCK)
    jamf.command_answers = [(400, b"")]
    jamf.devices_are_on = False
    work(jamf, freeing)
    assert "nimmt den Befehl" in freeing.last_error
    jamf.devices_are_on = True
    work(jamf, freeing, times=2)
    assert freeing.state is OrderState.CONFIRMED


def test_a_locked_device_is_located_once_per_order(jamf: JamfPro) -> None:
    case = make_locked(jamf).case
    order = released(case, LOCATE)
    jamf.devices[next(iter(jamf.devices))] = security(lost_mode_enabled="true")
    work(jamf, order, MONDAY_9AM, times=2)
    assert order.state is OrderState.RELEASED
    jamf.devices[next(iter(jamf.devices))] = located()
    work(jamf, order, times=3)
    [position] = db.session.scalars(sa.select(Position))
    assert (position.latitude, position.longitude, position.accuracy_metres) == (51.51361, 7.46532, 65)
    assert jamf.command_names() == ["DeviceLocation"]
    assert not any("51" in one.text for one in db.session.scalars(sa.select(CaseEntry)))


def test_an_old_place_is_no_answer(jamf: JamfPro) -> None:
    order = released(make_locked(jamf).case, LOCATE)
    jamf.devices[next(iter(jamf.devices))] = located(lost_location_utc="2026-11-15T10:15:00Z")
    work(jamf, order, times=2)
    assert order.state is OrderState.RELEASED
    assert db.session.scalars(sa.select(Position)).all() == []


def test_without_a_lock_nothing_is_located_on_any_path(jamf: JamfPro) -> None:
    order = make_released(jamf)
    clerk = actor_for(make_user(Role.CLAIMS_CLERK))
    with pytest.raises(DomainError, match="nur, solange das Gerät gesperrt ist"):
        locks.request(clerk, order.case, LOCATE, "Zweck", LATER)
    work(jamf, order, times=2)
    wanted = locks.request(clerk, order.case, LOCATE, "Zweck", LATER)
    freeing = locks.unlock(clerk, order.case, "Irrtum", LATER)
    db.session.commit()
    assert wanted.state is OrderState.WITHDRAWN
    with pytest.raises(DomainError, match="nur, solange das Gerät gesperrt ist"):
        locks.request(clerk, order.case, LOCATE, "Zweck", LATER)
    # What only a hand in the database could leave: the worker refuses it too.
    wanted.state, wanted.released_by_id = OrderState.RELEASED, freeing.requested_by_id
    wanted.requested_by_id = order.released_by_id
    db.session.commit()
    work(jamf, wanted)
    assert wanted.state is OrderState.REFUSED
    assert "DeviceLocation" not in jamf.command_names()


def test_a_device_the_mdm_says_is_free_is_not_located(jamf: JamfPro) -> None:
    order = released(make_locked(jamf).case, LOCATE)
    jamf.devices[next(iter(jamf.devices))] = security(lost_mode_enabled="false")
    work(jamf, order)
    assert (order.state, jamf.commands) == (OrderState.REFUSED, [])


def test_a_place_that_comes_after_the_find_is_not_kept(app: Flask, jamf: JamfPro) -> None:
    order = released(make_locked(jamf).case, LOCATE)
    work(jamf, order, MONDAY_9AM)
    jamf.devices[next(iter(jamf.devices))] = located()
    find(order.case_id)
    work(jamf, order, times=2)
    assert db.session.scalars(sa.select(Position)).all() == []


def test_the_timed_job_hands_over_what_is_due_and_not_waiting(jamf: JamfPro) -> None:
    order = make_released(jamf)
    assert lock_sending.hand_over_due(LATER) == 0
    db.session.execute(sa.text("DELETE FROM procrastinate_jobs"))
    assert lock_sending.hand_over_due(order.next_at - timedelta(seconds=1)) == 0
    assert [lock_sending.hand_over_due(LATER) for _ in range(2)] == [1, 0]
    assert waiting() == [order.id]


def test_withdrawing_a_lock_that_may_have_gone_out_undoes_it(jamf: JamfPro) -> None:
    order = make_released(jamf)
    jamf.command_answers = [(500, b"")]
    work(jamf, order)
    locks.withdraw(actor_for(make_user(Role.CLAIMS_CLERK)), order, LATER)
    freeing = last(order.case, UNLOCK)
    work(jamf, freeing, times=2)
    assert (freeing.state, jamf.command_names()) == (OrderState.CONFIRMED, ["EnableLostMode", "DisableLostMode"])


def test_the_task_of_the_worker_carries_an_order_out(app: Flask, jamf: JamfPro) -> None:
    order = make_released(jamf)
    task = make_worker(app).tasks["mdm-order"]
    for _ in range(2):
        task(order_id=order.id)
    db.session.refresh(order)
    assert order.state is OrderState.CONFIRMED
