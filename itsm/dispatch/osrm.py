"""Ask an OSRM server for drives: its table service, one block of sources and destinations at a time."""

import json
import logging
import time
from collections.abc import Sequence
from typing import Any

import httpx
import numpy as np
from flask import current_app
from numpy.typing import NDArray

from itsm.config import Settings
from itsm.core import tls

log = logging.getLogger(__name__)

Floats = NDArray[np.float64]
Point = tuple[int, int]

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0
# What a server takes as it comes (`--max-table-size`), sources and destinations together.
LARGEST_TABLE = 100
LARGEST_ANSWER_BYTES = 4_000_000
# No drive takes longer or goes farther: four months, once around the world.
LARGEST_NUMBER = 1e7
CITY_HALL, STATION = (5151140, 746330), (5151780, 745920)


class Unavailable(Exception):
    """The server gave no usable answer; the sentence is for the person who plans."""


def address() -> str:
    """The configured server, empty without one."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.osrm_url


def client() -> httpx.Client:
    """A connection to be used for all blocks of one question.

    Proxies of the environment are not used: the server stands in the house, and settings have one place.
    """
    return httpx.Client(
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        verify=tls.trusted(),
        trust_env=False,
    )


def table(asking: httpx.Client, base: str, origins: Sequence[Point], targets: Sequence[Point]) -> tuple[Floats, Floats]:
    """Return seconds and metres, row = from, column = to; no number where no road leads.

    Units: points in hundred-thousandths of a degree, latitude first.
    Raises: Unavailable on every other answer than a table of this shape.
    Source: OSRM, docs/http.md, table service.
    """
    points = ";".join(f"{lon / 1e5:.5f},{lat / 1e5:.5f}" for lat, lon in (*origins, *targets))
    split = len(origins)
    choice = {
        "annotations": "duration,distance",
        "sources": ";".join(map(str, range(split))),
        "destinations": ";".join(map(str, range(split, split + len(targets)))),
    }
    status, answer = _get(asking, f"{base}/table/v1/driving/{points}", choice)
    code = answer.get("code")
    if status != httpx.codes.OK or code != "Ok":
        log.warning("OSRM: %s, %.100r, %.300r", status, code, answer.get("message"))
        word = code if isinstance(code, str) and code.isascii() and code.isalpha() and len(code) <= 30 else status
        raise Unavailable(f"Der Routendienst hat die Anfrage abgelehnt ({word}).")
    shape = split, len(targets)
    return _numbers(answer.get("durations"), shape), _numbers(answer.get("distances"), shape)


def check(base: str) -> None:
    """Ask for one short drive.

    Raises: Unavailable if the server does not answer as it should.
    """
    with client() as asking:
        table(asking, base, [CITY_HALL], [STATION])


def _get(asking: httpx.Client, url: str, choice: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON object, read within the time and the size of an honest answer."""
    until = time.monotonic() + CONNECT_SECONDS + READ_SECONDS
    body = bytearray()
    try:
        with asking.stream("GET", url, params=choice) as response:
            for chunk in response.iter_bytes():
                body += chunk
                # The library's limit holds between two pieces; a server that drips would never reach it.
                if time.monotonic() > until:
                    raise Unavailable("Der Routendienst antwortet zu langsam.")
                if len(body) > LARGEST_ANSWER_BYTES:
                    raise _unusable("too long")
    except httpx.TimeoutException as error:
        raise Unavailable("Der Routendienst antwortet nicht rechtzeitig.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        log.warning("OSRM: %s", error)
        raise Unavailable("Der Routendienst ist nicht erreichbar.") from error
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _unusable(f"{response.status_code}, no JSON") from error
    if not isinstance(answer, dict):
        raise _unusable("no object")
    return response.status_code, answer


def _numbers(rows: object, shape: tuple[int, int]) -> Floats:
    try:
        found: Floats = np.array(rows, dtype=np.float64)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise _unusable(str(error)) from error
    if found.shape != shape:
        raise _unusable(f"{found.shape} instead of {shape}")
    if (found < 0).any() or (found > LARGEST_NUMBER).any():
        raise _unusable("a number out of range")
    return found


def _unusable(why: str) -> Unavailable:
    log.warning("OSRM: unusable answer, %s", why)
    return Unavailable("Die Antwort des Routendienstes war nicht zu gebrauchen.")
