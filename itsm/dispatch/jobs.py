"""Timed jobs of field support."""

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from itsm.core import clock
from itsm.core.db import db
from itsm.core.jobs import Job
from itsm.core.outbox import Mail
from itsm.dispatch import notices
from itsm.dispatch.models import Visit, VisitTicket
from itsm.dispatch.service import deliveries, device_tasks, offers, outages, plans, routes
from itsm.dispatch.service.visits import make_visits, miss_left_over
from itsm.dispatch.states import VisitState


def mail_days(at: datetime) -> int:
    """Send each manager the stops of today; once a day, however often it runs."""
    today = clock.local_day(at)
    days: dict[int, list[Visit]] = defaultdict(list)
    for visit in db.session.scalars(
        sa.select(Visit)
        .where(Visit.visit_on == today, Visit.state == VisitState.PLANNED)
        .order_by(Visit.position, Visit.starts_at, Visit.id)
        .options(
            joinedload(Visit.school, innerjoin=True),
            joinedload(Visit.site, innerjoin=True),
            joinedload(Visit.user, innerjoin=True),
            selectinload(Visit.jobs).joinedload(VisitTicket.ticket, innerjoin=True),
        )
    ):
        days[visit.user_id].append(visit)
    keys = {notices.day_key(user_id, today): user_id for user_id in days}
    sent = {keys[key] for key in db.session.scalars(sa.select(Mail.burst_key).where(Mail.burst_key.in_(keys)))}
    for user_id in days.keys() - sent:
        notices.day(days[user_id][0].user, today, days[user_id], at)
    return len(days.keys() - sent)


def watch_days(at: datetime) -> int:
    """Let the worker look after each day that runs; every day in a transaction of its own."""
    today = clock.local_day(at)
    driven = sa.select(Visit.user_id).where(
        Visit.visit_on == today, Visit.state.in_([VisitState.PLANNED, VisitState.DRIVING])
    )
    running = [user_id for user_id in db.session.scalars(driven.distinct()) if routes.is_running(user_id, today, at)]
    for user_id in running:
        routes.ask_worker(user_id, today)
    return len(running)


JOBS = (
    # After the visits of the timetable are made, before the day is mailed.
    Job("plan-weeks", "Wochen neu planen und vorschlagen", {"hour": 5, "minute": 0}, plans.ask_nightly),
    Job(
        "plan-changes",
        "Nach neuen Störungen ohne Besuch neu planen",
        {"day_of_week": "mon-fri", "hour": "6-17", "minute": "7-59/15"},
        plans.ask_on_change,
    ),
    Job("plan-deliveries", "Lieferungen ohne Besuch einplanen", {"hour": 4, "minute": 45}, deliveries.ask_again),
    Job("ride-along", "Ersatzgeräte auf den nächsten Besuch setzen", {"hour": 4, "minute": 40}, device_tasks.catch_up),
    Job("make-visits", "Besuche der nächsten Wochen anlegen", {"hour": 4, "minute": 30}, make_visits),
    Job("miss-visits", "Nicht begonnene Besuche zurückgeben", {"hour": 0, "minute": 20}, miss_left_over),
    Job("expire-offers", "Unbeantwortete Terminanfragen beenden", {"minute": "*/15"}, offers.expire),
    Job(
        "call-off-unserved",
        "Ausgefallene Besuche von heute absagen",
        {"day_of_week": "mon-fri", "hour": "6-17", "minute": "5-59/10"},
        outages.call_off_unserved,
    ),
    Job("mail-days", "„Mein Tag“ verschicken", {"hour": 6, "minute": 30}, mail_days),
    Job(
        "watch-days",
        "Laufende Tage: Verspätungen melden",
        {"day_of_week": "mon-fri", "hour": "6-17", "minute": "*/10"},
        watch_days,
    ),
)
