"""The code a banking app scans to pay: "Girocode", by EPC069-12.

Source: docs/rules/claims.md, CL-48.
"""

from decimal import Decimal
from io import BytesIO

import segno
from segno import helpers

from itsm.claims import iban as ibans
from itsm.core.errors import DomainError

_MOST_CENTS = 99_999_999_999
# By the standard, in characters; in bytes so that everything together stays below its 331.
_NAME_LONGEST, _NAME_BYTES = 70, 110
_TEXT_LONGEST, _TEXT_BYTES = 140, 140


def code(name: str, iban: str, cents: int, text: str) -> segno.QRCode:
    """Return the code of a transfer; the text is the Kassenzeichen. Each field is one clean line, cut if too long.

    Raises: DomainError for a wrong IBAN, no amount to pay, or a blank name or text.
    """
    if not 1 <= cents <= _MOST_CENTS:
        raise DomainError("Es ist nichts mehr zu zahlen. Einen Code zum Überweisen gibt es nur für einen Betrag.")
    payee, purpose = _line(name, _NAME_LONGEST, _NAME_BYTES), _line(text, _TEXT_LONGEST, _TEXT_BYTES)
    if not payee or not purpose:
        raise DomainError("Für den Code zum Überweisen fehlt der Name oder der Verwendungszweck.")
    amount = Decimal(cents).scaleb(-2)
    return helpers.make_epc_qr(payee, ibans.clean(iban), amount, text=purpose, encoding="utf-8")


def svg(name: str, iban: str, cents: int, text: str) -> str:
    """Return the code of a transfer as a picture; what stands in it is to stand beside it as text.

    Raises: DomainError like `code`.
    """
    drawn = BytesIO()
    code(name, iban, cents, text).save(drawn, kind="svg", omitsize=True, xmldecl=False)
    return drawn.getvalue().decode()


def _line(text: str, longest: int, most_bytes: int) -> str:
    """Return one line without control characters; a line break could put a foreign account before ours."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    cut = " ".join(printable.split())[:longest]
    return cut.encode()[:most_bytes].decode(errors="ignore").rstrip()
