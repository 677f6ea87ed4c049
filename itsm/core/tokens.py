"""Secrets in addresses: a token is sent or worked out, and the database keeps its digest alone."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from flask import current_app


def token_of(purpose: str, nonce: str) -> str:
    """Return the token that belongs to a nonce; only who has the secret key can tell, and each purpose has its own."""
    key = current_app.secret_key
    key = key.encode() if isinstance(key, str) else key or b""
    return urlsafe_b64encode(hmac.digest(key, f"{purpose}:{nonce}".encode(), hashlib.sha256)).decode().rstrip("=")


def digest_of(token: str) -> str:
    """Return what the database keeps of a token; whatever somebody puts into an address has one."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
