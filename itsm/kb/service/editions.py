"""Editions of the overview: hand one out, and tell the schools it means something to.

Source: docs/rules/contacts.md, CO-5 and CO-6.
"""

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa

from itsm.accounts.models import GrantRow, User
from itsm.accounts.sessions import holds
from itsm.core import clock, outbox
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import DomainError
from itsm.core.queue import enqueue
from itsm.kb import contact_queries, overview_now
from itsm.kb.models import Edition
from itsm.kb.overview import changes, read
from itsm.kb.overview_paper import TITLE
from itsm.org.models import School

# Two people who press the button together must not both make edition 4.
_LOCK = 4_178_213_051


def issue(actor: Actor, note: str, at: datetime, *, tell: bool) -> Edition:
    """Keep the overview of today as the next edition; `tell` writes to the leads of the schools it changes.

    Raises: NotAllowed unless the person keeps the overview; DomainError if nothing is different.
    """
    contact_queries.require_keeper(actor)
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    before = contact_queries.newest_edition()
    now = overview_now.gather(clock.local_day(at))
    if before and read(before.content) == now:
        raise DomainError(f"Seit Ausgabe {before.number} hat sich nichts geändert. Sie gilt weiter.")
    number = before.number + 1 if before else 1
    edition = Edition(number=number, at=at, by_id=actor.user_id, note=note, content=now.content())
    db.session.add(edition)
    db.session.flush()
    if tell:
        enqueue("tell-edition", args={"number": number}, queueing_lock=f"tell-edition-{number}")
    return edition


def tell_schools(number: int, at: datetime) -> int:
    """Write to the heads and media coordinators of the schools an edition changes; return to how many people.

    The first edition is new to everybody. Runs in the background: a city has some hundred of them.
    """
    edition = contact_queries.edition(number)
    before = contact_queries.edition_before(number)
    now, old = read(edition.content), read(before.content) if before else None
    told = 0
    for school_number, leads in _leads(at).items():
        if school_number not in now.schools:
            continue
        here = now.of_school(school_number)
        known = old is not None and school_number in old.schools
        news = changes(old.of_school(school_number), here) if old and known else []
        if known and not news:
            continue
        school = {"number": school_number, "name": now.schools[school_number].name, "edition": number, "news": news}
        for person in leads:
            _put(person, school, at)
        told += len(leads)
    return told


def _leads(at: datetime) -> dict[str, list[User]]:
    """Return head and media coordinators of every open school, by its number."""
    leads: dict[str, list[User]] = defaultdict(list)
    held = (
        sa.select(School.number, User)
        .join(GrantRow, GrantRow.school_id == School.id)
        .join(User, User.id == GrantRow.user_id)
        .where(
            GrantRow.role.in_((Role.HEAD_OF_SCHOOL, Role.MEDIA_COORDINATOR)),
            holds(clock.local_day(at)),
            User.disabled_at.is_(None),
            School.closed_at.is_(None),
        )
        .order_by(School.number, GrantRow.id)
    )
    for number, person in db.session.execute(held):
        if person not in leads[number]:
            leads[number].append(person)
    return leads


def _put(person: User, school: dict[str, object], at: datetime) -> None:
    outbox.put(
        "contacts-edition",
        to=person.email,
        to_name=person.name,
        subject=f"{TITLE}: neue Ausgabe",
        item=school,
        burst_key="contacts-edition",
        at=at,
    )
