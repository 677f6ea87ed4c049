"""The parts of the device file, as tabs over their pages."""

from collections.abc import Callable
from typing import NamedTuple

from flask import url_for

from itsm.assets import policy
from itsm.core.access import Actor, Verb
from itsm.core.web import actor


class Section(NamedTuple):
    """One part: its name, its first page, and who gets it."""

    label: str
    endpoint: str
    shown: Callable[[Actor], bool]


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


def tabs(current: str) -> list[tuple[str, str, int | None, bool]]:
    """Return the tabs of this person for `lists.tabs`; `current` is the endpoint of the part that is open."""
    return [
        (section.label, url_for(section.endpoint), None, section.endpoint == current)
        for section in SECTIONS
        if section.shown(actor())
    ]
