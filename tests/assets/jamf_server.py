"""A small Jamf School for tests: it lists invented devices as documented and can be told to misbehave."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from itsm.assets.jamf.client import Server
from tests.local_server import Service, serving

NETWORK, KEY = "NETZ1", "geheim-4711"
_AUTH = "Basic " + base64.b64encode(f"{NETWORK}:{KEY}".encode()).decode()


@dataclass
class Jamf(Service):
    """The devices it has, what was asked, and how to answer instead of properly."""

    devices: list[dict[str, Any]] = field(default_factory=list)
    # Devices in one answer; all of them without.
    page: int | None = None
    asked: list[str] = field(default_factory=list)
    ignores_offset: bool = False

    @property
    def server(self) -> Server:
        """How the client reaches it, in a hurry."""
        return Server(self.url, NETWORK, KEY, pause_seconds=0.01, read_seconds=0.3, answer_seconds=0.5)


def device(number: int, **more: Any) -> dict[str, Any]:
    """A device as Jamf School documents it."""
    return {
        "UDID": f"00008020-{number:016X}",
        "locationId": 0,
        "serialNumber": f"DMPXX{number:07}",
        "assetTag": f"DO-129150-{number:04}",
        "inTrash": False,
        "class": "ipad",
        "model": {"name": "iPad (9. Generation)", "identifier": "iPad12,1", "type": "iPad"},
        "os": {"prefix": "iOS", "version": "17.5.1"},
        "name": f"129150-iPad-{number:03}",
        "owner": {"id": 0, "locationId": 0, "name": "", "vpp": []},
        "isManaged": True,
        "notes": 'Ein Text mit \\"devices\\": [ darin',
        **more,
    }


@contextmanager
def jamf_server() -> Iterator[Jamf]:
    """Run the server on a free port of this machine."""
    jamf = Jamf()

    def answer(request: BaseHTTPRequestHandler) -> tuple[int, bytes]:
        jamf.asked.append(request.path)
        return _answer(jamf, request)

    with serving(jamf, answer, "/api"):
        yield jamf


def _answer(jamf: Jamf, request: BaseHTTPRequestHandler) -> tuple[int, bytes]:
    if request.headers.get("Authorization") != _AUTH:
        return 401, b'{"code":401,"message":"Unauthorized"}'
    parts = urlsplit(request.path)
    if request.headers.get("X-Server-Protocol-Version") != "3" or parts.path != "/api/devices":
        return 404, b'{"code":404,"message":"Not found"}'
    given = jamf.answers.pop(0) if jamf.answers else None
    if given is not None:
        return given
    offset = 0 if jamf.ignores_offset else int(parse_qs(parts.query).get("offset", ["0"])[0])
    shown = jamf.devices[offset : offset + jamf.page] if jamf.page else jamf.devices
    return 200, json.dumps({"code": 200, "count": len(jamf.devices), "devices": shown}).encode()
