"""Takes a school list over: first what it would change, then the change itself.

Source: docs/rules/schools.md, SC-7 to SC-11.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from itsm.core.access import Actor
from itsm.core.clock import local_day
from itsm.core.db import db
from itsm.core.errors import NotAllowed
from itsm.org import policy
from itsm.org.addresses import address_key
from itsm.org.ministry_file import Rejection, SchoolFile, SchoolRow
from itsm.org.models import School, SchoolSite, Site
from itsm.org.school_forms import is_open
from itsm.org.school_layouts import Layout

# Fields of a school that a list carries; address and position belong to its main building.
SCHOOL_FIELDS = ("short_name", "form_key", "carrier", "phone", "email", "homepage", "pupils")
OPERATING_FIELDS = ("operating_key", "operating_since")
ADDRESS_FIELDS = ("street", "postcode", "town")

# A list that lacks more schools than this is an extract, and closes none of them.
_FEW_MISSING = 3
_SHARE_MISSING = 0.1
# Two lists round the same place differently; 0.00002 degrees are two metres.
_SAME_PLACE_DEGREES = 0.00002
# Any number, as long as nothing else locks it: one list is taken over at a time.
_LOCK = 710_297


@dataclass(frozen=True)
class FieldChange:
    """One column of the file that says something else than before."""

    field: str
    old: str
    new: str


@dataclass
class Comparison:
    """What a list says beside what is known; nothing has been written yet."""

    layout: Layout
    added: list[SchoolRow] = field(default_factory=list)
    changed: list[tuple[School, SchoolRow, list[FieldChange]]] = field(default_factory=list)
    unchanged: list[tuple[School, SchoolRow]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    gone: list[School] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    other_carriers: int = 0

    def as_json(self) -> dict[str, Any]:
        """The report as data; `missing` are schools an extract does not name and that stay open."""
        return {
            "added": [row.number for row in self.added],
            "changed": [
                {
                    "number": row.number,
                    "fields": [{"field": one.field, "old": one.old, "new": one.new} for one in changes],
                }
                for _, row, changes in self.changed
            ],
            "unchanged": [row.number for _, row in self.unchanged],
            "closed": self.closed,
            "missing": self.missing,
            "rejected": [{"line": gone.line, "reason": gone.reason} for gone in self.rejected],
            "other_carriers": self.other_carriers,
        }


def take_over(
    actor: Actor, file: SchoolFile, at: datetime, *, carrier: str | None, dry_run: bool = False
) -> Comparison:
    """Compare a list with what is known, and unless it is a dry run write the difference.

    Raises: NotAllowed unless the actor administrates the city.
    """
    if not policy.may_import(actor):
        raise NotAllowed("Schullisten liest nur die Administration ein.")
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    found = compare(file, at, carrier=carrier)
    if not dry_run:
        _write(found, at)
    return found


def compare(file: SchoolFile, at: datetime, *, carrier: str | None) -> Comparison:
    """What taking this list over would do."""
    known = {school.number: school for school in db.session.scalars(_schools_with_sites())}
    found = Comparison(file.layout)
    for row in file.rows:
        if carrier and row.carrier != carrier:
            found.other_carriers += 1
        else:
            _sort_in(found, known.get(row.number), row, at)
    found.rejected = [gone for gone in file.rejections if not carrier or gone.carrier in ("", carrier)]
    _find_gone(found, file, known, carrier)
    found.closed.sort()
    return found


def _schools_with_sites() -> sa.Select[School]:
    return sa.select(School).options(selectinload(School.places).joinedload(SchoolSite.site))


def _sort_in(found: Comparison, school: School | None, row: SchoolRow, at: datetime) -> None:
    closing = _is_closed_by(row, at)
    if closing and (school is None or school.closed_at is None):
        found.closed.append(row.number)
    if school is None:
        found.added.append(row)
        return
    changes = _changes(school, row, found.layout)
    if not closing and school.closed_at is not None:
        changes += _reopening(row, found.layout, changes)
    if changes:
        found.changed.append((school, row, changes))
    else:
        found.unchanged.append((school, row))


def _is_closed_by(row: SchoolRow, at: datetime) -> bool:
    """A closure counts from its date on; the list announces it months ahead."""
    over = row.operating_since is None or row.operating_since <= local_day(at)
    return not is_open(row.operating_key) and over


def _changes(school: School, row: SchoolRow, layout: Layout) -> list[FieldChange]:
    if layout.wrote(school.source):
        return [
            FieldChange(name, school.source[name], new)
            for name, new in row.source_columns.items()
            if name in school.source and school.source[name] != new
        ]
    # Last read from a list of another kind, whose columns have other names: compare what they mean.
    return [
        FieldChange(layout.columns_of(name)[-1], old, new)
        for name, old, new in _meanings(school, row)
        if layout.columns_of(name) and old != new
    ]


def _meanings(school: School, row: SchoolRow) -> list[tuple[str, str, str]]:
    pairs = [("call_name", school.name, row.call_name)]
    for name in (*SCHOOL_FIELDS, *OPERATING_FIELDS):
        pairs.append((name, _spelled(getattr(school, name)), _spelled(getattr(row, name))))
    site = school.main_site
    for name in ADDRESS_FIELDS:
        pairs.append((name, getattr(site, name) if site else "", getattr(row, name)))
    if row.latitude is not None and not _is_at(site, row):
        old = f"{site.latitude}, {site.longitude}" if site and site.latitude is not None else ""
        pairs.append(("latitude", old, f"{row.latitude}, {row.longitude}"))
    return pairs


def _spelled(value: object) -> str:
    return "" if value is None else str(value)


def _is_at(site: Site | None, row: SchoolRow) -> bool:
    if site is None or site.latitude is None or site.longitude is None or row.latitude is None or row.longitude is None:
        return False
    return max(abs(site.latitude - row.latitude), abs(site.longitude - row.longitude)) <= _SAME_PLACE_DEGREES


def _reopening(row: SchoolRow, layout: Layout, changes: list[FieldChange]) -> list[FieldChange]:
    name = layout.columns.get("operating_key", layout.columns["number"])
    known = any(change.field == name for change in changes)
    return [] if known else [FieldChange(name, "geschlossen", row.operating_key or "geöffnet")]


def _find_gone(found: Comparison, file: SchoolFile, known: dict[str, School], carrier: str | None) -> None:
    """Schools this kind of list used to name and no longer does; SC-10 says when that closes them."""
    seen = {row.number for row in file.rows if not carrier or row.carrier == carrier}
    seen |= {gone.number for gone in file.rejections}
    ours = [
        school
        for school in known.values()
        if school.closed_at is None and file.layout.wrote(school.source) and carrier in (None, school.carrier)
    ]
    gone = sorted((school for school in ours if school.number not in seen), key=lambda school: school.number)
    unreadable = any(not rejection.number for rejection in file.rejections)
    if unreadable or len(gone) > max(_FEW_MISSING, _SHARE_MISSING * len(ours)):
        found.missing = [school.number for school in gone]
    else:
        found.gone = gone
        found.closed += [school.number for school in gone]


def _write(found: Comparison, at: datetime) -> None:
    sites = {address_key(site.street, site.postcode): site for site in db.session.scalars(sa.select(Site))}
    for row in found.added:
        school = School(number=row.number, name=row.call_name, operating_key="1", source={})
        db.session.add(school)
        _update(school, row, found.layout, set(row.source_columns), sites)
        _open_or_close(school, row, at)
    for school, row, changes in found.changed:
        _update(school, row, found.layout, {change.field for change in changes}, sites)
        _open_or_close(school, row, at)
    for school, row in found.unchanged:
        # A closure announced earlier takes effect; a column new to the list is remembered.
        _open_or_close(school, row, at)
        if school.source != row.source_columns and found.layout.wrote(school.source):
            school.source = row.source_columns
    for school in found.gone:
        school.closed_at = at
    db.session.flush()


def _update(
    school: School, row: SchoolRow, layout: Layout, columns: set[str], sites: dict[tuple[str, str], Site]
) -> None:
    """Write what stands in the changed columns, and nothing else: the rest may have been edited here."""
    touched = {
        name for name in (*SCHOOL_FIELDS, *OPERATING_FIELDS, *ADDRESS_FIELDS) if columns & {*layout.columns_of(name)}
    }
    for name in touched - {*ADDRESS_FIELDS}:
        setattr(school, name, getattr(row, name))
    if columns & {*layout.name_parts, layout.columns["call_name"]}:
        school.name = row.call_name
    if touched & {*ADDRESS_FIELDS}:
        _settle(school, row, sites)
    site = school.main_site
    if site and row.latitude is not None and (columns & {*layout.position} or site.latitude is None):
        site.latitude, site.longitude = row.latitude, row.longitude
    school.source = row.source_columns


def _settle(school: School, row: SchoolRow, sites: dict[tuple[str, str], Site]) -> None:
    """Let the main link of the school point to the building at the address; the old building stays."""
    key = address_key(row.street, row.postcode)
    site = sites.get(key)
    if site is None:
        site = Site(latitude=row.latitude, longitude=row.longitude)
        db.session.add(site)
        sites[key] = site
    site.street, site.postcode, site.town = row.street, row.postcode, row.town
    before = [place for place in school.places if place.is_main]
    if any(place.site is site for place in before):
        return
    for place in before:
        school.places.remove(place)
    here = next((place for place in school.places if place.site is site), None)
    if here is None:
        school.places.insert(0, SchoolSite(site=site, is_main=True))
    else:
        here.is_main = True


def _open_or_close(school: School, row: SchoolRow, at: datetime) -> None:
    if not _is_closed_by(row, at):
        school.closed_at = None
    elif school.closed_at is None:
        school.closed_at = at
