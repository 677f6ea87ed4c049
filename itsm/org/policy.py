"""Who may see and change schools and districts; each rule for one row and for lists, side by side."""

import sqlalchemy as sa

from itsm.core.access import Actor, Verb
from itsm.org.models import District, School


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The schools an actor sees in any list."""
    return actor.scope(Verb.SCHOOL_SEE).among(School.id, School.district_id)


def may_see(actor: Actor, school: School) -> bool:
    """The same line for one school."""
    return actor.may(Verb.SCHOOL_SEE, school_id=school.id, district_id=school.district_id)


def visible_districts(actor: Actor) -> sa.ColumnElement[bool]:
    """The districts an actor sees: all with a grant for the city, else those of their own grants."""
    scope = actor.scope(Verb.SCHOOL_SEE)
    return sa.true() if scope.everywhere else District.id.in_(scope.district_ids)


def may_see_district(actor: Actor, district: District) -> bool:
    """The same line for one district."""
    return actor.may(Verb.SCHOOL_SEE, district_id=district.id)


def may_see_districts(actor: Actor) -> bool:
    """Whether the page of all districts has anything for this actor."""
    scope = actor.scope(Verb.SCHOOL_SEE)
    return scope.everywhere or bool(scope.district_ids)


def may_edit(actor: Actor, school: School) -> bool:
    """Rooms, contacts, buildings, times and access notes of a school."""
    return actor.may(Verb.SCHOOL_EDIT, school_id=school.id, district_id=school.district_id)


def may_share(actor: Actor, school: School) -> bool:
    """Which tickets colleagues of a school see."""
    return actor.may(Verb.SCHOOL_SHARING, school_id=school.id, district_id=school.district_id)


def may_move(actor: Actor, school: School) -> bool:
    """Give a school away; who takes it is checked by `may_receive`."""
    return actor.may(Verb.SCHOOL_MOVE, school_id=school.id, district_id=school.district_id)


def may_receive(actor: Actor, district: District) -> bool:
    """Take a school into a district."""
    return actor.may(Verb.SCHOOL_MOVE, district_id=district.id)


def may_edit_districts(actor: Actor) -> bool:
    """Name districts and set where their day begins."""
    return actor.scope(Verb.SCHOOL_MOVE).everywhere


def may_import(actor: Actor) -> bool:
    """Read school lists and cut districts."""
    return actor.scope(Verb.SCHOOL_IMPORT).everywhere
