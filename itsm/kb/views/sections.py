"""The parts of the knowledge base for those who keep it, as tabs over their pages."""

from collections.abc import Callable
from typing import NamedTuple

from flask import url_for

from itsm.core.access import Actor
from itsm.core.web import actor
from itsm.kb import policy


class Section(NamedTuple):
    """One part: its name, its first page, and who gets it."""

    label: str
    endpoint: str
    shown: Callable[[Actor], bool]


# In the order of the tabs: Redaktion, Artikel, Suche, Zahlen, Papierkorb; a part adds its row with its page.
SECTIONS: tuple[Section, ...] = (
    Section("Redaktion", "kb.board", policy.is_editor),
    Section("Artikel", "kb.articles", policy.may_draft),
    Section("Suche", "kb.synonyms", policy.is_editor),
    Section("Zahlen", "kb.figures", policy.may_see_figures),
    Section("Papierkorb", "kb.bin", policy.is_editor),
)


def tabs(current: str) -> list[tuple[str, str, int | None, bool]]:
    """Return the tabs of this person for `lists.tabs`; `current` is the endpoint of the part that is open."""
    return [
        (section.label, url_for(section.endpoint), None, section.endpoint == current)
        for section in SECTIONS
        if section.shown(actor())
    ]
