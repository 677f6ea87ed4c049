"""Pages of the knowledge base."""

from flask import Flask

from itsm.assets import kinds
from itsm.core.web import NavEntry, add_nav, fill_slot
from itsm.kb import beside as beside_report
from itsm.kb import policy, states, submitting, words
from itsm.kb.views import (
    answers,
    articles,
    beside,
    board,
    contacts,
    details,
    editing,
    feeds,
    figures,
    finding,
    from_ticket,
    history,
    inserting,
    media_files,
    offices,
    reading,
    revisions,
    sections,
    submissions,
    synonyms,
    uploads,
    work,
)
from itsm.kb.views.blueprint import bp
from itsm.org import school_forms
from itsm.tickets import guides

__all__ = [
    "answers",
    "articles",
    "beside",
    "board",
    "bp",
    "contacts",
    "details",
    "editing",
    "feeds",
    "figures",
    "finding",
    "from_ticket",
    "init",
    "inserting",
    "media_files",
    "offices",
    "reading",
    "revisions",
    "submissions",
    "synonyms",
    "uploads",
    "work",
]

bp.context_processor(
    lambda: {
        "words": words,
        "state_labels": states.LABELS,
        "state_kinds": states.KINDS,
        "submission_label": submitting.label,
        "policy": policy,
        "lines": history.lines,
        "kind_labels": kinds.LABELS,
        "form_labels": school_forms.SCHOOL_FORMS,
        "sections": sections.tabs,
    }
)


def init(app: Flask) -> None:
    """Register the pages, their entries of the menu and what they show elsewhere."""
    app.register_blueprint(bp)
    add_nav(NavEntry("Redaktion", "kb.board", "edit", policy.is_editor, 48, board.nav_count))
    fill_slot("home.sentence", board.sentence)
    fill_slot("home.main", board.main_action)
    fill_slot("home.blocks", board.home_blocks)
    add_nav(NavEntry("Wer hilft?", "kb.contacts", "phone", lambda _: True, 75))
    add_nav(NavEntry("Wissen", "kb.index", "help", lambda _: True, 47))
    fill_slot("search.results", finding.in_one_search)
    fill_slot("search.results", contacts.found)
    fill_slot("report.aside", beside.articles_beside_report)
    fill_slot("ticket.aside", from_ticket.offer_on_ticket)
    fill_slot("ticket.compose", inserting.picker)
    guides.add_source(beside_report.titles)
