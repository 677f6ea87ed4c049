"""Timed jobs of damage cases and claims."""

from itsm.claims.service import anonymising, deadline_watch, letter_rounds, lock_sending, overdue, positions
from itsm.core.jobs import Job

JOBS: tuple[Job, ...] = (
    Job("mdm-orders", "Sperren und Orten: offene Aufträge", {"minute": "*/5"}, lock_sending.hand_over_due),
    Job("letter-rounds", "Briefe in Runden: liegen gebliebene", {"minute": "*/10"}, letter_rounds.resume),
    Job("forget-positions", "Alte Standorte löschen", {"hour": 3, "minute": 20}, positions.forget),
    Job("anonymise-claims", "Namen in alten Schadensfällen löschen", {"hour": 3, "minute": 50}, anonymising.forget),
    Job("warn-limitation", "Vor der Verjährung von Forderungen warnen", {"hour": 6, "minute": 40}, deadline_watch.warn),
    Job("tell-overdue", "Überfällige Forderungen und Raten melden", {"hour": 6, "minute": 50}, overdue.tell),
)
