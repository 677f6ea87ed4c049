"""Who belongs to which district: read from a file, or proposed from places and workload."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.org import policy, school_text
from itsm.org.district_proposal import Proposal, ProposedDistrict
from itsm.org.district_wishes import NO_WISHES, Wishes
from itsm.org.districting import DistrictShape, partition
from itsm.org.models import District, School, SchoolSite
from itsm.org.service import move_school

# A school of twenty pupils has a network and rooms all the same; so every school counts at least this much.
LEAST_WORKLOAD = 150
MOST_DISTRICTS = 60


@dataclass
class AssignmentReport:
    """What a district file changes."""

    moved: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    rejected: list[tuple[int, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as data."""
        return {
            "moved": self.moved,
            "unchanged": self.unchanged,
            "created": self.created,
            "rejected": [{"line": line, "reason": reason} for line, reason in self.rejected],
        }


_NUMBER = r"0*([1-9][0-9]{0,3})"
_COLUMNS = 2


def read_assignments(content: bytes) -> list[tuple[int, str, str]]:
    """Line number, school number and district of each line; a heading is left out.

    Raises: DomainError if the bytes are no such table.
    """
    lines = school_text.decode(content).splitlines()
    separator = max(";,\t", key=lines[0].count)
    found = []
    for line, text in enumerate(lines, start=1):
        if text.strip():
            found.append((line, *_two_cells(text, separator)))
    if found and not re.fullmatch(r"[0-9]+", found[0][1]):
        found.pop(0)
    if not found:
        raise DomainError("Die Datei enthält keine Zuordnung. Erwartet wird je Zeile: Schulnummer; Bezirk.")
    if not any(re.fullmatch(r"[0-9]{6}", number) for _, number, _ in found):
        raise DomainError("Das ist keine Bezirksliste. Erwartet wird je Zeile: Schulnummer; Bezirk.")
    return found


def _two_cells(text: str, separator: str) -> tuple[str, str]:
    try:
        cells = next(csv.reader([text], delimiter=separator))
    except csv.Error:
        return "", ""
    if any(cell.strip() for cell in cells[_COLUMNS:]):
        raise DomainError("Das ist keine Bezirksliste: Sie hat mehr als zwei Spalten. Erwartet: Schulnummer; Bezirk.")
    number, district = ([cell.strip() for cell in cells] + ["", ""])[:_COLUMNS]
    return number, district


def assign(actor: Actor, lines: Sequence[tuple[int, str, str]], at: datetime) -> AssignmentReport:
    """Put schools into the districts a file names; a district it names for the first time is made.

    Raises: NotAllowed unless the actor administrates the city.
    Source: docs/rules/schools.md, SC-11.
    """
    check(actor)
    report = AssignmentReport()
    schools = {school.number: school for school in db.session.scalars(sa.select(School))}
    districts = list(db.session.scalars(sa.select(District).order_by(District.number)))
    seen: dict[str, int] = {}
    for line, number, wanted in lines:
        school = schools.get(number)
        reason = _why_not(number, school, wanted, seen)
        if school is None or reason:
            report.rejected.append((line, reason))
            continue
        seen[number] = line
        district = _find_or_make(districts, wanted, report)
        if school.district_id == district.id:
            report.unchanged.append(number)
        else:
            move_school(actor, school, district, "Bezirksliste eingelesen", at)
            report.moved.append(number)
    return report


def _why_not(number: str, school: School | None, wanted: str, seen: dict[str, int]) -> str:
    if school is None:
        return f"Die Schule „{school_text.shorten(number)}“ ist nicht bekannt."
    if number in seen:
        return f"Die Schule {number} steht schon in Zeile {seen[number]}."
    if not wanted:
        return "Der Bezirk fehlt."
    if len(wanted) > school_text.LONGEST_FIELD:
        return "Der Bezirk ist viel zu lang."
    if re.fullmatch(r"[-+]?[0-9]+", wanted) and not re.fullmatch(_NUMBER, wanted):
        return f"„{school_text.shorten(wanted)}“ ist keine Bezirksnummer (1 bis 9999)."
    return ""


def _find_or_make(districts: list[District], wanted: str, report: AssignmentReport) -> District:
    numbered = re.fullmatch(rf"(?:\D*\s)?{_NUMBER}", wanted)
    for district in districts:
        if district.name.casefold() == wanted.casefold() or (numbered and district.number == int(numbered[1])):
            return district
    number = int(numbered[1]) if numbered else max((district.number for district in districts), default=0) + 1
    made = District(number=number, name=_name_of(number) if wanted.isdecimal() else wanted)
    db.session.add(made)
    db.session.flush()
    districts.append(made)
    report.created.append(made.name)
    return made


def _name_of(number: int) -> str:
    return f"Campusbezirk {number}"


@dataclass(frozen=True)
class _Slot:
    """A district to fill; `district` is the one of today it continues, if there is one."""

    number: int
    name: str
    district: District | None


def propose(actor: Actor, count: int, seed: int = 0, wishes: Wishes = NO_WISHES) -> Proposal:
    """Cut the open schools with a known place into `count` balanced, compact districts; nothing is saved.

    Raises: NotAllowed unless the actor administrates the city; DomainError for an impossible count and for wishes that
        name a school or district that is not there or cannot be met.
    Source: docs/rules/schools.md, SC-12 to SC-18.
    """
    ground = _ground(actor, count, wishes)
    schools = ground.schools
    located = {number: points for number, school in schools.items() if (points := _points(school))}
    if not located:
        raise DomainError("Noch hat keine Schule eine Koordinate. Bitte lesen Sie zuerst die Schulliste ein.")
    cut = partition(
        located,
        _workloads(schools),
        count,
        keep={number: position for number, position in ground.keep.items() if number in located},
        keep_metres=wishes.keep_metres,
        fixed=ground.fixed,
        capacities=ground.capacities,
        seed=seed,
    )
    return Proposal(
        districts=tuple(
            _proposed(slot, shape, capacity, schools)
            for slot, shape, capacity in zip(ground.slots, cut.districts, ground.capacities, strict=True)
        ),
        worst_deviation=cut.worst_deviation,
        without_place=tuple(school for number, school in schools.items() if number not in located),
        emptied=tuple(ground.emptied),
        weighted_metres=cut.weighted_metres,
        wishes=wishes,
    )


@dataclass(frozen=True)
class _Ground:
    """What a cut begins with: the open schools, the districts to fill, and the wishes by position in `slots`."""

    schools: dict[str, School]
    slots: list[_Slot]
    emptied: list[District]
    keep: dict[str, int]
    fixed: dict[str, int]
    capacities: list[float]


def _ground(actor: Actor, count: int, wishes: Wishes) -> _Ground:
    check_count(actor, count)
    schools = {school.number: school for school in db.session.scalars(_open_schools())}
    every = list(db.session.scalars(sa.select(District).order_by(District.number)))
    going = _given_up(every, count, schools, wishes)
    slots = _slots(every, going, count)
    index = {slot.district.id: position for position, slot in enumerate(slots) if slot.district}
    keep = {number: index[of] for number, school in schools.items() if (of := school.district_id) in index}
    fixed = {number: _fixed_to(number, wanted, schools, keep, slots) for number, wanted in wishes.fixed.items()}
    return _Ground(schools, slots, going, keep, fixed, _capacities(slots, wishes))


def _given_up(every: list[District], count: int, schools: dict[str, School], wishes: Wishes) -> list[District]:
    """Where there are to be fewer districts: those with the least work and no wish about them."""
    work: Counter[int | None] = Counter()
    for number, load in _workloads(schools).items():
        work[schools[number].district_id] += load
    named = {name.casefold() for name in [*wishes.capacities, *wishes.fixed.values()]}
    named |= {
        str(school.district.number) for number in wishes.fixed if (school := schools.get(number)) and school.district
    }

    def worth(district: District) -> tuple[bool, int, int]:
        return bool({str(district.number), district.name.casefold()} & named), work[district.id], -district.number

    return sorted(sorted(every, key=worth)[: max(0, len(every) - count)], key=lambda district: district.number)


def _slots(every: list[District], going: list[District], count: int) -> list[_Slot]:
    last = max((district.number for district in every), default=0)
    new = [_Slot(last + step, _name_of(last + step), None) for step in range(1, count - len(every) + 1)]
    return [_Slot(district.number, district.name, district) for district in every if district not in going] + new


def _position(wanted: str, slots: list[_Slot]) -> int:
    """Which of the districts somebody means by a number or a name."""
    for position, slot in enumerate(slots):
        if wanted == str(slot.number) or wanted.casefold() == slot.name.casefold():
            return position
    raise DomainError(f"Den Bezirk „{school_text.shorten(wanted)}“ gibt es in diesem Vorschlag nicht.")


def _capacities(slots: list[_Slot], wishes: Wishes) -> list[float]:
    found = [1.0] * len(slots)
    for wanted, capacity in wishes.capacities.items():
        found[_position(wanted, slots)] = capacity
    return found


def _fixed_to(number: str, wanted: str, schools: dict[str, School], keep: dict[str, int], slots: list[_Slot]) -> int:
    """The district a school is fixed to; without a wanted one it is the one of today."""
    school = schools.get(number)
    if school is None:
        raise DomainError(f"Die Schule „{school_text.shorten(number)}“ ist nicht bekannt oder geschlossen.")
    if not _points(school):
        raise DomainError(f"Die Schule {number} hat keine Koordinate und gehört zu keinem Vorschlag.")
    if wanted:
        return _position(wanted, slots)
    if number not in keep:
        raise DomainError(f"Die Schule {number} hat noch keinen Bezirk. Bitte so festlegen: {number}=Bezirk")
    return keep[number]


def _proposed(slot: _Slot, shape: DistrictShape, capacity: float, schools: dict[str, School]) -> ProposedDistrict:
    members = tuple(schools[number] for number in shape.members)
    stays = sum(slot.district is not None and school.district_id == slot.district.id for school in members)
    return ProposedDistrict(
        slot.number, slot.name, slot.district, shape, members, len(members) - stays, capacity=capacity
    )


def check_wishes(actor: Actor, count: int, wishes: Wishes) -> None:
    """Read the wishes against what is there, without the search.

    Raises: NotAllowed, DomainError as `propose` does.
    """
    _ground(actor, count, wishes)


def check_count(actor: Actor, count: int) -> None:
    """Raises: NotAllowed unless the actor administrates the city; DomainError for an impossible count."""
    check(actor)
    if not 1 <= count <= MOST_DISTRICTS:
        raise DomainError(f"Bitte eine Zahl von 1 bis {MOST_DISTRICTS} Bezirken angeben.")


def _open_schools() -> sa.Select[School]:
    return (
        sa.select(School)
        .where(School.closed_at.is_(None))
        .order_by(School.number)
        .options(selectinload(School.places).joinedload(SchoolSite.site))
    )


def _points(school: School) -> list[tuple[float, float]]:
    sites = [place.site for place in school.places]
    return [(s.latitude, s.longitude) for s in sites if s.latitude is not None and s.longitude is not None]


def _workloads(schools: dict[str, School]) -> dict[str, int]:
    """Pupils as the measure of work; a school whose number is unknown counts as a middling one."""
    known = [school.pupils for school in schools.values() if school.pupils]
    middling = int(median(known)) if known else LEAST_WORKLOAD
    return {number: max(LEAST_WORKLOAD, school.pupils or middling) for number, school in schools.items()}


def save(actor: Actor, proposal: Proposal, at: datetime, seen: str | None = None) -> int:
    """Make the proposed districts and move the schools into them; returns how many schools moved.

    `seen` is the sign of the proposal somebody looked at before they agreed.
    Raises: NotAllowed unless the actor administrates the city; Conflict if this is not the proposal that was seen.
    Source: docs/rules/schools.md, SC-18.
    """
    check(actor)
    if seen is not None and seen != proposal.sign:
        raise Conflict(
            "Schulen oder Bezirke haben sich inzwischen geändert. Bitte sehen Sie sich den Vorschlag neu an."
        )
    moved = 0
    for proposed in proposal.districts:
        district = proposed.district or _make(proposed)
        for school in proposed.schools:
            if school.district_id != district.id:
                move_school(actor, school, district, "Bezirke neu geschnitten", at)
                moved += 1
    return moved


def _make(proposed: ProposedDistrict) -> District:
    """A new district; its day begins at the school in its middle until somebody names a better place."""
    middle = next(school for school in proposed.schools if school.number == proposed.shape.middle)
    site = middle.main_site
    made = District(
        number=proposed.number,
        name=proposed.name,
        base_name=middle.name,
        base_latitude=site.latitude if site else None,
        base_longitude=site.longitude if site else None,
    )
    db.session.add(made)
    db.session.flush()
    return made


def check(actor: Actor) -> None:
    """Raises: NotAllowed unless the actor administrates the city."""
    if not policy.may_import(actor):
        raise NotAllowed("Bezirke schneidet nur die Administration zu.")
