"""Links by which a holder confirms a hand-out: worked out when the mail is sent, the database keeps a hash.

Source: docs/rules/loans.md, LO-4.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from itsm.assets.models import Device, Loan
from itsm.core.db import db
from itsm.core.errors import NotFound


def make(loan: Loan) -> str:
    """Give a loan a new link, ending the one before, and return its nonce for the mail."""
    nonce = secrets.token_urlsafe(24)
    loan.token_hash = digest_of(token_of(nonce))
    return nonce


def path_of(nonce: str) -> str:
    """Return the path of a link; a filter of the mail templates."""
    return f"/leihe/{token_of(nonce)}"


def token_of(nonce: str) -> str:
    """Return the token that belongs to a nonce; only who has the secret key can tell."""
    key = current_app.secret_key
    key = key.encode() if isinstance(key, str) else key or b""
    return urlsafe_b64encode(hmac.digest(key, f"loan:{nonce}".encode(), hashlib.sha256)).decode().rstrip("=")


def digest_of(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def find(token: str, *, lock: bool = False) -> Loan:
    """Return the open loan of a token; `lock` keeps others from confirming it meanwhile.

    Raises: NotFound for a token nobody was sent, and once the device is back.
    """
    query = (
        sa.select(Loan)
        .where(Loan.token_hash == digest_of(token), Loan.returned_at.is_(None))
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
