"""Which school, building and room a row means.

Source: docs/rules/device-import.md, DI-8.
"""

import re
from collections import defaultdict
from typing import NamedTuple

import sqlalchemy as sa

from itsm.assets.importing.values import NOTHING, Wrong, short
from itsm.core.db import db
from itsm.org.models import Room, School, SchoolSite, Site

_NUMBER = re.compile(r"(?<!\d)\d{6}(?!\d)")
LONGEST_ROOM = 60


class Place(NamedTuple):
    """Numbers as the staging table has them: school, its main building, the building meant, the room."""

    school: str = NOTHING
    main_site: str = NOTHING
    site: str = NOTHING
    room: str = NOTHING


class Places(dict[tuple[str, str, str], Place]):
    """Cells of school, building and room → where that is; each combination is looked up once.

    `rooms` holds every room that was meant, by its number in the staging table; rooms not yet there have no id.
    """

    def __init__(self, number_inside: bool) -> None:
        super().__init__()
        self._inside = number_inside
        self.rooms: list[tuple[int | None, int, str]] = []
        self._room_refs: dict[tuple[int, str], int] = {}
        self._by_number: dict[str, int] = {}
        self._by_name: dict[str, set[int]] = defaultdict(set)
        for school_id, number, name, short_name in db.session.execute(
            sa.select(School.id, School.number, School.name, School.short_name)
        ):
            self._by_number[number] = school_id
            self._by_name[name.casefold()].add(school_id)
            self._by_name[short_name.casefold()].add(school_id)
        self._sites: dict[int, dict[str, int]] = defaultdict(dict)
        self._main: dict[int, int] = {}
        links = sa.select(SchoolSite.school_id, Site).join(Site).order_by(SchoolSite.is_main, Site.id.desc())
        for school_id, site in db.session.execute(links):
            for name in filter(None, (site.street, site.name)):
                self._sites[school_id][name.casefold()] = site.id
            # The official building comes last and stays.
            self._main[school_id] = site.id
        self._known_rooms = {
            (site_id, name.casefold()): room_id
            for room_id, site_id, name in db.session.execute(sa.select(Room.id, Room.site_id, Room.name))
        }

    def __missing__(self, cells: tuple[str, str, str]) -> Place:
        place = self[cells] = self._find(*(" ".join(cell.split()) for cell in cells))
        return place

    def _find(self, school: str, site: str, room: str) -> Place:
        if not school:
            if site or room:
                raise Wrong("Ein Gebäude oder Raum braucht die Schule in derselben Zeile.")
            return Place()
        school_id = self.school(school)
        main = self._main.get(school_id)
        site_id = self._site(school_id, site) if site else None
        ref = NOTHING
        if room:
            site_id = site_id or self._site_with(school_id, room) or main
            if site_id is None:
                raise Wrong(f"Die Schule „{short(school)}“ hat kein Gebäude, in dem ein Raum sein könnte.")
            ref = str(self._room(site_id, room))
        return Place(str(school_id), _number(main), _number(site_id), ref)

    def school(self, typed: str) -> int:
        """Return the school with this number or exactly this name.

        Raises: Wrong if there is none, or more than one.
        """
        if found := self._by_number.get(typed):
            return found
        if self._inside and (inside := _NUMBER.search(typed)):
            if found := self._by_number.get(inside[0]):
                return found
            raise Wrong(f"Eine Schule mit der Nummer {inside[0]} gibt es nicht.")
        named = self._by_name.get(typed.casefold(), set())
        if len(named) > 1:
            raise Wrong(f"„{short(typed)}“ heißen mehrere Schulen. Bitte geben Sie die Schulnummer an.")
        if not named:
            raise Wrong(
                f"Eine Schule „{short(typed)}“ gibt es nicht. Gemeint ist die Schulnummer oder der genaue Name."
            )
        return next(iter(named))

    def _site(self, school_id: int, site: str) -> int:
        found = self._sites[school_id].get(site.casefold())
        if found is None:
            raise Wrong(f"Ein Gebäude „{short(site)}“ hat diese Schule nicht.")
        return found

    def _site_with(self, school_id: int, room: str) -> int | None:
        """The building that has the room, if only one of the school has it; else the main one is meant."""
        having = {site for site in self._sites[school_id].values() if (site, room.casefold()) in self._known_rooms}
        return having.pop() if len(having) == 1 else None

    def _room(self, site_id: int, room: str) -> int:
        if len(room) > LONGEST_ROOM:
            raise Wrong(f"„{short(room)}“ ist für einen Raum zu lang, höchstens {LONGEST_ROOM} Zeichen.")
        key = (site_id, room.casefold())
        if key not in self._room_refs:
            self._room_refs[key] = len(self.rooms)
            self.rooms.append((self._known_rooms.get(key), site_id, room))
        return self._room_refs[key]


def _number(value: int | None) -> str:
    return NOTHING if value is None else str(value)
