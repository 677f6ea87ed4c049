"""Who takes a fault: the routing table, and the manager of the district behind it."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.accounts import queries as people
from itsm.accounts.models import User
from itsm.core.db import db
from itsm.tickets.models import RoutingRule, SupportGroup, Target


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
