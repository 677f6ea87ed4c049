"""The number of a bank account: cleaned and checked, so that no slip and no foreign line gets into a letter.

Source: docs/rules/claims.md, CL-48; ISO 13616, ISO 7064 MOD 97-10.
"""

import re

from itsm.core.errors import DomainError

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_GERMAN_LENGTH = 22


def clean(text: str) -> str:
    """Return an IBAN in capital letters without blanks.

    >>> clean("de02 1203 0000 0000 2020 51")
    'DE02120300000000202051'

    Raises: DomainError for anything that is none: other signs, line breaks, a wrong length or check number.
    """
    iban = text.replace(" ", "").upper()
    is_right = text.isascii() and _SHAPE.fullmatch(iban) and (len(iban) == _GERMAN_LENGTH or not iban.startswith("DE"))
    if not is_right or not _is_checked(iban):
        raise DomainError("Das ist keine gültige IBAN. Bitte prüfen Sie jede Ziffer.")
    return iban


def shown(iban: str) -> str:
    """Return an IBAN in groups of four, as it stands in letters."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _is_checked(iban: str) -> bool:
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1
