"""Speak to Jamf Pro: find a device, lock it, ask where it is, set it free.

Source: docs/rules/claims.md, CL-73. Classic API of Jamf Pro (developer.jamf.com/jamf-pro/reference):
`POST /JSSResource/mobiledevicecommands/command` with EnableLostMode, DeviceLocation and DisableLostMode,
`GET /JSSResource/mobiledevices/serialnumber/{serialnumber}`; tokens from `POST /api/oauth/token` (client credentials)
or `POST /api/v1/auth/token` (name and password), since the classic API takes no plain password any more.
"""

import json
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as Xml

import httpx
from flask import current_app

from itsm.claims.lock_states import OrderKind
from itsm.claims.mdm import reading
from itsm.claims.mdm.answers import Found, Rejected, Unavailable, Unknown
from itsm.config import Settings
from itsm.core import tls

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
LARGEST_ANSWER_BYTES = 5_000_000
COMMANDS = {
    OrderKind.LOCK: "EnableLostMode",
    OrderKind.LOCATE: "DeviceLocation",
    OrderKind.UNLOCK: "DisableLostMode",
}
# The ID of an API client is a UUID; a user account is not called so.
_CLIENT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Server:
    """Where Jamf Pro stands, what a lost device shows, and how patient we are."""

    url: str
    user: str
    password: str = field(repr=False)
    message: str
    phone: str
    read_seconds: float = 20.0
    answer_seconds: float = 60.0


def server() -> Server | None:
    """Return the configured server, None without one."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.jamf_pro_url:
        return None
    return Server(
        settings.jamf_pro_url,
        settings.jamf_pro_user,
        settings.jamf_pro_password,
        f"Dieses Gerät ist als vermisst gemeldet. Es gehört: {settings.city_name}. Bitte rufen Sie uns an.",
        settings.finder_phone,
    )


@dataclass(frozen=True)
class Talk:
    """A signed-in conversation with Jamf Pro."""

    client: httpx.Client
    server: Server

    def find(self, serial: str) -> Found:
        """Return the device with this serial number.

        Raises: Unknown if Jamf Pro does not have it; Unavailable without a usable answer.
        """
        # From our own device file, where only capital letters and digits are let in.
        answer = _ask(self, "GET", f"/JSSResource/mobiledevices/serialnumber/{serial}", accept="application/json")
        if answer.status == httpx.codes.NOT_FOUND:
            raise Unknown
        _check(answer)
        return reading.device(answer.body, serial)

    def send(self, kind: OrderKind, number: int) -> str:
        """Give a command to a device; return the number of the command.

        Raises: Rejected if Jamf Pro does not take it; Unavailable without a usable answer.
        """
        body = command_xml(self.server, kind, number)
        answer = _ask(self, "POST", "/JSSResource/mobiledevicecommands/command", accept="application/xml", content=body)
        if answer.status in (httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND, httpx.codes.CONFLICT):
            raise Rejected(f"Das MDM nimmt den Befehl für dieses Gerät nicht an ({answer.status}).")
        _check(answer)
        return reading.command(answer.body)


@contextmanager
def speaking(jamf: Server) -> Iterator[Talk]:
    """Sign in for some questions.

    Raises: Unavailable if Jamf Pro does not answer or refuses the credentials.
    """
    with _client(jamf) as client:
        talk = Talk(client, jamf)
        client.headers["Authorization"] = f"Bearer {_token(talk)}"
        yield talk


def command_xml(jamf: Server, kind: OrderKind, number: int) -> bytes:
    """Return the documented body of a command."""
    root = Xml.Element("mobile_device_command")
    general = Xml.SubElement(root, "general")
    parts = {"command": COMMANDS[kind]}
    if kind is OrderKind.LOCK:
        # Also after the device was wiped and set up anew.
        parts |= {
            "lost_mode_message": jamf.message,
            "lost_mode_phone": jamf.phone,
            "always_enforce_lost_mode": "true",
        }
    for name, text in parts.items():
        Xml.SubElement(general, name).text = "".join(one if one.isprintable() else " " for one in text)
    one = Xml.SubElement(Xml.SubElement(root, "mobile_devices"), "mobile_device")
    Xml.SubElement(one, "id").text = str(number)
    body: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes


def _client(jamf: Server) -> httpx.Client:
    """Proxies of the environment are not used: settings have one place. Nor are redirects: the token would go along."""
    return httpx.Client(
        timeout=httpx.Timeout(jamf.read_seconds, connect=CONNECT_SECONDS),
        verify=tls.trusted(),
        follow_redirects=False,
        trust_env=False,
    )


def _token(talk: Talk) -> str:
    jamf = talk.server
    if _CLIENT_ID.fullmatch(jamf.user):
        secret = {"grant_type": "client_credentials", "client_id": jamf.user, "client_secret": jamf.password}
        answer = _ask(talk, "POST", "/api/oauth/token", data=secret)
    else:
        basic = httpx.BasicAuth(jamf.user.encode(), jamf.password.encode())
        answer = _ask(talk, "POST", "/api/v1/auth/token", auth=basic)
    if answer.status == httpx.codes.NOT_FOUND:
        raise Unavailable("Unter dieser Adresse antwortet kein Jamf Pro. Bitte prüfen Sie ITSM_JAMF_PRO_URL.")
    if answer.status == httpx.codes.BAD_REQUEST:
        raise Unavailable(_REFUSED)
    _check(answer)
    try:
        found = json.loads(answer.body)
        token = found.get("access_token") or found["token"]
    except (ValueError, KeyError, AttributeError, RecursionError) as error:
        raise Unavailable(reading.UNREADABLE) from error
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise Unavailable(reading.UNREADABLE)
    return token


_REFUSED = "Das MDM lehnt die Anmeldung ab. Bitte prüfen Sie ITSM_JAMF_PRO_USER und ITSM_JAMF_PRO_PASSWORD."


def _ask(talk: Talk, method: str, path: str, accept: str = "application/json", **more: Any) -> _Answer:
    headers = {"Accept": accept} | ({"Content-Type": "application/xml"} if "content" in more else {})
    try:
        with talk.client.stream(method, f"{talk.server.url}{path}", headers=headers, **more) as answer:
            return _Answer(answer.status_code, _limited(answer, talk.server.answer_seconds))
    except httpx.TimeoutException as error:
        raise Unavailable("Das MDM antwortet nicht rechtzeitig.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        log.warning("Jamf Pro: %s", type(error).__name__)
        raise Unavailable("Das MDM ist nicht erreichbar.") from error


def _check(answer: _Answer) -> None:
    status = answer.status
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise Unavailable(f"Das MDM ist gestört oder überlastet ({status}).")
    if status == httpx.codes.UNAUTHORIZED:
        raise Unavailable(_REFUSED)
    if status == httpx.codes.FORBIDDEN:
        raise Unavailable("Dem Zugang zum MDM fehlt ein Recht. Bitte prüfen Sie seine Rolle in Jamf Pro.")
    if status not in (httpx.codes.OK, httpx.codes.CREATED):
        raise Unavailable(f"Das MDM hat die Anfrage nicht angenommen ({status}).")


def _limited(answer: httpx.Response, seconds: float) -> bytes:
    """An answer within the time and the size of an honest one."""
    until, body = time.monotonic() + seconds, b""
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER_BYTES:
            raise Unavailable(reading.UNREADABLE)
        # The library's limit holds between two pieces; a server that drips would never reach it.
        if time.monotonic() > until:
            raise Unavailable("Das MDM antwortet zu langsam.")
    return body
