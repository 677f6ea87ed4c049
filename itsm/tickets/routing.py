"""Who takes a fault: the routing table, and the manager of the district behind it."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from itsm.accounts import queries as people
from itsm.accounts.models import User
from itsm.core.access import Actor
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from itsm.org.models import School, SchoolSite, Site
from itsm.tickets import policy
from itsm.tickets.models import FaultType, RoutingRule, SupportGroup, Target


@dataclass(frozen=True)
class Destination:
    """Where the table sends a fault."""

    target: Target
    group: SupportGroup | None


@dataclass(frozen=True)
class Responsible:
    """Who takes work on site on a day, and for whom they stand in."""

    user: User | None
    instead_of: User | None


def destination(fault_type_id: int, site_id: int) -> Destination:
    """Return where a fault at a site goes: the site's own rule, else the general one, else on site.

    Source: docs/rules/tickets.md, TK-2.
    """
    rule = db.session.scalar(
        sa.select(RoutingRule)
        .where(
            RoutingRule.fault_type_id == fault_type_id,
            sa.or_(RoutingRule.site_id == site_id, RoutingRule.site_id.is_(None)),
        )
        .order_by(RoutingRule.site_id.is_(None))
        .limit(1)
        .options(joinedload(RoutingRule.group))
    )
    return Destination(rule.target, rule.group) if rule else Destination(Target.ON_SITE, None)


def responsible(district_id: int | None, on: date) -> Responsible:
    """Return who takes new work of a district on a day; nobody if the district has no one."""
    if district_id is None:
        return Responsible(None, None)
    return Responsible(*people.manager_on(district_id, on))


def second_level_group(fault_type_id: int, site_id: int) -> SupportGroup | None:
    """Return the group an escalated fault goes to: the one of its rule, else the first of ours."""
    where = destination(fault_type_id, site_id)
    if where.target is Target.SECOND_LEVEL:
        return where.group
    return db.session.scalar(sa.select(SupportGroup).where(SupportGroup.is_ours).order_by(SupportGroup.id).limit(1))


def rules() -> list[RoutingRule]:
    """Return the whole table, by kind of fault, the general rule of each first."""
    return list(
        db.session.scalars(
            sa.select(RoutingRule)
            .join(FaultType)
            .order_by(FaultType.position, RoutingRule.site_id.is_not(None), RoutingRule.id)
            .options(
                contains_eager(RoutingRule.fault_type),
                joinedload(RoutingRule.site),
                joinedload(RoutingRule.group),
            )
        )
    )


def get(rule_id: int) -> RoutingRule:
    """Return a rule.

    Raises: NotFound if it does not exist.
    """
    rule = db.session.get(RoutingRule, rule_id) if rule_id <= LARGEST_ID else None
    if rule is None:
        raise NotFound
    return rule


def groups() -> list[SupportGroup]:
    """Return the desks and offices a rule may name."""
    return list(db.session.scalars(sa.select(SupportGroup).order_by(SupportGroup.id)))


def site_labels() -> dict[str, int]:
    """Return every building by what the form calls it: street and schools."""
    rows = db.session.execute(
        sa.select(Site.id, Site.street, sa.func.string_agg(School.short_name, sa.literal(", ")).label("schools"))
        .join(SchoolSite, SchoolSite.site_id == Site.id)
        .join(School, School.id == SchoolSite.school_id)
        .group_by(Site.id)
        .order_by(Site.street)
    )
    return {f"{row.street} ({row.schools})": row.id for row in rows}


def set_rule(
    actor: Actor,
    fault_type_id: int,
    site_id: int | None,
    target: Target,
    group_id: int | None,
    rule: RoutingRule | None,
) -> RoutingRule:
    """Add a rule, or change the given one; it holds for reports from now on.

    Raises: NotAllowed unless the actor may; DomainError if the place has a rule already or the desk does not fit.
    """
    _require_editor(actor)
    group = db.session.get(SupportGroup, group_id) if group_id and target is not Target.ON_SITE else None
    if target is not Target.ON_SITE and group is None:
        raise DomainError("Bitte wählen Sie die Stelle, die sich kümmert.")
    if group is not None and group.is_ours is (target is Target.NOT_OURS):
        raise DomainError(f"„{group.name}“ passt nicht dazu. Bitte wählen Sie eine andere Stelle.")
    same = sa.select(RoutingRule.id).where(
        RoutingRule.fault_type_id == fault_type_id, RoutingRule.site_id.is_not_distinct_from(site_id)
    )
    if db.session.scalar(same) not in (None, rule.id if rule else None):
        raise DomainError("Dafür gibt es schon eine Regel. Bitte ändern Sie die vorhandene.")
    rule = rule or RoutingRule()
    rule.fault_type_id, rule.site_id, rule.target, rule.group = fault_type_id, site_id, target, group
    db.session.add(rule)
    return rule


def delete_rule(actor: Actor, rule: RoutingRule) -> None:
    """Delete a rule; without any, a fault goes to the campus manager of the district."""
    _require_editor(actor)
    db.session.delete(rule)


def preview(school: School) -> list[tuple[FaultType, Site, Destination]]:
    """Return where each kind of fault of a school's buildings would go today."""
    faults = db.session.scalars(sa.select(FaultType).where(FaultType.is_active).order_by(FaultType.position)).all()
    return [(fault, place.site, destination(fault.id, place.site_id)) for place in school.places for fault in faults]


def _require_editor(actor: Actor) -> None:
    if not policy.may_edit_routing(actor):
        raise NotAllowed("Zuständigkeiten ändert die Teamleitung.")
