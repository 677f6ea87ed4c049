"""Districts, schools and sites of the tests: plain factories with dull defaults. Each commits."""

from itertools import count

from itsm.core.db import db
from itsm.org.models import District, Room, School, SchoolSite, Site
from tests.saving import at_once

_numbers = count(1)


def make_district(name: str | None = None) -> District:
    """Make a district with its base in the middle of the city."""
    number = next(_numbers)
    district = District(
        number=1000 + number,
        name=name or f"Bezirk {number}",
        base_name="Betriebshof",
        base_latitude=51.5136,
        base_longitude=7.4653,
    )
    db.session.add(district)
    db.session.commit()
    return district


def make_site(*, latitude: float | None = 51.52, longitude: float | None = 7.46) -> Site:
    """Make a building."""
    number = next(_numbers)
    site = Site(
        street=f"Teststraße {number}", postcode="44137", town="Dortmund", latitude=latitude, longitude=longitude
    )
    db.session.add(site)
    db.session.commit()
    return site


@at_once()
def make_school(district: District | None = None, *, name: str | None = None, site: Site | None = None) -> School:
    """Make a school in a district (a new one unless given) with one building."""
    number = next(_numbers)
    school = School(
        number=f"{980000 + number}",
        name=name or f"Schule {number}",
        short_name=name or f"Schule {number}",
        form_key="02",
        carrier="10297",
        email=f"{980000 + number}@example.org",
        district=district or make_district(),
        places=[SchoolSite(site=site or make_site(), is_main=True)],
    )
    db.session.add(school)
    db.session.commit()
    return school


def make_room(site: Site, name: str = "2.14") -> Room:
    """Make a room of a building."""
    room = Room(site=site, name=name)
    db.session.add(room)
    db.session.commit()
    return room
