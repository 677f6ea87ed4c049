"""The parts of the knowledge base for those who keep it, as tabs over their pages."""

from itsm.core.lists import Section, Tab, section_tabs
from itsm.kb import policy

# In the order of the tabs: Redaktion, Artikel, Suche, Zahlen, Papierkorb; a part adds its row with its page.
SECTIONS: tuple[Section, ...] = (
    Section("Redaktion", "kb.board", policy.is_editor),
    Section("Artikel", "kb.articles", policy.may_draft),
    Section("Suche", "kb.synonyms", policy.is_editor),
    Section("Zahlen", "kb.figures", policy.may_see_figures),
    Section("Papierkorb", "kb.bin", policy.is_editor),
)


def tabs(current: str) -> list[Tab]:
    """Return the tabs of this person; `current` is the endpoint of the part that is open."""
    return section_tabs(SECTIONS, current)
