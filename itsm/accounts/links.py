"""Single-use links: the address in a mail is worked out when it is sent, the database never holds it."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from itsm.accounts.models import Link, LinkKind, User
from itsm.core import tokens
from itsm.core.db import db

LIFETIME = timedelta(hours=24)
WORDS = {LinkKind.INVITATION: "einladung", LinkKind.RESET: "passwort"}


def make(user: User, kind: LinkKind, at: datetime) -> str:
    """Record a link and return its nonce, from which `path_of` works out the address."""
    nonce = secrets.token_urlsafe(24)
    link = Link(
        token_hash=tokens.digest_of(token_of(nonce)),
        user_id=user.id,
        kind=kind,
        created_at=at,
        expires_at=at + LIFETIME,
    )
    db.session.add(link)
    return nonce


def token_of(nonce: str) -> str:
    """Return the token that belongs to a nonce."""
    return tokens.token_of("link", nonce)


def path_of(nonce: str, kind: str) -> str:
    """Return the path of a link; a filter of the mail templates."""
    return f"/{WORDS[LinkKind(kind)]}/{token_of(nonce)}"


def find(token: str, at: datetime, *, lock: bool = False) -> Link | None:
    """Return the link of this token if it can still be used; `lock` keeps others from using it meanwhile."""
    query = (
        sa.select(Link)
        .join(Link.user)
        .options(contains_eager(Link.user))
        .where(
            Link.token_hash == tokens.digest_of(token),
            Link.expires_at > at,
            User.disabled_at.is_(None),
        )
    )
    return db.session.scalar(query.with_for_update(of=Link) if lock else query)


def end_all(user_id: int) -> None:
    """Let no link of a user work any more."""
    db.session.execute(sa.delete(Link).where(Link.user_id == user_id))


def purge(at: datetime) -> int:
    """Delete links whose time is over; return how many."""
    old = sa.delete(Link).where(Link.expires_at <= at)
    return len(db.session.scalars(old.returning(Link.id)).all())
