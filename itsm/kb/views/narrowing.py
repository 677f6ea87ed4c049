"""What a list of articles is narrowed by: read from the address, and offered as chips that are addresses."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from itsm.assets import kinds
from itsm.core import clock
from itsm.core.forms import single_line
from itsm.core.web import actor
from itsm.kb import reading, words
from itsm.kb.models import Audience, Category
from itsm.kb.search import Filters
from itsm.kb.views.pages import address
from itsm.org import school_forms
from itsm.tickets import queries as ticket_queries
from itsm.tickets.models import FaultType

TITLES = {
    "bereich": "Bereich",
    "stoerung": "Art der Störung",
    "geraet": "Gerät",
    "form": "Schulform",
    "fuer": "Geschrieben für",
    "tag": "Stichwort",
}
LONGEST_TAG = 60
# As many as one looks through without searching.
MOST_OFFERED = 12

Chip = tuple[str, str]


@dataclass(frozen=True)
class Narrowing:
    """The keys an address names, with the names of all keys there are."""

    chosen: Mapping[str, str]
    names: Mapping[str, Mapping[str, str]]
    filters: Filters

    @property
    def kept(self) -> dict[str, str]:
        """What an address of the same list names: the line and the keys, but not what the page is about anyway."""
        line = {"q": request.args["q"]} if request.args.get("q") else {}
        return line | {kind: key for kind, key in self.chosen.items() if kind in request.args}

    def chips(self) -> list[Chip]:
        """Return what is set, each with the address without it."""
        return [
            (f"{title}: {self._name(kind, self.kept[kind])}", self._address(kind, None))
            for kind, title in TITLES.items()
            if kind in self.kept
        ]

    def offered(self, found: Mapping[str, list[str]]) -> list[tuple[str, list[Chip]]]:
        """Return what else the list can be narrowed by: the title of each kind and its chips."""
        return [
            (title, [(self._name(kind, key), self._address(kind, key)) for key in keys])
            for kind, title in TITLES.items()
            if kind not in self.chosen and len(keys := found.get(kind, [])[:MOST_OFFERED]) > 1
        ]

    def _name(self, kind: str, key: str) -> str:
        return self.names.get(kind, {}).get(key, key)

    def _address(self, kind: str, key: str | None) -> str:
        """Return the address of this list with another key of a kind, or with none; it begins at the first page."""
        return address({**self.kept, kind: key})


def read(category: Category | None = None) -> Narrowing:
    """Return what the address names; on the page of a category that one too. An unknown key is passed over."""
    # Only shelves this person finds something on: the name of another is nobody's business.
    categories = {one.slug: one for one, _ in reading.shelves(actor(), clock.local_day(clock.now()))}
    faults = {one.key: one for one in ticket_queries.fault_types()}
    names: dict[str, dict[str, str]] = {
        "bereich": {slug: one.name for slug, one in categories.items()},
        "stoerung": {key: one.name for key, one in faults.items()},
        "geraet": {str(kind): name for kind, name in kinds.LABELS.items()},
        "form": school_forms.SCHOOL_FORMS,
        "fuer": {str(audience): name for audience, name in words.AUDIENCES.items()},
    }
    chosen = {kind: key for kind in names if (key := request.args.get(kind, "")) in names[kind]}
    if tag := str(single_line(request.args.get("tag", "")))[:LONGEST_TAG]:
        chosen["tag"] = tag
    if category:
        chosen["bereich"] = category.slug
    return Narrowing(chosen, names, _filters(chosen, categories, faults))


def _filters(chosen: Mapping[str, str], categories: Mapping[str, Category], faults: Mapping[str, FaultType]) -> Filters:
    return Filters(
        category_id=categories[chosen["bereich"]].id if "bereich" in chosen else None,
        tag=chosen.get("tag"),
        school_form=chosen.get("form"),
        device_kind=chosen.get("geraet"),
        fault_type_id=faults[chosen["stoerung"]].id if "stoerung" in chosen else None,
        audience=Audience(chosen["fuer"]) if "fuer" in chosen else None,
    )
