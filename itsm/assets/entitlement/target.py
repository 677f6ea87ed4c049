"""The target of a school per class, with the calculation in words. Pure.

Source: docs/rules/entitlement.md, EN-2 to EN-5.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from itsm.assets.entitlement.keys import KEYED, Keys
from itsm.assets.kinds import LABELS, PLURALS, Kind
from itsm.core.german import number


@dataclass(frozen=True)
class Size:
    """What the target of a school is counted from; `halls` are the seats of each hall."""

    pupils_1_2: int = 0
    pupils_3_4: int = 0
    pupils_secondary: int = 0
    pupils_full_time: int = 0
    pupils_dual: int = 0
    teachers: int = 0
    rooms: int = 0
    halls: tuple[int, ...] = ()


@dataclass(frozen=True)
class Extra:
    """So many devices more (or fewer) than the key gives, for a reason."""

    kind: Kind
    delta: int
    reason: str


@dataclass(frozen=True)
class Target:
    """How many devices of a class a school is entitled to, and how this was reckoned, line by line."""

    count: int
    lines: tuple[str, ...]


# Column of the size → what the group is called, and one of its people.
_PUPILS = {
    "pupils_1_2": ("Klassen 1–2", "Kinder"),
    "pupils_3_4": ("Klassen 3–4", "Kinder"),
    "pupils_secondary": ("Sekundarstufen I und II", "Schüler*innen"),
    "pupils_full_time": ("Berufskolleg Vollzeit", "Schüler*innen"),
    "pupils_dual": ("Berufskolleg dual", "Auszubildende"),
}
_Part = tuple[int, str]


def targets(size: Size, keys: Keys, extras: Iterable[Extra] = ()) -> dict[Kind, Target]:
    """Return the target of every class that has a key; never below 0."""
    parts: Mapping[Kind, list[_Part]] = {
        Kind.IPAD: [
            _shared(label, getattr(size, group), people, getattr(keys, group), Kind.IPAD)
            for group, (label, people) in _PUPILS.items()
            if getattr(size, group)
        ],
        Kind.LAPTOP: [_shared("Schulorganisation", size.teachers, "Lehrkräfte", keys.teachers, Kind.LAPTOP)],
        Kind.DESKTOP: [_per_room(size.rooms, keys.desktops, Kind.DESKTOP)],
        Kind.DISPLAY: [_per_room(size.rooms, keys.displays, Kind.DISPLAY)],
        Kind.PROJECTOR: [_in_hall(seats, keys) for seats in size.halls],
    }
    extras = list(extras)
    return {kind: _sum(parts[kind], [extra for extra in extras if extra.kind is kind], kind) for kind in KEYED}


def _shared(label: str, people: int, noun: str, per_device: Fraction, kind: Kind) -> _Part:
    exact = people / per_device
    count = ceil(exact)
    rounded = f"{number(round(float(exact), 2))}, aufgerundet " if count != exact else ""
    sentence = f"{label}: {number(people)} {noun} ÷ {number(float(per_device))} = {rounded}{_devices(count, kind)}"
    return count, sentence


def _per_room(rooms: int, per_room: Fraction, kind: Kind) -> _Part:
    count = ceil(rooms * per_room)
    return count, f"Unterrichtsräume: {number(rooms)} × {number(float(per_room))} = {_devices(count, kind)}"


def _in_hall(seats: int, keys: Keys) -> _Part:
    if seats < keys.hall_seats:
        return 0, f"Aula mit {number(seats)} Plätzen: kein Beamer, erst ab {number(float(keys.hall_seats))} Plätzen"
    count = ceil(keys.projectors)
    return count, f"Aula mit {number(seats)} Plätzen: {_devices(count, Kind.PROJECTOR)}"


def _sum(parts: Sequence[_Part], extras: Sequence[Extra], kind: Kind) -> Target:
    count = sum(part for part, _ in parts) + sum(extra.delta for extra in extras)
    nothing = "Keine Aula: 0" if kind is Kind.PROJECTOR else "Keine Schüler*innen: 0"
    lines = [line for _, line in parts] or [nothing]
    lines += [f"Ausnahme: {signed(extra.delta)} ({extra.reason})" for extra in extras]
    if count < 0:
        lines.append("Weniger als 0 gibt es nicht.")
    return Target(max(count, 0), tuple(lines))


def signed(count: int) -> str:
    """Return a number with its sign, as it stands in a table: +12, −3, 0."""
    return f"{'+' if count > 0 else '−' if count < 0 else ''}{number(abs(count))}"


def _devices(count: int, kind: Kind) -> str:
    name = "OPS-PC" if kind is Kind.DESKTOP else LABELS[kind]
    names = "OPS-PCs" if kind is Kind.DESKTOP else PLURALS[kind]
    return f"{number(count)} {name if count == 1 else names}"
