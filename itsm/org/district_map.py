"""Drawings of a cut: the districts of today and the proposed ones as outlines, with every school. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from itsm.org.district_proposal import Proposal
from itsm.org.models import School

WIDTH = 640
_MARGIN = 26
_LEAST_HEIGHT, _MOST_HEIGHT = 240, 900
# So many colours; where they are used up the style of the line changes. The number stands in the district anyway.
COLOURS = 11
DASHES = ("none", "10 5", "3 4", "12 4 3 4")

Spot = tuple[float, float]


@dataclass(frozen=True)
class Look:
    """How a district is drawn on every map: one of the colours and one of the line styles."""

    colour: int
    dash: str


@dataclass(frozen=True)
class Area:
    """The outline of one district."""

    label: str
    name: str
    look: Look
    outline: str
    x: float
    y: float


@dataclass(frozen=True)
class Dot:
    """One building; `sign` is the number of a school that changes its district, as in the list."""

    x: float
    y: float
    name: str
    look: Look | None
    sign: int | None


@dataclass(frozen=True)
class Drawing:
    """One map."""

    title: str
    height: int
    areas: tuple[Area, ...]
    dots: tuple[Dot, ...]


def looks(count: int) -> list[Look]:
    """The looks of so many districts: neighbours in number differ in colour and in line."""
    return [Look(index % COLOURS, DASHES[(index + index // COLOURS) % len(DASHES)]) for index in range(count)]


def draw(proposal: Proposal) -> list[Drawing]:
    """The city today, unless no school has a district yet, and as proposed."""
    places = _Places([school for one in proposal.districts for school in one.schools])
    signs = {moved.school.number: sign for sign, moved in enumerate(proposal.moved, 1)}
    names = {one.number: one.name for one in proposal.districts} | {one.number: one.name for one in proposal.emptied}
    by_number = dict(zip(names, looks(len(names)), strict=True))
    tomorrow = {school.number: one.number for one in proposal.districts for school in one.schools}
    today = {school.number: school.district.number if school.district else None for school in places.schools}
    if not any(today.values()):
        return [places.drawing("Vorschlag", tomorrow, names, by_number, {})]
    return [
        places.drawing("Heute", today, names, by_number, signs),
        places.drawing("Vorschlag", tomorrow, names, by_number, signs),
    ]


class _Places:
    """Where the buildings lie on the paper."""

    def __init__(self, schools: Sequence[School]) -> None:
        self.schools = schools
        points = [point for school in schools for point in _points(school)]
        self._west, self._north = min(lon for _, lon in points), max(lat for lat, _ in points)
        self._squeeze = math.cos(math.radians(self._north))
        across = (max(lon for _, lon in points) - self._west) * self._squeeze
        down = self._north - min(lat for lat, _ in points)
        self._scale = min(
            (WIDTH - 2 * _MARGIN) / max(across, 1e-6), (_MOST_HEIGHT - 2 * _MARGIN) / max(down, 1e-6), 1e6
        )
        self.height = max(_LEAST_HEIGHT, round(down * self._scale) + 2 * _MARGIN)

    def spots(self, school: School) -> list[Spot]:
        return [
            (
                round(_MARGIN + (longitude - self._west) * self._squeeze * self._scale, 1),
                round(_MARGIN + (self._north - latitude) * self._scale, 1),
            )
            for latitude, longitude in _points(school)
        ]

    def drawing(
        self,
        title: str,
        district_of: dict[str, int] | dict[str, int | None],
        names: dict[int, str],
        look_of: dict[int, Look],
        signs: dict[str, int],
    ) -> Drawing:
        spots: dict[int, list[Spot]] = {}
        dots = []
        for school in self.schools:
            number = district_of[school.number]
            look = look_of.get(number) if number else None
            for x, y in self.spots(school):
                dots.append(Dot(x, y, school.name, look, signs.get(school.number)))
                if number:
                    spots.setdefault(number, []).append((x, y))
        areas = [_area(number, names.get(number, ""), look_of[number], found) for number, found in spots.items()]
        # What changes is drawn last, so that nothing covers it.
        dots.sort(key=lambda dot: dot.sign is not None)
        return Drawing(title, self.height, tuple(areas), tuple(dots))


def _points(school: School) -> list[tuple[float, float]]:
    sites = [place.site for place in school.places]
    return [(s.latitude, s.longitude) for s in sites if s.latitude is not None and s.longitude is not None]


def _area(number: int, name: str, look: Look, spots: list[Spot]) -> Area:
    hull = outline(spots)
    x, y = (round(sum(axis) / len(spots), 1) for axis in zip(*spots, strict=True))
    return Area(str(number), name, look, " ".join(f"{x:g},{y:g}" for x, y in hull), x, y)


def outline(spots: list[Spot]) -> list[Spot]:
    """The convex hull, by Andrew's monotone chain."""
    ordered = sorted(set(spots))
    if len(ordered) <= 2:
        return ordered
    return _half(ordered)[:-1] + _half(ordered[::-1])[:-1]


def _half(ordered: list[Spot]) -> list[Spot]:
    found: list[Spot] = []
    for spot in ordered:
        while len(found) >= 2 and _turn(found[-2], found[-1], spot) <= 0:
            found.pop()
        found.append(spot)
    return found


def _turn(first: Spot, second: Spot, third: Spot) -> float:
    return (second[0] - first[0]) * (third[1] - first[1]) - (second[1] - first[1]) * (third[0] - first[0])
