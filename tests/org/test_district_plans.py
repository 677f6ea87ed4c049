"""Who belongs to which district: from a file, and by proposal."""

import pytest
from sqlalchemy.orm import scoped_session

from itsm.core.access import SYSTEM, Role
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.org import district_plans, district_wishes, imports, queries
from itsm.org.district_wishes import Wishes
from itsm.org.ministry_file import read_school_file
from itsm.org.models import District, School
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


def make_two_districts() -> tuple[list[School], list[District]]:
    """Two districts beside each other, with three schools each, of which one lies on the other side."""
    districts = [make_district("West"), make_district("Ost")]
    schools = [make_loose(longitude=7.3 + index / 20) for index in range(6)]
    for school, side in zip(schools, (0, 0, 1, 0, 1, 1), strict=True):
        school.district = districts[side]
    return schools, districts


def test_the_moved_schools_are_named_with_from_and_to(session: scoped_session) -> None:
    schools, (west, east) = make_two_districts()
    report = district_plans.propose(SYSTEM, 2, wishes=Wishes(keep_metres=0)).as_json()
    assert [(one["number"], one["from"], one["to"]) for one in report["moved"]] == [
        (schools[2].number, east.number, west.number),
        (schools[3].number, west.number, east.number),
    ]
    assert report["weighted_metres"] == sum(one["weighted_metres"] for one in report["districts"]) > 0


def test_a_high_price_for_leaving_moves_nobody(session: scoped_session) -> None:
    make_two_districts()
    assert district_plans.propose(SYSTEM, 2, wishes=Wishes(keep_metres=50_000)).moved == ()


def test_a_fixed_school_stays_or_goes_where_it_is_fixed(session: scoped_session) -> None:
    schools, (west, east) = make_two_districts()
    fixed = {schools[2].number: "", schools[0].number: "ost"}
    proposal = district_plans.propose(SYSTEM, 2, wishes=Wishes(keep_metres=0, fixed=fixed))
    at = {school.number: one.number for one in proposal.districts for school in one.schools}
    assert (at[schools[2].number], at[schools[0].number]) == (east.number, east.number)
    assert west.number in at.values()


def test_posts_share_the_load(session: scoped_session) -> None:
    _, (west, _) = make_two_districts()
    proposal = district_plans.propose(SYSTEM, 2, wishes=Wishes(keep_metres=0, capacities={str(west.number): 2.0}))
    assert [one.shape.load for one in proposal.districts] == [800, 400]
    assert [one.capacity for one in proposal.districts] == [2.0, 1.0]


@pytest.mark.parametrize(
    ("fixed", "capacities", "sentence"),
    [
        ({"999999": ""}, {}, "Die Schule „999999“ ist nicht bekannt"),
        ({"<b>": "1"}, {}, "nicht bekannt"),
        ({}, {"77777": 1.0}, "Den Bezirk „77777“ gibt es in diesem Vorschlag nicht"),
        ({}, {"x" * 300: 1.0}, "gibt es in diesem Vorschlag nicht"),
    ],
)
def test_wishes_about_what_is_not_there_are_a_sentence(
    session: scoped_session, fixed: dict[str, str], capacities: dict[str, float], sentence: str
) -> None:
    make_two_districts()
    wishes = Wishes(fixed=fixed, capacities=capacities)
    for ask in (district_plans.check_wishes, lambda *asked: district_plans.propose(*asked[:2], wishes=asked[2])):
        with pytest.raises(DomainError, match=sentence):
            ask(SYSTEM, 2, wishes)


def test_who_has_no_place_or_no_district_cannot_stay(session: scoped_session) -> None:
    make_two_districts()
    lost, loose = make_loose(latitude=None), make_loose(longitude=7.7)
    with pytest.raises(DomainError, match="hat keine Koordinate"):
        district_plans.propose(SYSTEM, 2, wishes=Wishes(fixed={lost.number: ""}))
    with pytest.raises(DomainError, match="hat noch keinen Bezirk"):
        district_plans.propose(SYSTEM, 2, wishes=Wishes(fixed={loose.number: ""}))


@pytest.mark.parametrize("typed", ["3=0", "3=-1", "3=1e9", "3=nan", "3=inf", "3=", "3=viel", "=1", "3", "3=1;4"])
def test_impossible_posts_are_a_sentence(typed: str) -> None:
    with pytest.raises(DomainError):
        district_wishes.read(1500, [], [typed])


@pytest.mark.parametrize("typed", ["-1", "viel", "", "1e3", "100001", "9" * 5000, "1,5"])
def test_an_impossible_price_for_leaving_is_a_sentence(typed: str) -> None:
    with pytest.raises(DomainError, match="Strecke in Metern"):
        district_wishes.read(typed, [], [])


def test_a_school_fixed_to_two_districts_is_a_sentence() -> None:
    with pytest.raises(DomainError, match="auf zwei Bezirke festgelegt"):
        district_wishes.read(1500, ["100177=3", "100177=4"], [])


def test_wishes_are_read_as_they_are_written() -> None:
    wishes = district_wishes.read("500", [" 100177 = 3 ", "", "100178"], ["3=1,5", "Am = Fluss=2"])
    assert wishes == Wishes(500, {"100177": "3", "100178": ""}, {"3": 1.5, "Am = Fluss": 2.0})
    words = wishes.as_words()
    assert district_wishes.read(words["erhalt"][0], words["fest"], words["stellen"]) == wishes


def test_with_fewer_districts_the_one_with_the_least_work_is_given_up(session: scoped_session) -> None:
    schools, (west, east) = make_two_districts()
    schools[0].pupils = 190
    proposal = district_plans.propose(SYSTEM, 1)
    assert [one.district for one in proposal.districts] == [east]
    assert west in proposal.emptied
    kept = district_plans.propose(SYSTEM, 1, wishes=Wishes(fixed={schools[0].number: ""}))
    assert [one.district for one in kept.districts] == [west]
    assert east.number in kept.as_json()["emptied"]


def test_a_cut_that_was_not_seen_is_not_saved(session: scoped_session) -> None:
    schools, _ = make_two_districts()
    seen = district_plans.propose(SYSTEM, 2, wishes=Wishes(keep_metres=0))
    schools[5].closed_at = MONDAY_9AM
    now = district_plans.propose(SYSTEM, 2, wishes=Wishes(keep_metres=0))
    with pytest.raises(Conflict, match="inzwischen geändert"):
        district_plans.save(SYSTEM, now, MONDAY_9AM, seen=seen.sign)
    expected = len(now.moved)
    assert district_plans.save(SYSTEM, now, MONDAY_9AM, seen=now.sign) == expected
