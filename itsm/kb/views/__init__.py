"""Pages of the knowledge base."""

from flask import Flask

from itsm.assets import kinds
from itsm.core.web import NavEntry, add_nav, fill_slot
from itsm.kb import beside as beside_report
from itsm.kb import states, words
from itsm.kb.views import answers, beside, contacts, feeds, finding, media_files, offices, reading, sections
from itsm.kb.views.blueprint import bp
from itsm.org import school_forms
from itsm.tickets import guides

__all__ = ["answers", "beside", "bp", "contacts", "feeds", "finding", "init", "media_files", "offices", "reading"]

bp.context_processor(
    lambda: {
        "words": words,
        "state_labels": states.LABELS,
        "kind_labels": kinds.LABELS,
        "form_labels": school_forms.SCHOOL_FORMS,
        "sections": sections.tabs,
    }
)


def init(app: Flask) -> None:
    """Register the pages, their entries of the menu and what they show elsewhere."""
    app.register_blueprint(bp)
    add_nav(NavEntry("Ansprechpartner*innen", "kb.contacts", "phone", lambda _: True, 75))
    add_nav(NavEntry("Wissen", "kb.index", "help", lambda _: True, 47))
    fill_slot("search.results", finding.in_one_search)
    fill_slot("search.results", contacts.found)
    fill_slot("report.aside", beside.articles_beside_report)
    guides.add_source(beside_report.titles)
