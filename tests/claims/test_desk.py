"""The clerk's desk: every block holds what it says, for whom it may, in few selects; the list finds what is typed."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from itsm.assets.kinds import Kind as DeviceKind
from itsm.assets.states import State as DeviceState
from itsm.claims import desk, desk_queries, landing, limitation
from itsm.claims.claim_record import Standing
from itsm.claims.desk import Group
from itsm.claims.kinds import Kind
from itsm.claims.models import BookingKind, Claim, DamageCase, Incident
from itsm.claims.service import payments, relief, repairs, replacements
from itsm.claims.service.payments import Money
from itsm.claims.service.repairs import Told
from itsm.claims.states import ClaimState, State
from itsm.core import clock, keyset
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError
from tests.assets.factories import make_device, make_model
from tests.claims.factories import in_state, make_approved, make_case, make_claim, make_debtor, make_examined
from tests.claims.steps import clerk, make_demanded
from tests.counting import queries_of
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_school
from tests.saving import at_once

pytestmark = pytest.mark.usefixtures("session")

DAY = timedelta(days=1)


def _hearing(until: date, answered_on: date | None = None) -> Claim:
    return make_claim(state=ClaimState.HEARING, heard_on=MONDAY, hearing_until=until, answered_on=answered_on)


def _owed(state: ClaimState, due_on: date) -> Claim:
    return make_approved(state=state, due_on=due_on)


def _proposed() -> Claim:
    return make_approved(state=ClaimState.PROPOSED, approved_at=None, approved_by_id=None)


def _repaired(ordered_on: date | None) -> DamageCase:
    case = make_examined()
    repairs.begin(clerk(), case, Told("iFix GmbH", ordered_on=ordered_on), MONDAY_9AM)
    return case


def _assigned() -> DamageCase:
    case = make_case()
    case.clerk_id = make_user().id
    return case


def _planned() -> DamageCase:
    case = make_examined()
    replacements.plan(clerk(), case, None, MONDAY_9AM)
    return case


def _said_found() -> DamageCase:
    case = make_examined(kind=Kind.LOSS)
    case.found_on = MONDAY
    return case


def _with_police() -> DamageCase:
    return make_case(kind=Kind.THEFT, police_reference="500000-1/26")


def _returned(on: date) -> Claim:
    claim = make_claim()
    claim.items[0].case.returned_on = on
    return claim


def _joint(until: date) -> Claim:
    claim = _hearing(until, MONDAY)
    make_debtor(claim)
    make_debtor(claim)
    return claim


def _waiver_asked() -> Claim:
    claim = _owed(ClaimState.DEMANDED, MONDAY)
    relief.ask_waiver(clerk(), claim, "Härte", MONDAY_9AM)
    return claim


def _overpaid() -> Claim:
    claim = make_demanded()
    payments.book(clerk(), claim, Money(BookingKind.PAYMENT, 11_371, MONDAY), MONDAY_9AM)
    return claim


def _forgotten() -> DamageCase:
    case = _undecided(date(2026, 7, 15))
    case.anonymised_at = MONDAY_9AM
    return case


def _undecided(returned_on: date) -> DamageCase:
    case = in_state(make_case(), State.CLOSED)
    case.returned_on = returned_on
    return case


MAKERS: dict[str, tuple[Callable[[], DamageCase | Claim], set[str]]] = {
    "a report": (make_case, {"neu"}),
    "a report somebody has taken over": (_assigned, {"pruefen"}),
    "a theft without a police number": (lambda: make_case(kind=Kind.THEFT), {"neu", "polizei", "sperre"}),
    "a theft with one": (_with_police, {"neu", "sperre"}),
    "an examined case": (make_examined, {"entscheiden"}),
    "a case whose device is there again": (_said_found, {"wieder-da", "entscheiden", "sperre"}),
    "a closed case": (lambda: in_state(make_case(), State.CLOSED), set()),
    "a repair on its last good day": (lambda: _repaired(MONDAY - 21 * DAY), {"reparatur"}),
    "a repair a day later": (lambda: _repaired(MONDAY - 22 * DAY), {"reparatur-spaet"}),
    "a repair not ordered yet": (lambda: _repaired(None), {"reparatur"}),
    "a swap on the next visit": (_planned, {"besuch"}),
    "a hearing on its last day": (lambda: _hearing(MONDAY), {"entscheiden", "anhoerung"}),
    "a hearing that is over": (lambda: _hearing(MONDAY - DAY), {"entscheiden", "angehoert"}),
    "a hearing with an answer": (lambda: _hearing(MONDAY, MONDAY), {"entscheiden", "angehoert"}),
    "an amount to approve": (_proposed, {"entscheiden", "freigabe"}),
    "a demand on its last day": (lambda: _owed(ClaimState.DEMANDED, MONDAY), {"entscheiden", "zahlung"}),
    "a demand that is overdue": (lambda: _owed(ClaimState.DUNNED, MONDAY - DAY), {"entscheiden", "ueberfaellig"}),
    "a deferred claim": (lambda: _owed(ClaimState.DEFERRED, MONDAY), {"entscheiden"}),
    "a deferral that is over": (lambda: _owed(ClaimState.DEFERRED, MONDAY - DAY), {"entscheiden", "stundung"}),
    "a rate that is overdue": (lambda: _owed(ClaimState.INSTALMENTS, MONDAY - DAY), {"entscheiden", "rate"}),
    "a joint hearing, one has answered": (lambda: _joint(MONDAY), {"entscheiden", "anhoerung"}),
    "a joint hearing that is over": (lambda: _joint(MONDAY - DAY), {"entscheiden", "angehoert"}),
    "a waiver somebody has asked for": (_waiver_asked, {"entscheiden", "zahlung", "erlass"}),
    "a claim paid twice": (_overpaid, {"entscheiden", "zurueckzahlen"}),
    "a claim that is examined": (make_claim, {"entscheiden", "forderung"}),
    "a claim that was approved": (make_approved, {"entscheiden", "versenden"}),
    "an old case without names": (_forgotten, set()),
    "a claim barred in 60 days": (lambda: _returned(date(2026, 7, 15)), {"entscheiden", "forderung", "frist"}),
    "a case without a decision, 60 days left": (lambda: _undecided(date(2026, 7, 15)), {"ohne-entscheidung"}),
    "a case without a decision, 61 days left": (lambda: _undecided(date(2026, 7, 16)), set()),
    "a case whose time has run out": (lambda: _undecided(date(2026, 5, 15)), set()),
    "a claim barred in 61 days": (lambda: _returned(date(2026, 7, 16)), {"entscheiden", "forderung"}),
}


def test_a_case_stands_in_the_blocks_that_say_so_and_in_no_other() -> None:
    with at_once():
        made = {name: make() for name, (make, _) in MAKERS.items()}
    parts = desk.fill(actor_for(make_user(Role.CLAIMS_APPROVER)), MONDAY, 2 * len(made))
    assert all(len(part.rows) == part.total for part in parts)
    found = {name: {part.block.slug for part in parts if _stands_in(part.rows, made[name])} for name in MAKERS}
    assert found == {name: expected for name, (_, expected) in MAKERS.items()}


def _stands_in(rows: Sequence[sa.Row[Any]], made: DamageCase | Claim) -> bool:
    """Say whether a case or a claim, or the case of the claim, has a row."""
    if isinstance(made, DamageCase):
        return any(row.case_id == made.id for row in rows)
    return any(row.claim_id == made.id or row.case_id == made.items[0].case_id for row in rows)


def test_a_claim_itself_says_of_its_hearing_what_the_desk_says() -> None:
    for claim, is_over in ((_hearing(MONDAY, MONDAY), True), (_joint(MONDAY), False)):
        db.session.refresh(claim)
        assert Standing(clerk(), claim, MONDAY).hearing_over is is_over
        assert Standing(clerk(), claim, MONDAY + DAY).hearing_over


def test_the_desk_holds_nothing_for_anybody_else() -> None:
    for name in ("a theft without a police number", "a hearing that is over", "an amount to approve"):
        MAKERS[name][0]()
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.SECOND_LEVEL, Role.DISPATCHER):
        assert desk.fill(actor_for(make_user(role)), MONDAY, 5) == []


def test_only_a_second_person_with_the_right_is_asked_to_approve() -> None:
    claim, approver = _proposed(), make_user(Role.CLAIMS_APPROVER)
    block = desk.BY_SLUG["freigabe"]
    assert block.fill(clerk(), MONDAY, 5).total == 0
    assert block.fill(actor_for(approver), MONDAY, 5).total == 1
    claim.amount_by_ids = [1, approver.id]
    assert block.fill(actor_for(approver), MONDAY, 5).total == 0
    claim.amount_by_ids, claim.proposed_by_id = [], approver.id
    assert block.fill(actor_for(approver), MONDAY, 5).total == 0


def test_only_a_second_person_with_the_right_is_asked_to_waive() -> None:
    claim, approver, block = _waiver_asked(), make_user(Role.CLAIMS_APPROVER), desk.BY_SLUG["erlass"]
    assert block.fill(clerk(), MONDAY, 5).total == 0
    assert block.fill(actor_for(approver), MONDAY, 5).total == 1
    claim.waiver_asked_by_id = approver.id
    assert block.fill(actor_for(approver), MONDAY, 5).total == 0


def test_the_desk_reckons_the_limitation_like_the_clocks() -> None:
    claim = make_claim()
    case = claim.items[0].case
    known = clock.local_day(case.incident.reported_at)
    select = db.select(desk.barred_on()).select_from(Claim).join(Incident, Incident.id == Claim.incident_id)
    for returned_on in (None, date(2026, 8, 31), date(2026, 10, 30), date(2026, 3, 17)):
        for days in (0, 45):
            case.returned_on, claim.suspended_days = returned_on, days
            clocks = limitation.clocks(known_on=known, returned_on=returned_on, suspended_days=days)
            assert db.session.scalar(select) == limitation.earliest(clocks).ends_on, (returned_on, days)


def test_a_court_holds_the_limitation() -> None:
    claim = _returned(date(2026, 6, 1))
    assert desk.BY_SLUG["frist"].fill(clerk(), MONDAY, 5).total == 1
    claim.is_at_court = True
    assert desk.BY_SLUG["frist"].fill(clerk(), MONDAY, 5).total == 0


def test_what_is_due_first_leads_the_landing_page() -> None:
    actor = clerk()
    assert landing.start(actor, MONDAY, 4).next_row is None
    new = make_case()
    first = landing.start(actor, MONDAY, 4).next_row
    assert first is not None and (first[0].slug, first[1].case_id) == ("neu", new.id)
    claim = _owed(ClaimState.DEMANDED, MONDAY - DAY)
    found = landing.start(actor, MONDAY, 4)
    assert found.next_row is not None and found.next_row[1].claim_id == claim.id
    assert (found.deadlines, found.new.total, desk.count_to_do(actor, MONDAY)) == (1, 1, 2)


def test_what_only_the_second_person_can_do_comes_before_every_deadline() -> None:
    late, proposed = _owed(ClaimState.DEMANDED, MONDAY - DAY), _proposed()
    approver = actor_for(make_user(Role.CLAIMS_APPROVER))
    for actor, claim in ((clerk(), late), (approver, proposed)):
        first = landing.start(actor, MONDAY, 4).next_row
        assert first is not None and first[1].claim_id == claim.id


def test_the_number_of_selects_does_not_grow_with_the_cases() -> None:
    actor, sent = clerk(), []
    for _ in range(2):
        with at_once():
            for _ in range(2):
                school = make_school()
                make_case(school)
                repairs.begin(actor, make_examined(school), Told("iFix GmbH"), MONDAY_9AM)
        db.session.expunge_all()
        with queries_of() as statements:
            desk.fill(actor, MONDAY, 5)
            desk.count_to_do(actor, MONDAY)
            page = desk_queries.page(actor, "alle", "", "neu", "", MONDAY)
            assert all(case.school.short_name and case.device for case in page.rows)
        sent.append(len(statements))
    assert sent[0] == sent[1] <= len(desk.BLOCKS) + 8


FOUND: dict[str, Callable[[DamageCase], str]] = {
    "number": lambda case: case.number,
    "tag": lambda case: case.device.tag.lower() if case.device else "",
    "serial number": lambda case: case.device.serial or "" if case.device else "",
    "kind": lambda _: "art:diebstahl",
    "state": lambda _: "stand:repar",
    "school": lambda case: f'schule:"{case.school.short_name}"',
    "school number": lambda case: f"schule:{case.school.number}",
    "district": lambda case: f'bezirk:"{case.school.district.name}"' if case.school.district else "",
    "class": lambda _: "gerät:Laptop",
    "claim": lambda _: "forderung:ja",
    "year": lambda _: "jahr:2025",
    "clerk": lambda _: "bei:ich",
    "due": lambda _: "fällig:reparatur-spaet",
    "today": lambda _: "fällig:heute",
}


def test_a_filter_finds_the_case_it_means_and_no_other() -> None:
    actor = clerk()
    make_case()
    school = make_school()
    school.short_name = "Ganz andere Schule"
    wanted = make_examined(
        device=make_device(school, model=make_model(DeviceKind.LAPTOP)), happened_on=date(2025, 3, 1)
    )
    repairs.begin(actor, wanted, Told("iFix GmbH", ordered_on=MONDAY - 30 * DAY), MONDAY_9AM)
    wanted.clerk_id, wanted.has_claim, wanted.kind = actor.user_id, True, Kind.THEFT
    db.session.commit()
    for name, line in FOUND.items():
        assert desk_queries.page(actor, "alle", line(wanted), "neu", "", MONDAY).rows == [wanted], name


def test_the_number_of_a_claim_finds_its_cases() -> None:
    claim = make_claim()
    make_case()
    assert [case.id for case in desk_queries.page(clerk(), "alle", claim.number, "neu", "", MONDAY).rows] == [
        claim.items[0].case_id
    ]


@pytest.mark.parametrize(
    "line", ["art:Wunder", "stand:x", "gerät:Toaster", "forderung:vielleicht", "jahr:26", "fällig:nie", "x" * 301]
)
def test_a_word_nobody_understands_is_said(line: str) -> None:
    with pytest.raises(DomainError):
        desk_queries.page(clerk(), "alle", line, "neu", "", MONDAY)


@pytest.mark.parametrize(("tab", "order", "cursor"), [("x", "neu", ""), ("alle", "x", ""), ("alle", "neu", "²")])
def test_a_view_nobody_has_sent_is_refused(tab: str, order: str, cursor: str) -> None:
    with pytest.raises(DomainError):
        desk_queries.page(clerk(), tab, "", order, cursor, MONDAY)


def test_every_page_of_the_list_goes_on_where_the_last_one_ended() -> None:
    actor, first = clerk(), make_case()
    told = {name: getattr(first, name) for name in ("kind", "statistics_class", "state", "state_at", "school_id")}
    more = [DamageCase(incident=first.incident, device_label="Altes iPad", **told) for _ in range(keyset.SIZE)]
    db.session.add_all(more)
    db.session.commit()
    made = [first.id, *(case.id for case in more)]
    for order, expected in (("neu", made[::-1]), ("alt", made)):
        start = desk_queries.page(actor, "offen", "", order, "", MONDAY)
        assert start.cursor is not None
        rest = desk_queries.page(actor, "offen", "", order, start.cursor, MONDAY)
        assert [case.id for case in (*start.rows, *rest.rows)] == expected
        assert rest.cursor is None


def test_the_tabs_count_what_they_show() -> None:
    actor = clerk()
    case, closed = make_examined(), in_state(make_case(), State.CLOSED)
    case.clerk_id = actor.user_id
    make_case()
    for tab, number in desk_queries.counts(actor).items():
        assert len(desk_queries.page(actor, tab, "", "neu", "", MONDAY).rows) == number, tab
    assert desk_queries.counts(actor) == {"offen": 2, "meine": 1, "neu": 1, "abgeschlossen": 1, "alle": 3}
    assert closed.device is not None and closed.device.state is DeviceState.DAMAGED
    assert {block.group for block in desk.BLOCKS} == set(Group)
