"""The parts of the device file, as tabs over their pages."""

from itsm.assets import policy
from itsm.core.access import Verb
from itsm.core.lists import Section, Tab, section_tabs

# In the order of the tabs.
SECTIONS: tuple[Section, ...] = (
    Section("Bestand", "assets.index", lambda me: me.may_somewhere(Verb.DEVICE_SEE)),
    Section("Ausgabe", "assets.loan_index", lambda me: me.may_somewhere(Verb.LOAN_SEE)),
    Section("Inventur", "assets.stocktakes", lambda me: me.may_somewhere(Verb.DEVICE_COUNT)),
    Section("Aufgaben", "assets.tasks", lambda me: me.may_somewhere(Verb.DEVICE_SEE)),
    Section("Ausstattung", "assets.entitlement", lambda me: me.may_somewhere(Verb.LIFE_CYCLE_SEE)),
    Section("Austausch", "assets.waves", lambda me: me.may_somewhere(Verb.LIFE_CYCLE_SEE)),
    Section("Einlesen", "assets.imports", policy.may_import),
    Section("MDM-Abgleich", "assets.sync", policy.may_import),
)


def tabs(current: str) -> list[Tab]:
    """Return the tabs of this person; `current` is the endpoint of the part that is open."""
    return section_tabs(SECTIONS, current)
