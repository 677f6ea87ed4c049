"""The client of Jamf School against a server that speaks the documented API, well and badly."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.assets.jamf import client
from itsm.assets.jamf.client import Unavailable
from itsm.assets.jamf.compare import Ours, compare
from itsm.assets.jamf.records import Record, read
from itsm.assets.jamf.stream import Listing
from itsm.assets.kinds import Kind
from itsm.assets.models import SyncKind
from itsm.assets.states import State
from tests.assets.jamf_server import KEY, Jamf, device, jamf_server

NEW, CHANGE, CONFLICT, MISSING = SyncKind.NEW, SyncKind.CHANGE, SyncKind.CONFLICT, SyncKind.MISSING


@pytest.fixture
def jamf() -> Iterator[Jamf]:
    with jamf_server() as server:
        yield server


def test_the_devices_come_with_what_we_compare(jamf: Jamf) -> None:
    jamf.devices = [device(1), device(2, inTrash=True)]
    found = client.devices(jamf.server)
    assert found["DMPXX0000001"] == Record(
        serial="DMPXX0000001",
        tag="DO-129150-0001",
        model="iPad (9. Generation)",
        identifier="iPad12,1",
        kind=Kind.IPAD,
        mdm_id="00008020-0000000000000001",
        name="129150-iPad-001",
        is_in_trash=False,
    )
    assert found["DMPXX0000002"].is_in_trash
    assert jamf.asked == ["/api/devices"]


def test_the_documented_sample_is_read(shared: Path) -> None:
    sample = (shared / "data" / "formate" / "jamf_school_geraete.json").read_bytes()
    listing = Listing()
    [entry] = listing.read([sample])
    assert listing.count == 1
    assert read(entry) is not None


def test_pages_are_followed_as_far_as_the_server_counts(jamf: Jamf) -> None:
    jamf.devices, jamf.page = [device(number) for number in range(7)], 3
    assert len(client.devices(jamf.server)) == 7
    assert jamf.asked == ["/api/devices", "/api/devices?offset=3", "/api/devices?offset=6"]


def test_a_server_that_repeats_its_first_page_is_stopped(jamf: Jamf) -> None:
    jamf.devices, jamf.page, jamf.ignores_offset = [device(1), device(2)], 1, True
    with pytest.raises(Unavailable, match="immer wieder dieselben"):
        client.devices(jamf.server)


def test_of_a_device_listed_twice_the_one_in_the_trash_gives_way(jamf: Jamf) -> None:
    jamf.devices = [device(1), device(1, inTrash=True, assetTag="ALT-1")]
    assert client.devices(jamf.server)["DMPXX0000001"].tag == "DO-129150-0001"


def test_a_wrong_key_is_said_and_not_tried_again(jamf: Jamf) -> None:
    with pytest.raises(Unavailable, match="lehnt die Anmeldung ab"):
        client.devices(replace(jamf.server, key="falsch"))
    assert len(jamf.asked) == 1


def test_without_the_version_header_the_server_answers_404(jamf: Jamf) -> None:
    answer = httpx.get(f"{jamf.url}/devices", auth=("NETZ1", KEY), trust_env=False)
    assert answer.status_code == 404
    with pytest.raises(Unavailable, match="ITSM_JAMF_URL"):
        client.devices(replace(jamf.server, url=f"{jamf.url}/falsch"))


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_trouble_that_passes_is_waited_for(jamf: Jamf, status: int) -> None:
    jamf.devices, jamf.answers = [device(1)], [(status, b"later"), (status, b"later")]
    jamf.headers = {"Retry-After": "0"}
    assert len(client.devices(jamf.server)) == 1
    assert len(jamf.asked) == 3


def test_a_trouble_that_stays_ends_after_five_tries(jamf: Jamf) -> None:
    jamf.answers = [(503, b"")] * 9
    with pytest.raises(Unavailable, match="gestört oder überlastet"):
        client.devices(jamf.server)
    assert len(jamf.asked) == client.TRIES


def test_a_slow_answer_and_no_answer_have_sentences(jamf: Jamf) -> None:
    jamf.devices, jamf.drip_seconds = [device(1)], 0.2
    hurried = replace(jamf.server, read_seconds=0.05, pause_seconds=0)
    with pytest.raises(Unavailable, match="nicht rechtzeitig"):
        client.devices(hurried)
    with pytest.raises(Unavailable, match="zu langsam"):
        client.devices(replace(hurried, read_seconds=1, answer_seconds=0.05))
    with pytest.raises(Unavailable, match="nicht erreichbar"):
        client.devices(replace(hurried, url="http://127.0.0.1:9/api"))


def test_a_redirect_is_not_followed_and_the_key_stays_here(jamf: Jamf) -> None:
    jamf.answers, jamf.headers = [(302, b"")], {"Location": "http://127.0.0.1:9/"}
    with pytest.raises(Unavailable, match=r"nicht angenommen \(302\)"):
        client.devices(jamf.server)


GARBAGE = {
    "no JSON": b"<html>Wartung</html>",
    "no list": b'{"code":200,"devices":{}}',
    "another list": b'{"code":200,"users":[]}',
    "numbers": b'{"devices":[1,2]}',
    "cut off": b'{"devices":[{"serialNumber":"DMPXX0000001"},{"serial',
    "broken": b'{"devices":[{"serialNumber":"DMPXX0000001",}]}',
    "no UTF-8": b'{"devices":[{"name":"\xff"}]}',
    "10 MB": b"A" * 10_000_000,
    "10 MB in one entry": b'{"devices":[{"name":"' + b"A" * 10_000_000 + b'"}]}',
    "10 MB after the list": b'{"devices":[],"x":"' + b"A" * 10_000_000 + b'"}',
    "nested": b'{"devices":[' + b'{"a":' * 60_000 + b"1" + b"}" * 60_000 + b"]}",
    "nothing": b"",
}


@pytest.mark.parametrize("what", GARBAGE)
def test_what_is_no_list_of_devices_is_refused_with_a_sentence(jamf: Jamf, what: str) -> None:
    jamf.answers = [(200, GARBAGE[what])]
    with pytest.raises(Unavailable, match="nicht lesbar"):
        client.devices(jamf.server)
    assert len(jamf.asked) == 1


def test_an_entry_of_wrong_types_loses_what_is_wrong(jamf: Jamf) -> None:
    strange = {"assetTag": 5, "model": "iPad", "UDID": None, "inTrash": "true", "class": [], "name": "a\nb\x00c"}
    jamf.devices = [device(1, **strange), device(2, serialNumber=7), device(3, serialNumber="KURZ"), {}]
    [found] = client.devices(jamf.server).values()
    assert found == Record("DMPXX0000001", "", "", "", Kind.ACCESSORY, "", "a b c", is_in_trash=False)
    jamf.devices = [{}]
    with pytest.raises(Unavailable, match="keines mit einer lesbaren Seriennummer"):
        client.devices(jamf.server)


def test_the_key_stands_in_no_log_and_no_words(jamf: Jamf, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    jamf.devices = [device(1)]
    client.devices(jamf.server)
    assert KEY not in caplog.text + repr(jamf.server)


@given(st.lists(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3), max_size=5), st.integers(1, 40))
@settings(max_examples=20)
def test_the_list_is_the_same_however_it_is_cut_into_pieces(entries: list[dict[str, str]], size: int) -> None:
    body = json.dumps({"code": 200, "count": len(entries), "devices": entries}, ensure_ascii=False).encode()
    listing = Listing()
    assert list(listing.read(body[at : at + size] for at in range(0, len(body), size))) == entries
    assert listing.count == len(entries)


# Ours, theirs, what both last said → what is proposed, and what is agreed from now on.
VALUES = [
    ("A-1", "A-1", None, None, "A-1"),
    ("A-1", "A-1", "A-1", None, None),
    ("A-1", "A-1", "A-0", None, "A-1"),
    ("A-1", "B-1", "A-1", CHANGE, None),
    ("A-1", "B-1", "B-1", None, None),
    ("A-1", "B-1", "C-1", CONFLICT, None),
    ("A-1", "B-1", None, CONFLICT, None),
    ("A-1", "", "A-1", None, None),
    ("A-1", "", None, None, None),
]


@pytest.mark.parametrize(("ours", "theirs", "agreed", "kind", "anew"), VALUES)
def test_who_has_changed_decides_what_is_proposed(
    ours: str, theirs: str, agreed: str | None, kind: SyncKind | None, anew: str | None
) -> None:
    found = compare(record(tag=theirs), mine(tag=ours), {} if agreed is None else {"tag": agreed})
    assert [wish.kind for wish in found.wishes if wish.field == "tag"] == ([kind] if kind else [])
    assert found.agreed.get("tag") == anew


def test_a_device_the_mdm_names_for_the_first_time_gets_its_name() -> None:
    [wish] = compare(record(), mine(mdm_id=""), {}).wishes
    assert (wish.kind, wish.field, wish.theirs) == (CHANGE, "mdm_id", "UDID-1")


MODELS = [
    ("iPad 9", "iPad12,1", "iPad (9. Generation)", "ipad12,1", False),
    ("iPad 9", "", "IPAD 9", "iPad12,1", False),
    ("iPad 9", "iPad12,1", "iPad 10", "iPad13,18", True),
    ("iPad 9", "", "iPad 10", "", True),
]


@pytest.mark.parametrize(("ours", "our_identifier", "theirs", "identifier", "differs"), MODELS)
def test_models_are_the_same_by_identifier_then_by_name(
    ours: str, our_identifier: str, theirs: str, identifier: str, differs: bool
) -> None:
    found = compare(
        record(model=theirs, identifier=identifier), mine(model=ours, identifier=our_identifier), {"model_id": ours}
    )
    assert [wish.field for wish in found.wishes] == (["model_id"] if differs else [])


# Listed (with or without trash), our state (none: not in the file), MDM id, what was kept → proposed.
PRESENCE = [
    ("listed", None, "", None, NEW),
    ("listed", None, "", "da", None),
    ("trash", None, "", None, None),
    ("listed", State.RETIRED, "UDID-0", None, None),
    ("trash", State.IN_USE, "UDID-1", None, MISSING),
    ("absent", State.LENT, "UDID-1", None, MISSING),
    ("absent", State.IN_USE, "UDID-1", "fehlt", None),
    ("absent", State.IN_USE, "", None, None),
    ("absent", State.LOST, "UDID-1", None, None),
    ("absent", State.DISPOSED, "UDID-1", None, None),
]


@pytest.mark.parametrize(("listed", "state", "mdm_id", "kept", "kind"), PRESENCE)
def test_new_and_missing_devices(
    listed: str, state: State | None, mdm_id: str, kept: str | None, kind: SyncKind | None
) -> None:
    theirs = None if listed == "absent" else record(is_in_trash=listed == "trash")
    ours = mine(state=state, mdm_id=mdm_id) if state else None
    found = compare(theirs, ours, {"": kept} if kept else {})
    assert [wish.kind for wish in found.wishes] == ([kind] if kind else [])


def test_a_device_that_is_back_can_go_missing_again() -> None:
    assert compare(record(), mine(), {"": "fehlt"}).agreed[""] == "da"


def record(**more: object) -> Record:
    values = {"tag": "A-1", "model": "iPad 9", "identifier": "", "kind": Kind.IPAD, "mdm_id": "UDID-1", "name": ""}
    return Record(**({"serial": "DMPXX0000001", "is_in_trash": False} | values | more))  # type: ignore[arg-type]


def mine(**more: object) -> Ours:
    values = {"tag": "A-1", "model": "iPad 9", "identifier": "", "mdm_id": "UDID-1", "state": State.IN_USE}
    return Ours(**({"device_id": 1, "serial": "DMPXX0000001"} | values | more))  # type: ignore[arg-type]
