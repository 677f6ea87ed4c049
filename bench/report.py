"""The filled-in form of a report, as the last screen sends it."""

import re
import secrets

from bench.client import Answer, Client

_INPUT = re.compile(r"<input[^>]*>")
_ATTRIBUTE = re.compile(r'(name|value|type)="([^"]*)"')
_FAULT = re.compile(rb'name="fault"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="fault"')


def filled_in(client: Client, page: Answer, description: str) -> dict[str, object]:
    """Return everything three screens ask for, with a key of its own."""
    hidden = {}
    for tag in _INPUT.findall(page.body.decode()):
        attributes = dict(_ATTRIBUTE.findall(tag))
        if attributes.get("name") in ("school", "site") and attributes["name"] not in hidden:
            hidden[attributes["name"]] = attributes["value"]
    fault = _FAULT.search(page.body)
    if fault is None:
        raise LookupError("no kind of fault on the page")
    return {
        **hidden,
        "csrf_token": client.token(page),
        "idempotency_key": secrets.token_hex(16),
        "fault": (fault.group(1) or fault.group(2)).decode(),
        "room": "2.14",
        "impact": 2,
        "urgency": 2,
        "description": description,
        "devices": "IPAD-1, IPAD-2",
        "go": "stuck",
    }
