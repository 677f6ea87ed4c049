"""Which model a row means, and which class a new one is.

Source: docs/rules/device-import.md, DI-9.
"""

from collections import defaultdict
from typing import NamedTuple

import sqlalchemy as sa

from itsm.assets.importing.mapping import Mapping
from itsm.assets.importing.values import NOTHING, Wrong, short
from itsm.assets.kinds import LABELS, PLURALS, Kind
from itsm.assets.models import DeviceModel
from itsm.core.db import db

LONGEST = 120
# Words for a class beside its own and those of a mapping.
_WORDS = {
    "tablet": Kind.IPAD,
    "notebook": Kind.LAPTOP,
    "pc": Kind.DESKTOP,
    "desktop": Kind.DESKTOP,
    "ops": Kind.DESKTOP,
    "ops-pc": Kind.DESKTOP,
    "computer": Kind.DESKTOP,
    "bildschirm": Kind.DISPLAY,
    "digitale tafel": Kind.DISPLAY,
    "projektor": Kind.PROJECTOR,
    "koffer": Kind.CHARGING_CASE,
}


class KnownModel(NamedTuple):
    """A model of the file, or one to be made: then without an id."""

    id: int | None
    kind: Kind
    maker: str
    name: str
    identifier: str


class Models(dict[tuple[str, str, str, str], str]):
    """Cells of class, maker, model and identifier → the number of the model in `meant`."""

    def __init__(self, mapping: Mapping) -> None:
        super().__init__()
        self.meant: list[KnownModel] = []
        self._refs: dict[KnownModel, int] = {}
        self._defaults = mapping.defaults
        self._kinds = {label.casefold(): kind for labels in (LABELS, PLURALS) for kind, label in labels.items()}
        self._kinds |= {kind.value: kind for kind in Kind} | _WORDS
        self._kinds |= {word.casefold(): Kind(kind) for word, kind in mapping.kinds.items()}
        self._by_name: dict[str, list[KnownModel]] = defaultdict(list)
        self._by_identifier: dict[str, list[KnownModel]] = defaultdict(list)
        rows = sa.select(
            DeviceModel.id, DeviceModel.kind, DeviceModel.maker, DeviceModel.name, DeviceModel.identifier
        ).order_by(DeviceModel.id)
        for row in db.session.execute(rows):
            self._remember(KnownModel(*row))

    def __missing__(self, cells: tuple[str, str, str, str]) -> str:
        kind, maker, name, identifier = (" ".join(cell.split()) for cell in cells)
        ref = self[cells] = self._ref(kind, maker, name, identifier) if name or identifier else NOTHING
        return ref

    def default(self) -> str:
        """Return the model of a new device whose row names none."""
        return self["", "", self._defaults.get("model", ""), ""]

    def _ref(self, kind_word: str, maker: str, name: str, identifier: str) -> str:
        kind = self._kind(kind_word or self._defaults.get("kind", ""))
        found = self._known(kind, maker, name, identifier)
        if found is None:
            found = self._new(kind, maker or self._defaults.get("maker", ""), name or identifier, identifier)
        if found not in self._refs:
            self._refs[found] = len(self.meant)
            self.meant.append(found)
        return str(self._refs[found])

    def _kind(self, word: str) -> Kind | None:
        if not word:
            return None
        found = self._kinds.get(word.casefold())
        if found is None:
            raise Wrong(
                f"Die Geräteklasse „{short(word)}“ ist nicht bekannt. "
                "Ordnen Sie das Wort in der Zuordnung unter [kinds] einer Klasse zu."
            )
        return found

    def _known(self, kind: Kind | None, maker: str, name: str, identifier: str) -> KnownModel | None:
        """The identifier beats the name; a name two makers have needs the maker."""
        for found in (self._by_identifier[identifier.casefold()], self._by_name[name.casefold()]):
            fitting = [one for one in found if kind in (None, one.kind)]
            same_maker = [one for one in fitting if one.maker.casefold() == maker.casefold()]
            if same_maker:
                return same_maker[0]
            if len(fitting) == 1 and not (maker and fitting[0].maker):
                return fitting[0]
            if len(fitting) > 1 and not maker:
                raise Wrong(
                    f"Das Modell „{short(name or identifier)}“ gibt es mehrfach. Bitte nennen Sie den Hersteller."
                )
        return None

    def _new(self, kind: Kind | None, maker: str, name: str, identifier: str) -> KnownModel:
        if kind is None:
            raise Wrong(
                f"Das Modell „{short(name)}“ ist nicht bekannt, und die Zeile nennt keine Geräteklasse. "
                "Legen Sie es an, oder ordnen Sie eine Spalte der Geräteklasse zu."
            )
        if max(map(len, (maker, name, identifier))) > LONGEST:
            raise Wrong(f"Der Name des Modells „{short(name)}“ ist zu lang, höchstens {LONGEST} Zeichen.")
        return self._remember(KnownModel(None, kind, maker, name, identifier))

    def _remember(self, model: KnownModel) -> KnownModel:
        self._by_name[model.name.casefold()].append(model)
        if model.identifier:
            self._by_identifier[model.identifier.casefold()].append(model)
        return model
