"""One device as Jamf School lists it, reduced to what the device file compares.

Source: docs/rules/mdm.md, MD-2.
"""

from typing import Any, NamedTuple

from itsm.assets import serials
from itsm.assets.kinds import Kind

LONGEST = 200
_KINDS = {"ipad": Kind.IPAD, "mac": Kind.LAPTOP}


class Record(NamedTuple):
    """A device of the MDM; what it does not say is empty."""

    serial: str
    tag: str
    model: str
    identifier: str
    kind: Kind
    mdm_id: str
    name: str
    is_in_trash: bool


def read(found: object) -> Record | None:
    """Return a device, or None for anything without a serial number that could be one.

    A field of another type than documented counts as not said.
    """
    if not isinstance(found, dict):
        return None
    serial = serials.clean(_text(found, "serialNumber"))
    if not serials.is_serial(serial):
        return None
    model = found.get("model")
    model = model if isinstance(model, dict) else {}
    tag = serials.clean(_text(found, "assetTag"))
    return Record(
        serial=serial,
        tag=tag if serials.is_tag(tag) else "",
        model=_text(model, "name"),
        identifier=_text(model, "identifier"),
        kind=_KINDS.get(_text(found, "class").lower(), Kind.ACCESSORY),
        mdm_id=_text(found, "UDID"),
        name=_text(found, "name"),
        is_in_trash=found.get("inTrash") is True,
    )


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        return ""
    if not value.isprintable():
        value = "".join(one if one.isprintable() else " " for one in value)
    return " ".join(value.split())[:LONGEST]
