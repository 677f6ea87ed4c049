"""Places: UTM and degrees as school lists give them, to WGS84 inside North Rhine-Westphalia."""

from functools import cache

from pyproj import Transformer

from itsm.core.errors import DomainError

# A little more than the state: a coordinate outside is a slip of the keyboard, not a school.
SOUTH, NORTH, WEST, EAST = 50.3, 52.6, 5.8, 9.5

# The list leaves the system "null" for some schools whose values are UTM 32 all the same.
_DEFAULT_SYSTEM = "EPSG:25832"
_SYSTEMS = frozenset({_DEFAULT_SYSTEM, "EPSG:25831", "EPSG:25833"})
_EMPTY = frozenset({"", "null", "0"})

Position = tuple[float, float] | tuple[None, None]


def from_utm(system: str, easting: str, northing: str) -> Position:
    """Latitude and longitude of a UTM coordinate, or two Nones where the list gives none.

    Raises: DomainError for an unknown system, a value that is no number, a place outside the state.
    Source: docs/rules/schools.md, SC-4.
    """
    if easting.lower() in _EMPTY or northing.lower() in _EMPTY:
        return None, None
    known = _DEFAULT_SYSTEM if system.lower() in _EMPTY else system.upper()
    if known not in _SYSTEMS:
        raise DomainError(f"Das Koordinatensystem „{system[:40]}“ ist nicht bekannt.")
    longitude, latitude = _transformer(known).transform(_number(easting), _number(northing))
    return _inside(latitude, longitude)


def from_degrees(latitude: str, longitude: str) -> Position:
    """A coordinate given in degrees, or two Nones where the list gives none.

    Raises: DomainError for a value that is no number or a place outside the state.
    """
    if latitude.lower() in _EMPTY or longitude.lower() in _EMPTY:
        return None, None
    return _inside(_number(latitude), _number(longitude))


@cache
def _transformer(system: str) -> Transformer:
    return Transformer.from_crs(system, "EPSG:4326", always_xy=True)


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise DomainError(f"„{text[:40]}“ ist keine Koordinate.") from None


def _inside(latitude: float, longitude: float) -> tuple[float, float]:
    # Written so that "not a number" fails too.
    if not (SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST):
        raise DomainError("Die Koordinate liegt nicht in Nordrhein-Westfalen.")
    return round(latitude, 6), round(longitude, 6)
