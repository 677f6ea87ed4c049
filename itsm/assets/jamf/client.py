"""Ask Jamf School for its devices.

Source: docs/rules/mdm.md, MD-1; developer guide of Jamf School, GET /devices.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
from flask import current_app

from itsm.assets.jamf.records import Record, read
from itsm.assets.jamf.stream import Listing, Unreadable
from itsm.config import Settings
from itsm.core import tls

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
TRIES = 5
LONGEST_PAUSE_SECONDS = 60.0
LARGEST_ANSWER_BYTES = 500_000_000
MOST_DEVICES = 500_000


class Unavailable(Exception):
    """The MDM gave no usable answer; the sentence is for the person who reads the page."""


class _Later(Exception):
    """It may work a little later; `pause_seconds` is what the server asks for, if it does."""

    def __init__(self, sentence: str, pause_seconds: float = 0) -> None:
        super().__init__(sentence)
        self.pause_seconds = pause_seconds


@dataclass(frozen=True)
class Server:
    """Where Jamf School stands, and how patient we are with it."""

    url: str
    network_id: str
    key: str = field(repr=False)
    pause_seconds: float = 1.0
    read_seconds: float = 30.0
    answer_seconds: float = 300.0


def server() -> Server | None:
    """Return the configured server, None without one."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.jamf_url:
        return None
    return Server(settings.jamf_url, settings.jamf_network_id, settings.jamf_key)


def devices(jamf: Server) -> dict[str, Record]:
    """Return every device by serial number; of two with the same number the one not in the trash, else the last.

    Raises: Unavailable unless the whole list came.
    """
    found: dict[str, Record] = {}
    seen, last = 0, None
    with _client(jamf) as asking:
        while True:
            page, entries, count = _patiently(asking, jamf, seen)
            if page and page[0] == last:
                raise Unavailable("Das MDM liefert immer wieder dieselben Geräte. Der Abgleich wurde abgebrochen.")
            last = page[0] if page else None
            for record in page:
                if record.serial not in found or not record.is_in_trash:
                    found[record.serial] = record
            seen += entries
            if not entries or count is None or seen >= count:
                break
            if seen > MOST_DEVICES:
                raise Unavailable("Das MDM nennt mehr Geräte, als es geben kann. Der Abgleich wurde abgebrochen.")
    if seen and not found:
        raise Unavailable("Das MDM nennt Geräte, aber keines mit einer lesbaren Seriennummer.")
    return found


def _client(jamf: Server) -> httpx.Client:
    """Proxies of the environment are not used: settings have one place. Nor are redirects: the key would go along."""
    return httpx.Client(
        auth=httpx.BasicAuth(jamf.network_id, jamf.key),
        headers={"X-Server-Protocol-Version": "3", "Accept": "application/json"},
        timeout=httpx.Timeout(jamf.read_seconds, connect=CONNECT_SECONDS),
        verify=tls.trusted(),
        follow_redirects=False,
        trust_env=False,
    )


def _patiently(asking: httpx.Client, jamf: Server, offset: int) -> tuple[list[Record], int, int | None]:
    for attempt in range(TRIES):
        try:
            return _page(asking, jamf, offset)
        except _Later as error:
            if attempt + 1 == TRIES:
                raise Unavailable(str(error)) from error
            time.sleep(min(max(jamf.pause_seconds * 2**attempt, error.pause_seconds), LONGEST_PAUSE_SECONDS))
    raise AssertionError


def _page(asking: httpx.Client, jamf: Server, offset: int) -> tuple[list[Record], int, int | None]:
    """One answer: its readable devices, the number of its entries, and how many it says there are in all."""
    listing, entries, records = Listing(), 0, []
    try:
        with asking.stream("GET", f"{jamf.url}/devices", params={"offset": offset} if offset else None) as answer:
            _check(answer)
            for entry in listing.read(_limited(answer, jamf.answer_seconds)):
                entries += 1
                if record := read(entry):
                    records.append(record)
    except httpx.TimeoutException as error:
        raise _Later("Das MDM antwortet nicht rechtzeitig.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        log.warning("Jamf School: %s", type(error).__name__)
        raise _Later("Das MDM ist nicht erreichbar.") from error
    except Unreadable as error:
        log.warning("Jamf School: %s", error)
        raise Unavailable("Die Antwort des MDM war nicht lesbar.") from error
    return records, entries, listing.count


def _check(answer: httpx.Response) -> None:
    status = answer.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        asked = answer.headers.get("Retry-After", "")
        raise _Later(f"Das MDM ist gestört oder überlastet ({status}).", float(asked) if asked.isdecimal() else 0)
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise Unavailable("Das MDM lehnt die Anmeldung ab. Bitte prüfen Sie Netzwerk-ID und Schlüssel.")
    if status == httpx.codes.NOT_FOUND:
        raise Unavailable("Unter der eingestellten Adresse gibt es keine Geräteliste. Bitte prüfen Sie ITSM_JAMF_URL.")
    if status != httpx.codes.OK:
        raise Unavailable(f"Das MDM hat die Anfrage nicht angenommen ({status}).")


def _limited(answer: httpx.Response, seconds: float) -> Iterator[bytes]:
    """The pieces of an answer within the time and the size of an honest one."""
    until, size = time.monotonic() + seconds, 0
    for chunk in answer.iter_bytes():
        size += len(chunk)
        if size > LARGEST_ANSWER_BYTES:
            raise Unreadable("too long")
        # The library's limit holds between two pieces; a server that drips would never reach it.
        if time.monotonic() > until:
            raise _Later("Das MDM antwortet zu langsam.")
        yield chunk
