"""The one spelling of a mail address, as sign-in and invitations use it."""

import re

from itsm.core.errors import DomainError

LONGEST = 254
# One sign from the list of what breaks headers or lists of addresses makes it no address.
_SHAPE = re.compile(r"[^@\s<>()\[\]\\,;:\"]{1,64}@[^@\s<>()\[\]\\,;:\"]+\.[^@\s<>()\[\]\\,;:\".]{2,}")


def clean(typed: str) -> str:
    """Return the address in lower case without space around it.

    Raises: DomainError if it has not the shape of an address.
    """
    address = typed.strip().lower()
    if len(address) > LONGEST or not _SHAPE.fullmatch(address) or not address.isprintable():
        raise DomainError("Das ist keine E-Mail-Adresse. Bitte so eingeben: name@schule.de")
    return address
