"""What the pages of districts and schools show of people."""

from typing import Any

from flask import render_template

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


def school_people(school: School, **_: Any) -> str:
    """Show who is responsible for a school today, and whom to ask there."""
    today = clock.local_day(clock.now())
    manager, stands_in_for = queries.manager_on(school.district_id, today) if school.district_id else (None, None)
    roles = (Role.HEAD_OF_SCHOOL, Role.MEDIA_COORDINATOR)
    staff = [grant for grant in queries.staff_of(today, school_id=school.id) if grant.role in roles]
    return render_template(
        "accounts/_school_people.html", manager=manager, stands_in_for=stands_in_for, staff=staff, actor=actor()
    )
