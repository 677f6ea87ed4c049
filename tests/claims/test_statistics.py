"""What is counted against the stock of a day, and what never is."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from itsm.assets.kinds import Kind as DeviceKind
from itsm.assets.models import Device
from itsm.assets.service import devices
from itsm.claims import statistics, statistics_claims, statistics_page, statistics_stock, yearly
from itsm.claims.kinds import Cause, Kind
from itsm.claims.models import Booking, BookingKind, DamageCase
from itsm.claims.service import yearly as service
from itsm.claims.states import ClaimState, State
from itsm.claims.statistics import Counts
from itsm.claims.statistics_page import Asked, Share, words
from itsm.core.access import SYSTEM
from itsm.core.db import db
from tests.assets.factories import make_device, make_model
from tests.claims.factories import in_state, make_approved, make_case, make_claim
from tests.counting import queries_of
from tests.people import MONDAY, MONDAY_9AM
from tests.places import make_district, make_room, make_school, make_site

pytestmark = pytest.mark.usefixtures("session")

IPADS = DeviceKind.IPAD
YEAR = MONDAY.year


def made(kind: Kind = Kind.DAMAGE, state: State | None = None, **more: Any) -> DamageCase:
    case = make_case(kind=kind, **more)
    return in_state(case, state) if state else case


def this_year() -> statistics.Year:
    return next(one for one in statistics.years(IPADS, MONDAY) if one.year == YEAR)


def table(view: str = "jahre", by: str = "schulform", key: str = "") -> statistics_page.Table:
    tables = statistics_page.tables(Asked(view, YEAR, "ipad", by), MONDAY)
    return next(one for one in tables if key in ("", one.key))


def test_the_tables_of_the_report_come_out_of_its_yearly_figures(shared: Path) -> None:
    stated = yearly.read((shared / "data/seed/schaeden_ipads.csv").read_bytes())
    service.take_over(SYSTEM, stated, "Jahresbericht 2025")
    damaged = [row for row in table(key="schaeden").rows if row[-1] == "Jahresbericht 2025"]
    missing = [row for row in table(key="verluste").rows if row[-1] == "Jahresbericht 2025"]
    assert [" ".join(map(words, row[:4])) for row in damaged] == [
        "2021 27.315 123 0,45 %",
        "2022 38.640 285 0,74 %",
        "2023 81.961 1.047 1,28 %",
        "2024 83.437 1.165 1,40 %",
        "2025 83.596 1.525 1,82 %",
    ]
    assert [words(row[5]) for row in missing] == ["0,19 %", "0,16 %", "0,13 %", "0,11 %", "0,14 %"]
    assert [row[2] for row in missing] == [51, 60, 105, 88, 121]


def test_a_report_wins_for_its_year_and_says_so() -> None:
    make_case(happened_on=date(2025, 5, 5))
    assert next(one for one in statistics.years(IPADS, MONDAY) if one.year == 2025).damaged == 1
    service.take_over(SYSTEM, [yearly.Stated(2025, 83_596, 1_525, 121)], "Jahresbericht")
    one = next(one for one in statistics.years(IPADS, MONDAY) if one.year == 2025)
    assert (one.damaged, one.missing, one.stolen, one.source) == (1_525, 121, None, "Jahresbericht")
    # A report speaks of iPads.
    assert next(one for one in statistics.years(None, MONDAY) if one.year == 2025).damaged == 1


def test_thefts_and_losses_are_told_apart_where_they_are_counted_here() -> None:
    made(Kind.THEFT), made(Kind.NOT_RETURNED), made(Kind.LOSS), made()
    found = this_year()
    assert (found.damaged, found.stolen, found.lost, found.missing) == (1, 2, 1, 3)


@pytest.mark.parametrize(
    ("kind", "state", "counted"),
    [
        (Kind.DAMAGE, State.CLOSED, 1),
        (Kind.DAMAGE, State.WITHDRAWN, 0),
        (Kind.THEFT, State.CLOSED, 1),
        (Kind.THEFT, State.FOUND, 0),
        (Kind.LOSS, State.FOUND, 0),
        (Kind.THEFT, State.WITHDRAWN, 0),
    ],
)
def test_what_was_withdrawn_or_found_again_does_not_count(kind: Kind, state: State, counted: int) -> None:
    made(kind, state)
    found = this_year()
    assert found.damaged + found.missing == counted
    assert len(statistics.cases(YEAR, IPADS)) == counted


def test_the_day_of_the_event_decides_else_that_of_its_discovery() -> None:
    make_case(happened_on=date(2025, 12, 31), discovered_on=date(2026, 1, 2))
    make_case(happened_on=None, discovered_on=date(2026, 1, 1))
    assert [len(statistics.cases(year, IPADS)) for year in (2025, 2026)] == [1, 1]


def test_the_stock_of_a_past_day_is_reckoned_back_from_what_changed_since() -> None:
    device, other = make_device(), make_device()
    make_device(in_service_on=date(2026, 2, 1)), make_device(in_service_on=None, purchased_on=date(2025, 12, 31))
    devices.go(SYSTEM, device, "steal", datetime(2026, 3, 1, tzinfo=UTC), "")
    devices.go(SYSTEM, device, "find", datetime(2026, 4, 1, tzinfo=UTC), "")
    devices.go(SYSTEM, other, "lose", datetime(2025, 12, 31, 23, 30, tzinfo=UTC), "")
    days = [date(2025, 12, 31), date(2026, 3, 15), MONDAY]
    # Half past midnight in Berlin is the new year already.
    assert list(statistics_stock.totals(days, IPADS).values()) == [3, 2, 3]
    assert sum(one.devices for one in statistics_stock.on_day(days[0], IPADS)) == 3


def test_a_device_counts_for_the_school_it_was_at() -> None:
    school, device = make_school(), make_device()
    before = device.school_id
    assert before is not None
    devices.apply(SYSTEM, device, {"school_id": school.id}, datetime(2026, 3, 1, tzinfo=UTC), "edit")
    for day, expected in ((date(2025, 12, 31), before), (MONDAY, school.id)):
        assert {one.school_id for one in statistics_stock.on_day(day, IPADS)} == {expected}


def test_a_year_without_a_device_has_no_share() -> None:
    assert str(Share(0, 0)) == "–" and Share(0, 0).percent is None
    assert str(Share(1, 3)) == "33,33 %" and str(Share(2, 3)) == "66,67 %"
    assert str(Share(1, 800)) == "0,13 %" and str(Share(12, 1)) == "1.200,00 %"


def test_groups_stand_against_their_stock_and_those_without_cases_stay() -> None:
    district = make_district("Bezirk Nord")
    school, quiet = make_school(district, name="Laute Schule"), make_school(district, name="Stille Schule")
    model = make_model(name="iPad 9")
    for _ in range(3):
        make_device(school, model=model)
    make_device(quiet, model=model)
    make_case(device=make_device(school, model=model), cause=Cause.LIQUID)
    make_case(device=make_device(school, model=model), kind=Kind.THEFT)
    schools = {row[0]: [words(cell) for cell in row[1:]] for row in table("gruppen", "schule").rows}
    # The stolen one is no longer there.
    assert schools["Laute Schule"] == ["4", "1", "1", "0", "2", "25,00 %", "25,00 %"]
    assert schools["Stille Schule"] == ["1", "0", "0", "0", "0", "0,00 %", "0,00 %"]
    firsts = {by: table("gruppen", by).rows[0] for by in statistics.GROUPS}
    assert firsts["modell"][0] == "Apple iPad 9" and firsts["bezirk"][0] == "Bezirk Nord"
    assert firsts["schulform"][:2] == ("Grundschule", 5) and firsts["alter"][0] == "3 bis unter 4 Jahre"
    assert {row[0]: row[1:4] for row in table("gruppen", "ursache").rows}["Flüssigkeit"] == (1, 0, 0)
    assert words(firsts["art"][-1]) == "50,00 %" and firsts["ort"][0] == "im Unterricht"


def test_other_classes_of_devices_are_counted_apart_and_all_together() -> None:
    laptop = make_device(model=make_model(DeviceKind.LAPTOP))
    make_case(device=laptop), make_case()
    assert [len(statistics.cases(YEAR, kind)) for kind in (IPADS, DeviceKind.LAPTOP, None)] == [1, 1, 2]


def test_a_case_whose_device_is_not_in_the_file_is_counted_among_all() -> None:
    case = make_case()
    device = db.session.get_one(Device, case.device_id)
    case.device = None
    db.session.delete(device)
    db.session.commit()
    assert [len(statistics.cases(YEAR, kind)) for kind in (IPADS, None)] == [0, 1]
    assert statistics.grouped("modell", statistics.cases(YEAR, None), [])[0].label == statistics.UNKNOWN


def test_places_with_several_cases_are_named_and_people_are_not() -> None:
    site = make_site()
    school = make_school(name="Schule am Park", site=site)
    cart = make_device(school, tag="KOFFER-1", model=make_model(DeviceKind.CHARGING_CASE, slots=16))
    room = make_room(site, "1.07")
    for _ in range(2):
        make_case(device=make_device(school, case=cart))
        make_case(device=make_device(school, room=room))
    make_case(device=make_device(school, room=make_room(site, "2.01")))
    assert [row.label for row in statistics.again(statistics.cases(YEAR, IPADS))] == [
        "Ladekoffer KOFFER-1, Schule am Park",
        "Raum 1.07, Schule am Park",
    ]


def test_claims_are_summed_by_the_year_in_which_it_happened() -> None:
    paid, owed, dropped = make_approved(), make_approved(5_000), make_claim()
    for claim, cents in ((paid, 11_370), (owed, 5_000)):
        _book(claim.id, BookingKind.PRINCIPAL, cents, date(2025, 11, 3))
    _book(paid.id, BookingKind.PAYMENT, 11_370, date(2026, 1, 5))
    _book(owed.id, BookingKind.INSURER, 1_000, date(2026, 2, 5))
    _book(owed.id, BookingKind.PAYMENT, 700, date(2026, 2, 6), is_reversed=True)
    _book(owed.id, BookingKind.REFUND, 100, date(2026, 2, 7))
    for claim, state in ((paid, ClaimState.PAID), (dropped, ClaimState.DROPPED)):
        claim.state, claim.over_at = state, MONDAY_9AM
    owed.state = ClaimState.DEMANDED
    db.session.commit()
    now, before = statistics_claims.per_year(MONDAY)
    assert (now.year, now.begun, now.paid, now.paid_cents, now.dropped, now.demanded) == (2026, 3, 1, 12_270, 1, 0)
    assert (before.demanded, before.demanded_cents, before.open_cents) == (2, 16_370, 4_100)


def _book(claim_id: int, kind: BookingKind, cents: int, day: date, **more: Any) -> None:
    db.session.add(Booking(claim_id=claim_id, kind=kind, cents=cents, booked_on=day, at=MONDAY_9AM, **more))


def test_more_cases_ask_no_more_questions() -> None:
    numbers: dict[str, list[int]] = {view: [] for view in statistics_page.VIEWS}
    for year in (2026, 2025, 2024):
        made(Kind.THEFT, happened_on=date(year, 3, 17))
        made(Kind.DAMAGE, happened_on=date(year, 3, 17))
        for view, of_years in numbers.items():
            with queries_of() as asked:
                statistics_page.tables(Asked(view, YEAR, "ipad", "schule"), MONDAY)
            of_years.append(len(asked))
    assert {view: found for view, found in numbers.items() if len(set(found)) > 1 or found[0] > 5} == {}


def test_the_number_of_a_school_counts_its_cases_of_the_year() -> None:
    school = make_school()
    make_case(device=make_device(school)), make_case(device=make_device(school), kind=Kind.LOSS), make_case()
    assert statistics.of_school(school.id, YEAR) == Counts(damaged=1, lost=1)
