"""The figures of the editors a clerk may change.

Source: docs/rules/articles.md, KB-5 to KB-10.
"""

from itsm.core.figures import Figure, define

REVIEW_DAYS = "kb.review_days"
REMIND_DAYS = "kb.remind_days"
BIN_DAYS = "kb.bin_days"
FEWEST_VOTES = "kb.fewest_votes"
BAD_SHARE = "kb.bad_share"
MANY_TICKETS = "kb.many_tickets"

define(
    Figure(REVIEW_DAYS, "Artikel: nächste Prüfung nach der Veröffentlichung", "Tage", 365, lowest=7, highest=1825),
    Figure(REMIND_DAYS, "Artikel: Erinnerung vor Prüfung oder Ablauf", "Tage", 14, lowest=1, highest=90),
    Figure(BIN_DAYS, "Artikel: endgültig löschen, nach dem Papierkorb", "Tage", 90, lowest=7, highest=730),
    Figure(FEWEST_VOTES, "Artikel: Antworten, ab denen eine Bewertung zählt", "Antworten", 5, lowest=1, highest=1000),
    Figure(BAD_SHARE, "Artikel: hilft oft nicht, ab diesem Anteil „Nein“", "Prozent", 50, lowest=1, highest=100),
    Figure(
        MANY_TICKETS, "Störungsart ohne Artikel: auffällig ab", "Störungen in 90 Tagen", 10, lowest=1, highest=10_000
    ),
)
