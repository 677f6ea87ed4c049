"""Load the demo city into an empty database."""

from datetime import datetime
from random import Random

import sqlalchemy as sa

from itsm.accounts import passwords
from itsm.accounts.models import User
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import Conflict
from itsm.demo import city, damages, days, knowledge, life_cycle, needs, offices, people, reports
from itsm.demo.inventory import Inventory
from itsm.demo.names import People
from itsm.demo.rows import Rows
from itsm.dispatch import queries as visits
from itsm.dispatch.service import bundles
from itsm.kb import seed as kb_seed
from itsm.tickets import seed
from itsm.tickets.models import FaultType, SupportGroup, Ticket

SEED = 2026
# Every so-many-th school with open tickets keeps them without a visit.
LEFT_OVER = 3


def load(at: datetime, seed_number: int = SEED, *, devices: float = 1) -> dict[str, int]:
    """Fill the empty database; return how many rows each table got. Does not commit.

    `devices` is the part of the report's devices to make; a small city for tests needs few of them.
    The same number and the same day give the same city.
    Raises: Conflict if there are people in the database already.
    """
    if db.session.scalar(sa.select(sa.exists().where(User.id.is_not(None)))):
        raise Conflict("Die Datenbank ist nicht leer. Die Demo-Stadt wird nur in eine leere Datenbank geladen.")
    seed.seed(db.session())
    kb_seed.seed(db.session())
    rows, random = Rows(), Random(seed_number)  # noqa: S311 - nothing here is a secret
    names = People(random)
    town = city.build(rows, random, names)
    staff = people.build(rows, random, names, town, passwords.hashed(people.PASSWORD), at)
    week = days.build(rows, random, town, staff, at)
    desk = _desk()
    reports.build(rows, random, town, staff, week, desk, at)
    needs.build(rows, random, staff, desk)
    inventory = Inventory(rows, seed_number, town, at)
    inventory.build(devices)
    counts = rows.insert()
    counts |= inventory.insert()
    _put_on_visits(at)
    life_cycle.build(at)
    damages.build(town, staff, at)
    return counts | _knowledge(random, town, staff, at)


def _knowledge(random: Random, town: city.City, staff: people.Staff, at: datetime) -> dict[str, int]:
    writer_id, editor_id = staff.in_city[Role.KB_EDITOR]
    school = town.schools[0]
    # Head, media coordinator, reporters: the second hands articles in.
    people_there = knowledge.Staff(writer_id, editor_id, school.id, school.staff_ids[1])
    return knowledge.build(random, people_there, at) | offices.build(editor_id, at)


def _put_on_visits(at: datetime) -> None:
    """Let most open tickets find their visit as they would have; the rest is left for the team lead to plan."""
    waiting = sorted(set(db.session.scalars(sa.select(Ticket.school_id).where(visits.without_visit()))))
    for number, school_id in enumerate(waiting):
        if number % LEFT_OVER:
            bundles.bundle(school_id, at)


def _desk() -> reports.Desk:
    kinds = db.session.scalars(sa.select(FaultType)).all()
    return reports.Desk(
        fault_type_ids={kind.key: kind.id for kind in kinds},
        steps={kind.key: [step.text for step in kind.steps] for kind in kinds},
        group_id=db.session.scalars(sa.select(SupportGroup.id).where(SupportGroup.name == seed.SYSTEMHAUS)).one(),
    )
