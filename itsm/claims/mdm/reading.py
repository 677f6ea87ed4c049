"""Read what Jamf Pro says about a device; anything not as documented is refused or counts as not said.

Source: classic API of Jamf Pro, `GET /JSSResource/mobiledevices/serialnumber/{serialnumber}`, parts "general" and
"security"; Apple device management, "DeviceLocation": a negative HorizontalAccuracy means unknown.
"""

import json
import math
from datetime import UTC, datetime
from typing import Any

from defusedxml import DefusedXmlException, ElementTree

from itsm.claims.mdm.answers import Fix, Found, Unavailable

UNREADABLE = "Die Antwort des MDM war nicht lesbar."
LONGEST_NUMBER = 100


def device(body: bytes, serial: str) -> Found:
    """Return the device of an answer.

    Raises: Unavailable if it is no device, or not the one asked for.
    """
    try:
        record = json.loads(body)["mobile_device"]
        general, security = record["general"], record.get("security") or {}
        number, named = int(general["id"]), str(general["serial_number"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unavailable(UNREADABLE) from error
    if number < 1 or not isinstance(security, dict):
        raise Unavailable(UNREADABLE)
    if named.strip().upper() != serial.upper():
        raise Unavailable("Das MDM hat ein anderes Gerät genannt. Deshalb wurde nichts gesendet.")
    return Found(number, str(security.get("lost_mode_enabled")).lower() == "true", _fix(security))


def command(body: bytes) -> str:
    """Return the number Jamf Pro gave a command, "" if it names none.

    Raises: Unavailable if the answer is no answer to a command.
    """
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise Unavailable(UNREADABLE) from error
    if root.tag != "mobile_device_command":
        raise Unavailable(UNREADABLE)
    for name in ("command_uuid", "uuid"):
        if (found := root.find(f".//{name}")) is not None and found.text:
            return "".join(found.text.split())[:LONGEST_NUMBER]
    return ""


def _fix(security: dict[str, Any]) -> Fix | None:
    latitude, longitude = (_real(security.get(f"lost_location_{name}")) for name in ("latitude", "longitude"))
    seen_at = _moment(security)
    if latitude is None or longitude is None or seen_at is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    accuracy = _real(security.get("lost_location_horizontal_accuracy"))
    return Fix(latitude, longitude, accuracy if accuracy is not None and accuracy >= 0 else None, seen_at)


def _real(found: object) -> float | None:
    """Numbers come as such or as text, depending on the version of Jamf Pro."""
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        value = float(found)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _moment(security: dict[str, Any]) -> datetime | None:
    """The time as text (RFC 3339), else in milliseconds since 1970; a zero stands for never."""
    epoch = _real(security.get("lost_location_epoch"))
    if epoch == 0:
        return None
    try:
        moment = datetime.fromisoformat(str(security.get("lost_location_utc") or ""))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        pass
    try:
        return datetime.fromtimestamp(epoch // 1000, UTC) if epoch is not None and epoch > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
