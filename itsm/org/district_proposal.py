"""A cut of the city as it is shown before anybody saves it: districts, who changes, what is not level."""

from dataclasses import dataclass
from typing import Any

from itsm.core.german import number
from itsm.org import district_wishes
from itsm.org.district_wishes import Wishes
from itsm.org.districting import DistrictShape
from itsm.org.models import District, School


@dataclass(frozen=True)
class ProposedDistrict:
    """One district of a proposal; `district` is the one of today it continues, if there is one."""

    number: int
    name: str
    district: District | None
    shape: DistrictShape
    schools: tuple[School, ...]
    moved: int
    capacity: float = 1.0

    @property
    def deviation_percent(self) -> float:
        """How far the load lies above (or, negative, below) the share of this district."""
        return round(100 * self.shape.deviation, 1)

    def as_json(self) -> dict[str, Any]:
        """The district as data."""
        return {
            "number": self.number,
            "name": self.name,
            "count": len(self.schools),
            "load": self.shape.load,
            "capacity": self.capacity,
            "share": round(self.shape.share),
            "deviation_percent": self.deviation_percent,
            "centre": self.shape.middle,
            "weighted_metres": self.shape.weighted_metres,
            "longest_metres": self.shape.longest_metres,
            "moved": self.moved,
            "schools": [school.number for school in self.schools],
        }


@dataclass(frozen=True)
class MovedSchool:
    """A school that gets another district; one that had none has no `left`."""

    school: School
    left: District | None
    joined: ProposedDistrict

    def as_json(self) -> dict[str, Any]:
        """The change as data."""
        return {
            "number": self.school.number,
            "name": self.school.name,
            "from": self.left.number if self.left else None,
            "to": self.joined.number,
        }


@dataclass(frozen=True)
class Proposal:
    """A cut of the city, not saved."""

    districts: tuple[ProposedDistrict, ...]
    worst_deviation: float
    without_place: tuple[School, ...]
    emptied: tuple[District, ...]
    weighted_metres: int
    wishes: Wishes

    @property
    def worst_deviation_percent(self) -> float:
        """How far the load furthest from its share lies from it."""
        return round(100 * self.worst_deviation, 1)

    @property
    def mean_metres(self) -> int:
        """The way to the middle of the district, in the mean over the load."""
        load = sum(one.shape.load for one in self.districts)
        return round(self.weighted_metres / load) if load else 0

    @property
    def moved(self) -> tuple[MovedSchool, ...]:
        """The schools that get another district, or their first, by where they go."""
        return tuple(
            MovedSchool(school, school.district, one)
            for one in self.districts
            for school in one.schools
            if one.district is None or school.district_id != one.district.id
        )

    @property
    def uneven(self) -> tuple[str, ...]:
        """A sentence for each district whose load leaves the promised band."""
        return tuple(
            f"{one.name} trägt {number(abs(one.deviation_percent))} % "
            f"{'mehr' if one.shape.deviation > 0 else 'weniger'} als seinen Anteil."
            for one in self.districts
            if not one.shape.is_level
        )

    @property
    def sign(self) -> str:
        """The same for two proposals that put every school into the same district."""
        assignment = {school.number: one.number for one in self.districts for school in one.schools}
        return district_wishes.fingerprint(assignment)

    def as_json(self) -> dict[str, Any]:
        """The proposal as data."""
        return {
            "districts": [one.as_json() for one in self.districts],
            "worst_deviation_percent": self.worst_deviation_percent,
            "uneven": list(self.uneven),
            "weighted_metres": self.weighted_metres,
            "mean_metres": self.mean_metres,
            "keep_metres": self.wishes.keep_metres,
            "moved": [one.as_json() for one in self.moved],
            "without_coordinates": [school.number for school in self.without_place],
            "emptied": [district.number for district in self.emptied],
        }
