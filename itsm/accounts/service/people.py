"""Verbs over persons and their rights: invite, give, take, disable."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from itsm.accounts import addresses, links, policy, queries, sessions
from itsm.accounts.models import GrantRow, LinkKind, User
from itsm.accounts.policy import PLACE_OF, Place
from itsm.accounts.service.sign_in import send_link
from itsm.core.access import ROLE_LABELS, Actor, Role
from itsm.core.clock import local_day
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed, NotFound

_PLACE_WORDS = {Place.SCHOOL: "an einer Schule", Place.DISTRICT: "in einem Bezirk", Place.CITY: "für die ganze Stadt"}


@dataclass(frozen=True)
class Right:
    """A role to give: where, and from which day to which."""

    role: Role
    school_id: int | None = None
    district_id: int | None = None
    is_deputy: bool = False
    from_on: date | None = None
    until_on: date | None = None

    @property
    def place(self) -> Place:
        """What kind of place it is for."""
        if self.school_id is not None:
            return Place.SCHOOL
        return Place.CITY if self.district_id is None else Place.DISTRICT


def add_person(actor: Actor, name: str, email: str, phone: str, right: Right, at: datetime) -> User:
    """Add a person with a first right and mail the invitation; who is there already only gets the right.

    Raises: NotAllowed if the actor may not give this right; DomainError if the right does not
        make sense or the person is disabled.
    """
    address = addresses.clean(email)
    # Two invitations of one address at the same moment would both find nobody.
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(address, 1))))
    user = queries.by_email(address)
    if user is None:
        user = User(email=address, name=name, phone=phone, created_at=at)
        db.session.add(user)
        give(actor, user, right, at)
        send_link(user, LinkKind.INVITATION, at)
        return user
    if user.disabled_at is not None:
        raise DomainError("Dieses Konto ist gesperrt. Bitte wenden Sie sich an die Administration.")
    give(actor, user, right, at)
    if not user.password_hash:
        send_link(user, LinkKind.INVITATION, at)
    return user


def give(actor: Actor, user: User, right: Right, at: datetime) -> GrantRow:
    """Give a user a right, from today unless another day is named.

    Raises: NotAllowed if the actor may not give it; DomainError if the role does not go with the
        place, the days are in the wrong order, or the user has it already.
    """
    if not policy.may_grant(actor, right.role, right.school_id, right.district_id):
        raise NotAllowed("Dieses Recht dürfen Sie hier nicht vergeben. Bitte wenden Sie sich an die Administration.")
    if PLACE_OF[right.role] is not right.place:
        wanted = _PLACE_WORDS[PLACE_OF[right.role]]
        raise DomainError(f"„{ROLE_LABELS[right.role]}“ gibt es nur {wanted}. Bitte wählen Sie den Ort passend.")
    from_on = right.from_on or local_day(at)
    if right.until_on is not None and right.until_on < from_on:
        raise DomainError("Der letzte Tag liegt vor dem ersten. Bitte prüfen Sie die Daten.")
    if any(_same(grant, right) and _overlap(grant, from_on, right.until_on) for grant in user.grants):
        raise DomainError("Dieses Recht hat die Person in dieser Zeit schon.")
    grant = GrantRow(
        role=right.role,
        school_id=right.school_id,
        district_id=right.district_id,
        is_deputy=right.is_deputy,
        from_on=from_on,
        until_on=right.until_on,
    )
    user.grants.append(grant)
    db.session.flush()
    return grant


def take(actor: Actor, user: User, grant_id: int, at: datetime) -> None:
    """Take a right away at once; that it was held stays on record.

    Raises: NotFound if the actor sees no such right of this user; NotAllowed if it is not theirs to
        take; DomainError if nobody would be left to keep rights.
    """
    grant = next((one for one in policy.visible_grants(actor, user) if one.id == grant_id), None)
    if grant is None:
        raise NotFound("Dieses Recht gibt es nicht mehr, oder Sie haben darauf keinen Zugriff.")
    if not policy.may_grant(actor, grant.role, grant.school_id, grant.district_id):
        raise NotAllowed("Dieses Recht dürfen Sie nicht entziehen. Bitte wenden Sie sich an die Administration.")
    today = local_day(at)
    if grant.role is Role.ADMINISTRATOR and queries.is_last_administrator(user, today):
        raise DomainError("Das ist die letzte Administration. Geben Sie das Recht zuerst einer anderen Person.")
    yesterday = today - timedelta(days=1)
    if grant.from_on is not None and grant.from_on > yesterday:
        user.grants.remove(grant)
    elif grant.until_on is None or grant.until_on > yesterday:
        grant.until_on = yesterday


def invite_again(actor: Actor, user: User, at: datetime) -> str:
    """Mail another invitation and return its path.

    Raises: NotAllowed if the user has set a password already or is not of the actor's school.
    """
    if not policy.may_invite_again(actor, user):
        raise NotAllowed("Diese Person können Sie nicht einladen: Sie hat schon ein Kennwort oder ist gesperrt.")
    return send_link(user, LinkKind.INVITATION, at)


def change(actor: Actor, user: User, name: str, email: str, phone: str) -> None:
    """Correct what is known of a person.

    Raises: NotAllowed unless the actor keeps everybody's data; DomainError if the address is taken.
    """
    _only_administration(actor)
    address = addresses.clean(email)
    other = queries.by_email(address)
    if other is not None and other.id != user.id:
        raise DomainError(f"Diese Adresse gehört schon zu {other.name}.")
    if address != user.email:
        # A link mailed to the old address must not open the account of the new one.
        db.session.flush()
        links.end_all(user.id)
    user.name, user.email, user.phone = name, address, phone


def disable(actor: Actor, user: User, at: datetime) -> None:
    """Shut a person out at once: every sign-in and every link ends.

    Raises: NotAllowed unless the actor keeps everybody's data; DomainError for oneself.
    """
    _only_administration(actor)
    if user.id == actor.user_id:
        raise DomainError("Sich selbst können Sie nicht sperren. Bitten Sie eine andere Administration darum.")
    user.disabled_at = user.disabled_at or at
    sessions.end_all(user.id)
    links.end_all(user.id)


def enable(actor: Actor, user: User) -> None:
    """Let a disabled person in again.

    Raises: NotAllowed unless the actor keeps everybody's data.
    """
    _only_administration(actor)
    user.disabled_at = None


def _only_administration(actor: Actor) -> None:
    if not policy.may_manage(actor):
        raise NotAllowed("Das kann nur die Administration.")


def _same(grant: GrantRow, right: Right) -> bool:
    held = (grant.role, grant.school_id, grant.district_id)
    return held == (right.role, right.school_id, right.district_id)


def _overlap(grant: GrantRow, from_on: date, until_on: date | None) -> bool:
    starts, ends = grant.from_on or date.min, grant.until_on or date.max
    return starts <= (until_on or date.max) and from_on <= ends
