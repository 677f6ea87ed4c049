"""A small Jamf Pro for tests: it speaks the documented payloads and can be told to misbehave."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree as Xml

from flask import Flask

from itsm.claims.mdm.jamf_pro import Server
from tests.local_server import Service, serving

CLIENT, SECRET = "55ed202f-371c-41aa-9dc5-c63d6a1f6b3c", "geheim-4711"
ACCOUNT = "sperren"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.probe"
_BASIC = "Basic " + base64.b64encode(f"{ACCOUNT}:{SECRET}".encode()).decode()
_FIND = "/JSSResource/mobiledevices/serialnumber/"
_COMMAND = "/JSSResource/mobiledevicecommands/command"


@dataclass
class JamfPro(Service):
    """The devices it has, what it was told, and how to answer instead of properly."""

    # Serial number → the part "security" of the device.
    devices: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Bodies of the commands that came in.
    commands: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    # A device that is off hears of a command, and does nothing.
    devices_are_on: bool = True
    # What happens while a device is looked up, and while a command is on its way.
    on_find: Callable[[], None] = lambda: None
    on_command: Callable[[], None] = lambda: None
    # The serial number it names instead of the one asked for.
    names: str = ""
    # Answers to the next commands; None stands for a proper one.
    command_answers: list[tuple[int, bytes] | None] = field(default_factory=list)
    user: str = CLIENT
    read_seconds: float = 2.0

    @property
    def server(self) -> Server:
        """How the client reaches it, in a hurry."""
        return Server(
            self.url,
            self.user,
            SECRET,
            "Dieses Gerät ist als vermisst gemeldet.",
            "115",
            read_seconds=self.read_seconds,
            answer_seconds=2.0,
        )

    def command_names(self) -> list[str]:
        """Return the commands that came in, by their names."""
        return [Xml.fromstring(body).findtext("general/command", "") for body in self.commands]


def security(**more: Any) -> dict[str, Any]:
    """The part "security" as Jamf Pro documents it."""
    return {
        "data_protection": True,
        "passcode_present": True,
        "lost_mode_enabled": "false",
        "lost_mode_enforced": False,
        "lost_mode_message": "",
        "lost_location_epoch": 0,
        "lost_location_utc": "",
        "lost_location_latitude": 0,
        "lost_location_longitude": 0,
        "lost_location_horizontal_accuracy": -1,
        **more,
    }


def located(**more: Any) -> dict[str, Any]:
    """The part "security" of a locked device that said where it is."""
    place = {
        "lost_mode_enabled": "true",
        "lost_location_epoch": 1794820500000,
        "lost_location_utc": "2026-11-16T10:15:00.459+0100",
        "lost_location_latitude": 51.51361,
        "lost_location_longitude": 7.46532,
        "lost_location_horizontal_accuracy": 65,
    }
    return security(**(place | more))


@contextmanager
def configured(app: Flask, jamf: JamfPro) -> Iterator[None]:
    """Let the application use this server, as its settings would."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, jamf_pro_url=jamf.url, jamf_pro_user=jamf.user, jamf_pro_password=SECRET)
    yield
    app.config["SETTINGS"] = before


@contextmanager
def jamf_pro_server() -> Iterator[JamfPro]:
    """Run the server on a free port of this machine."""
    jamf = JamfPro()
    lock = threading.Lock()

    def answer(request: BaseHTTPRequestHandler) -> tuple[int, bytes]:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0)).decode()
        with lock:
            jamf.asked.append(f"{request.command} {request.path}")
            return _answer(jamf, request, body)

    with serving(jamf, answer):
        yield jamf


def _answer(jamf: JamfPro, request: BaseHTTPRequestHandler, body: str) -> tuple[int, bytes]:
    given = jamf.answers.pop(0) if jamf.answers else None
    if given is not None:
        return given
    asked, path = request.command, request.path
    if asked == "POST" and path == "/api/oauth/token":
        return _client_token(body)
    if asked == "POST" and path == "/api/v1/auth/token":
        if request.headers.get("Authorization") != _BASIC:
            return 401, b'{"httpStatus":401,"errors":[]}'
        return 200, json.dumps({"token": TOKEN, "expires": "2026-11-16T08:30:00.000Z"}).encode()
    if path.startswith("/JSSResource/") and request.headers.get("Authorization") != f"Bearer {TOKEN}":
        return 401, b"<html><body><p>Unauthorized</p></body></html>"
    if asked == "GET" and path.startswith(_FIND):
        return _device(jamf, path.removeprefix(_FIND))
    if asked == "POST" and path == _COMMAND:
        return _command(jamf, request, body)
    return 404, b"<html><body><p>Not Found</p></body></html>"


def _client_token(body: str) -> tuple[int, bytes]:
    wanted = {"grant_type": ["client_credentials"], "client_id": [CLIENT], "client_secret": [SECRET]}
    if parse_qs(body) != wanted:
        return 401, b'{"error":"invalid_client"}'
    return 200, json.dumps({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 1199}).encode()


def _device(jamf: JamfPro, serial: str) -> tuple[int, bytes]:
    jamf.on_find()
    if serial not in jamf.devices:
        return 404, b"<html><body><p>Not Found</p></body></html>"
    general = {"id": list(jamf.devices).index(serial) + 1, "serial_number": jamf.names or serial, "supervised": True}
    return 200, json.dumps({"mobile_device": {"general": general, "security": jamf.devices[serial]}}).encode()


def _command(jamf: JamfPro, request: BaseHTTPRequestHandler, body: str) -> tuple[int, bytes]:
    if request.headers.get("Content-Type") != "application/xml":
        return 415, b""
    jamf.commands.append(body)
    root = Xml.fromstring(body)
    name, number = root.findtext("general/command"), int(root.findtext("mobile_devices/mobile_device/id", "0"))
    one = jamf.devices[list(jamf.devices)[number - 1]]
    if jamf.devices_are_on and name != "DeviceLocation":
        one["lost_mode_enabled"] = "true" if name == "EnableLostMode" else "false"
    jamf.on_command()
    given = jamf.command_answers.pop(0) if jamf.command_answers else None
    if given is not None:
        return given
    taken = (
        f"<uuid>98d915a4-{len(jamf.commands):04}</uuid><name>{name}</name><mobile_device_id>{number}</mobile_device_id>"
    )
    return 201, f"<mobile_device_command><command>{taken}</command></mobile_device_command>".encode()
