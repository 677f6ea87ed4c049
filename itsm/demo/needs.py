"""What the managers of the demo city can do, and what the work on its open tickets takes."""

from datetime import timedelta
from random import Random
from typing import NamedTuple

from itsm.demo.people import Staff
from itsm.demo.reports import Desk
from itsm.demo.rows import Row, Rows
from itsm.dispatch.models import Skill, UserSkill, WorkNeed, WorkNeedSkill
from itsm.org import calendar
from itsm.tickets.models import Target, Ticket
from itsm.tickets.states import State

SKILLS = ("Netzwerk", "Displaymontage", "Druckertechnik")
# Every so-many-th manager lacks one of them.
LACKS_EVERY = 4
OPEN = frozenset({State.NEW, State.ACCEPTED, State.PLANNED})


class Work(NamedTuple):
    """What a kind of fault takes when it is more than the usual."""

    minutes: int
    skill: str | None = None
    people: int = 1
    part: str = ""


KINDS = {
    "wlan": (Work(60, "Netzwerk"), Work(30)),
    "internet": (Work(45, "Netzwerk"),),
    "display": (Work(60, "Displaymontage", people=2), Work(45, part="Netzteil"), Work(30)),
    "printer": (Work(40, "Druckertechnik"), Work(25, part="Fixiereinheit")),
    "pc": (Work(90), Work(40)),
    "ipad": (Work(50),),
}
SHARE = 0.45


def build(rows: Rows, random: Random, staff: Staff, desk: Desk) -> None:
    """Add skills to managers, and needs to some of the open tickets."""
    skills = {name: rows.add(Skill, name=name) for name in SKILLS}
    managers = [user_id for ids in staff.managers.values() for user_id in ids]
    for number, user_id in enumerate(managers):
        missing = SKILLS[number // LACKS_EVERY % len(SKILLS)] if number % LACKS_EVERY == 1 else None
        for name, skill_id in skills.items():
            if name != missing:
                rows.add(UserSkill, user_id=user_id, skill_id=skill_id)
    keys = {number: key for key, number in desk.fault_type_ids.items()}
    for ticket in rows.of(Ticket):
        key = keys[ticket["fault_type_id"]]
        is_open = ticket["state"] in OPEN and ticket["target"] is Target.ON_SITE
        if is_open and key in KINDS and random.random() < SHARE:
            _need(rows, ticket, random.choice(KINDS[key]), skills)


def _need(rows: Rows, ticket: Row, work: Work, skills: dict[str, int]) -> None:
    day = calendar.next_school_day(ticket["created_at"].date() + timedelta(days=5)) if work.part else None
    rows.add(
        WorkNeed,
        ticket_id=ticket["id"],
        minutes=work.minutes,
        # Two people who have to find a common hour: rare, or no week would come out.
        people=work.people if ticket["id"] % 3 == 0 else 1,
        not_before_on=day,
        waits_for=work.part,
    )
    if work.skill is not None:
        rows.add(WorkNeedSkill, ticket_id=ticket["id"], skill_id=skills[work.skill])
