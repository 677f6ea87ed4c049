"""Which column of a list says what: read from a TOML file, found by its header, or proposed.

Source: docs/rules/device-import.md, DI-5 and DI-6.
"""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from itsm.assets.importing.fields import BY_KEY, FIELDS, MEANS, plain_name
from itsm.assets.kinds import Kind
from itsm.assets.states import State
from itsm.core.errors import DomainError

READY = Path(__file__).parent.parent / "mappings"
OWN = "eigene"
# What a new device gets where the list says nothing.
DEFAULTS = frozenset({"kind", "maker", "model", "school", "state", "funding"})
_LARGEST_BYTES = 100_000


@dataclass(frozen=True)
class Mapping:
    """Field → the headers that may hold it, the first one a list has counts; and words of a list → our values.

    `signature` are headers that only this kind of list has; a row is left out if a column of `skip` has that value.
    """

    name: str = OWN
    title: str = "Eigene Zuordnung"
    signature: tuple[str, ...] = ()
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    skip: dict[str, str] = field(default_factory=dict)
    # The number of the school stands somewhere in the text, such as 129150-iPad-001.
    school_number_inside: bool = False

    def bind(self, header: Sequence[str]) -> dict[str, int]:
        """Return the place of each field in a list with this header.

        Raises: DomainError if a column that counts stands there twice, or nothing says which device is meant.
        """
        names = [plain_name(name) for name in header]
        found = {}
        for key, candidates in self.columns.items():
            for candidate in map(plain_name, candidates):
                if names.count(candidate) > 1:
                    raise DomainError(f"Die Spalte „{header[names.index(candidate)]}“ steht zweimal in der Kopfzeile.")
                if candidate in names:
                    found[key] = names.index(candidate)
                    break
        if not {"serial", "tag"} & found.keys():
            raise DomainError(
                "Keine Spalte nennt die Seriennummer oder die Gerätenummer. "
                f"Die Liste hat die Spalten: {_listed(header)}."
            )
        return found

    def as_toml(self) -> str:
        """Return the text of a file that says the same."""
        lines = [f"title = {json.dumps(self.title, ensure_ascii=False)}"]
        if self.school_number_inside:
            lines.append("school_number_inside = true")
        tables: dict[str, dict[str, Any]] = {
            "columns": {key: names[0] if len(names) == 1 else list(names) for key, names in self.columns.items()},
            "defaults": self.defaults,
            "kinds": self.kinds,
            "states": self.states,
            "skip": self.skip,
        }
        for name, values in tables.items():
            if values:
                lines += ["", f"[{name}]"]
                lines += [f"{_key(key)} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
        return "\n".join([*lines, ""])


def from_toml(text: str, name: str = OWN) -> Mapping:
    """Return what a mapping file says.

    Raises: DomainError if it says something that no mapping does.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DomainError(f"Die Zuordnung ist kein gültiges TOML: {error}") from None
    return from_dict(found, name)


def from_dict(found: dict[str, Any], name: str = OWN) -> Mapping:
    """Return the mapping these values describe.

    Raises: DomainError if they describe none.
    """
    known = {"title", "signature", "columns", "defaults", "kinds", "states", "skip", "school_number_inside"}
    _refuse_unknown("", set(found) - known, known)
    tables = {key: _texts(key, found.get(key, {})) for key in ("defaults", "kinds", "states", "skip")}
    columns = found.get("columns")
    if not isinstance(columns, dict) or not columns:
        raise DomainError("Der Zuordnung fehlt der Abschnitt [columns]: Er sagt, welche Spalte was bedeutet.")
    _refuse_unknown("[columns]", set(columns) - set(BY_KEY), set(BY_KEY))
    _refuse_unknown("[defaults]", set(tables["defaults"]) - DEFAULTS, set(DEFAULTS))
    _refuse_unknown("[kinds]", set(tables["kinds"].values()) - set(Kind), set(Kind))
    _refuse_unknown("[states]", set(tables["states"].values()) - set(State), set(State))
    return Mapping(
        name=name,
        title=str(found.get("title", name)),
        signature=tuple(map(str, found.get("signature", ()))),
        columns={key: _names(key, value) for key, value in columns.items()},
        school_number_inside=found.get("school_number_inside") is True,
        **tables,
    )


@cache
def ready() -> dict[str, Mapping]:
    """Return the mappings that come with the product, by name."""
    return {path.stem: from_toml(path.read_text("utf-8"), path.stem) for path in sorted(READY.glob("*.toml"))}


def named(name: str) -> Mapping:
    """Return a ready mapping by its name, or the one in a file.

    Raises: DomainError if there is neither.
    """
    if name in ready():
        return ready()[name]
    path = Path(name)
    if not path.is_file():
        raise DomainError(
            f"Eine Zuordnung „{name}“ gibt es nicht. Fertig sind: {', '.join(ready())}; sonst eine Datei."
        )
    if path.stat().st_size > _LARGEST_BYTES:
        raise DomainError("Die Datei mit der Zuordnung ist zu groß.")
    try:
        return from_toml(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise DomainError("Die Datei mit der Zuordnung ist nicht in UTF-8 gespeichert.") from None


def recognised(header: Sequence[str]) -> Mapping | None:
    """Return the ready mapping whose own columns this list has."""
    names = {plain_name(name) for name in header}
    fitting = [one for one in ready().values() if one.signature and names.issuperset(map(plain_name, one.signature))]
    return max(fitting, key=lambda one: len(one.signature), default=None)


def propose(header: Sequence[str]) -> tuple[Mapping, dict[str, list[str]]]:
    """Return what the header seems to say, and the fields that more than one column could hold."""
    candidates: dict[str, list[str]] = {}
    for name in header:
        if key := MEANS.get(plain_name(name)):
            candidates.setdefault(key, []).append(name)
    columns: dict[str, tuple[str, ...]] = {
        one.key: (candidates[one.key][0],) for one in FIELDS if one.key in candidates
    }
    unclear = {key: names for key, names in candidates.items() if len(names) > 1}
    return Mapping(columns=columns), unclear


def _names(key: str, value: object) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise DomainError(f"Unter [columns] braucht „{key}“ den Namen einer Spalte in Anführungszeichen.")
    return tuple(names)


def _texts(key: str, found: object) -> dict[str, str]:
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise DomainError(f"Unter [{key}] stehen nur Texte in Anführungszeichen.")
    return found


def _refuse_unknown(where: str, unknown: set[str], known: set[str]) -> None:
    if unknown:
        raise DomainError(
            f"Die Zuordnung nennt {where or 'am Anfang'} „{min(unknown)}“; möglich sind: {', '.join(sorted(known))}."
        )


def _key(name: str) -> str:
    return name if name.replace("_", "").isascii() and name.replace("_", "").isalnum() else json.dumps(name)


def _listed(header: Sequence[str]) -> str:
    shown = [name[:40] for name in header if name][:12]
    return ", ".join(shown) + (" …" if len(header) > len(shown) else "")
