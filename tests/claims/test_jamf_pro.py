"""The client of Jamf Pro against a server that speaks the documented payloads, well and badly."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsm import config
from itsm.claims.lock_states import OrderKind
from itsm.claims.mdm import jamf_pro, reading
from itsm.claims.mdm.answers import Fix, Found, Rejected, Unavailable, Unknown
from tests.claims.jamf_pro_server import ACCOUNT, JamfPro, jamf_pro_server, located, security

SERIAL = "DMPXX0000001"
SETTINGS = {
    "ITSM_JAMF_PRO_URL": "https://schule.jamfcloud.com/",
    "ITSM_JAMF_PRO_USER": "sperren",
    "ITSM_JAMF_PRO_PASSWORD": "geheim-4711",
}
IN_PRODUCTION = {
    "ITSM_ENV": "production",
    "ITSM_SECRET_KEY": "z" * 32,
    "ITSM_BASE_URL": "https://it.example.org",
    "ITSM_MAIL_HOST": "mail.example.org",
}


def test_the_settings_hold_together_and_the_password_is_not_shown() -> None:
    settings = config.read(SETTINGS)
    assert settings.jamf_pro_url == "https://schule.jamfcloud.com"
    assert "geheim-4711" not in repr(settings)


@pytest.mark.parametrize(
    "given",
    [
        {name: value for name, value in SETTINGS.items() if name != "ITSM_JAMF_PRO_PASSWORD"},
        SETTINGS | {"ITSM_JAMF_PRO_USER": "sper:ren"},
        SETTINGS | {"ITSM_JAMF_PRO_URL": "schule.jamfcloud.com"},
        SETTINGS | IN_PRODUCTION | {"ITSM_JAMF_PRO_URL": "http://schule.jamfcloud.com"},
    ],
)
def test_settings_that_cannot_be_are_refused(given: dict[str, str]) -> None:
    with pytest.raises(config.SettingError, match="ITSM_JAMF_PRO"):
        config.read(given)


@pytest.fixture
def jamf() -> Iterator[JamfPro]:
    with jamf_pro_server() as server:
        server.devices[SERIAL] = security()
        yield server


def find(jamf: JamfPro, **more: Any) -> Found:
    with jamf_pro.speaking(replace(jamf.server, **more)) as talk:
        return talk.find(SERIAL)


def send(jamf: JamfPro, kind: OrderKind = OrderKind.LOCK) -> str:
    with jamf_pro.speaking(jamf.server) as talk:
        return talk.send(kind, 1)


def test_a_device_is_found_with_a_token_of_an_api_client(jamf: JamfPro) -> None:
    assert find(jamf) == Found(1, is_lost=False, fix=None)
    assert jamf.asked == ["POST /api/oauth/token", f"GET /JSSResource/mobiledevices/serialnumber/{SERIAL}"]


def test_a_device_is_found_with_a_token_of_an_account(jamf: JamfPro) -> None:
    jamf.user = ACCOUNT
    assert find(jamf).number == 1
    assert jamf.asked[0] == "POST /api/v1/auth/token"


@pytest.mark.parametrize("user", ["55ed202f-371c-41aa-9dc5-c63d6a1f6b3c", ACCOUNT])
def test_a_wrong_password_is_said_and_stands_nowhere(jamf: JamfPro, user: str) -> None:
    with pytest.raises(Unavailable, match="lehnt die Anmeldung ab") as told:
        find(jamf, user=user, password="falsch-0815")
    assert "falsch-0815" not in str(told.value) + repr(replace(jamf.server, password="falsch-0815"))


def test_the_command_to_lock_is_the_documented_one(jamf: JamfPro) -> None:
    assert send(jamf) == "98d915a4-0001"
    assert jamf.commands == [
        "<?xml version='1.0' encoding='utf-8'?>\n"
        "<mobile_device_command><general><command>EnableLostMode</command>"
        "<lost_mode_message>Dieses Gerät ist als vermisst gemeldet.</lost_mode_message>"
        "<lost_mode_phone>115</lost_mode_phone><always_enforce_lost_mode>true</always_enforce_lost_mode></general>"
        "<mobile_devices><mobile_device><id>1</id></mobile_device></mobile_devices></mobile_device_command>"
    ]


def test_the_other_commands_have_no_message(jamf: JamfPro) -> None:
    send(jamf, OrderKind.LOCATE)
    send(jamf, OrderKind.UNLOCK)
    assert jamf.command_names() == ["DeviceLocation", "DisableLostMode"]
    assert all("lost_mode" not in body for body in jamf.commands)


@given(st.text())
def test_any_message_stays_text(text: str) -> None:
    hostile = f"</lost_mode_message><command>EraseDevice</command>&x;<![CDATA[{text}"
    server = jamf_pro.Server("http://x", "u", "p", hostile.encode("utf-8", "ignore").decode(), "115")
    root = Xml.fromstring(jamf_pro.command_xml(server, OrderKind.LOCK, 1))
    assert [one.text for one in root.iter("command")] == ["EnableLostMode"]


def test_a_device_the_mdm_does_not_have_is_another_matter_than_a_trouble(jamf: JamfPro) -> None:
    jamf.devices.clear()
    with pytest.raises(Unknown):
        find(jamf)


def test_another_serial_number_than_asked_for_is_refused(jamf: JamfPro) -> None:
    jamf.names = "FREMD0000001"
    with pytest.raises(Unavailable, match="ein anderes Gerät"):
        find(jamf)


@pytest.mark.parametrize(
    ("status", "sentence"), [(500, "gestört"), (503, "gestört"), (429, "überlastet"), (302, "302")]
)
def test_a_trouble_has_a_sentence(jamf: JamfPro, status: int, sentence: str) -> None:
    jamf.answers = [None, (status, b"<html>")]
    with pytest.raises(Unavailable, match=sentence):
        find(jamf)


def test_a_redirect_is_not_followed(jamf: JamfPro) -> None:
    jamf.answers, jamf.headers = [(307, b"")], {"Location": f"{jamf.url}/api/v1/auth/token"}
    with pytest.raises(Unavailable, match="307"):
        find(jamf)
    assert len(jamf.asked) == 1


def test_no_answer_a_slow_one_and_one_that_drips_have_sentences(jamf: JamfPro) -> None:
    with pytest.raises(Unavailable, match="nicht erreichbar"):
        find(jamf, url="http://127.0.0.1:9")
    jamf.drip_seconds = 0.2
    with pytest.raises(Unavailable, match="nicht rechtzeitig"):
        find(jamf, read_seconds=0.05)
    with pytest.raises(Unavailable, match="zu langsam"):
        find(jamf, answer_seconds=0.05)


def test_a_command_the_mdm_refuses_is_rejected(jamf: JamfPro) -> None:
    jamf.command_answers = [(400, b"<html>Not supervised</html>")]
    with pytest.raises(Rejected, match="nimmt den Befehl"):
        send(jamf)


def test_a_missing_right_and_a_wrong_address_are_told_apart(jamf: JamfPro) -> None:
    jamf.answers = [None, (403, b"")]
    with pytest.raises(Unavailable, match="fehlt ein Recht"):
        find(jamf)
    with pytest.raises(Unavailable, match="ITSM_JAMF_PRO_URL"):
        find(jamf, url=f"{jamf.url}/falsch", user=ACCOUNT)


GARBAGE = [
    b"",
    b"<html>Wartung</html>",
    b"{}",
    b"[]",
    b"null",
    b'{"mobile_device": []}',
    b'{"mobile_device": {"general": {"id": "x", "serial_number": "DMPXX0000001"}}}',
    b'{"mobile_device": {"general": {"id": 0, "serial_number": "DMPXX0000001"}}}',
    b'{"mobile_device": {"general": {"id": 1}}}',
    b'{"mobile_device": {"general": {"id": 1, "serial_number": "DMPXX0000001"}, "security": [1]}}',
    b"\xff\xfe",
    b'{"a":' * 60_000,
]


@pytest.mark.parametrize("body", GARBAGE)
def test_what_is_no_device_is_refused(body: bytes) -> None:
    with pytest.raises(Unavailable, match="nicht lesbar"):
        reading.device(body, SERIAL)


def test_an_answer_without_end_is_cut_off(jamf: JamfPro) -> None:
    jamf.answers = [None, (200, b"A" * 6_000_000)]
    with pytest.raises(Unavailable, match="nicht lesbar"):
        find(jamf)


BILLION = b'<!DOCTYPE a [<!ENTITY x "x"><!ENTITY y "&x;&x;">]><mobile_device_command>&y;</mobile_device_command>'
DISK = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><mobile_device_command>&x;</mobile_device_command>'


@pytest.mark.parametrize("body", [b"", b"{}", b"<html/>", b"<mobile_device_command>", b"\xff", BILLION, DISK])
def test_what_is_no_answer_to_a_command_is_refused(body: bytes) -> None:
    with pytest.raises(Unavailable, match="nicht lesbar"):
        reading.command(body)


def test_a_place_is_read_with_its_time_and_accuracy(jamf: JamfPro) -> None:
    jamf.devices[SERIAL] = located()
    assert find(jamf).fix == Fix(51.51361, 7.46532, 65.0, datetime(2026, 11, 16, 9, 15, tzinfo=UTC))


SEEN = datetime(2026, 11, 16, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("more", "fix"),
    [
        ({"lost_location_horizontal_accuracy": -1}, Fix(51.51361, 7.46532, None, SEEN)),
        ({"lost_location_horizontal_accuracy": "x"}, Fix(51.51361, 7.46532, None, SEEN)),
        ({"lost_location_latitude": "51.51361"}, Fix(51.51361, 7.46532, 65.0, SEEN)),
        ({"lost_location_utc": "2026-11-16T09:15:00Z"}, Fix(51.51361, 7.46532, 65.0, SEEN)),
        ({"lost_location_utc": "", "lost_location_epoch": 1794820500999}, Fix(51.51361, 7.46532, 65.0, SEEN)),
        ({"lost_location_utc": "2026-11-16T09:15:00", "lost_location_epoch": None}, None),
        ({"lost_location_utc": "gestern", "lost_location_epoch": "bald"}, None),
        ({"lost_location_epoch": 0}, None),
        ({"lost_location_latitude": 91}, None),
        ({"lost_location_longitude": -181}, None),
        ({"lost_location_latitude": True}, None),
        ({"lost_location_latitude": "nan"}, None),
        ({"lost_location_utc": "", "lost_location_epoch": 1e300}, None),
    ],
)
def test_a_place_is_taken_only_if_it_can_be_one(jamf: JamfPro, more: dict[str, Any], fix: Fix | None) -> None:
    jamf.devices[SERIAL] = located(**more)
    assert find(jamf).fix == fix
