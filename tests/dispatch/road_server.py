"""A small OSRM server for tests: it answers tables by haversine and can be told to misbehave."""

import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tests.local_server import Service, serving

Spot = tuple[float, float]
LARGEST_TABLE = 100
METRES_A_SECOND = 10


@dataclass
class Roads(Service):
    """What was asked, as (origins, targets) in longitude and latitude; and how to answer instead of properly."""

    asked: list[tuple[list[Spot], list[Spot]]] = field(default_factory=list)
    # No road leads to a place north of this.
    river_latitude: float = 90

    @property
    def pairs(self) -> set[tuple[Spot, Spot]]:
        """All pairs of different places that were asked."""
        return {(a, b) for origins, targets in self.asked for a in origins for b in targets if a != b}


def haversine_metres(origin: Spot, target: Spot) -> float:
    """Length over the sphere; the way back is a tenth longer, as one-way streets make it."""
    (lon_a, lat_a), (lon_b, lat_b) = (tuple(map(math.radians, spot)) for spot in (origin, target))
    chord = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6_371_000 * math.asin(math.sqrt(chord)) * (1.1 if origin > target else 1.0)


@contextmanager
def road_server() -> Iterator[Roads]:
    """Run the server on a free port of this machine."""
    roads = Roads()
    with serving(roads, lambda request: _answer(roads, request.path)):
        yield roads


def table_of(
    origins: list[Spot], targets: list[Spot], value: Callable[[Spot, Spot], float | None]
) -> list[list[float | None]]:
    """One number for each pair."""
    return [[value(origin, target) for target in targets] for origin in origins]


def _answer(roads: Roads, path: str) -> tuple[int, bytes]:
    parts = urlsplit(path)
    query = parse_qs(parts.query)
    spots = [(float(lon), float(lat)) for lon, lat in (one.split(",") for one in parts.path.split("/")[-1].split(";"))]
    origins, targets = ([spots[int(n)] for n in query[name][0].split(";")] for name in ("sources", "destinations"))
    roads.asked.append((origins, targets))
    given = roads.answers.pop(0) if roads.answers else None
    if given is not None:
        return given
    if not parts.path.startswith("/table/v1/driving/") or query["annotations"] != ["duration,distance"]:
        return 400, json.dumps({"code": "InvalidUrl", "message": "URL string malformed"}).encode()
    if len(spots) > LARGEST_TABLE:
        return 400, json.dumps({"code": "TooBig", "message": "Too many table coordinates"}).encode()

    def metres(origin: Spot, target: Spot) -> float | None:
        return None if target[1] > roads.river_latitude else round(haversine_metres(origin, target), 1)

    def seconds(origin: Spot, target: Spot) -> float | None:
        return None if target[1] > roads.river_latitude else haversine_metres(origin, target) / METRES_A_SECOND

    tables = {"durations": table_of(origins, targets, seconds), "distances": table_of(origins, targets, metres)}
    return 200, json.dumps({"code": "Ok", "sources": [], "destinations": [], **tables}).encode()
