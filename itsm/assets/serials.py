"""Serial numbers and tags as people type, scan and export them.

Source: docs/rules/devices.md, DV-4.
"""

import re

SERIAL = re.compile(r"[A-Z0-9]{8,14}")
LONGEST_TAG = 40
_TAG = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,39}")


def clean(typed: str) -> str:
    """Return a serial number or tag without white space, in capitals."""
    return "".join(typed.split()).upper()


def is_serial(text: str) -> bool:
    """Say whether a cleaned text can be a serial number: 8 to 14 letters and digits."""
    return SERIAL.fullmatch(text) is not None


def is_tag(text: str) -> bool:
    """Say whether a cleaned text can be a tag: letters, digits and . _ / - between them."""
    return _TAG.fullmatch(text) is not None


def readings(typed: str) -> tuple[str, ...]:
    """Return what a typed or scanned text may stand for, the likeliest first.

    Scanners put an S before Apple's serial numbers; it goes only if what is left, and not the
    whole, is a known device, so both readings are looked up. A label's address gives its tag.
    """
    text = typed.strip()
    if "/g/" in text:
        text = text.rsplit("/g/", 1)[1].split("?", 1)[0].strip("/")
    whole = clean(text)
    if whole.startswith("S") and is_serial(whole[1:]):
        return whole, whole[1:]
    return (whole,) if whole else ()
