"""The places of the demo city: districts, schools, buildings, rooms and what hangs on them."""

import math
from dataclasses import dataclass, field
from datetime import time
from itertools import cycle
from random import Random

from itsm.demo import names
from itsm.demo.rows import Rows
from itsm.org.models import (
    BellTime,
    Contact,
    District,
    IServInstance,
    Room,
    School,
    SchoolSite,
    Sharing,
    Site,
    VisitingHours,
)

# School form → number of schools: 156 in all, in 178 buildings, six of which house two schools.
FORMS = {"02": 89, "04": 8, "08": 11, "10": 13, "15": 11, "20": 14, "25": 2, "30": 8}
SITES = 178
SHARED_SITES = 6
ISERV_INSTANCES = 220
TOWN = "Demostadt"
CARRIER = "10297"

# Centre and district bases on a rough grid, in degrees.
DISTRICTS = {
    "Nord": (51.571, 7.455),
    "Nordwest": (51.556, 7.372),
    "West": (51.521, 7.352),
    "Südwest": (51.478, 7.382),
    "Süd": (51.462, 7.455),
    "Südost": (51.478, 7.527),
    "Ost": (51.512, 7.561),
    "Nordost": (51.552, 7.546),
    "Mitte-Nord": (51.534, 7.462),
    "Mitte-West": (51.509, 7.424),
    "Mitte-Ost": (51.506, 7.492),
}
_SPREAD_DEGREES = 0.019
_PUPILS = {"02": 300, "04": 410, "08": 240, "10": 660, "15": 1190, "20": 1120, "25": 700, "30": 2000}
_SMALL_FORMS = ("02", "08")
_BELLS = ((8, 0), (8, 50), (9, 55), (10, 45), (11, 45), (12, 35), (13, 40), (14, 30))
_LESSON_MINUTES = 45
_ACCESS_NOTES = (
    "Bitte im Sekretariat anmelden, Eingang B.",
    "Schlüssel liegt beim Hausmeisterdienst, Klingel links.",
    "Parken nur auf dem Lehrerparkplatz hinter der Turnhalle.",
    "Tor bis 14 Uhr offen, danach anrufen.",
    "",
    "",
)
_VISIT_NOTES = ("Nicht während der großen Pause (9:35 bis 9:55 Uhr).", "Bitte vorher kurz anrufen.", "", "", "")


@dataclass
class SchoolPlan:
    """A school of the demo city and what other rows need to know of it."""

    id: int
    number: str
    name: str
    form_key: str
    pupils: int
    district_id: int
    latitude: float
    longitude: float
    site_ids: list[int] = field(default_factory=list)
    staff_ids: list[int] = field(default_factory=list)

    @property
    def is_large(self) -> bool:
        """Whether the school is large enough to be visited twice a week."""
        return self.form_key not in _SMALL_FORMS


@dataclass
class City:
    """The schools, and the rooms of every building."""

    schools: list[SchoolPlan]
    rooms: dict[int, list[int]] = field(default_factory=dict)

    def of_district(self, district_id: int) -> list[SchoolPlan]:
        """Return the schools of a district."""
        return [school for school in self.schools if school.district_id == district_id]


def build(rows: Rows, random: Random, people: names.People) -> City:
    """Add the rows of all places; return what else is built upon."""
    for number, (name, (latitude, longitude)) in enumerate(DISTRICTS.items(), start=1):
        rows.add(
            District,
            number=number,
            name=f"Bezirk {name}",
            base_name=f"Stützpunkt {name}",
            base_latitude=latitude,
            base_longitude=longitude,
        )
    city = City(_schools(rows, random))
    _sites(rows, random, city)
    for school in city.schools:
        _equip(rows, random, people, school)
    _iserv(rows, city)
    return city


def _schools(rows: Rows, random: Random) -> list[SchoolPlan]:
    forms = [form for form, number in FORMS.items() for _ in range(number)]
    random.shuffle(forms)
    schools = []
    for index, (form, place) in enumerate(zip(forms, names.places(random, len(forms)), strict=True)):
        district_id = index % len(DISTRICTS) + 1
        latitude, longitude = _near(random, *list(DISTRICTS.values())[district_id - 1])
        number = f"{900101 + index}"
        name = names.SCHOOL_PATTERNS[form].format(place=place)
        pupils = int(_PUPILS[form] * random.uniform(0.7, 1.3))
        visit_note = random.choice(_VISIT_NOTES)
        school_id = rows.add(
            School,
            number=number,
            name=name,
            short_name=name,
            form_key=form,
            carrier=CARRIER,
            phone=f"0231 555-{1000 + index}",
            email=f"{number}@example.org",
            homepage="",
            pupils=pupils,
            source={},
            district_id=district_id,
            sharing=Sharing.OWN if index % 12 == 5 else Sharing.ALL,
            visit_note=visit_note,
        )
        schools.append(SchoolPlan(school_id, number, name, form, pupils, district_id, latitude, longitude))
    return schools


def _near(random: Random, latitude: float, longitude: float) -> tuple[float, float]:
    """Return a point around a centre; a degree of longitude is shorter up here."""
    angle, distance = random.uniform(0, math.tau), _SPREAD_DEGREES * math.sqrt(random.random())
    return latitude + distance * math.sin(angle), longitude + distance * math.cos(angle) / math.cos(latitude / 57.3)


def _sites(rows: Rows, random: Random, city: City) -> None:
    streets = iter(names.addresses(random, SITES))
    guests = city.schools[-SHARED_SITES:]
    for school in city.schools[:-SHARED_SITES]:
        _add_site(rows, random, city, school, next(streets))
    for guest in guests:
        host = next(school for school in city.of_district(guest.district_id) if school not in guests)
        _move_in(rows, guest, host.site_ids[0])
        guest.latitude, guest.longitude = host.latitude, host.longitude
    branches = SITES - (len(city.schools) - SHARED_SITES)
    for school in random.sample([school for school in city.schools if school.is_large], branches):
        _add_site(rows, random, city, school, next(streets), name="Dependance")


def _add_site(rows: Rows, random: Random, city: City, school: SchoolPlan, street: str, name: str = "") -> None:
    shift = 0.004 if name else 0.0
    site_id = rows.add(
        Site,
        name=f"{name} {school.name}" if name else "",
        street=street,
        postcode=f"449{school.district_id:02}",
        town=TOWN,
        latitude=round(school.latitude + shift, 6),
        longitude=round(school.longitude + shift, 6),
        access_note=random.choice(_ACCESS_NOTES),
    )
    rooms = ["Sekretariat", "Lehrerzimmer", "Computerraum"] if not name else []
    floors = 3 if school.is_large else 2
    rooms += [f"{floor}.{number:02}" for floor in range(floors) for number in random.sample(range(1, 22), 4)]
    city.rooms[site_id] = [rows.add(Room, site_id=site_id, name=room, note="") for room in rooms]
    _move_in(rows, school, site_id)


def _move_in(rows: Rows, school: SchoolPlan, site_id: int) -> None:
    rows.add(SchoolSite, school_id=school.id, site_id=site_id, is_main=not school.site_ids)
    school.site_ids.append(site_id)


def _equip(rows: Rows, random: Random, people: names.People, school: SchoolPlan) -> None:
    for function in ("Sekretariat", "Hausmeisterdienst"):
        phone = f"0231 555-{random.randint(4000, 8999)}"
        rows.add(Contact, school_id=school.id, name=people.name(), function=function, phone=phone, email="")
    lessons = _BELLS[:6] if school.form_key in _SMALL_FORMS else _BELLS
    for number, (hour, minute) in enumerate(lessons, start=1):
        end = hour * 60 + minute + _LESSON_MINUTES
        rows.add(
            BellTime,
            school_id=school.id,
            label=f"{number}. Stunde",
            starts=time(hour, minute),
            ends=time(end // 60, end % 60),
        )
    closes = time(14, 0) if school.form_key in _SMALL_FORMS else time(15, 30)
    for weekday in range(5):
        rows.add(VisitingHours, school_id=school.id, weekday=weekday, opens=time(7, 45), closes=closes)


def _iserv(rows: Rows, city: City) -> None:
    for school in city.schools:
        rows.add(IServInstance, school_id=school.id, host=f"iserv-{school.number}.example.org", site_id=None)
    large = cycle(school for school in city.schools if school.is_large)
    for number, school in zip(range(len(city.schools), ISERV_INSTANCES), large, strict=False):
        host = f"iserv{number}-{school.number}.example.org"
        rows.add(IServInstance, school_id=school.id, host=host, site_id=school.site_ids[-1])
