"""Names of closed cases and claims go; the counts, holds and amounts stay."""

from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import current_app
from flask.testing import FlaskClient

from itsm.claims import jobs, papers
from itsm.claims.kinds import Kind
from itsm.claims.models import (
    BankLine,
    BankStatement,
    Booking,
    BookingKind,
    CaseEntry,
    Channel,
    Claim,
    ClaimEntry,
    Debtor,
    Letter,
    LetterKind,
    MdmOrder,
    OrderKind,
    OrderState,
    PaperKind,
    PositionLook,
    Repair,
)
from itsm.claims.papers import Upload
from itsm.claims.service import anonymising, yearly
from itsm.claims.service import papers as kept_papers
from itsm.claims.service.letters import ATTACHED
from itsm.claims.states import ClaimState, State
from itsm.core import clock
from itsm.core.access import SYSTEM, Actor, Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.core.outbox import Mail
from tests.assets.factories import make_device, make_loan
from tests.claims.factories import in_state, make_approved, make_case, make_claim, make_debtor, make_examined
from tests.claims.steps import undone
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in

pytestmark = pytest.mark.usefixtures("session")

# A word that stands nowhere but where this test writes it.
NAME = "Zwetschgenmus"
DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n% " + NAME.encode() + b"\n%%EOF\n"
# Six months after MONDAY_9AM, the moment everything here was over.
DROPPED_UNTIL = date(2027, 5, 16)
STORY_UNTIL = date(2028, 11, 16)


def night(day: date) -> datetime:
    return clock.at_local(day, time(3, 50))


def over(claim: Claim, state: ClaimState) -> Claim:
    claim.state, claim.over_at = state, MONDAY_9AM
    db.session.commit()
    return claim


def full_of_names(claim: Claim) -> None:
    """Write the name wherever a person can write one, in words and in files."""
    clerk = actor_for(make_user(Role.CLAIMS_CLERK))
    case = claim.items[0].case
    case.incident.description = f"{NAME} hat das Gerät fallen lassen."
    case.incident.reporter_name = case.incident.police_station = case.incident.police_reference = NAME
    evidence = kept_papers.keep(clerk, case, PaperKind.EVIDENCE, Upload(f"{NAME}.pdf", PDF), MONDAY_9AM)
    insight = kept_papers.keep(clerk, case, PaperKind.INSIGHT, Upload(f"{NAME}.pdf", PDF), MONDAY_9AM)
    kept_papers.keep(clerk, case, PaperKind.INVOICE, Upload(f"{NAME}.pdf", PDF), MONDAY_9AM)
    claim.evidence_id, claim.answer, claim.reason = evidence.id, NAME, NAME
    debtor = make_debtor(claim, name=NAME, guardian=NAME, street=NAME, city=NAME, email=f"{NAME}@example.org")
    debtor.insight, debtor.insight_paper_id, debtor.insurer, debtor.insurer_reference = NAME, insight.id, NAME, NAME
    statement = BankStatement(digest="0" * 64, name="auszug.xml", read_at=MONDAY_9AM)
    day = date(2026, 11, 2)
    line = BankLine(statement=statement, number=1, bank_reference="1", booked_on=day, cents=1, payer=NAME, purpose=NAME)
    letter = Letter(
        claim_id=claim.id,
        debtor_id=debtor.id,
        kind=LetterKind.DEMAND,
        made_at=MONDAY_9AM,
        dated_on=day,
        open_cents=11_370,
        digest="1" * 64,
        pdf=PDF,
        words={"to": NAME},
        channel=Channel.MAIL,
        sent_at=MONDAY_9AM,
    )
    db.session.add_all([line, letter])
    db.session.flush()
    db.session.add_all(
        [
            CaseEntry(case_id=case.id, at=MONDAY_9AM, what="note", text=NAME),
            ClaimEntry(claim_id=claim.id, at=MONDAY_9AM, what="note", text=NAME),
            Repair(case_id=case.id, supplier="Werkstatt", supplier_reference=NAME, note=NAME),
            MdmOrder(
                case_id=case.id,
                kind=OrderKind.LOCK,
                state=OrderState.WITHDRAWN,
                state_at=MONDAY_9AM,
                purpose=NAME,
                last_error=NAME,
                requested_at=MONDAY_9AM,
            ),
            PositionLook(case_id=case.id, at=MONDAY_9AM, reason=NAME),
            Booking(claim_id=claim.id, kind=BookingKind.PRINCIPAL, cents=11_370, booked_on=day, at=MONDAY_9AM),
            Booking(
                claim_id=claim.id,
                kind=BookingKind.PAYMENT,
                cents=11_370,
                booked_on=day,
                at=MONDAY_9AM,
                line_id=line.id,
                text=NAME,
            ),
            Mail(
                template="claims-letter",
                to_address=f"{NAME}@example.org",
                to_name=NAME,
                subject=NAME,
                items=[{"name": NAME}],
                burst_key=f"{ATTACHED}-{letter.id}",
                message_id="1",
                created_at=MONDAY_9AM,
                due_at=MONDAY_9AM,
                sent_at=MONDAY_9AM,
            ),
        ]
    )
    db.session.commit()


def places_of(name: str) -> set[str]:
    """Return every column of the database, and every uploaded file, in which the name stands."""
    columns = db.session.execute(
        sa.text(
            "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name) WHERE table_type = 'BASE TABLE'"
            " AND table_schema NOT IN ('pg_catalog', 'information_schema')"
            " AND data_type IN ('text', 'character varying', 'bytea', 'jsonb', 'json', 'tsvector', 'ARRAY')"
        )
    ).all()
    found = set()
    for schema, table, column, kind in columns:
        text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
        where = f'SELECT EXISTS (SELECT FROM "{schema}"."{table}" WHERE {text} ILIKE :name)'
        if db.session.scalar(sa.text(where), {"name": f"%{name}%"}):
            found.add(f"{table}.{column}")
    folder = current_app.config["INSTANCE"] / "uploads"
    return found | {"file" for path in folder.rglob("*") if path.is_file() and name.encode() in path.read_bytes()}


def test_who_never_gave_a_device_back_is_forgotten_with_the_case() -> None:
    device = make_device()
    loan = make_loan(device, holder_name=NAME, holder_email=f"{NAME}@example.org", given_up_at=MONDAY_9AM)
    case = in_state(make_case(device=device, kind=Kind.NOT_RETURNED), State.CLOSED)
    assert case.loan_id == loan.id
    jobs_anonymise(STORY_UNTIL)
    assert case.loan_id is None and places_of(NAME) == set()


def closed(claim: Claim) -> None:
    in_state(claim.items[0].case, State.CLOSED)


def test_a_dropped_claim_leaves_no_name_in_the_whole_database_and_the_upload_folder() -> None:
    claim = make_claim()
    full_of_names(claim)
    over(claim, ClaimState.DROPPED)
    closed(claim)
    before = places_of(NAME)
    assert {
        "claim_debtor.name",
        "claim_letter.pdf",
        "bank_line.payer",
        "mail.items",
        "damage_paper.name",
        "file",
    } < before
    assert [jobs_anonymise(DROPPED_UNTIL) for _ in range(2)] == [2, 0]
    assert places_of(NAME) == set()


def jobs_anonymise(day: date) -> int:
    job = next(job for job in jobs.JOBS if job.name == "anonymise-claims")
    changed = job.run(night(day))
    db.session.commit()
    return changed


def test_what_is_no_name_stays() -> None:
    claim = make_claim()
    full_of_names(claim)
    over(claim, ClaimState.DROPPED)
    closed(claim)
    jobs_anonymise(DROPPED_UNTIL)
    letter = db.session.scalars(sa.select(Letter)).one()
    assert letter.digest == "1" * 64 and letter.open_cents == 11_370 and letter.pdf is None
    assert claim.debtors[0].ground and claim.anonymised_at == night(DROPPED_UNTIL)
    case = claim.items[0].case
    assert case.kind is Kind.DAMAGE and "·" in case.device_label and case.incident.police_reference == anonymising.GONE
    assert db.session.scalar(sa.select(sa.func.sum(Booking.cents))) == 22_740


def test_a_dropped_claim_keeps_its_names_until_the_last_day_of_its_months() -> None:
    claim = over(make_claim(), ClaimState.DROPPED)
    make_debtor(claim)
    assert jobs_anonymise(DROPPED_UNTIL - DAY) == 0
    assert jobs_anonymise(DROPPED_UNTIL) == 1


def test_the_story_of_a_case_that_still_goes_on_stays_when_its_claim_was_dropped() -> None:
    claim = over(make_claim(), ClaimState.DROPPED)
    case = claim.items[0].case
    make_debtor(claim)
    assert jobs_anonymise(STORY_UNTIL) == 1
    assert case.incident.description and case.anonymised_at is None
    in_state(case, State.CLOSED)
    assert jobs_anonymise(STORY_UNTIL) == 1
    assert not case.incident.description


def test_receipts_stay_six_years_from_the_first_of_january_after_the_accounts_were_adopted(
    subtests: pytest.Subtests,
) -> None:
    claim, approver = make_approved(), actor_for(make_user(Role.CLAIMS_APPROVER))
    for state in (ClaimState.PAID, ClaimState.WAIVED, ClaimState.CANCELLED):
        with subtests.test(f"{state}"), undone():
            over(claim, state)
            _receipts_stay_six_years(approver)


def _receipts_stay_six_years(approver: Actor) -> None:
    adopted = date(2027, 9, 30)
    assert jobs_anonymise(date(2040, 1, 1)) == 0
    assert yearly.adopt_accounts(approver, 2026, adopted, adopted) == 1
    assert jobs_anonymise(date(2033, 12, 31)) == 0
    assert jobs_anonymise(date(2034, 1, 1)) == 1


def test_the_story_of_a_case_without_a_claim_goes_after_two_years(subtests: pytest.Subtests) -> None:
    case = make_case()
    for state in (State.CLOSED, State.FOUND, State.WITHDRAWN):
        with subtests.test(f"{state}"), undone():
            in_state(case, state)
            assert jobs_anonymise(STORY_UNTIL - DAY) == 0
            assert [jobs_anonymise(STORY_UNTIL) for _ in range(2)] == [1, 0]
            assert not case.incident.description and case.incident.reporter_id is None and case.loan_id is None


def test_what_was_written_after_a_case_was_taken_up_again_goes_too() -> None:
    case = in_state(make_case(), State.CLOSED)
    assert jobs_anonymise(STORY_UNTIL) == 1
    case.over_at = night(STORY_UNTIL) + 30 * DAY
    db.session.add(CaseEntry(case_id=case.id, at=case.over_at, what="note", text=NAME))
    db.session.commit()
    assert jobs_anonymise(STORY_UNTIL + 31 * DAY) == 0
    assert [jobs_anonymise(date(2031, 1, 1)) for _ in range(2)] == [1, 0]
    assert places_of(NAME) == set()


def test_a_claim_that_ended_again_after_its_names_were_gone_loses_the_new_ones() -> None:
    claim = over(make_approved(), ClaimState.PAID)
    claim.accounts_adopted_on = date(2027, 9, 30)
    db.session.commit()
    assert jobs_anonymise(date(2034, 1, 1)) == 1
    claim.over_at, claim.reason = night(date(2034, 3, 1)), NAME
    claim.debtors[0].guardian = NAME
    db.session.commit()
    assert jobs_anonymise(date(2034, 12, 31)) == 0
    claim.accounts_adopted_on = date(2035, 9, 30)
    db.session.commit()
    assert [jobs_anonymise(date(2042, 1, 1)) for _ in range(2)] == [1, 0]
    assert places_of(NAME) == set()


def test_pages_and_lists_show_what_is_left(client: FlaskClient) -> None:
    claim = make_claim()
    full_of_names(claim)
    over(claim, ClaimState.DROPPED)
    closed(claim)
    jobs_anonymise(DROPPED_UNTIL)
    browser = sign_in(client, make_user(Role.CLAIMS_APPROVER))
    case_id = claim.items[0].case_id
    for address in (f"/schaeden/{case_id}", f"/forderungen/{claim.id}"):
        answer = browser.get(address)
        assert answer.status_code == 200 and NAME not in answer.text
    for address in (f"/forderungen?q={NAME}", f"/suche?q={NAME}"):
        assert f"/forderungen/{claim.id}" not in browser.get(address).text


def test_nothing_goes_while_a_claim_of_the_same_incident_is_open() -> None:
    claim = make_claim(make_examined())
    closed(claim)
    assert jobs_anonymise(date(2050, 1, 1)) == 0


def test_a_held_case_keeps_everything_with_its_claim() -> None:
    claim = over(make_claim(), ClaimState.DROPPED)
    closed(claim)
    make_debtor(claim)
    claim.items[0].case.hold_reason = "Rechtsstreit"
    db.session.commit()
    assert jobs_anonymise(date(2050, 1, 1)) == 0
    claim.items[0].case.hold_reason = ""
    db.session.commit()
    assert jobs_anonymise(date(2050, 1, 1)) == 2


def test_who_is_still_to_get_money_back_keeps_the_name() -> None:
    claim = over(make_claim(), ClaimState.DROPPED)
    make_debtor(claim)
    day = date(2026, 11, 2)
    paid = Booking(claim_id=claim.id, kind=BookingKind.PAYMENT, cents=1, booked_on=day, at=MONDAY_9AM)
    db.session.add(paid)
    db.session.commit()
    assert jobs_anonymise(date(2050, 1, 1)) == 0


def test_files_stay_when_the_run_fails() -> None:
    case = in_state(make_case(), State.CLOSED)
    clerk = actor_for(make_user(Role.CLAIMS_CLERK))
    paper = kept_papers.keep(clerk, case, PaperKind.OTHER, Upload("a.pdf", PDF), MONDAY_9AM)
    db.session.commit()
    path = papers.path(paper)
    assert anonymising.forget(night(STORY_UNTIL)) == 1
    db.session.rollback()
    assert path.exists()
    jobs_anonymise(STORY_UNTIL)
    assert not path.exists()


def test_the_adoption_of_accounts_is_entered_by_who_approves_and_for_a_year_that_is_over() -> None:
    over(make_approved(), ClaimState.PAID)
    approver = actor_for(make_user(Role.CLAIMS_APPROVER))
    for actor in (SYSTEM, actor_for(make_user(Role.CLAIMS_CLERK)), actor_for(make_user(Role.AUDITOR))):
        with pytest.raises(NotAllowed):
            yearly.adopt_accounts(actor, 2026, date(2027, 9, 30), date(2027, 10, 1))
    for year, day in ((2026, date(2026, 12, 31)), (2026, date(2027, 10, 2)), (2025, date(2027, 9, 30))):
        with pytest.raises(DomainError):
            yearly.adopt_accounts(approver, year, day, date(2027, 10, 1))
    assert yearly.adopt_accounts(approver, 2026, date(2027, 9, 30), date(2027, 10, 1)) == 1
    assert yearly.adopt_accounts(approver, 2026, None, date(2027, 10, 1)) == 1
    assert jobs_anonymise(date(2050, 1, 1)) == 0


def test_a_joint_debtor_has_no_other_way_to_stay() -> None:
    claim = over(make_claim(), ClaimState.DROPPED)
    make_debtor(claim, name="Erste Person")
    make_debtor(claim, name="Zweite Person", guardian="Dritte Person")
    jobs_anonymise(DROPPED_UNTIL)
    texts = db.session.execute(sa.select(Debtor.name, Debtor.guardian, Debtor.street, Debtor.born_on)).all()
    assert set(texts) == {("", "", "", None)}
