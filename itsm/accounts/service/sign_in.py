"""Verbs of sign-in: come in, ask for a link, set a password, leave."""

import logging
from datetime import datetime, timedelta

from itsm.accounts import limits, links, passwords, queries, sessions
from itsm.accounts.models import LinkKind, User
from itsm.core import outbox
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotFound

log = logging.getLogger(__name__)

_SUBJECTS = {
    LinkKind.INVITATION: "Ihr Zugang zum Schul-IT-Service",
    LinkKind.RESET: "Neues Kennwort für den Schul-IT-Service",
}


def count_try(email: str, address: str, at: datetime) -> None:
    """Count a try to sign in, for the account and for where it comes from.

    Raises: TooMany with the time to wait.
    """
    limits.take(limits.SIGN_IN_ACCOUNT, email.strip().lower(), at)
    limits.take(limits.SIGN_IN_ADDRESS, address, at)


def sign_in(email: str, password: str, *, address: str, agent: str, at: datetime) -> str:
    """Begin a session and return its token; the answer to a stranger and to a mistyped password is the same.

    Raises: DomainError if address and password do not fit, or the person is disabled.
    """
    user = queries.by_email(email)
    known = user.password_hash if user is not None and user.disabled_at is None else ""
    if not passwords.fits(known, password) or user is None:
        log.warning("sign-in refused, from %r", address)
        raise DomainError("E-Mail-Adresse oder Kennwort stimmt nicht.")
    limits.forget(limits.SIGN_IN_ACCOUNT, user.email)
    limits.give_back(limits.SIGN_IN_ADDRESS, address, at)
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hashed(password)
    log.info("sign-in of person %d, from %r", user.id, address)
    return sessions.begin(user, at, agent)


def ask_for_link(email: str, address: str, at: datetime) -> None:
    """Mail a link to set a new password if somebody has this address; nothing tells whether.

    Raises: TooMany if one place asks for many, or many ask for one address, known or not.
    """
    limits.take(limits.LINK_ACCOUNT, email.strip().lower(), at)
    limits.take(limits.LINK_ADDRESS, address, at)
    user = queries.by_email(email)
    if user is not None and user.disabled_at is None:
        send_link(user, LinkKind.RESET if user.password_hash else LinkKind.INVITATION, at)
        return
    # The same work for nobody, then undone: the time of the answer must not tell who has an account.
    with db.session.begin_nested() as nothing:
        _mail("account-reset", email, "", "", LinkKind.RESET, at)
        nothing.rollback()


def send_link(user: User, kind: LinkKind, at: datetime) -> str:
    """Mail a single-use link and return its path."""
    nonce = links.make(user, kind, at)
    _mail(f"account-{kind}", user.email, user.name, nonce, kind, at)
    return links.path_of(nonce, kind)


def _mail(template: str, to: str, to_name: str, nonce: str, kind: LinkKind, at: datetime) -> None:
    outbox.put(
        template,
        to=to,
        to_name=to_name,
        subject=_SUBJECTS[kind],
        item={"name": to_name, "nonce": nonce},
        burst_key=f"{template}:{nonce}",
        at=at,
        delay=timedelta(0),
    )


def accept_link(token: str, password: str, at: datetime) -> User:
    """Set the password of the person this link was sent to, and end whatever else was open.

    Raises: NotFound if the link was used or is too old; DomainError if the password is too weak.
    """
    link = links.find(token, at, lock=True)
    if link is None:
        raise NotFound("Dieser Link gilt nicht mehr. Bitte fordern Sie einen neuen an.")
    _set_password(link.user, password)
    limits.forget(limits.SIGN_IN_ACCOUNT, link.user.email)
    return link.user


def change_password(user: User, old: str, new: str, *, address: str, keep_session: int, at: datetime) -> None:
    """Replace a password that is known; every other sign-in ends.

    Raises: DomainError if the old one does not fit or the new one is too weak.
    """
    if not passwords.fits(user.password_hash, old):
        raise DomainError("Das bisherige Kennwort stimmt nicht.")
    _set_password(user, new, keep_session=keep_session)
    limits.forget(limits.SIGN_IN_ACCOUNT, user.email)
    limits.give_back(limits.SIGN_IN_ADDRESS, address, at)


def change_profile(user: User, name: str, phone: str) -> None:
    """Change what a person tells about themselves."""
    user.name, user.phone = name, phone


def end_session(actor: Actor, session_id: int) -> None:
    """End one of one's own sign-ins.

    Raises: NotFound for anybody else's.
    """
    if all(session.id != session_id for session in queries.sessions_of(actor.user_id or 0)):
        raise NotFound("Diese Anmeldung gibt es nicht mehr.")
    sessions.end(session_id)


def _set_password(user: User, password: str, keep_session: int | None = None) -> None:
    passwords.check(password, about=(user.email, user.email.partition("@")[0], user.name))
    user.password_hash = passwords.hashed(password)
    links.end_all(user.id)
    sessions.end_all(user.id, but=keep_session)
    log.info("new password of person %d", user.id)
