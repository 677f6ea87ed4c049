"""Who may see whom, give which right, and enter whose absence."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from itsm.accounts.models import Absence, GrantRow, User
from itsm.core.access import Actor, Role, Scope, Verb


class Place(StrEnum):
    """What kind of place a role is held at."""

    SCHOOL = "school"
    DISTRICT = "district"
    CITY = "city"


PLACE_OF = {
    Role.REPORTER: Place.SCHOOL,
    Role.MEDIA_COORDINATOR: Place.SCHOOL,
    Role.HEAD_OF_SCHOOL: Place.SCHOOL,
    Role.CAMPUS_MANAGER: Place.DISTRICT,
    Role.SECOND_LEVEL: Place.CITY,
    Role.DISPATCHER: Place.CITY,
    Role.CLAIMS_CLERK: Place.CITY,
    Role.CLAIMS_APPROVER: Place.CITY,
    Role.KB_EDITOR: Place.CITY,
    Role.AUDITOR: Place.CITY,
    Role.ADMINISTRATOR: Place.CITY,
}

# What a school may hand out by itself; a head of school is named by the city.
SCHOOL_INVITES = frozenset({Role.REPORTER, Role.MEDIA_COORDINATOR})
# Whose absence moves work to somebody else.
SUPPORT = frozenset({Role.CAMPUS_MANAGER, Role.SECOND_LEVEL, Role.DISPATCHER})


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter for the people this person sees: everybody, or who belongs to their schools."""
    scope = actor.scope(Verb.PERSON_SEE)
    if scope.everywhere:
        return sa.true()
    return User.id.in_(sa.select(GrantRow.user_id).where(scope.among(GrantRow.school_id, GrantRow.district_id)))


def may_see(actor: Actor, user: User) -> bool:
    """Say whether this person sees the user; draws the same line as `visible_to`."""
    scope = actor.scope(Verb.PERSON_SEE)
    return scope.everywhere or any(covers(scope, grant) for grant in user.grants)


def may_see_people(actor: Actor) -> bool:
    """Say whether the list of people has anything for this person."""
    return actor.may_somewhere(Verb.PERSON_SEE)


def covers(scope: Scope, grant: GrantRow) -> bool:
    """Say whether a grant lies in the scope; a grant for the city only where the scope is the city."""
    return scope.everywhere or (
        not (grant.school_id is None and grant.district_id is None) and scope.covers(grant.school_id, grant.district_id)
    )


def visible_grants(actor: Actor, user: User) -> list[GrantRow]:
    """Return the rights of the user this person may know of: a school does not see other schools' matters."""
    scope = actor.scope(Verb.PERSON_SEE)
    return [grant for grant in user.grants if covers(scope, grant)]


def may_manage(actor: Actor) -> bool:
    """Say whether this person keeps everybody's data and rights."""
    return actor.scope(Verb.PERSON_MANAGE).everywhere


def may_invite_somebody(actor: Actor) -> bool:
    """Say whether this person invites at all; for the button."""
    return may_manage(actor) or actor.may_somewhere(Verb.PERSON_INVITE)


def may_grant(actor: Actor, role: Role, school_id: int | None, district_id: int | None) -> bool:
    """Say whether this person gives or takes this role at this place."""
    if may_manage(actor):
        return True
    return role in SCHOOL_INVITES and school_id is not None and actor.may(Verb.PERSON_INVITE, school_id=school_id)


def roles_to_give(actor: Actor) -> list[Role]:
    """Return the roles this person gives somewhere, in the order of the list."""
    if may_manage(actor):
        return list(Role)
    return [role for role in Role if role in SCHOOL_INVITES and actor.may_somewhere(Verb.PERSON_INVITE)]


def may_invite_again(actor: Actor, user: User) -> bool:
    """Say whether this person may mail the user another invitation: only before the first password."""
    if user.password_hash or user.disabled_at is not None:
        return False
    return any(may_grant(actor, grant.role, grant.school_id, grant.district_id) for grant in user.grants)


def may_set_absence(actor: Actor, user_id: int) -> bool:
    """Say whether this person enters or removes an absence of the user."""
    if actor.scope(Verb.ABSENCE_EDIT).everywhere:
        return True
    return user_id == actor.user_id and actor.may_somewhere(Verb.ABSENCE_OWN)


def may_enter_absences(actor: Actor) -> bool:
    """Say whether this person enters absences at all; for the button."""
    return actor.scope(Verb.ABSENCE_EDIT).everywhere or actor.may_somewhere(Verb.ABSENCE_OWN)


def may_see_absences(actor: Actor) -> bool:
    """Say whether the page of absences has anything for this person."""
    return _sees_all_absences(actor) or actor.may_somewhere(Verb.ABSENCE_OWN)


def visible_absences(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter for the absences this person sees: all, or where they are away or stand in."""
    if _sees_all_absences(actor):
        return sa.true()
    if not may_see_absences(actor):
        return sa.false()
    return sa.or_(Absence.user_id == actor.user_id, Absence.deputy_id == actor.user_id)


def may_see_note(actor: Actor, absence: Absence) -> bool:
    """Say whether this person reads why somebody is away: only who may enter it."""
    return may_set_absence(actor, absence.user_id)


def _sees_all_absences(actor: Actor) -> bool:
    return actor.scope(Verb.ABSENCE_EDIT).everywhere or actor.scope(Verb.PERSON_SEE).everywhere


def holds_on(grant: GrantRow, on: date) -> bool:
    """Say whether the grant holds on a day."""
    return (grant.from_on is None or grant.from_on <= on) and (grant.until_on is None or grant.until_on >= on)
