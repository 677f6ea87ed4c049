"""Pages of the knowledge base."""

from flask import Flask

from itsm.assets import kinds
from itsm.kb import states, words
from itsm.kb.views import media_files, sections
from itsm.kb.views.blueprint import bp
from itsm.org import school_forms

__all__ = ["bp", "init", "media_files"]

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
