"""Turns the rows of a list into lines of the staging table, or into sentences about what is wrong.

Source: docs/rules/device-import.md, DI-5 to DI-9.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from itsm.assets.importing import values
from itsm.assets.importing.mapping import Mapping
from itsm.assets.importing.models import Models
from itsm.assets.importing.places import Places
from itsm.assets.importing.table import Row, Table
from itsm.assets.importing.values import NOTHING, Cached, Wrong, short
from itsm.assets.serials import clean, is_serial, is_tag
from itsm.assets.states import LABELS, State

# As the staging table has them.
STAGED = (
    "line",
    "serial",
    "serial_unscanned",
    "tag",
    "mdm_id",
    "model_ref",
    "school_id",
    "main_site_id",
    "site_id",
    "room_ref",
    "case_tag",
    "slot",
    "state",
    "purchased_on",
    "price_cents",
    "order_number",
    "funding",
    "in_service_on",
    "warranty_until",
    "note",
    "holder",
    "holder_email",
)
_AT = {name: position for position, name in enumerate(STAGED)}
# Only so many sentences are kept; nobody reads more.
MOST_PROBLEMS = 10_000


class Problem(NamedTuple):
    """What is wrong with a row; `line` is how people find it."""

    line: int
    sentence: str


class Normaliser:
    """Understands the rows of one list; what it cannot understand is in `problems`."""

    def __init__(self, table: Table, mapping: Mapping) -> None:
        self.table = table
        self.places = Places(mapping.school_number_inside)
        self.models = Models(mapping)
        self.problems: list[Problem] = []
        self.rejected = self.skipped = 0
        self.fields = mapping.bind(table.header)
        self._skip = _skipping(table.header, mapping)
        self._plain = self._readers(mapping)
        self._place = tuple(self.fields.get(key, -1) for key in ("school", "site", "room"))
        self._model = tuple(self.fields.get(key, -1) for key in ("kind", "maker", "model", "identifier"))
        self._serial, self._months = self.fields.get("serial", -1), self.fields.get("warranty_months", -1)

    def lines(self) -> Iterator[str]:
        """Yield the rows as lines of COPY; those with a problem and those to skip are left out."""
        width = len(self.table.header)
        for row in self.table.rows:
            problems: list[str] = []
            cells = row.cells
            if row.problem:
                problems.append(row.problem)
            elif len(cells) != width and (len(cells) < width or any(cells[width:])):
                problems.append(f"Die Zeile hat {len(cells)} Felder, die Kopfzeile {width}.")
            elif any(cells[index].strip().casefold() == word for index, word in self._skip):
                self.skipped += 1
                continue
            else:
                # The last one is empty: what a list does not have is looked up there.
                cells.append("")
                line = self._understand(row, problems)
                if not problems:
                    yield line
                    continue
            self._reject(row.line, " ".join(problems))

    def _reject(self, line: int, sentence: str) -> None:
        self.rejected += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(line, sentence))

    def _understand(self, row: Row, problems: list[str]) -> str:
        cells = row.cells
        staged = [NOTHING] * len(STAGED)
        staged[0] = str(row.line)
        for position, index, read in self._plain:
            if cell := cells[index]:
                try:
                    staged[position] = read(cell)
                except Wrong as error:
                    problems.append(str(error))
        try:
            self._identify(staged, cells[self._serial])
            school, site, room = self._place
            staged[6:10] = self.places[cells[school], cells[site], cells[room]]
            kind, maker, model, identifier = self._model
            staged[5] = self.models[cells[kind], cells[maker], cells[model], cells[identifier]]
            if months := cells[self._months].strip():
                staged[_AT["warranty_until"]] = values.months_after(staged[_AT["purchased_on"]], months)
        except Wrong as error:
            problems.append(str(error))
        return "\t".join(staged) + "\n"

    def _identify(self, staged: list[str], cell: str) -> None:
        serial = clean(cell)
        if not serial:
            if staged[3] == NOTHING:
                raise Wrong("Die Zeile nennt weder eine Seriennummer noch eine Gerätenummer.")
            return
        if not is_serial(serial):
            raise Wrong(f"„{short(cell)}“ ist keine Seriennummer: 8 bis 14 Buchstaben und Ziffern.")
        staged[1] = serial
        # A scanner's S goes only if what is left is known; see serials.readings.
        if serial[0] == "S" and len(serial) > 8:
            staged[2] = serial[1:]

    def _readers(self, mapping: Mapping) -> list[tuple[int, int, Callable[[str], str]]]:
        text, states = values.line_of_text(200), _states(mapping)
        readers: dict[str, tuple[str, Callable[[str], str]]] = {
            "tag": ("tag", _tag),
            "mdm_id": ("mdm_id", values.line_of_text(100)),
            "case": ("case_tag", Cached(_tag).__getitem__),
            "slot": ("slot", Cached(values.slot).__getitem__),
            "state": ("state", Cached(lambda cell: _state(cell, states)).__getitem__),
            "purchased_on": ("purchased_on", Cached(values.day).__getitem__),
            "price": ("price_cents", Cached(values.cents).__getitem__),
            "order": ("order_number", Cached(text).__getitem__),
            "funding": ("funding", Cached(text).__getitem__),
            "in_service_on": ("in_service_on", Cached(values.day).__getitem__),
            "warranty_until": ("warranty_until", Cached(values.day).__getitem__),
            "note": ("note", values.lines_of_text(5000)),
            "holder": ("holder", text),
            "holder_email": ("holder_email", text),
        }
        return [(_AT[column], self.fields[key], read) for key, (column, read) in readers.items() if key in self.fields]


def _tag(cell: str) -> str:
    tag = clean(cell)
    if not tag:
        return NOTHING
    if not is_tag(tag):
        raise Wrong(f"„{short(cell)}“ ist keine Gerätenummer: Buchstaben, Ziffern und . _ / -, höchstens 40 Zeichen.")
    return tag


def _states(mapping: Mapping) -> dict[str, str]:
    known = {label.casefold(): state.value for state, label in LABELS.items()} | {
        state.value: state.value for state in State
    }
    return known | {word.casefold(): state for word, state in mapping.states.items()}


def _state(cell: str, states: dict[str, str]) -> str:
    word = " ".join(cell.split()).casefold()
    if not word:
        return NOTHING
    if word not in states:
        raise Wrong(f"Den Stand „{short(cell)}“ gibt es nicht. Möglich sind: {', '.join(LABELS.values())}.")
    return states[word]


def _skipping(header: list[str], mapping: Mapping) -> list[tuple[int, str]]:
    return [(header.index(name), word.casefold()) for name, word in mapping.skip.items() if name in header]
