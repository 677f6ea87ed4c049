"""Links by which a holder confirms a hand-out: worked out when the mail is sent, the database keeps a hash.

Source: docs/rules/loans.md, LO-4.
"""

import secrets

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.assets.models import Device, Loan
from itsm.core import tokens
from itsm.core.db import db
from itsm.core.errors import NotFound


def make(loan: Loan) -> str:
    """Give a loan a new link, ending the one before, and return its nonce for the mail."""
    nonce = secrets.token_urlsafe(24)
    loan.token_hash = tokens.digest_of(token_of(nonce))
    return nonce


def path_of(nonce: str) -> str:
    """Return the path of a link; a filter of the mail templates."""
    return f"/leihe/{token_of(nonce)}"


def token_of(nonce: str) -> str:
    """Return the token that belongs to a nonce."""
    return tokens.token_of("loan", nonce)


def find(token: str, *, lock: bool = False) -> Loan:
    """Return the open loan of a token; `lock` keeps others from confirming it meanwhile.

    Raises: NotFound for a token nobody was sent, and once the device is back.
    """
    query = (
        sa.select(Loan)
        .where(Loan.token_hash == tokens.digest_of(token), Loan.returned_at.is_(None))
        .options(
            joinedload(Loan.device, innerjoin=True).joinedload(Device.model, innerjoin=True),
            joinedload(Loan.school, innerjoin=True),
            joinedload(Loan.terms),
        )
    )
    loan = db.session.scalar(query.with_for_update(of=Loan) if lock else query)
    if loan is None:
        raise NotFound("Dieser Link gilt nicht mehr. Bitte fragen Sie in Ihrer Schule nach einem neuen.")
    return loan
