"""The pages of locking and locating, as a browser without JavaScript sees them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.claims import lock_queries
from itsm.claims.kinds import Kind
from itsm.claims.lock_states import OrderKind, OrderState
from itsm.claims.models import DamageCase, MdmOrder, PositionLook
from itsm.claims.service import locks
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from tests.claims.factories import make_case
from tests.claims.jamf_pro_server import configured, jamf_pro_server
from tests.claims.test_positions import make_position
from tests.people import actor_for, make_user, sign_in

REASON = "Auskunft an die Polizei"


@pytest.fixture
def clerk(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_user(Role.CLAIMS_CLERK))


@pytest.fixture
def approver(app: Flask, session: scoped_session) -> FlaskClient:
    return sign_in(app.test_client(), make_user(Role.CLAIMS_APPROVER))


@pytest.fixture
def theft(session: scoped_session) -> DamageCase:
    return make_case(kind=Kind.THEFT)


@pytest.fixture
def with_jamf(app: Flask) -> Iterator[None]:
    with jamf_pro_server() as jamf, configured(app, jamf):
        yield


def order_of(case: DamageCase) -> MdmOrder:
    db.session.expire_all()
    return lock_queries.orders_of(case)[-1]


def text(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def test_from_the_report_to_the_lock_by_hand(clerk: FlaskClient, approver: FlaskClient, theft: DamageCase) -> None:
    page = text(clerk, f"/schaeden/{theft.id}")
    assert "Beantragt mit der Meldung" in page
    assert "Sperre offen" in page
    order = order_of(theft)
    assert approver.post(f"/schaeden/auftraege/{order.id}/freigeben").status_code == 303
    assert "Bitte sperren Sie das Gerät im MDM." in text(clerk, f"/schaeden/{theft.id}")
    now = clock.local(clock.now())
    typed = {"day": f"{now:%d.%m.%Y}", "time": f"{now:%H:%M}"}
    future = {"day": f"{now + timedelta(days=2):%d.%m.%Y}", "time": "9:00"}
    address = f"/schaeden/auftraege/{order.id}/erledigt"
    assert "in der Zukunft" in clerk.post(address, data=future).get_data(as_text=True)
    assert clerk.post(address, data={"day": "heute", "time": "9"}).status_code == 422
    assert clerk.post(address, data=typed).status_code == 303
    assert "gesperrt seit" in text(clerk, f"/schaeden/{theft.id}")
    assert clerk.post(address, data=typed).status_code == 422


def test_a_forged_release_of_ones_own_order_is_refused(
    clerk: FlaskClient, approver: FlaskClient, theft: DamageCase
) -> None:
    clerk.post(f"/schaeden/auftraege/{order_of(theft).id}/zurueckziehen")
    address = f"/schaeden/{theft.id}/auftrag/sperren"
    assert clerk.post(address, data={"purpose": "Daten schützen"}).status_code == 303
    assert clerk.post(address, data={"purpose": "Daten schützen"}).status_code == 409
    order = order_of(theft)
    assert "Freigeben</" not in text(clerk, f"/schaeden/{theft.id}")
    refused = clerk.post(f"/schaeden/auftraege/{order.id}/freigeben")
    assert refused.status_code == 403
    assert "nicht selbst frei" in refused.get_data(as_text=True)
    assert [approver.post(f"/schaeden/auftraege/{order.id}/freigeben").status_code for _ in range(2)] == [303, 422]


def test_a_purpose_is_needed(clerk: FlaskClient, theft: DamageCase) -> None:
    assert clerk.post(f"/schaeden/{theft.id}/auftrag/entsperren", data={"purpose": " "}).status_code == 422


@pytest.mark.usefixtures("with_jamf")
def test_locating_an_unlocked_device_is_refused_even_by_a_forged_post(clerk: FlaskClient, theft: DamageCase) -> None:
    assert "Ortung beantragen" not in text(clerk, f"/schaeden/{theft.id}")
    refused = clerk.post(f"/schaeden/{theft.id}/auftrag/orten", data={"purpose": "Suche"})
    assert refused.status_code == 422
    assert "nur, solange das Gerät gesperrt ist" in refused.get_data(as_text=True)


@pytest.mark.usefixtures("with_jamf")
def test_a_locked_device_can_be_located(clerk: FlaskClient, theft: DamageCase) -> None:
    order = order_of(theft)
    locks.release(actor_for(make_user(Role.CLAIMS_APPROVER)), order, clock.now())
    locks.finish(actor_for(make_user(Role.CLAIMS_APPROVER)), order, clock.now(), clock.now())
    db.session.commit()
    assert "Ortung beantragen" in text(clerk, f"/schaeden/{theft.id}")
    assert clerk.post(f"/schaeden/{theft.id}/auftrag/orten", data={"purpose": "Suche"}).status_code == 303
    assert order_of(theft).kind is OrderKind.LOCATE
    assert clerk.post(f"/schaeden/{theft.id}/auftrag/entsperren", data={"purpose": "Da"}).status_code == 303
    assert order_of(theft).state is OrderState.RELEASED


def test_where_a_device_was_is_shown_only_with_a_logged_reason(clerk: FlaskClient, theft: DamageCase) -> None:
    make_position(theft)
    address = f"/schaeden/{theft.id}/standort"
    assert "51.51361" not in text(clerk, f"/schaeden/{theft.id}") + text(clerk, address)
    assert "51.51361" not in clerk.post(address, data={"reason": ""}).get_data(as_text=True)
    answer = clerk.post(address, data={"reason": REASON})
    assert "51.51361, 7.46532" in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "51.51361" not in text(clerk, address)
    assert REASON in text(clerk, address)
    assert len(db.session.scalars(sa.select(PositionLook)).all()) == 1


def test_a_map_is_there_only_with_tiles_and_only_after_the_reason(
    app: Flask, clerk: FlaskClient, theft: DamageCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_position(theft)
    address = f"/schaeden/{theft.id}/standort"
    assert "data-map" not in clerk.post(address, data={"reason": REASON}).get_data(as_text=True)
    monkeypatch.setitem(app.config, "TILE_URL", "https://kacheln.example.org/{z}/{x}/{y}.png")
    assert "data-map" not in text(clerk, address)
    assert "data-map" in clerk.post(address, data={"reason": REASON}).get_data(as_text=True)


def test_the_school_learns_that_it_is_locked_and_nothing_else(app: Flask, theft: DamageCase) -> None:
    make_position(theft)
    reporter = sign_in(app.test_client(), theft.incident.reporter)
    page = text(reporter, f"/schaeden/{theft.id}")
    assert "Sperre offen" in page
    assert "Standort" not in page
    assert "Beantragt" not in page
    assert reporter.get(f"/schaeden/{theft.id}/standort").status_code == 403


def test_a_damage_has_no_lock(clerk: FlaskClient) -> None:
    page = text(clerk, f"/schaeden/{make_case().id}")
    assert "Sperre" not in page


def test_open_orders_stand_in_a_list(clerk: FlaskClient, theft: DamageCase) -> None:
    assert f"SF-{theft.id}" in text(clerk, "/schaeden/sperren")
    clerk.post(f"/schaeden/auftraege/{order_of(theft).id}/zurueckziehen")
    assert "Kein Auftrag ist offen" in text(clerk, "/schaeden/sperren")
