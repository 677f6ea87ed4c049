"""What would leave a device, or what is in it, between two schools is refused."""

import pytest
from sqlalchemy.orm import scoped_session

from itsm.assets import history, queries
from itsm.assets.kinds import Kind
from itsm.assets.models import Device
from itsm.assets.service import devices, places
from itsm.assets.states import State
from itsm.core.access import Role
from itsm.core.errors import DomainError
from itsm.org.models import School
from tests.assets.factories import make_device, make_loan, make_model
from tests.assets.lists import csv_of, taken_over
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.places import make_room, make_school


def case_of(school: School) -> Device:
    return make_device(school, model=make_model(Kind.CHARGING_CASE), tag="K-1")


@pytest.mark.parametrize("state", [State.DAMAGED, State.IN_REPAIR, State.STOLEN])
@pytest.mark.parametrize("in_case", [False, True])
def test_what_somebody_still_has_goes_to_no_other_school_whatever_its_state(
    session: scoped_session, state: State, in_case: bool
) -> None:
    case, school = case_of(make_school()), make_school()
    lent = make_device(case.school, case_id=case.id if in_case else None)
    make_loan(lent)
    lent.state = state
    with pytest.raises(DomainError, match=f"{lent.tag} ist noch ausgegeben"):
        places.give_to(actor_for(make_user(Role.SECOND_LEVEL)), case if in_case else lent, school, MONDAY_9AM)


def test_a_case_never_shows_devices_of_another_school(session: scoped_session) -> None:
    case = case_of(make_school())
    mine = make_device(case.school, case_id=case.id)
    make_device(make_school(), case_id=case.id)
    assert queries.in_case(case) == [mine]


def test_no_list_puts_a_device_into_a_case_of_another_school(session: scoped_session) -> None:
    case_of(make_school())
    row = f"SERIAL0001;iPad;X;{make_school().number};K-1"
    outcome = taken_over(csv_of("Seriennummer;Klasse;Modell;Schule;Koffer", row))
    assert [one.sentence for one in outcome.problems] == ["Der Ladekoffer des Geräts gehört zu einer anderen Schule."]


@pytest.mark.parametrize("comes_along", [False, True])
def test_no_list_moves_a_case_without_what_is_in_it(session: scoped_session, comes_along: bool) -> None:
    case, number = case_of(make_school()), make_school().number
    make_device(case.school, case_id=case.id, tag="I-1", serial=None)
    rows = [f"K-1;{number};"] + [f"I-1;{number};K-1"] * comes_along
    outcome = taken_over(csv_of("Gerätenummer;Schule;Koffer", *rows))
    assert (outcome.changed, len(outcome.problems)) == ((2, 0) if comes_along else (0, 1))


def test_what_happened_at_another_school_is_told_without_names_rooms_and_texts(session: scoped_session) -> None:
    here, team = make_school(), actor_for(make_user(Role.SECOND_LEVEL, name="Team"))
    device = make_device()
    assert device.site
    devices.edit(team, device, {"room_id": make_room(device.site, "Theirroom").id}, MONDAY_9AM, "place")
    devices.go(team, device, "damage", MONDAY_9AM, "Kim war es")
    places.give_to(team, device, here, MONDAY_9AM, "Tausch")
    session.expire_all()
    devices.edit(team, device, {"note": "Neu"}, MONDAY_9AM)
    changes = queries.history_of(device)
    whole = history.lines(team, changes)
    assert [(line.who, line.text) for line in whole] == [("Team", text) for text in ("", "Kim war es", "Tausch", "")]
    placed, damaged, given, edited = history.lines(
        actor_for(make_user(Role.MEDIA_COORDINATOR, school_id=here.id)), changes
    )
    assert {(line.who, line.text) for line in (placed, damaged, given)} == {("andere Stelle", "")}
    assert (placed.pairs, damaged.pairs) == ((), (("Stand", "im Einsatz", "beschädigt"),))
    assert [name for name, _, _ in given.pairs] == ["Schule"]
    assert (edited.who, edited.pairs) == ("Team", whole[-1].pairs)
