"""Who belongs to which district: from a file, and by proposal."""

import pytest
from sqlalchemy.orm import scoped_session

from itsm.core.access import SYSTEM, Role
from itsm.core.errors import DomainError, NotAllowed
from itsm.org import district_plans, imports, queries
from itsm.org.ministry_file import read_school_file
from itsm.org.models import School
from tests.org.lists import ENRICHED, needs_lists
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.places import make_district, make_school, make_site


def assign(text: str) -> district_plans.AssignmentReport:
    return district_plans.assign(SYSTEM, district_plans.read_assignments(text.encode()), MONDAY_9AM)


def make_loose(pupils: int | None = 200, latitude: float | None = 51.5, longitude: float = 7.4) -> School:
    school = make_school(site=make_site(latitude=latitude, longitude=longitude))
    school.district, school.pupils = None, pupils
    return school


def test_a_file_puts_schools_into_districts_by_number_or_name(session: scoped_session) -> None:
    first, second, third = (make_loose() for _ in range(3))
    north = make_district("Nord")
    report = assign(
        f"Schulnummer;Bezirk\n{first.number};{north.number}\n{second.number};nord\n{third.number};Am Fluss\n"
    )
    assert (first.district, second.district) == (north, north)
    assert third.district is not None
    assert third.district.name == "Am Fluss"
    assert (report.moved, report.created) == ([first.number, second.number, third.number], ["Am Fluss"])


def test_a_second_run_moves_nobody(session: scoped_session) -> None:
    school = make_loose()
    text = f"{school.number},Campusbezirk 42\n"
    assert assign(text).created == ["Campusbezirk 42"]
    again = assign(text)
    assert (again.moved, again.created, again.unchanged) == ([], [], [school.number])
    assert len(queries.moves_of(school)) == 1


def test_lines_that_cannot_be_are_rejected_with_their_number(session: scoped_session) -> None:
    school = make_loose()
    report = assign(f"{school.number};\n999999;3\n<b>;3\n{school.number};{'x' * 300}\n")
    assert [line for line, _ in report.rejected] == [1, 2, 3, 4]
    assert "ist nicht bekannt" in report.rejected[1][1]
    assert school.district is None


@pytest.mark.parametrize("content", [b"", b"a;b\n", b"hallo welt\nnoch eine Zeile\n", b"PK\x03\x04"])
def test_what_is_no_assignment_is_a_sentence(content: bytes) -> None:
    with pytest.raises(DomainError):
        district_plans.read_assignments(content)


def test_a_proposal_changes_nothing_until_it_is_saved(session: scoped_session) -> None:
    schools = [make_loose(longitude=7.35 + index / 20) for index in range(4)]
    proposal = district_plans.propose(SYSTEM, 2)
    assert all(school.district is None for school in schools)
    assert [one.shape.load for one in proposal.districts] == [400, 400]
    assert district_plans.save(SYSTEM, proposal, MONDAY_9AM) == 4
    assert all(school.district for school in schools)
    assert all(school.district.base_latitude for school in schools if school.district)


def test_a_school_without_a_place_or_closed_is_left_out(session: scoped_session) -> None:
    lost, closed, *_ = make_loose(latitude=None), make_loose(), make_loose(), make_loose(longitude=7.5)
    closed.closed_at = MONDAY_9AM
    proposal = district_plans.propose(SYSTEM, 2)
    assert proposal.as_json()["without_coordinates"] == [lost.number]
    assert closed.number not in str(proposal.as_json())


def test_small_and_unknown_schools_count_too(session: scoped_session) -> None:
    make_loose(pupils=20)
    make_loose(pupils=None, longitude=7.5)
    make_loose(pupils=1000, longitude=7.6)
    assert sorted(one.shape.load for one in district_plans.propose(SYSTEM, 3).districts) == [150, 510, 1000]


@needs_lists
def test_the_real_city_is_cut_into_eleven_and_a_second_cut_moves_nobody(session: scoped_session) -> None:
    imports.take_over(SYSTEM, read_school_file(ENRICHED.read_bytes()), MONDAY_9AM, carrier="10297")
    proposal = district_plans.propose(SYSTEM, 11)
    assert proposal.worst_deviation <= 0.05
    assert district_plans.save(SYSTEM, proposal, MONDAY_9AM) == 156
    again = district_plans.propose(SYSTEM, 11)
    assert sum(one.moved for one in again.districts) == 0
    assert district_plans.save(SYSTEM, again, MONDAY_9AM) == 0


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.CAMPUS_MANAGER])
def test_only_the_administration_cuts_districts(session: scoped_session, role: Role) -> None:
    actor = actor_for(make_user(role))
    with pytest.raises(NotAllowed):
        district_plans.propose(actor, 1)
    with pytest.raises(NotAllowed):
        district_plans.assign(actor, [], MONDAY_9AM)
