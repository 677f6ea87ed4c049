"""The code a banking app scans to pay: "Girocode", by EPC069-12.

Source: docs/rules/claims.md, CL-48.
"""

from io import BytesIO
from typing import NamedTuple

import segno

from itsm.claims import iban as ibans
from itsm.core.errors import DomainError

# Service, version, UTF-8, credit transfer, and no BIC.
_HEAD = ("BCD", "002", "1", "SCT", "")
_MOST_CENTS = 99_999_999_999
# By the standard, in characters; in bytes so that everything together stays below its 331.
_NAME_LONGEST, _NAME_BYTES = 70, 110
_TEXT_LONGEST, _TEXT_BYTES = 140, 140


class Transfer(NamedTuple):
    """What a code says, each field one clean line, cut if too long."""

    payee: str
    iban: str
    cents: int
    purpose: str


def transfer(name: str, iban: str, cents: int, text: str) -> Transfer:
    """Return what the code of a transfer says; the text is the Kassenzeichen.

    Raises: DomainError for a wrong IBAN, no amount to pay, or a blank name or text.
    """
    if not 1 <= cents <= _MOST_CENTS:
        raise DomainError("Es ist nichts mehr zu zahlen. Einen Code zum Überweisen gibt es nur für einen Betrag.")
    payee, purpose = _line(name, _NAME_LONGEST, _NAME_BYTES), _line(text, _TEXT_LONGEST, _TEXT_BYTES)
    if not payee or not purpose:
        raise DomainError("Für den Code zum Überweisen fehlt der Name oder der Verwendungszweck.")
    return Transfer(payee, ibans.clean(iban), cents, purpose)


def code(name: str, iban: str, cents: int, text: str) -> segno.QRCode:
    """Return the code of a transfer.

    Raises: DomainError like `transfer`.
    """
    said = transfer(name, iban, cents, text)
    # The helper of segno cuts zeros off an amount: EUR113.7 where the standard and the letter say 113.70.
    euros, rest = divmod(said.cents, 100)
    lines = (*_HEAD, said.payee, said.iban, f"EUR{euros}.{rest:02}", "", "", said.purpose)
    return segno.make_qr("\n".join(lines).encode(), error="m", boost_error=False)


def svg(name: str, iban: str, cents: int, text: str) -> str:
    """Return the code of a transfer as a picture; what stands in it is to stand beside it as text.

    Raises: DomainError like `transfer`.
    """
    drawn = BytesIO()
    code(name, iban, cents, text).save(drawn, kind="svg", omitsize=True, xmldecl=False)
    return drawn.getvalue().decode()


def _line(text: str, longest: int, most_bytes: int) -> str:
    """Return one line without control characters; a line break could put a foreign account before ours."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    cut = " ".join(printable.split())[:longest]
    return cut.encode()[:most_bytes].decode(errors="ignore").rstrip()
