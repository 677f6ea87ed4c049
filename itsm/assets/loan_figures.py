"""The figures of loans a clerk may change.

Source: docs/rules/loans.md, LO-6 and LO-8.
"""

from itsm.core.figures import Figure, define

BEFORE_DAYS = "loans.remind_before_days"
AFTER_DAYS = "loans.remind_after_days"
KEEP_DAYS = "loans.keep_days"

define(
    Figure(BEFORE_DAYS, "Erinnerung vor der Rückgabe", "Tage", 3, lowest=0, highest=60),
    Figure(AFTER_DAYS, "Erinnerung nach dem Rückgabetag", "Tage", 3, lowest=1, highest=60),
    Figure(KEEP_DAYS, "Angaben zur Person löschen, nach der Rückgabe", "Tage", 190, lowest=1, highest=730),
)
