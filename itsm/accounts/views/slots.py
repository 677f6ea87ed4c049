"""What the pages of districts and schools show of people."""

from typing import Any

from flask import g, render_template
from markupsafe import escape

from itsm.accounts import queries
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.web import actor
from itsm.org.models import District, School


def district_people(district: District, **_: Any) -> str:
    """Show who is responsible in a district, who is away, and how to reach them."""
    today = clock.local_day(clock.now())
    staff = queries.staff_of(today, district_id=district.id)
    away = queries.absences_on([grant.user_id for grant in staff], today)
    return render_template("accounts/_district_people.html", staff=staff, away=away)


def district_names(district: District, **_: Any) -> str:
    """Name who is responsible in a district; a list of all districts asks the database once."""
    if "managers_by_district" not in g:
        g.managers_by_district = queries.managers_by_district(clock.local_day(clock.now()))
    return str(escape(", ".join(g.managers_by_district.get(district.id, ()))))


def school_people(school: School, **_: Any) -> str:
    """Show who is responsible for a school today, and whom to ask there."""
    today = clock.local_day(clock.now())
    manager, stands_in_for = queries.manager_on(school.district_id, today) if school.district_id else (None, None)
    roles = (Role.HEAD_OF_SCHOOL, Role.MEDIA_COORDINATOR)
    staff = [grant for grant in queries.staff_of(today, school_id=school.id) if grant.role in roles]
    return render_template(
        "accounts/_school_people.html", manager=manager, stands_in_for=stands_in_for, staff=staff, actor=actor()
    )
