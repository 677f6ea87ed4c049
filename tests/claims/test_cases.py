"""A case from the report on: what may be reported, what becomes of the device, and what the school adds later."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.assets import queries
from itsm.assets.models import Loan
from itsm.assets.models.loans import Condition
from itsm.assets.service import loans
from itsm.assets.states import State as DeviceState
from itsm.claims.kinds import Kind, Place, StatisticsClass
from itsm.claims.models import CaseEntry, DamageCase, Incident
from itsm.claims.service import cases, supplements
from itsm.claims.service.cases import Told
from itsm.claims.states import State
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.outbox import Mail
from itsm.org.models import School
from tests.assets.factories import make_device, make_loan
from tests.claims.factories import in_state, make_case
from tests.claims.steps import undone
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_school

DAY = timedelta(days=1)
TELLS = Told(
    Kind.DAMAGE, discovered_on=MONDAY, place=Place.LESSON, description="Vom Tisch gefallen.", happened_on=MONDAY
)


@pytest.fixture
def school(session: scoped_session) -> School:
    return make_school()


@pytest.fixture
def teacher(school: School) -> Actor:
    return actor_for(make_user(Role.REPORTER, school_id=school.id))


def lead_of(school: School) -> Actor:
    return actor_for(make_user(Role.MEDIA_COORDINATOR, school_id=school.id))


def told(**changes: Any) -> Told:
    return Told(**(vars(TELLS) | changes))


def mails(template: str) -> list[Mail]:
    return list(db.session.scalars(sa.select(Mail).where(Mail.template == template).order_by(Mail.id)))


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (Kind.DAMAGE, DeviceState.IN_USE, DeviceState.DAMAGED),
        (Kind.DAMAGE, DeviceState.LENT, DeviceState.DAMAGED),
        # What cannot be moved stays where it is, and the case is there all the same.
        (Kind.DAMAGE, DeviceState.DAMAGED, DeviceState.DAMAGED),
        (Kind.DAMAGE, DeviceState.IN_REPAIR, DeviceState.IN_REPAIR),
        (Kind.THEFT, DeviceState.IN_USE, DeviceState.STOLEN),
        (Kind.THEFT, DeviceState.LOST, DeviceState.STOLEN),
        (Kind.THEFT, DeviceState.STOLEN, DeviceState.STOLEN),
        (Kind.LOSS, DeviceState.IN_STOCK, DeviceState.LOST),
    ],
)
def test_the_device_goes_with_the_case(
    school: School, teacher: Actor, kind: Kind, before: DeviceState, after: DeviceState
) -> None:
    device = make_device(school, state=before)
    [case] = cases.report(teacher, school, told(kind=kind), [device], MONDAY_9AM).cases
    assert (device.state, case.device_state_before, case.state) == (after, before.value, State.REPORTED)


def test_a_device_that_still_works_stays_in_use(school: School, teacher: Actor) -> None:
    device = make_device(school)
    cases.report(teacher, school, told(is_usable=True), [device], MONDAY_9AM)
    assert device.state is DeviceState.IN_USE


@pytest.mark.parametrize(
    ("kind", "day", "counts_as"),
    [
        (Kind.DAMAGE, MONDAY, StatisticsClass.DAMAGE),
        (Kind.THEFT, MONDAY, StatisticsClass.THEFT),
        (Kind.LOSS, MONDAY, StatisticsClass.LOSS),
        (Kind.NOT_RETURNED, date(2025, 1, 1), StatisticsClass.THEFT),
        (Kind.NOT_RETURNED, date(2024, 12, 31), StatisticsClass.LOSS),
    ],
)
def test_kind_and_class_are_two_fields(school: School, kind: Kind, day: date, counts_as: StatisticsClass) -> None:
    what = told(kind=kind, happened_on=day, discovered_on=day)
    [case] = cases.report(lead_of(school), school, what, [make_device(school)], MONDAY_9AM).cases
    assert (case.kind, case.statistics_class) == (kind, counts_as)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"happened_on": MONDAY + DAY, "discovered_on": MONDAY + DAY}, "Zukunft"),
        ({"discovered_on": MONDAY + DAY}, "Zukunft"),
        ({"police_reported_on": MONDAY + DAY}, "Zukunft"),
        ({"happened_on": MONDAY, "discovered_on": MONDAY - DAY}, "Bemerkt"),
        ({"happened_to": MONDAY - DAY}, "endet vor"),
        ({"happened_on": None, "happened_to": MONDAY}, "endet vor"),
    ],
)
def test_days_that_cannot_be_are_refused(
    school: School, teacher: Actor, days: dict[str, date | None], sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        cases.report(teacher, school, told(**days), [make_device(school)], MONDAY_9AM)


def test_nobody_knows_the_day_then_that_of_discovery_counts(school: School, teacher: Actor) -> None:
    incident = cases.report(teacher, school, told(happened_on=None), [make_device(school)], MONDAY_9AM)
    assert incident.day == MONDAY


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (DeviceState.RETIRED, "schon ausgemustert"),
        (DeviceState.DISPOSED, "schon entsorgt"),
        (DeviceState.STOLEN, "gilt als gestohlen"),
        (DeviceState.LOST, "gilt als verloren"),
    ],
)
def test_what_is_over_or_gone_cannot_be_damaged(
    school: School, teacher: Actor, state: DeviceState, sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        cases.report(teacher, school, TELLS, [make_device(school, state=state)], MONDAY_9AM)


def test_devices_of_others_and_open_cases_are_refused(school: School, teacher: Actor) -> None:
    with pytest.raises(DomainError, match="gehört nicht zu dieser Schule"):
        cases.report(teacher, school, TELLS, [make_device(make_school())], MONDAY_9AM)
    device = make_device(school)
    cases.report(teacher, school, TELLS, [device], MONDAY_9AM)
    with pytest.raises(DomainError, match="schon einen offenen Fall"):
        cases.report(teacher, school, TELLS, [device], MONDAY_9AM)
    with pytest.raises(DomainError, match="um welches Gerät"):
        cases.report(teacher, school, TELLS, [], MONDAY_9AM)


def test_strangers_report_nothing_and_teachers_not_what_was_not_returned(school: School, teacher: Actor) -> None:
    device = make_device(school)
    stranger = actor_for(make_user(Role.REPORTER, school_id=make_school().id))
    with pytest.raises(NotAllowed):
        cases.report(stranger, school, TELLS, [device], MONDAY_9AM)
    with pytest.raises(NotAllowed, match="Medienkoordination"):
        cases.report(teacher, school, told(kind=Kind.NOT_RETURNED), [device], MONDAY_9AM)


def test_thirty_devices_of_one_event_are_thirty_cases_of_one_incident(school: School, teacher: Actor) -> None:
    devices = [make_device(school) for _ in range(30)]
    incident = cases.report(teacher, school, told(kind=Kind.THEFT), [*devices, devices[0]], MONDAY_9AM)
    assert [case.device for case in incident.cases] == devices
    assert all(device.state is DeviceState.STOLEN for device in devices)


def test_the_same_form_again_is_the_same_incident_and_nobody_elses(school: School, teacher: Actor) -> None:
    device, key = make_device(school), "a" * 32
    first, second = (cases.report(teacher, school, TELLS, [device], MONDAY_9AM, form_key=key) for _ in range(2))
    assert first is second
    other = cases.report(lead_of(school), school, TELLS, [make_device(school)], MONDAY_9AM, form_key=key)
    assert other is not first


def test_a_device_that_is_not_in_the_file_has_a_case_by_its_label(school: School, teacher: Actor) -> None:
    [case] = cases.report(teacher, school, TELLS, [], MONDAY_9AM, label="iPad ohne Aufkleber").cases
    assert (case.device, case.device_label) == (None, "iPad ohne Aufkleber")


def test_who_reported_and_the_claims_staff_are_told_without_names_and_without_the_story(school: School) -> None:
    make_user(Role.CLAIMS_CLERK, email="schaden@example.org")
    device = make_device(school)
    make_loan(device)
    lead = make_user(Role.MEDIA_COORDINATOR, school_id=school.id, email="mk@example.org")
    cases.report(
        actor_for(lead), school, told(kind=Kind.THEFT, description="Lena hat es vergessen"), [device], MONDAY_9AM
    )
    cases.report(actor_for(lead), school, TELLS, [make_device(school)], MONDAY_9AM)
    [desk] = mails("claims-desk")
    assert (desk.to_address, len(desk.items)) == ("schaden@example.org", 2)
    told_school = mails("claims-school")
    assert {mail.to_address for mail in told_school} == {"mk@example.org"}
    assert "Aktenzeichen" in told_school[0].items[0]["text"]
    said = f"{desk.items} {[mail.items for mail in told_school]}"
    assert "Lena" not in said and "Kim" not in said


def test_who_reported_hears_how_it_goes_on(school: School, teacher: Actor) -> None:
    case = make_case(school)
    clerk = actor_for(make_user(Role.CLAIMS_CLERK))
    for move in ("examine", "repair"):
        cases.move(clerk, case, move, MONDAY_9AM)
    # The report and what came of it within a minute are one mail; that it was looked at is none.
    [mail] = mails("claims-school")
    assert [item["sentence"] for item in mail.items][1:] == ["Das Gerät wird repariert."]


def test_the_history_of_a_case_holds_no_words_of_the_report(school: School, teacher: Actor) -> None:
    cases.report(teacher, school, told(description="Lena war es"), [make_device(school)], MONDAY_9AM)
    assert not [entry for entry in db.session.scalars(sa.select(CaseEntry)) if "Lena" in entry.text]


def test_the_police_number_may_follow_for_all_devices_of_the_event(school: School, teacher: Actor) -> None:
    devices = [make_device(school), make_device(school)]
    one, two = cases.report(teacher, school, told(kind=Kind.THEFT), devices, MONDAY_9AM).cases
    assert one.lacks_police_reference
    for _ in range(2):
        supplements.add_police(teacher, two, "Wache Nord", "530000-001-26/1", MONDAY, MONDAY_9AM)
    assert not one.lacks_police_reference
    assert [entry.what for entry in one.entries if entry.is_public] == ["report", "police"]
    with pytest.raises(DomainError, match="vor dem Ereignis"):
        supplements.add_police(teacher, two, "", "1", MONDAY - DAY, MONDAY_9AM)
    with pytest.raises(NotAllowed):
        supplements.add_police(actor_for(make_user(Role.SECOND_LEVEL)), two, "", "1", None, MONDAY_9AM)
    damaged = make_case(school)
    with pytest.raises(DomainError, match="wenn ein Gerät fehlt"):
        supplements.add_police(lead_of(school), damaged, "", "1", None, MONDAY_9AM)


def test_said_to_be_found_is_noted_once_and_waits_for_the_claims_staff(school: School, teacher: Actor) -> None:
    make_user(Role.CLAIMS_CLERK)
    case = make_case(school, kind=Kind.LOSS)
    for _ in range(2):
        supplements.say_found(teacher, case, MONDAY, MONDAY_9AM)
    assert (case.state, case.found_on) == (State.REPORTED, MONDAY)
    assert [entry.what for entry in case.entries if entry.is_public] == ["report", "say-found"]
    assert [item["what"] for mail in mails("claims-desk") for item in mail.items] == ["Verlust", "wiedergefunden"]


def test_only_what_is_missing_can_be_found(school: School, teacher: Actor) -> None:
    with pytest.raises(DomainError, match="fehlt nicht"):
        supplements.say_found(teacher, make_case(school), MONDAY, MONDAY_9AM)
    case = make_case(school, kind=Kind.LOSS)
    for day in (MONDAY + DAY, case.incident.day - DAY):
        with pytest.raises(DomainError, match="Bitte prüfen Sie den Tag"):
            supplements.say_found(teacher, case, day, MONDAY_9AM)
    with pytest.raises(NotAllowed):
        supplements.say_found(actor_for(make_user(Role.AUDITOR)), case, MONDAY, MONDAY_9AM)
    with pytest.raises(DomainError, match="zurückgezogen"):
        supplements.say_found(teacher, in_state(case, State.WITHDRAWN), MONDAY, MONDAY_9AM)


def test_the_case_knows_who_had_the_device_on_the_day_of_the_event_and_not_who_has_it_since(school: School) -> None:
    device = make_device(school)
    back_at = MONDAY_9AM - 3 * DAY
    first: Loan = make_loan(device, handed_out_at=back_at - 30 * DAY, returned_at=back_at, condition=Condition.DAMAGED)
    happened_on = back_at.date() - DAY
    with undone():
        assert make_case(school, device=device, happened_on=happened_on).loan == first
    second: Loan = make_loan(device, handed_out_at=back_at + DAY)
    with undone():
        assert make_case(school, device=device, happened_on=happened_on).loan == first
    assert make_case(school, device=device, happened_on=MONDAY).loan == second


def test_a_loan_given_up_opens_a_case_and_a_return_says_it_is_found(school: School) -> None:
    lead = lead_of(school)
    loan = make_loan(make_device(school))
    loans.give_up(lead, loan, MONDAY_9AM)
    case = db.session.scalars(sa.select(DamageCase)).one()
    assert (case.kind, case.loan, case.device_state_before) == (Kind.NOT_RETURNED, loan, "lent")
    assert (case.incident.reporter_id, case.found_on) == (lead.user_id, None)
    loans.take_back(lead, loan, Condition.GOOD, MONDAY_9AM + DAY)
    assert (case.found_on, case.state) == (MONDAY + DAY, State.REPORTED)


def test_a_loan_given_up_keeps_the_case_its_device_has(school: School) -> None:
    device = make_device(school)
    loan = make_loan(device)
    case = make_case(school, device=device, kind=Kind.LOSS)
    loans.give_up(lead_of(school), loan, MONDAY_9AM)
    assert db.session.scalars(sa.select(DamageCase)).all() == [case]


def test_not_returned_by_the_form_gives_the_loan_up_too(school: School) -> None:
    device = make_device(school)
    loan: Loan = make_loan(device)
    cases.report(lead_of(school), school, told(kind=Kind.NOT_RETURNED), [device], MONDAY_9AM)
    assert (loan.given_up_at, device.state) == (MONDAY_9AM, DeviceState.STOLEN)
    assert len(db.session.scalars(sa.select(Incident)).all()) == 1
    assert [change.what for change in queries.history_of(device)] == ["steal"]
