"""Timed jobs of the knowledge base."""

from itsm.core.jobs import Job
from itsm.kb import upkeep
from itsm.kb.service import bin as recycle_bin
from itsm.kb.service import links, searches, writing

JOBS = (
    Job("remind-articles", "An die Prüfung von Artikeln erinnern", {"hour": 6, "minute": 45}, upkeep.remind),
    Job("empty-article-bin", "Papierkorb der Artikel leeren", {"hour": 3, "minute": 50}, recycle_bin.empty),
    Job("check-links", "Links der Artikel prüfen", {"hour": 1, "minute": 20}, links.follow_up),
    Job("forget-searches", "Alte Suchzeilen löschen", {"hour": 3, "minute": 55}, searches.forget),
    Job("forget-drafts", "Alte nicht gespeicherte Texte löschen", {"hour": 3, "minute": 57}, writing.forget),
)
