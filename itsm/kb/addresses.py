"""Look whether a web address answers, without ever asking a machine inside our own networks.

The name is resolved here, each of its addresses is judged, and the connection goes to the judged address: a name that
changes its mind in between gains nothing.
Source: docs/rules/markup.md, MU-8 and MU-9; domain rule B2 on requests forged through the server.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from itsm.core import tls

log = logging.getLogger(__name__)

Address = IPv4Address | IPv6Address
MOST_REDIRECTS = 3
TIMEOUT_SECONDS = 10.0
# For the name, every redirect and a server that drips its answer.
WHOLE_SECONDS = 30.0
_LOWEST_FREE_PORT = 1024
_USUAL_PORTS = (80, 443)
# Addresses that only wrap one of the old internet.
_WRAPPING = IPv6Network("64:ff9b::/32")


class Verdict(Enum):
    """What came of looking at an address."""

    WORKS = "works"
    BROKEN = "broken"
    # Not ours to ask, such as a machine in the city's own network: nothing is known.
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Look:
    """What came of looking; `status` is the answer's number, None if nobody answered."""

    verdict: Verdict
    status: int | None = None


NOT_ASKED = Look(Verdict.NOT_ASKED)
NO_ANSWER = Look(Verdict.BROKEN)


class _NotOurs(Exception):
    """This address must not be asked."""


def is_public(address: Address) -> bool:
    """Say whether an address is one of the open internet."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return is_public(inner)
        if address in _WRAPPING or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def look(url: str, is_allowed: Callable[[Address], bool] = is_public) -> Look:
    """Ask a web address whether it is there: HEAD first, GET where that is refused; the body is never read."""
    # In a thread of its own: whoever calls may have an event loop already, and two cannot run in one.
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, _look(url, is_allowed)).result()


async def _look(url: str, is_allowed: Callable[[Address], bool]) -> Look:
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            async with httpx.AsyncClient(
                timeout=TIMEOUT_SECONDS,
                verify=tls.trusted(),
                follow_redirects=False,
                trust_env=False,
                headers={"User-Agent": "itsm link check", "Accept": "*/*"},
            ) as client:
                status = await _ask(client, "HEAD", url, is_allowed)
                if status >= httpx.codes.BAD_REQUEST:
                    status = await _ask(client, "GET", url, is_allowed)
    except _NotOurs:
        return NOT_ASKED
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        log.info("Link check: %s", type(error).__name__)
        return NO_ANSWER
    # Who asks for a password or a person is there; only what is gone or broken is broken.
    is_gone = status in (httpx.codes.NOT_FOUND, httpx.codes.GONE) or status >= httpx.codes.INTERNAL_SERVER_ERROR
    return Look(Verdict.BROKEN if is_gone else Verdict.WORKS, status)


async def _ask(client: httpx.AsyncClient, method: str, url: str, is_allowed: Callable[[Address], bool]) -> int:
    """The number of the answer at the end of at most three redirects, each judged like the first address."""
    target = httpx.URL(url)
    for _ in range(MOST_REDIRECTS + 1):
        address = await _judged(target, is_allowed)
        request = client.build_request(
            method,
            target.copy_with(host=str(address), fragment=None),
            headers={"Host": target.netloc.decode("ascii")},
            # The certificate is checked against the name, though the connection goes to the address.
            extensions={"sni_hostname": target.raw_host.decode("ascii")},
        )
        answer = await client.send(request, stream=True)
        await answer.aclose()
        if not answer.has_redirect_location:
            return answer.status_code
        target = target.join(answer.headers["Location"])
    raise httpx.TooManyRedirects("too many redirects")


async def _judged(url: httpx.URL, is_allowed: Callable[[Address], bool]) -> Address:
    """The address of a name, if it and every other address of the name may be asked."""
    port = url.port or (443 if url.scheme == "https" else 80)
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        raise _NotOurs
    if port < _LOWEST_FREE_PORT and port not in _USUAL_PORTS:
        raise _NotOurs
    found = await asyncio.get_running_loop().getaddrinfo(url.raw_host.decode("ascii"), port, type=socket.SOCK_STREAM)
    # Without the zone a link-local address carries.
    addresses = [ip_address(str(place[0]).partition("%")[0]) for *_, place in found]
    if not addresses or not all(map(is_allowed, addresses)):
        raise _NotOurs
    return addresses[0]
