"""Figures of the service desk that clerks may change."""

from itsm.core.figures import Figure, define

REOPEN_DAYS = "ticket.reopen_days"
REMIND_DAYS = "ticket.remind_days"
GIVE_UP_DAYS = "ticket.give_up_days"
CLOSE_DAYS = "ticket.close_days"

define(
    Figure(REOPEN_DAYS, "Wieder öffnen nach einer Lösung", "Tage", 14, lowest=0, highest=365),
    Figure(REMIND_DAYS, "Erinnern, wenn die Schule nicht antwortet", "Tage", 3, lowest=1, highest=60),
    Figure(GIVE_UP_DAYS, "Schließen nach der Erinnerung ohne Antwort", "Tage", 5, lowest=1, highest=60),
    Figure(CLOSE_DAYS, "Gelöste Störungen abschließen", "Tage", 7, lowest=1, highest=60),
)
