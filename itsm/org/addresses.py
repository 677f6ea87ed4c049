"""Addresses: the building at an address, whatever its street is abbreviated to."""

import re


def address_key(street: str, postcode: str) -> tuple[str, str]:
    """Equal for two spellings of one address: "Beurhausstr. 15-17" and "Beurhausstraße 15 - 17"."""
    folded = street.casefold().replace("strasse", "str").replace("straße", "str")
    return re.sub(r"[^\w]", "", folded), postcode
