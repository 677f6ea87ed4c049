"""Locking what is gone: two people, gates on every path, and what a find undoes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import scoped_session

from itsm.assets.kinds import Kind as DeviceKind
from itsm.claims import lock_page, lock_queries
from itsm.claims.kinds import Kind
from itsm.claims.lock_states import LABELS, MOVES, OrderKind, OrderState
from itsm.claims.models import CaseEntry, DamageCase, MdmOrder
from itsm.claims.service import cases, locks
from itsm.core.access import Actor, Role
from itsm.core.db import db, writing
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.core.states import diagram, names_from
from tests.assets.factories import make_device, make_model
from tests.claims.factories import make_case
from tests.people import MONDAY_9AM, actor_for, make_user

LATER = MONDAY_9AM + timedelta(minutes=20)
LOCK, LOCATE, UNLOCK = OrderKind.LOCK, OrderKind.LOCATE, OrderKind.UNLOCK


def clerk(role: Role = Role.CLAIMS_CLERK) -> Actor:
    return actor_for(make_user(role))


def order_of(case: DamageCase, kind: OrderKind = LOCK) -> MdmOrder:
    return [one for one in lock_queries.orders_of(case) if one.kind is kind][-1]


def make_locked() -> DamageCase:
    """A theft whose device a person has locked in the MDM."""
    case = make_case(kind=Kind.THEFT)
    locks.release(clerk(), order_of(case), MONDAY_9AM)
    locks.confirm(clerk(), order_of(case), MONDAY_9AM, LATER)
    db.session.commit()
    return case


def history(case: DamageCase) -> list[str]:
    return list(
        db.session.scalars(sa.select(CaseEntry.what).where(CaseEntry.case_id == case.id).order_by(CaseEntry.id))
    )


def test_what_may_follow_what() -> None:
    assert {state: names_from(MOVES, state) for state in LABELS} == {
        OrderState.REQUESTED: ("release", "withdraw"),
        OrderState.RELEASED: ("confirm", "refuse", "withdraw"),
        OrderState.CONFIRMED: (),
        OrderState.REFUSED: (),
        OrderState.WITHDRAWN: (),
    }


def test_the_rules_show_what_may_follow_what() -> None:
    rules = Path(__file__).parents[2] / "docs" / "rules" / "claims.md"
    assert diagram(MOVES) in rules.read_text()


@pytest.mark.parametrize("kind", [Kind.THEFT, Kind.LOSS, Kind.NOT_RETURNED])
def test_the_report_of_a_missing_device_asks_for_its_lock(session: scoped_session, kind: Kind) -> None:
    case = make_case(kind=kind)
    order = order_of(case)
    assert (order.state, order.requested_by_id) == (OrderState.REQUESTED, case.incident.reporter_id)
    assert "lock-requested" in history(case)
    locks.release(clerk(), order, LATER)
    assert (order.state, order.is_by_hand, order.released_at) == (OrderState.RELEASED, True, LATER)


def test_a_damage_and_what_no_mdm_can_lock_ask_for_nothing(session: scoped_session) -> None:
    assert lock_queries.orders_of(make_case()) == []
    projector = make_device(model=make_model(DeviceKind.PROJECTOR))
    assert lock_queries.orders_of(make_case(device=projector, kind=Kind.THEFT)) == []


def test_nobody_releases_what_they_asked_for_or_reported(session: scoped_session) -> None:
    case = make_case(kind=Kind.THEFT)
    locks.withdraw(clerk(), order_of(case), MONDAY_9AM)
    one = clerk()
    order = locks.request(one, case, LOCK, "Daten schützen", MONDAY_9AM)
    with pytest.raises(NotAllowed, match="nicht selbst frei"):
        locks.release(one, order, LATER)
    case.incident.reporter_id = make_user(Role.CLAIMS_CLERK).id
    db.session.commit()
    reporter = Actor(case.incident.reporter_id, "Meldet", clerk().grants)
    with pytest.raises(NotAllowed, match="nicht selbst frei"):
        locks.release(reporter, order, LATER)
    locks.release(clerk(Role.CLAIMS_APPROVER), order, LATER)


@pytest.mark.parametrize("by_two", [True, False])
def test_the_database_itself_wants_two_people(session: scoped_session, by_two: bool) -> None:
    order = order_of(make_case(kind=Kind.THEFT))
    order.state = OrderState.RELEASED
    order.released_by_id = order.requested_by_id if by_two else None
    with pytest.raises(IntegrityError, match="two_people" if by_two else "released"):
        db.session.flush()
    db.session.rollback()


def test_only_the_claims_staff_may_do_anything(session: scoped_session) -> None:
    case = make_locked()
    order = order_of(case)
    for role in (Role.MEDIA_COORDINATOR, Role.SECOND_LEVEL, Role.ADMINISTRATOR, Role.DISPATCHER):
        me = actor_for(make_user(role))
        for verb in (
            partial(locks.request, me, case, LOCK, "Zweck", LATER),
            partial(locks.release, me, order, LATER),
            partial(locks.withdraw, me, order, LATER),
            partial(locks.unlock, me, case, "Zweck", LATER),
            partial(locks.confirm, me, order, LATER, LATER),
        ):
            with pytest.raises(NotAllowed, match="Schadensbearbeitung"):
                verb()


def test_what_is_not_gone_is_not_locked(session: scoped_session) -> None:
    with pytest.raises(DomainError, match="Gesperrt und geortet wird nur"):
        locks.request(clerk(), make_case(), LOCK, "Zweck", LATER)
    case = make_case(kind=Kind.LOSS)
    order = order_of(case)
    case.found_on = MONDAY_9AM.date()
    cases.move(clerk(), case, "find", MONDAY_9AM)
    with pytest.raises(DomainError, match="zurückgezogen"):
        locks.release(clerk(), order, LATER)
    with pytest.raises(DomainError, match="ist wieder da"):
        locks.request(clerk(), case, LOCK, "Zweck", LATER)


def test_an_order_needs_a_purpose_and_is_there_once(session: scoped_session) -> None:
    case = make_case(kind=Kind.THEFT)
    with pytest.raises(Conflict, match="läuft schon ein Auftrag"):
        locks.request(clerk(), case, LOCK, "Zweck", LATER)
    locks.withdraw(clerk(), order_of(case), LATER)
    with pytest.raises(DomainError, match="wozu"):
        locks.request(clerk(), case, LOCK, " ", LATER)


def test_a_release_or_a_withdrawal_twice_is_refused(session: scoped_session) -> None:
    order = order_of(make_case(kind=Kind.THEFT))
    locks.release(clerk(), order, MONDAY_9AM)
    with pytest.raises(DomainError, match="freigegeben"):
        locks.release(clerk(), order, LATER)
    locks.withdraw(clerk(), order, LATER)
    with pytest.raises(DomainError, match="zurückgezogen"):
        locks.withdraw(clerk(), order, LATER)


@pytest.mark.parametrize(
    ("done_at", "sentence"),
    [
        (MONDAY_9AM - timedelta(minutes=1), "noch nichts freigegeben"),
        (LATER + timedelta(seconds=1), "in der Zukunft"),
    ],
)
def test_by_hand_means_not_before_the_release_and_not_in_the_future(
    session: scoped_session, done_at: object, sentence: str
) -> None:
    order = order_of(make_case(kind=Kind.THEFT))
    with pytest.raises(DomainError, match="wartet auf Freigabe"):
        locks.confirm(clerk(), order, MONDAY_9AM, LATER)
    locks.release(clerk(), order, MONDAY_9AM)
    with pytest.raises(DomainError, match=sentence):
        locks.confirm(clerk(), order, done_at, LATER)
    locks.confirm(clerk(), order, MONDAY_9AM, LATER)
    assert (order.state, order.done_at) == (OrderState.CONFIRMED, MONDAY_9AM)


def test_a_find_drops_what_is_open_and_frees_what_is_locked_once(session: scoped_session) -> None:
    waiting, locked = make_case(kind=Kind.THEFT), make_locked()
    for case in (waiting, locked):
        case.found_on = MONDAY_9AM.date()
        cases.move(clerk(), case, "find", LATER)
        locks.release_found(clerk(), case, LATER)
    assert [(one.kind, one.state) for one in lock_queries.orders_of(waiting)] == [(LOCK, OrderState.WITHDRAWN)]
    assert [(one.kind, one.state) for one in lock_queries.orders_of(locked)] == [
        (LOCK, OrderState.CONFIRMED),
        (UNLOCK, OrderState.RELEASED),
    ]
    freeing = order_of(locked, UNLOCK)
    assert freeing.is_by_hand
    locks.confirm(clerk(), freeing, LATER, LATER)
    assert history(locked)[-1] == "unlock-confirmed"


def test_a_withdrawn_report_frees_the_device_too(session: scoped_session) -> None:
    case = make_locked()
    cases.move(clerk(), case, "withdraw", LATER)
    assert order_of(case, UNLOCK).state is OrderState.RELEASED


def test_one_person_may_set_free_and_then_lock_anew(session: scoped_session) -> None:
    case, me = make_locked(), clerk()
    freeing = locks.request(me, case, UNLOCK, "War ein Irrtum", LATER)
    assert (freeing.state, freeing.released_by_id) == (OrderState.RELEASED, None)
    with pytest.raises(DomainError, match="nicht gesperrt, oder die Entsperrung läuft"):
        locks.unlock(me, case, "Noch einmal", LATER)
    with pytest.raises(DomainError, match="Entsperrung wird nicht zurückgezogen"):
        locks.withdraw(me, freeing, LATER)
    with pytest.raises(Conflict, match="Entsperrung"):
        locks.request(me, case, LOCK, "Doch", LATER)
    locks.confirm(me, freeing, LATER, LATER)
    assert locks.request(me, case, LOCK, "Doch", LATER).state is OrderState.REQUESTED


def test_a_locked_device_is_not_locked_twice_and_not_located_by_hand(session: scoped_session) -> None:
    case = make_locked()
    with pytest.raises(DomainError, match="schon gesperrt"):
        locks.request(clerk(), case, LOCK, "Zweck", LATER)
    with pytest.raises(DomainError, match="nur mit Jamf Pro"):
        locks.request(clerk(), case, LOCATE, "Zweck", LATER)


def test_everybody_who_sees_the_case_learns_how_it_stands(session: scoped_session) -> None:
    case = make_case(kind=Kind.THEFT)
    told = []

    def note() -> None:
        status = lock_page.status(case)
        told.append(status.text if status else None)

    note()
    locks.release(clerk(), order_of(case), MONDAY_9AM)
    note()
    locks.confirm(clerk(), order_of(case), MONDAY_9AM, LATER)
    note()
    freeing = locks.unlock(clerk(), case, "Irrtum", LATER)
    note()
    locks.confirm(clerk(), freeing, LATER, LATER)
    note()
    assert told == ["Sperre offen", "Sperre offen", "gesperrt seit", "Entsperrung offen", "entsperrt seit"]
    assert lock_page.status(make_case()) is None


@pytest.mark.usefixtures("emptied")
def test_of_twenty_releases_at_once_one_succeeds(app: Flask) -> None:
    order_id = order_of(make_case(kind=Kind.THEFT)).id
    people = [clerk() for _ in range(20)]
    db.session.remove()

    def release(me: Actor) -> bool:
        with app.app_context():
            try:
                with writing():
                    locks.release(me, lock_queries.order_for(me, order_id), LATER)
            except DomainError:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(release, people)) == 1
    assert db.session.get_one(MdmOrder, order_id).state is OrderState.RELEASED
