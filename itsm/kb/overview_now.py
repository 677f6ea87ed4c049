"""The overview as it is today, from districts, people, the routing table and the offices the editors keep."""

from collections import defaultdict
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from itsm.accounts.models import GrantRow, User
from itsm.accounts.sessions import holds
from itsm.core.access import Role
from itsm.core.db import db
from itsm.kb import contact_queries
from itsm.kb.overview import Entry, Overview, Person, Place
from itsm.org.models import District, School
from itsm.tickets import routing
from itsm.tickets.models import FaultType, RoutingRule, SupportGroup, Target

ON_SITE = "Campusmanagement"


def gather(on: date) -> Overview:
    """Return the overview of a day, in six selects.

    Source: docs/rules/contacts.md, CO-1 and CO-2.
    """
    return Overview(_districts(on), _faults(), _offices(), _schools())


def topics() -> tuple[Entry, ...]:
    """Return what can be asked about, in three selects; for the search."""
    return _faults() + _offices()


def _districts(on: date) -> tuple[Entry, ...]:
    managers: dict[int | None, dict[int, Person]] = defaultdict(dict)
    held = (
        sa.select(GrantRow.district_id, GrantRow.is_deputy, User)
        .join(GrantRow.user)
        .where(GrantRow.role == Role.CAMPUS_MANAGER, holds(on), User.disabled_at.is_(None))
        .order_by(GrantRow.is_deputy, GrantRow.id)
    )
    for district_id, is_deputy, user in db.session.execute(held):
        managers[district_id].setdefault(user.id, Person(user.name, user.phone, user.email, is_deputy))
    return tuple(
        Entry(
            key=_district_key(district.id),
            topic=district.name,
            office=f"{ON_SITE} {district.name}",
            people=tuple(managers[district.id].values()),
        )
        for district in db.session.scalars(sa.select(District).order_by(District.number))
    )


def _faults() -> tuple[Entry, ...]:
    rules = routing.rules()
    ruled = {rule.fault_type_id for rule in rules if rule.site_id is None}
    kinds = db.session.scalars(sa.select(FaultType).where(FaultType.is_active).order_by(FaultType.position)).all()
    active = {kind.id: kind for kind in kinds}
    entries = [
        (active[rule.fault_type_id].position, _fault(active[rule.fault_type_id], rule))
        for rule in rules
        if rule.fault_type_id in active
    ]
    # Without a rule a fault goes to the campus manager.
    entries += [(kind.position, _fault(kind, None)) for kind in kinds if kind.id not in ruled]
    return tuple(entry for _, entry in sorted(entries, key=lambda one: (one[0], one[1].key)))


def _fault(kind: FaultType, rule: RoutingRule | None) -> Entry:
    site = rule.site if rule else None
    group = rule.group if rule and rule.target is not Target.ON_SITE else None
    return Entry(
        key=f"fault:{kind.key}:{site.id}" if site else f"fault:{kind.key}",
        topic=kind.name,
        hint=f"{kind.hint} (nur {site.label})" if site else kind.hint,
        office=group.name if group else ON_SITE,
        people=(_desk(group),) if group else (),
        site_id=site.id if site else None,
        is_on_site=group is None,
    )


def _desk(group: SupportGroup) -> Person:
    return Person("", group.phone, group.email)


def _offices() -> tuple[Entry, ...]:
    return tuple(
        Entry(
            key=f"office:{office.id}",
            topic=office.topic,
            office=office.name,
            unit=office.unit,
            people=(Person(office.person, office.phone, office.email),),
            school_forms=tuple(office.school_forms),
        )
        for office in contact_queries.offices()
    )


def _schools() -> dict[str, Place]:
    schools = db.session.scalars(
        sa.select(School).where(School.closed_at.is_(None)).order_by(School.number).options(selectinload(School.places))
    )
    return {
        school.number: Place(
            school.short_name,
            school.form_key,
            _district_key(school.district_id),
            tuple(sorted(place.site_id for place in school.places)),
        )
        for school in schools
    }


def _district_key(district_id: int | None) -> str:
    return f"district:{district_id}" if district_id else ""
