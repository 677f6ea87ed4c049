"""Comparing with the MDM: what a run proposes, what becomes of it, and that nothing changes by itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.assets.models import (
    Device,
    DeviceChange,
    DeviceModel,
    SyncAgreed,
    SyncDecision,
    SyncKind,
    SyncProposal,
    SyncRun,
)
from itsm.assets.service import sync, sync_runs
from itsm.assets.states import State
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from tests.assets.factories import make_device, make_model
from tests.assets.jamf_server import Jamf, device, jamf_server
from tests.counting import queries_of
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_school

LATER = MONDAY_9AM + timedelta(hours=1)


@pytest.fixture
def jamf(session: scoped_session) -> Iterator[Jamf]:
    with jamf_server() as server:
        yield server


@pytest.fixture
def me(session: scoped_session) -> Actor:
    return actor_for(make_user(Role.SECOND_LEVEL))


def run(jamf: Jamf) -> SyncRun:
    """Compare once, as the worker does."""
    found = SyncRun(source="Jamf School", started_at=MONDAY_9AM)
    db.session.add(found)
    db.session.commit()
    sync_runs.run(found.id, lambda: MONDAY_9AM, jamf.server)
    return db.session.get_one(SyncRun, found.id, populate_existing=True)


def proposals(*, is_open: bool = True) -> list[SyncProposal]:
    which = SyncProposal.decision.is_(None) if is_open else SyncProposal.decision.is_not(None)
    return list(db.session.scalars(sa.select(SyncProposal).where(which).order_by(SyncProposal.id)))


def managed(number: int, **more: object) -> Device:
    """A device the file and the MDM agree on."""
    given = device(number)
    model = db.session.scalar(sa.select(DeviceModel).where(DeviceModel.identifier == "iPad12,1"))
    values = {"tag": given["assetTag"], "serial": given["serialNumber"], "mdm_id": given["UDID"]}
    return make_device(model=model or make_model(name="iPad 9", identifier="iPad12,1"), **(values | more))


def changes(one: Device) -> list[DeviceChange]:
    return list(db.session.scalars(sa.select(DeviceChange).where(DeviceChange.device_id == one.id)))


def test_where_both_agree_nothing_is_proposed_and_the_agreement_is_noted(jamf: Jamf) -> None:
    jamf.devices = [device(1)]
    managed(1)
    found = run(jamf)
    assert (found.devices, found.error, found.finished_at) == (1, "", MONDAY_9AM)
    assert proposals() == []
    assert db.session.query(SyncAgreed).count() == 3


def test_a_change_in_the_mdm_is_proposed_and_changes_nothing_before_it_is_taken(jamf: Jamf, me: Actor) -> None:
    jamf.devices, one = [device(1)], managed(1)
    run(jamf)
    jamf.devices = [device(1, assetTag="DO-NEU-1")]
    run(jamf)
    [found] = proposals()
    assert (found.kind, found.field, found.ours, found.theirs) == (SyncKind.CHANGE, "tag", one.tag, "DO-NEU-1")
    assert changes(one) == []
    sync.take_one(me, found.id, LATER)
    assert one.tag == "DO-NEU-1"
    [change] = changes(one)
    assert (change.what, change.before, change.after, change.author_id) == (
        "sync",
        {"tag": "DO-129150-0001"},
        {"tag": "DO-NEU-1"},
        me.user_id,
    )
    assert (found.decision, found.decided_by) == (SyncDecision.TAKEN, me.name)
    run(jamf)
    assert proposals() == []


def test_what_both_sides_changed_is_a_conflict_and_once_kept_does_not_come_again(jamf: Jamf, me: Actor) -> None:
    jamf.devices, one = [device(1)], managed(1)
    run(jamf)
    one.tag, jamf.devices = "UNSER-1", [device(1, assetTag="IHR-1")]
    run(jamf)
    [found] = proposals()
    assert (found.kind, found.agreed) == (SyncKind.CONFLICT, "DO-129150-0001")
    sync.keep_one(me, found.id, LATER)
    assert one.tag == "UNSER-1"
    assert changes(one)[0].text == "Nicht übernommen, was das MDM sagt: IHR-1"
    run(jamf)
    assert proposals() == []
    jamf.devices = [device(1, assetTag="IHR-2")]
    run(jamf)
    assert [one.kind for one in proposals()] == [SyncKind.CONFLICT]


def test_the_same_run_twice_changes_nothing(jamf: Jamf) -> None:
    jamf.devices = [device(1, assetTag="ANDERS-1"), device(2), device(3, inTrash=True)]
    for number in (1, 3):
        managed(number)
    run(jamf)
    before = [(one.id, one.kind, one.field) for one in proposals()]
    assert {kind for _, kind, _ in before} == {SyncKind.CONFLICT, SyncKind.NEW, SyncKind.MISSING}
    agreed = db.session.execute(sa.select(SyncAgreed.serial, SyncAgreed.field, SyncAgreed.value)).all()
    run(jamf)
    assert [(one.id, one.kind, one.field) for one in proposals()] == before
    assert proposals(is_open=False) == []
    assert db.session.execute(sa.select(SyncAgreed.serial, SyncAgreed.field, SyncAgreed.value)).all() == agreed


def test_a_newer_run_overtakes_what_is_not_decided(jamf: Jamf, me: Actor) -> None:
    jamf.devices, one = [device(1, assetTag="ANDERS-1")], managed(1)
    run(jamf)
    [old] = proposals()
    jamf.devices = [device(1, assetTag="ANDERS-2")]
    run(jamf)
    assert (old.decision, [new.theirs for new in proposals()]) == (SyncDecision.OVERTAKEN, ["ANDERS-2"])
    with pytest.raises(Conflict, match="schon entschieden"):
        sync.take_one(me, old.id, LATER)
    with pytest.raises(Conflict, match="schon entschieden"):
        sync.keep_one(me, old.id, LATER)
    jamf.devices = [device(1, assetTag=one.tag)]
    run(jamf)
    assert proposals() == []


def test_a_proposal_that_no_longer_fits_is_not_taken(jamf: Jamf, me: Actor) -> None:
    jamf.devices, one = [device(1, assetTag="BELEGT-1"), device(2, assetTag="NEU-2")], managed(1)
    other = managed(2)
    make_device(tag="BELEGT-1")
    run(jamf)
    other.tag = "INZWISCHEN-2"
    db.session.flush()
    for found in proposals():
        with pytest.raises(Conflict, match="ein anderes Gerät trägt diese Nummer"):
            sync.take_one(me, found.id, LATER)
    assert (one.tag, other.tag) == ("DO-129150-0001", "INZWISCHEN-2")
    assert len(proposals()) == 2


def test_of_two_devices_with_one_number_in_the_mdm_one_gets_it(jamf: Jamf, me: Actor) -> None:
    jamf.devices = [device(1, assetTag="DOPPELT"), device(2, assetTag="DOPPELT")]
    first, second = managed(1), managed(2)
    run(jamf)
    assert sync.take(me, SyncProposal.field == "tag", LATER) == 1
    assert (first.tag, second.tag) == ("DOPPELT", "DO-129150-0002")


def test_a_new_device_comes_to_the_school_its_tag_names_else_to_the_stock_of_the_city(jamf: Jamf, me: Actor) -> None:
    school = make_school()
    make_device(tag="BELEGT-3")
    jamf.devices = [
        device(1, assetTag=f"DO-{school.number}-1", name="x"),
        device(2, assetTag="", name="x", model={"name": "Apple TV 4K"}, **{"class": "appletv"}),
        device(3, assetTag="BELEGT-3"),
    ]
    run(jamf)
    assert sync.take(me, SyncProposal.kind == SyncKind.NEW, LATER) == 2
    first, second = (
        db.session.scalars(sa.select(Device).where(Device.serial == f"DMPXX000000{number}")).one() for number in (1, 2)
    )
    assert (first.school_id, first.model.identifier, first.state) == (school.id, "iPad12,1", State.IN_STOCK)
    assert (second.school_id, second.tag, second.model.label) == (None, "DMPXX0000002", "Apple Apple TV 4K")
    assert [change.what for change in changes(first)] == ["sync"]
    run(jamf)
    assert [one.serial for one in proposals()] == ["DMPXX0000003"]


def test_what_is_missing_in_the_mdm_loses_its_name_there_and_nothing_else(jamf: Jamf, me: Actor) -> None:
    jamf.devices = [device(3)]
    gone, kept, _ = managed(1), managed(2), managed(3)
    run(jamf)
    first, second = proposals()
    sync.take_one(me, first.id, LATER)
    sync.keep_one(me, second.id, LATER)
    assert (gone.mdm_id, gone.state) == (None, State.IN_USE)
    assert changes(gone)[0].after == {"mdm_id": None}
    assert kept.mdm_id is not None
    run(jamf)
    assert proposals() == []


def test_another_model_is_found_or_made(jamf: Jamf, me: Actor) -> None:
    one, before = managed(1), make_model(name="iPad 10", identifier="iPad13,18")
    jamf.devices = [device(1, model={"name": "iPad (10. Generation)", "identifier": "iPad13,18"})]
    run(jamf)
    assert sync.take(me, SyncProposal.field == "model_id", LATER) == 1
    assert one.model_id == before.id
    assert changes(one)[0].after == {"model_id": before.id}


def test_a_failed_fetch_leaves_everything_as_it_was(jamf: Jamf) -> None:
    jamf.devices = [device(1, assetTag="ANDERS-1")]
    managed(1)
    run(jamf)
    jamf.answers = [(401, b"")]
    assert "lehnt die Anmeldung ab" in run(jamf).error
    jamf.devices = []
    assert "kein einziges Gerät" in run(jamf).error
    assert [one.theirs for one in proposals()] == ["ANDERS-1"]


def test_a_run_that_is_over_is_not_carried_out_again(jamf: Jamf) -> None:
    found = run(jamf)
    sync_runs.run(found.id, lambda: LATER, jamf.server)
    assert (len(jamf.asked), found.finished_at) == (1, MONDAY_9AM)


def test_the_number_of_queries_does_not_grow_with_the_devices(jamf: Jamf) -> None:
    counts = []
    for _ in range(2):
        jamf.devices += [device(len(jamf.devices) + number) for number in (1, 2, 3)]
        with queries_of() as statements:
            run(jamf)
        counts.append(len(statements))
    assert counts[1] <= counts[0] + 1


def test_only_who_may_import_asks_and_decides(session: scoped_session) -> None:
    stranger = actor_for(make_user(Role.DISPATCHER))
    for refused in (
        lambda: sync.ask(stranger, MONDAY_9AM),
        lambda: sync.take(stranger, sa.true(), MONDAY_9AM),
        lambda: sync.keep(stranger, sa.true(), MONDAY_9AM),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_without_an_mdm_nothing_is_asked(me: Actor) -> None:
    with pytest.raises(DomainError, match="kein MDM eingerichtet"):
        sync.ask(me, MONDAY_9AM)
    assert sync.ask_nightly(MONDAY_9AM) == 0


@pytest.fixture
def set_up(app: Flask) -> Iterator[None]:
    """An application that knows a Jamf School."""
    before = app.config["SETTINGS"]
    more = {"jamf_url": "http://127.0.0.1:9/api", "jamf_network_id": "NETZ1", "jamf_key": "geheim-4711"}
    app.config["SETTINGS"] = replace(before, **more)
    yield
    app.config["SETTINGS"] = before


@pytest.mark.usefixtures("set_up")
def test_a_run_under_way_is_not_doubled(me: Actor) -> None:
    first = sync.ask(me, MONDAY_9AM)
    assert sync.ask(me, LATER - timedelta(seconds=1)) is first
    assert sync.ask_nightly(LATER + timedelta(seconds=1)) == 1
    waiting = sa.text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'sync-mdm'")
    assert db.session.scalar(waiting) == 2


@pytest.mark.usefixtures("set_up")
def test_the_page_shows_the_run_and_decides(jamf: Jamf, client: FlaskClient) -> None:
    support, address = sign_in(client, make_user(Role.SECOND_LEVEL)), "/geraete/abgleich"
    assert "Bisher ist kein Abgleich gelungen." in support.get(address).text
    jamf.devices, one = [device(1, assetTag="NEU-1"), device(2, assetTag="NEU-2")], managed(1)
    kept = managed(2)
    run(jamf)
    page = support.get(address).text
    assert "2 Abweichungen warten auf eine Entscheidung." in page
    for words in (one.tag, "NEU-1", "Auf beiden Seiten geändert: Gerätenummer", "2 Geräte in Jamf School"):
        assert words in page
    assert "geheim-4711" not in page
    fields = {"art": "conflict", "feld": "tag"}
    answer = support.post(f"{address}/{proposals()[0].id}/uebernehmen", data=fields, follow_redirects=True)
    assert "Übernommen." in answer.text
    assert one.tag == "NEU-1"
    answer = support.post(f"{address}/alle/behalten", data=fields, follow_redirects=True)
    assert "1 Vorschlag behalten." in answer.text
    assert kept.tag == "DO-129150-0002"
    assert "Keine Abweichung wartet" in answer.text
    assert support.post(f"{address}/alle/loeschen").status_code == 404
    assert "0 Vorschläge übernommen" in support.post(f"{address}/alle/uebernehmen", follow_redirects=True).text


@pytest.mark.usefixtures("set_up")
def test_the_page_says_why_a_run_failed(jamf: Jamf, client: FlaskClient) -> None:
    jamf.answers = [(401, b"")]
    run(jamf)
    page = sign_in(client, make_user(Role.ADMINISTRATOR)).get("/geraete/abgleich").text
    assert "Bitte prüfen Sie Netzwerk-ID und Schlüssel." in page
