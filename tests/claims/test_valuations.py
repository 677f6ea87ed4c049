"""The value of a case: kept with all it came from, never changed, by the rules of the day of the damage."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from itsm.assets.kinds import Kind
from itsm.claims import figures, value_words
from itsm.claims.kinds import Accessory
from itsm.claims.models import CaseEntry, Valuation, ValuationPolicy
from itsm.claims.service import valuation_policies, valuations
from itsm.claims.service.valuations import Typed
from itsm.claims.states import State
from itsm.claims.valuation import Convention, Rules
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.core.figures import FigureValue
from tests.assets.factories import make_device, make_model
from tests.claims.factories import HAPPENED_ON, in_state, make_case, make_examined, make_valuation
from tests.claims.steps import approver, clerk
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

pytestmark = pytest.mark.usefixtures("session")
YEAR = timedelta(days=365)
TENTH = Rules(MONDAY, Convention.STARTED, 1_000)


def count(model: type) -> int:
    """Return how many rows there are."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_value_keeps_its_inputs_convention_version_and_result() -> None:
    row = valuations.value_case(clerk(), make_case(), MONDAY_9AM)
    assert (row.base_cents, row.in_service_on, row.damaged_on) == (37_900, date(2022, 9, 12), HAPPENED_ON)
    assert (row.life_months, row.convention, row.months, row.value_cents) == (60, "calendar", 42, 11_370)
    assert row.policy.valid_from == valuation_policies.FIRST_FROM
    assert row.sources == {"base": "price", "in_service": "device"}


def test_the_same_again_is_the_same_row_and_the_same_cents_a_year_later() -> None:
    case, me = make_case(), clerk()
    first = valuations.value_case(me, case, MONDAY_9AM)
    assert valuations.value_case(me, case, MONDAY_9AM + YEAR) is first
    assert value_words.of_row(first).endswith("379,00 € × 18 von 60 Monaten = 113,70 €.")
    entries = db.session.scalars(sa.select(CaseEntry.text).where(CaseEntry.what == "value")).all()
    assert entries == ["Zeitwert (Gerät): 113,70 € am 17.03.2026."]


def test_what_was_reckoned_stays_when_the_price_of_the_device_changes() -> None:
    case, me = make_case(), clerk()
    first = valuations.value_case(me, case, MONDAY_9AM)
    assert case.device is not None
    case.device.price_cents = 30_000
    second = valuations.value_case(me, case, MONDAY_9AM)
    assert (first.value_cents, second.value_cents) == (11_370, 9_000)
    assert count(Valuation) == 2


def test_a_lower_price_of_a_replacement_wins_and_a_higher_one_does_not() -> None:
    case, me = make_case(), clerk()
    lower = valuations.value_case(me, case, MONDAY_9AM, Typed(replacement_cents=30_000))
    assert (lower.base_cents, lower.value_cents, lower.sources["base"]) == (30_000, 9_000, "replacement")
    assert value_words.of_row(lower).startswith("Gleichwertiger Ersatz kostet heute 300,00 €")
    higher = valuations.value_case(me, case, MONDAY_9AM, Typed(replacement_cents=40_000))
    assert (higher.base_cents, higher.sources["base"]) == (37_900, "price")


def test_without_a_price_of_its_own_the_model_tells_and_what_is_typed_goes_before_it() -> None:
    case = make_case(device=make_device(model=make_model(price_cents=36_000), price_cents=None))
    by_model = valuations.value_case(clerk(), case, MONDAY_9AM)
    assert (by_model.base_cents, by_model.sources["base"]) == (36_000, "model")
    typed = valuations.value_case(clerk(), case, MONDAY_9AM, Typed(price_cents=38_000))
    assert (typed.base_cents, typed.sources["base"]) == (38_000, "typed")


def test_what_the_file_knows_goes_before_what_is_typed() -> None:
    row = valuations.value_case(
        clerk(), make_case(), MONDAY_9AM, Typed(price_cents=1, in_service_on=date(2020, 1, 1), life_months=1)
    )
    assert (row.base_cents, row.in_service_on, row.life_months) == (37_900, date(2022, 9, 12), 60)


def test_the_expected_use_is_that_of_the_class_as_of_the_day_of_the_damage() -> None:
    db.session.add(FigureValue(key="devices.life_months.display", valid_from=MONDAY, value=12))
    case = make_case(device=make_device(model=make_model(Kind.DISPLAY)))
    assert valuations.value_case(clerk(), case, MONDAY_9AM).life_months == 96


def test_without_a_day_of_the_event_that_of_the_discovery_counts() -> None:
    case = make_case(happened_on=None, discovered_on=HAPPENED_ON)
    assert valuations.value_case(clerk(), case, MONDAY_9AM).damaged_on == HAPPENED_ON


@pytest.mark.parametrize(
    ("lacks", "words"), [("price_cents", "Kaufpreis ist nicht bekannt"), ("in_service_on", "Inbetriebnahme ist nicht")]
)
def test_what_is_known_nowhere_is_asked_for(lacks: str, words: str) -> None:
    case = make_case(device=make_device(model=make_model(price_cents=None), **{lacks: None}))
    assert not valuations.found(case).is_complete
    with pytest.raises(DomainError, match=words):
        valuations.value_case(clerk(), case, MONDAY_9AM)


def test_a_device_that_is_not_in_the_file_is_valued_by_what_is_typed() -> None:
    case = make_case()
    case.device = None
    with pytest.raises(DomainError, match="erwartete Nutzung"):
        valuations.value_case(clerk(), case, MONDAY_9AM, Typed(None, 37_900, None, date(2022, 9, 12)))
    row = valuations.value_case(clerk(), case, MONDAY_9AM, Typed(None, 37_900, None, date(2022, 9, 12), 60))
    assert (row.value_cents, row.sources) == (11_370, {"base": "typed", "in_service": "typed"})


def test_an_accessory_has_a_value_of_its_own_over_three_years() -> None:
    case = make_case(
        device=make_device(in_service_on=date(2024, 8, 21)), accessories=["pencil"], happened_on=date(2026, 1, 9)
    )
    row = valuations.value_case(clerk(), case, MONDAY_9AM, Typed(Accessory.PENCIL, 8_900))
    assert (row.accessory, row.life_months, row.months, row.value_cents) == ("pencil", 36, 17, 4_697)
    assert value_words.of_row(row).startswith("Das Zubehör (Stift) hat 89,00 € gekostet")
    later = Typed(Accessory.PENCIL, 8_900, in_service_on=date(2025, 1, 9))
    assert valuations.value_case(clerk(), case, MONDAY_9AM, later).months == 12


def test_an_accessory_that_was_not_affected_is_refused() -> None:
    with pytest.raises(DomainError, match="nicht betroffen"):
        valuations.value_case(clerk(), make_case(), MONDAY_9AM, Typed(Accessory.PENCIL, 8_900))


def test_a_damage_before_the_device_was_in_service_is_refused() -> None:
    case = make_case(device=make_device(in_service_on=date(2026, 3, 18)))
    with pytest.raises(DomainError, match="nicht vor der Inbetriebnahme"):
        valuations.value_case(clerk(), case, MONDAY_9AM)


@pytest.mark.parametrize("state", [State.FOUND, State.WITHDRAWN])
def test_a_case_without_a_damage_is_not_valued(state: State) -> None:
    with pytest.raises(DomainError, match="ohne Schaden"):
        valuations.value_case(clerk(), in_state(make_examined(), state), MONDAY_9AM)


def test_only_the_claims_staff_reckons_a_value() -> None:
    with pytest.raises(NotAllowed):
        valuations.value_case(actor_for(make_user(Role.SECOND_LEVEL)), make_case(), MONDAY_9AM)


def test_the_first_version_is_written_once_and_shown_before() -> None:
    assert [one.valid_from for one in valuation_policies.versions()] == [valuation_policies.FIRST_FROM]
    assert count(ValuationPolicy) == 0
    first = valuation_policies.policy_on(MONDAY)
    assert valuation_policies.policy_on(date(1999, 1, 1)) is first
    assert count(ValuationPolicy) == 1


def test_new_rules_hold_for_damages_from_their_day_on() -> None:
    valuation_policies.add_version(approver(), TENTH, "Verfügung", MONDAY_9AM)
    before = valuations.value_case(clerk(), make_case(happened_on=HAPPENED_ON), MONDAY_9AM)
    after = valuations.value_case(clerk(), make_case(happened_on=MONDAY), MONDAY_9AM)
    assert (before.convention, before.floor_basis_points) == ("calendar", 0)
    assert (after.convention, after.floor_basis_points, after.months) == ("started", 1_000, 51)


def test_a_floor_is_told_in_words() -> None:
    valuation_policies.add_version(approver(), Rules(MONDAY, Convention.CALENDAR, 1_000), "", MONDAY_9AM)
    case = make_case(device=make_device(in_service_on=date(2020, 1, 1)), happened_on=MONDAY)
    row = valuations.value_case(clerk(), case, MONDAY_9AM)
    assert value_words.of_row(row).endswith(
        "Am 16.11.2026 war diese Zeit abgelaufen: mindestens 10 % von 379,00 € = 37,90 €."
    )


def test_two_versions_cannot_begin_on_one_day() -> None:
    valuation_policies.add_version(approver(), TENTH, "", MONDAY_9AM)
    with pytest.raises(Conflict, match=r"Ab 16\.11\.2026"):
        valuation_policies.add_version(approver(), TENTH, "", MONDAY_9AM)


def test_once_something_is_valued_rules_do_not_reach_back() -> None:
    past = Rules(date(2025, 1, 1), Convention.CALENDAR, 1_000)
    valuation_policies.add_version(approver(), past, "Beschluss von 2024", MONDAY_9AM)
    make_valuation(make_case())
    with pytest.raises(DomainError, match="frühestens ab heute"):
        valuation_policies.add_version(approver(), Rules(date(2025, 6, 1), Convention.CALENDAR, 0), "", MONDAY_9AM)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (Rules(MONDAY, Convention.CALENDAR, 10_001), "zwischen 0 und 100 %"),
        (Rules(date(1926, 1, 1), Convention.CALENDAR, 0), "zu weit zurück"),
    ],
)
def test_rules_that_cannot_be_are_refused(rules: Rules, words: str) -> None:
    with pytest.raises(DomainError, match=words):
        valuation_policies.add_version(approver(), rules, "", MONDAY_9AM)


def test_only_who_approves_claims_changes_the_rules() -> None:
    with pytest.raises(NotAllowed):
        valuation_policies.add_version(clerk(), TENTH, "", MONDAY_9AM)


def test_the_expected_use_of_accessories_is_a_dated_figure() -> None:
    db.session.add(FigureValue(key=figures.ACCESSORY_MONTHS, valid_from=date(2026, 1, 1), value=24))
    row = valuations.value_case(
        clerk(), make_case(accessories=["cover"]), MONDAY_9AM, Typed(Accessory.COVER, 3_000, in_service_on=HAPPENED_ON)
    )
    assert (row.life_months, row.value_cents) == (24, 3_000)
