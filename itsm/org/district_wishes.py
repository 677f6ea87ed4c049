"""What somebody asks of a cut: who stays where, how much each district can carry, what a change is worth."""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from itsm.core.errors import DomainError
from itsm.core.german import number
from itsm.org import school_text
from itsm.org.districting import KEEP_METRES

LEAST_CAPACITY, MOST_CAPACITY = 0.1, 10.0
MOST_KEEP_METRES = 100_000


@dataclass(frozen=True)
class Wishes:
    """The wishes for one cut; a district is named by its number or its name.

    `fixed`: school number → district, or "" for the one it is in. `capacities`: district → full posts, 1 if not named.
    Units: `keep_metres` is how much nearer another district has to be before a school changes.
    Source: docs/rules/schools.md, SC-15 to SC-17.
    """

    keep_metres: int = KEEP_METRES
    fixed: Mapping[str, str] = field(default_factory=dict)
    capacities: Mapping[str, float] = field(default_factory=dict)

    def as_words(self) -> dict[str, list[str]]:
        """The wishes as they are written in an address: what `read` takes."""
        return {
            "erhalt": [] if self.keep_metres == KEEP_METRES else [str(self.keep_metres)],
            "fest": [f"{school}={district}" if district else school for school, district in self.fixed.items()],
            "stellen": [f"{district}={capacity:g}" for district, capacity in self.capacities.items()],
        }


NO_WISHES = Wishes()


def read(keep_metres: str | int, fixed: Sequence[str], capacities: Sequence[str]) -> Wishes:
    """The wishes as typed: metres, "100177=3" or "100177" per school, "3=1,5" per district.

    Raises: DomainError naming what is not understood.
    """
    return Wishes(_metres(keep_metres), _fixed(fixed), _capacities(capacities))


def fingerprint(assignment: Mapping[str, int]) -> str:
    """A short sign for a cut: two cuts with the same sign put every school into the same district."""
    words = ";".join(f"{school}={district}" for school, district in sorted(assignment.items()))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _metres(typed: str | int) -> int:
    if re.fullmatch(r"\s*[0-9]{1,6}\s*", str(typed)) and int(typed) <= MOST_KEEP_METRES:
        return int(typed)
    raise DomainError(f"Der Erhalt ist eine Strecke in Metern: bitte eine Zahl von 0 bis {number(MOST_KEEP_METRES)}.")


def _fixed(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, lines)):
        school, _, district = (part.strip() for part in line.partition("="))
        if found.setdefault(school, district) != district:
            raise DomainError(f"Die Schule {school_text.shorten(school)} ist auf zwei Bezirke festgelegt.")
    return found


def _capacities(lines: Sequence[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in filter(None, map(str.strip, lines)):
        district, equals, typed = (part.strip() for part in line.rpartition("="))
        if not equals or not district:
            raise DomainError(f"„{school_text.shorten(line)}“ verstehen wir nicht. Bitte so: Bezirk=1,5")
        capacity = _capacity(district, typed)
        if found.setdefault(district, capacity) != capacity:
            raise DomainError(f"Für den Bezirk {school_text.shorten(district)} stehen zwei verschiedene Stellen da.")
    return found


def _capacity(district: str, typed: str) -> float:
    try:
        capacity = float(typed.replace(",", "."))
    except ValueError:
        capacity = math.nan
    if not LEAST_CAPACITY <= capacity <= MOST_CAPACITY:
        raise DomainError(
            f"Die Stellen für den Bezirk {school_text.shorten(district)} müssen zwischen "
            f"{number(LEAST_CAPACITY)} und {number(MOST_CAPACITY)} liegen; 1 ist eine volle Stelle."
        )
    return capacity
