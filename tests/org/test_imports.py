"""Taking a school list over: what is added, changed, closed, and what stays."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.core.access import SYSTEM, Role
from itsm.core.errors import NotAllowed
from itsm.org.imports import Comparison, take_over
from itsm.org.ministry_file import read_school_file
from itsm.org.models import School, SchoolSite, Site
from tests.org.lists import ENRICHED, OFFICIAL_2021, make_line, make_list, needs_lists
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.places import make_district, make_room

CITY = "10297"


def take(content: bytes, at: datetime = MONDAY_9AM, *, carrier: str | None = CITY, dry_run: bool = False) -> Comparison:
    return take_over(SYSTEM, read_school_file(content), at, carrier=carrier, dry_run=dry_run)


def schools(session: scoped_session) -> dict[str, School]:
    session.expire_all()
    return {school.number: school for school in session.scalars(sa.select(School))}


def changed_fields(found: Comparison) -> list[tuple[str, str, str]]:
    return [(one.field, one.old, one.new) for _, _, changes in found.changed for one in changes]


@needs_lists
def test_the_official_list_brings_155_schools_of_the_city_and_a_second_run_changes_nothing(
    session: scoped_session,
) -> None:
    first = take(OFFICIAL_2021.read_bytes())
    assert (len(first.added), first.closed, first.changed, first.rejected) == (155, ["196990"], [], [])
    known = schools(session)
    assert len(known) == 155
    assert {school.carrier for school in known.values()} == {CITY}
    assert [school.number for school in known.values() if school.closed_at] == ["196990"]
    second = take(OFFICIAL_2021.read_bytes())
    assert (second.added, second.changed, second.closed, second.rejected) == ([], [], [], [])
    assert len(second.unchanged) == 155


@needs_lists
def test_without_a_carrier_everybody_comes_but_the_school_office(session: scoped_session) -> None:
    found = take(OFFICIAL_2021.read_bytes(), carrier=None)
    assert len(found.added) == 172
    assert [gone.line for gone in found.rejected] == [175]


@needs_lists
def test_the_enriched_list_brings_156_schools_inside_the_city_in_150_buildings(session: scoped_session) -> None:
    assert len(take(ENRICHED.read_bytes()).added) == 156
    sites = session.scalars(sa.select(Site)).all()
    assert len(sites) == 150
    for site in sites:
        assert 51.41 <= site.latitude <= 51.61
        assert 7.30 <= site.longitude <= 7.65
    shared = sa.select(SchoolSite.site_id).group_by(SchoolSite.site_id).having(sa.func.count() == 2)
    assert len(session.scalars(shared).all()) == 6
    again = take(ENRICHED.read_bytes())
    assert (again.added, again.changed, again.closed, len(again.unchanged)) == ([], [], [], 156)


@needs_lists
def test_the_enriched_list_after_the_official_one_adds_the_new_and_closes_nobody(session: scoped_session) -> None:
    take(OFFICIAL_2021.read_bytes())
    found = take(ENRICHED.read_bytes())
    assert sorted(row.number for row in found.added) == ["100177", "100227"]
    assert (found.closed, found.missing) == ([], [])
    assert len(schools(session)) == 157
    again = take(ENRICHED.read_bytes())
    assert (again.added, again.changed, again.closed) == ([], [], [])


def test_a_dry_run_says_the_same_and_writes_nothing(session: scoped_session) -> None:
    found = take(make_list(make_line()), dry_run=True)
    assert [row.number for row in found.added] == ["100132"]
    assert schools(session) == {}


def test_names_every_changed_column_with_old_and_new(session: scoped_session) -> None:
    take(make_list(make_line()))
    found = take(make_list(make_line(Telefon="999", Fax="998", Schulbezeichnung_1="Neue Gesamtschule")))
    assert found.as_json()["changed"] == [
        {
            "number": "100132",
            "fields": [
                {"field": "Schulbezeichnung_1", "old": "Muster-Gesamtschule", "new": "Neue Gesamtschule"},
                {"field": "Telefon", "old": "5012280", "new": "999"},
                {"field": "Fax", "old": "5010230", "new": "998"},
            ],
        }
    ]
    school = schools(session)["100132"]
    assert (school.name, school.phone) == ("Neue Gesamtschule", "0231 999")
    assert take(make_list(make_line(Telefon="999", Fax="998", Schulbezeichnung_1="Neue Gesamtschule"))).changed == []


def test_what_was_edited_here_stays_while_the_file_says_the_same(session: scoped_session) -> None:
    take(make_list(make_line()))
    schools(session)["100132"].email = "sekretariat@example.org"
    session.commit()
    take(make_list(make_line(Telefon="999")))
    assert schools(session)["100132"].email == "sekretariat@example.org"


def test_an_address_change_moves_the_school_and_keeps_the_old_building(session: scoped_session) -> None:
    take(make_list(make_line()))
    old = schools(session)["100132"].main_site
    make_room(old, "1.01")
    take(make_list(make_line(Strasse="Neuer Weg 1", UTMRechtswert="390000")))
    new = schools(session)["100132"].main_site
    assert (new.street, new.id != old.id) == ("Neuer Weg 1", True)
    assert new.longitude > old.longitude
    assert [room.name for room in session.get(Site, old.id).rooms] == ["1.01"]
    assert len(schools(session)["100132"].places) == 1


def test_another_spelling_of_the_street_is_the_same_building(session: scoped_session) -> None:
    take(make_list(make_line(Strasse="Beurhausstr. 15-17")))
    before = schools(session)["100132"].main_site.id
    take(make_list(make_line(Strasse="Beurhausstraße 15 - 17")))
    site = schools(session)["100132"].main_site
    assert (site.id, site.street) == (before, "Beurhausstraße 15 - 17")


def test_two_schools_at_one_address_share_the_building_and_one_may_leave(session: scoped_session) -> None:
    take(make_list(make_line(), make_line(Schulnummer="100133")))
    first, second = schools(session).values()
    assert first.main_site is second.main_site
    take(make_list(make_line(), make_line(Schulnummer="100133", Strasse="Anderswo 3")))
    known = schools(session)
    assert known["100132"].main_site.street == "Beispielweg 7"
    assert known["100133"].main_site.street == "Anderswo 3"


def test_a_closing_key_closes_from_its_date_on(session: scoped_session) -> None:
    take(make_list(make_line()))
    announced = make_list(make_line(Schulbetriebsschluessel="0", Schulbetriebsdatum="31.07.2027"))
    found = take(announced)
    assert (found.closed, len(found.changed)) == ([], 1)
    assert schools(session)["100132"].closed_at is None
    later = take(announced, datetime(2027, 8, 1, 6, tzinfo=UTC))
    assert (later.closed, later.changed) == (["100132"], [])
    assert schools(session)["100132"].operating_since == date(2027, 7, 31)
    assert schools(session)["100132"].closed_at is not None
    assert take(announced, datetime(2027, 8, 2, 6, tzinfo=UTC)).closed == []


def test_a_school_the_list_opens_again_is_open_again(session: scoped_session) -> None:
    take(make_list(make_line(Schulbetriebsschluessel="9")))
    found = take(make_list(make_line()))
    assert changed_fields(found) == [("Schulbetriebsschluessel", "9", "1")]
    assert schools(session)["100132"].closed_at is None


def test_a_school_that_left_the_list_is_closed_and_returns_when_listed_again(session: scoped_session) -> None:
    both = make_list(make_line(), make_line(Schulnummer="100133", Strasse="Anderswo 3"))
    take(both)
    assert take(make_list(make_line())).closed == ["100133"]
    assert schools(session)["100133"].closed_at == MONDAY_9AM
    assert take(make_list(make_line())).closed == []
    assert changed_fields(take(both)) == [("Schulbetriebsschluessel", "geschlossen", "1")]
    assert schools(session)["100133"].closed_at is None


def test_an_extract_closes_nobody_but_names_who_is_missing(session: scoped_session) -> None:
    take(make_list(*(make_line(Schulnummer=f"10013{digit}", Strasse=f"Weg {digit}") for digit in range(5))))
    found = take(make_list(make_line(Schulnummer="100130", Strasse="Weg 0")))
    assert (found.closed, found.missing) == ([], ["100131", "100132", "100133", "100134"])
    assert not any(school.closed_at for school in schools(session).values())


def test_a_broken_line_closes_no_school(session: scoped_session) -> None:
    take(make_list(make_line(), make_line(Schulnummer="100133", Strasse="Anderswo 3")))
    found = take(make_list(make_line(), make_line(Schulnummer="100133", PLZ="?")))
    assert (found.closed, [gone.number for gone in found.rejected]) == ([], ["100133"])
    unreadable = take(make_list(make_line(), '"100133";"offen'))
    assert (unreadable.closed, unreadable.missing) == ([], ["100133"])


def test_a_school_that_goes_to_another_carrier_leaves_ours(session: scoped_session) -> None:
    take(make_list(make_line()))
    found = take(make_list(make_line(Traegernummer="10030")))
    assert (found.closed, found.other_carriers) == (["100132"], 1)


def test_district_rooms_and_notes_survive_every_list(session: scoped_session) -> None:
    take(make_list(make_line()))
    school = schools(session)["100132"]
    school.district, school.visit_note = make_district(), "Schlüssel beim Hausmeister"
    make_room(school.main_site, "2.14")
    take(make_list(make_line(Telefon="999", Ort="Dortmund-Mitte")))
    school = schools(session)["100132"]
    assert school.district is not None
    assert school.visit_note == "Schlüssel beim Hausmeister"
    assert [room.name for room in school.main_site.rooms] == ["2.14"]
    assert school.main_site.town == "Dortmund-Mitte"


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.AUDITOR, Role.CAMPUS_MANAGER])
def test_only_the_administration_takes_lists_over(session: scoped_session, role: Role) -> None:
    with pytest.raises(NotAllowed, match="nur die Administration"):
        take_over(actor_for(make_user(role)), read_school_file(make_list(make_line())), MONDAY_9AM, carrier=None)
    assert schools(session) == {}
