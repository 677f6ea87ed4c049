"""Calendar feeds: secret addresses under which a calendar reads the visits of a manager or of a school."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.accounts.models import User
from itsm.accounts.queries import actor_of
from itsm.core import clock
from itsm.core.access import Actor, Verb
from itsm.core.db import LARGEST_ID, db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from itsm.core.tokens import digest_of
from itsm.dispatch import policy
from itsm.dispatch.models import Assurance, CalendarFeed, Visit
from itsm.org.models import School

WEEKS_BACK = timedelta(weeks=8)
# One for the telephone, one for the desk, a few to spare.
MOST = 5
# A calendar asks all day long; once an hour it is written down.
NOTED_EVERY = timedelta(hours=1)


def make(actor: Actor, school: School | None, at: datetime) -> str:
    """Make an address for a school's visits, else for those of the person; return its secret, kept nowhere.

    Source: docs/rules/visits.md, VI-37.
    """
    if not (policy.may_answer_for(actor, school) if school else actor.may_somewhere(Verb.VISIT_DRIVE)):
        raise NotAllowed("Diese Kalenderadresse legt nur an, wer die Besuche fährt oder die Schule leitet.")
    if len([feed for feed in live_of(actor, school) if feed.school_id == (school.id if school else None)]) >= MOST:
        raise DomainError(f"Es gibt schon {MOST} Adressen. Bitte widerrufen Sie zuerst eine, die niemand mehr braucht.")
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        user_id=None if school else actor.user_id,
        school_id=school.id if school else None,
        digest=digest_of(token),
        made_by_id=actor.user_id,
        made_at=at,
    )
    db.session.add(feed)
    db.session.flush()
    return token


def revoke(actor: Actor, feed_id: int, at: datetime) -> None:
    """End an address at once.

    Raises: NotFound unless it is the person's own or one of a school they lead.
    """
    feed = db.session.get(CalendarFeed, feed_id) if 0 < feed_id <= LARGEST_ID else None
    school = db.session.get(School, feed.school_id) if feed and feed.school_id else None
    is_mine = feed is not None and feed.user_id is not None and feed.user_id == actor.user_id
    if feed is None or not (is_mine or (school and policy.may_answer_for(actor, school))):
        raise NotFound("Diese Kalenderadresse gibt es nicht.")
    if feed.revoked_at is None:
        feed.revoked_at = at


def live_of(actor: Actor, school: School | None = None) -> Sequence[CalendarFeed]:
    """Return the addresses in use: the person's own, and those of the schools they lead (or of one school)."""
    schools = actor.scope(Verb.VISIT_ANSWER).school_ids if school is None else {school.id}
    return db.session.scalars(
        sa.select(CalendarFeed)
        .where(
            CalendarFeed.revoked_at.is_(None),
            sa.or_(CalendarFeed.user_id == actor.user_id, CalendarFeed.school_id.in_(schools)),
        )
        .order_by(CalendarFeed.made_at, CalendarFeed.id)
    ).all()


def find(token: str, at: datetime) -> CalendarFeed | None:
    """Return the feed of a secret; nothing for one that was revoked, or whose maker has no right to it any more."""
    feed = db.session.scalar(
        sa.select(CalendarFeed).where(CalendarFeed.digest == digest_of(token), CalendarFeed.revoked_at.is_(None))
    )
    maker = db.session.get(User, feed.made_by_id) if feed else None
    if feed is None or maker is None or maker.disabled_at is not None:
        return None
    actor = actor_of(maker, clock.local_day(at))
    school = db.session.get(School, feed.school_id) if feed.school_id else None
    is_allowed = policy.may_answer_for(actor, school) if school else actor.may_somewhere(Verb.VISIT_DRIVE)
    return feed if is_allowed else None


def note_read(feed: CalendarFeed, at: datetime) -> None:
    """Remember that a calendar asked, for whoever wonders whether an address is still in use."""
    if feed.read_at is None or at - feed.read_at >= NOTED_EVERY:
        feed.read_at = at


def visits_of(feed: CalendarFeed, at: datetime) -> Sequence[Visit]:
    """Return the visits of a feed from eight weeks back on; a school reads only of those it knows."""
    whose = Visit.user_id == feed.user_id
    if feed.school_id is not None:
        whose = sa.and_(Visit.school_id == feed.school_id, Visit.assurance != Assurance.SOFT, Visit.helps_id.is_(None))
    return db.session.scalars(
        sa.select(Visit)
        .where(whose, Visit.visit_on >= clock.local_day(at) - WEEKS_BACK)
        .order_by(Visit.starts_at, Visit.id)
        .options(
            joinedload(Visit.school, innerjoin=True), joinedload(Visit.site, innerjoin=True), selectinload(Visit.jobs)
        )
    ).all()
