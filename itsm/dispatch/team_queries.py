"""Who is in the team: working hours, skills and coming absences, in a number of queries that does not grow."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.accounts.models import Absence, GrantRow, User
from itsm.accounts.sessions import holds
from itsm.core.access import Actor, Role
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import NotAllowed, NotFound
from itsm.core.german import WEEKDAYS
from itsm.dispatch import policy
from itsm.dispatch.models import Outage, Skill, UserSkill, Workday
from itsm.org.models import District

# The absences shown: this week and the next.
SHOWN_DAYS = 14
USUAL_HOURS = (time(7, 30), time(16))
WORKWEEK = range(5)


@dataclass(frozen=True)
class Member:
    """A manager as the page of the team shows them; `hours` is empty while nobody has entered any."""

    user: User
    districts: tuple[District, ...]
    stands_in: tuple[District, ...]
    hours: dict[int, tuple[time, time]]
    skills: tuple[Skill, ...]
    absences: tuple[Absence, ...]
    outages: tuple[Outage, ...]

    @property
    def hours_words(self) -> str:
        """Equal days in a row become one: "Mo–Do 7:30–16:00, Fr 7:30–13:00"."""
        if not self.hours:
            return "Mo–Fr 7:30–16:00 (üblich)"
        runs: list[tuple[int, int, tuple[time, time]]] = []
        for day, span in sorted(self.hours.items()):
            if runs and runs[-1][1] == day - 1 and runs[-1][2] == span:
                runs[-1] = (runs[-1][0], day, span)
            else:
                runs.append((day, day, span))
        return ", ".join(f"{_days(first, last)} {span[0]:%-H:%M}–{span[1]:%-H:%M}" for first, last, span in runs)


def members_for(actor: Actor, today: date) -> list[Member]:
    """Return the managers this person may see, by name: the whole team, or a manager alone.

    Raises: NotAllowed for whoever plans nothing.
    """
    _require(actor)
    return _members(sa.true() if policy.may_edit_team(actor) else User.id == actor.user_id, today)


def member_for(actor: Actor, user_id: int, today: date) -> Member:
    """Return one manager to change.

    Raises: NotAllowed unless the person leads the team; NotFound for somebody who does not drive.
    """
    require_edit(actor)
    found = _members(User.id == user_id, today) if 0 < user_id <= LARGEST_ID else []
    if not found:
        raise NotFound("Diese Person gehört nicht zum Campusmanagement.")
    return found[0]


def skill_for(actor: Actor, skill_id: int) -> Skill:
    """Return a skill to change.

    Raises: NotAllowed unless the person leads the team; NotFound if it is gone.
    """
    require_edit(actor)
    skill = db.session.get(Skill, skill_id) if 0 < skill_id <= LARGEST_ID else None
    if skill is None:
        raise NotFound("Diese Fähigkeit gibt es nicht mehr.")
    return skill


def require_edit(actor: Actor) -> None:
    """Let only whoever sets hours and skills go on.

    Raises: NotAllowed for anybody else.
    """
    if not policy.may_edit_team(actor):
        raise NotAllowed("Dienstzeiten und Fähigkeiten legt die Teamleitung fest.")


def _require(actor: Actor) -> None:
    if not policy.may_see_team(actor):
        raise NotAllowed("Das Team sehen das Campusmanagement und die Teamleitung.")


def _members(whom: sa.ColumnElement[bool], today: date) -> list[Member]:
    grants = db.session.scalars(
        sa.select(GrantRow)
        .join(GrantRow.user)
        .where(GrantRow.role == Role.CAMPUS_MANAGER, holds(today), User.disabled_at.is_(None), whom)
        .options(joinedload(GrantRow.user, innerjoin=True), joinedload(GrantRow.district))
        .order_by(sa.func.lower(User.name), User.id, GrantRow.is_deputy, GrantRow.id)
    ).all()
    users = list(dict.fromkeys(grant.user for grant in grants))
    ids = [user.id for user in users]
    last = today + timedelta(days=SHOWN_DAYS - 1)
    hours: dict[int, dict[int, tuple[time, time]]] = defaultdict(dict)
    for row in db.session.scalars(sa.select(Workday).where(Workday.user_id.in_(ids))):
        hours[row.user_id][row.weekday] = (row.starts, row.ends)
    skills: dict[int, list[Skill]] = defaultdict(list)
    for user_id, skill in db.session.execute(
        sa.select(UserSkill.user_id, Skill)
        .join(Skill, Skill.id == UserSkill.skill_id)
        .where(UserSkill.user_id.in_(ids))
        .order_by(Skill.name)
    ):
        skills[user_id].append(skill)
    away = _by_user(
        db.session.scalars(
            sa.select(Absence)
            .where(Absence.user_id.in_(ids), Absence.first_on <= last, Absence.last_on >= today)
            .order_by(Absence.first_on)
            .options(joinedload(Absence.deputy))
        ).all()
    )
    out: dict[int, list[Outage]] = defaultdict(list)
    for outage in db.session.scalars(
        sa.select(Outage)
        .where(Outage.user_id.in_(ids), Outage.first_on <= last, Outage.last_on >= today)
        .order_by(Outage.first_on)
    ):
        if outage.user_id is not None:
            out[outage.user_id].append(outage)
    return [
        Member(
            user=user,
            districts=_of(grants, user, deputy=False),
            stands_in=_of(grants, user, deputy=True),
            hours=hours[user.id],
            skills=tuple(skills[user.id]),
            absences=tuple(away[user.id]),
            outages=tuple(out[user.id]),
        )
        for user in users
    ]


def _by_user(rows: Sequence[Absence]) -> dict[int, list[Absence]]:
    found: dict[int, list[Absence]] = defaultdict(list)
    for row in rows:
        found[row.user_id].append(row)
    return found


def _of(grants: Sequence[GrantRow], user: User, *, deputy: bool) -> tuple[District, ...]:
    mine = (grant for grant in grants if grant.user_id == user.id and grant.is_deputy is deputy)
    return tuple(grant.district for grant in mine if grant.district is not None)


def _days(first: int, last: int) -> str:
    return WEEKDAYS[first][:2] if first == last else f"{WEEKDAYS[first][:2]}–{WEEKDAYS[last][:2]}"
