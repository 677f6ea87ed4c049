"""The page of a claim: what comes next and who must do it, and no way around a gate."""

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.accounts.models import User
from itsm.claims import claim_actions
from itsm.claims.claim_record import Standing
from itsm.claims.models import Claim, DamageCase, Fault, Ground
from itsm.claims.service import claiming, items, payments, relief
from itsm.claims.states import CLAIM_OVER, ClaimState, State
from itsm.core.access import Role
from itsm.core.db import db
from tests.claims.factories import beside, in_state, make_claim, make_debtor, make_examined, make_paper, make_valuation
from tests.claims.money import pay
from tests.claims.steps import approver, clerk, make_demanded, make_heard, make_proposed, make_ready
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user, sign_in

PERSON = {
    "ground": "pupil",
    "name": "Kim Beispiel",
    "street": "Musterweg 1",
    "postcode": "44135",
    "city": "Dortmund",
    "born_on": "4.5.2007",
}


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """A browser somebody of the claims staff has signed in with."""
    return sign_in(client, make_user(Role.CLAIMS_CLERK, name="Dana Sachbearbeitung"))


def read(client: FlaskClient, claim: Claim) -> str:
    answer = client.get(f"/forderungen/{claim.id}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.text)


def post(client: FlaskClient, claim: Claim, slug: str, **typed: Any) -> int:
    body = {f"{slug}-{name}": value for name, value in typed.items()}
    return client.post(f"/forderungen/{claim.id}/{slug}", data=body).status_code


def seen(client: FlaskClient, claim: Claim, slug: str) -> str:
    found = re.search(rf'name="{slug}-seen"[^>]*value="([^"]*)"', client.get(f"/forderungen/{claim.id}").text)
    assert found, f"the page does not offer {slug}"
    return found[1]


def test_a_case_leads_to_its_claim_in_one_step_and_twice_changes_nothing(desk: FlaskClient) -> None:
    case = make_examined()
    assert "Verschulden prüfen" in desk.get(f"/schaeden/{case.id}").text
    answers = [desk.post(f"/schaeden/{case.id}/forderung").status_code for _ in range(2)]
    assert answers == [303, 422]
    assert db.session.query(Claim).count() == 1


def test_that_nothing_is_claimed_is_recorded_with_a_reason(desk: FlaskClient) -> None:
    case = make_examined()
    without = desk.post(f"/schaeden/{case.id}/keine-forderung", data={"keine-forderung-text": " "})
    assert without.status_code == 422
    told = desk.post(f"/schaeden/{case.id}/keine-forderung", data={"keine-forderung-text": "Verschleiß"})
    assert (told.status_code, case.has_claim) == (303, False)


def test_the_page_of_a_new_claim_names_what_is_missing(desk: FlaskClient) -> None:
    text = read(desk, make_claim())
    for words in ("Vor der Anhörung fehlt noch", "Grad des Verschuldens", "wer zahlen soll", "fehlt der Zeitwert"):
        assert words in text


def test_fault_and_evidence_are_recorded_and_open_the_way_to_the_hearing(desk: FlaskClient) -> None:
    case = make_examined()
    make_valuation(case)
    claim, paper = make_claim(case), make_paper(case)
    make_debtor(claim)
    assert post(desk, claim, "verschulden", fault="gross", evidence=str(paper.id), legal_basis="private") == 303
    assert claim.fault is Fault.GROSS
    assert "Zur Anhörung" in read(desk, claim)


def test_a_paper_of_another_case_cannot_be_chosen(desk: FlaskClient) -> None:
    claim, paper = make_claim(), make_paper(make_examined())
    assert post(desk, claim, "verschulden", fault="gross", evidence=str(paper.id), legal_basis="private") == 422


def test_light_negligence_and_petty_amounts_lead_to_dropping(desk: FlaskClient) -> None:
    for claim in (make_ready(fault=Fault.LIGHT), make_ready(1000)):
        text = read(desk, claim)
        assert "Vorschlag: keine Forderung" in text
        assert post(desk, claim, "fallen-lassen", text="Zu gering.") == 303
        assert claim.state is ClaimState.DROPPED


def test_a_person_is_added_changed_and_taken_out(desk: FlaskClient) -> None:
    claim = make_claim()
    assert desk.post(f"/forderungen/{claim.id}/personen", data=PERSON).status_code == 303
    assert desk.post(f"/forderungen/{claim.id}/personen", data=PERSON).status_code == 303
    (debtor,) = claim.debtors
    address = f"/forderungen/{claim.id}/personen/{debtor.id}"
    assert 'value="Kim Beispiel"' in desk.get(address).text
    assert desk.post(address, data=PERSON | {"street": "Neuer Weg 2"}).status_code == 303
    assert debtor.street == "Neuer Weg 2"
    assert desk.post(f"{address}/heraus").status_code == 303
    assert claim.debtors == []


def test_a_debtor_of_another_claim_is_not_found(desk: FlaskClient) -> None:
    debtor, other = make_debtor(make_claim()), make_claim()
    assert desk.get(f"/forderungen/{other.id}/personen/{debtor.id}").status_code == 404
    assert desk.post(f"/forderungen/{other.id}/personen/{debtor.id}/heraus").status_code == 404


def test_the_page_offers_the_cases_of_the_incident_the_claim_would_take_and_no_others(
    session: scoped_session,
) -> None:
    cancelled = make_demanded()
    case = cancelled.items[0].case
    others = [beside(case, 0) for _ in range(4)]
    in_state(others[0], State.FOUND), in_state(others[1], State.WITHDRAWN)
    me = clerk()
    claim = claiming.begin(me, others[2], MONDAY_9AM)
    assert offered(claim) == [others[3]]
    relief.cancel(me, cancelled, "Verwechslung", MONDAY_9AM)
    assert offered(claim) == [case, others[3]]
    for one in offered(claim):
        items.join(me, claim, one, MONDAY_9AM)
    assert offered(claim) == []


def offered(claim: Claim) -> list[DamageCase]:
    return Standing(clerk(), claim, MONDAY).siblings


def test_deductions_are_typed_in_euros_and_per_cent(desk: FlaskClient) -> None:
    claim = make_ready()
    item = claim.items[0]
    address, name = f"/forderungen/{claim.id}/geraete/{item.id}", f"geraet-{item.id}"
    typed = {f"{name}-wreck": "20,00", f"{name}-quota": "50", f"{name}-insurer": ""}
    assert desk.post(address, data=typed).status_code == 303
    assert item.amount_cents == 4685
    assert "bleiben 93,70 €; davon 50 % = 46,85 €" in read(desk, claim)
    assert desk.post(address, data=typed | {f"{name}-quota": "101"}).status_code == 422


def test_who_may_not_approve_reads_who_may(desk: FlaskClient) -> None:
    claim = make_proposed()
    make_user(Role.CLAIMS_APPROVER, name="Ada Freigabe")
    text = read(desk, claim)
    assert "Jetzt ist eine zweite Person dran" in text
    assert "Ada Freigabe" in text
    assert 'action="/forderungen/' + f'{claim.id}/freigeben"' not in text
    assert post(desk, claim, "freigeben", seen="1.11370") in (403, 409)
    assert claim.state is ClaimState.PROPOSED


def test_a_second_person_approves_what_they_have_seen(client: FlaskClient) -> None:
    claim = make_proposed()
    sign_in(client, make_user(Role.CLAIMS_APPROVER))
    looked = seen(client, claim, "freigeben")
    assert post(client, claim, "freigeben", seen="0.1") == 409
    assert post(client, claim, "freigeben", seen=looked) == 303
    assert post(client, claim, "freigeben", seen=looked) in (409, 422)
    assert claim.state is ClaimState.APPROVED


def test_who_proposed_on_the_page_cannot_post_the_approval(client: FlaskClient) -> None:
    claim = make_heard()
    sign_in(client, make_user(Role.CLAIMS_APPROVER))
    assert post(client, claim, "vorschlagen", seen=seen(client, claim, "vorschlagen")) == 303
    stamp = f"{claim.version_id}.11370"
    assert post(client, claim, "freigeben", seen=stamp) == 403
    assert claim.state is ClaimState.PROPOSED


OUTSIDERS = [Role.ADMINISTRATOR, Role.CAMPUS_MANAGER]


def test_nobody_else_finds_a_claim_or_posts_to_it(client: FlaskClient, subtests: pytest.Subtests) -> None:
    claim = make_proposed()
    for role in OUTSIDERS:
        with subtests.test(f"{role}"):
            sign_in(client, make_user(role))
            assert client.get(f"/forderungen/{claim.id}").status_code == 404
            assert client.get("/forderungen").status_code == 403
            for slug in claim_actions.BY_SLUG:
                assert post(client, claim, slug, text="x", seen=f"{claim.version_id}.11370") == 404
            assert claim.state is ClaimState.PROPOSED


def test_no_forged_post_moves_a_new_claim_past_a_gate(client: FlaskClient) -> None:
    claim = make_claim()
    sign_in(client, make_user(Role.CLAIMS_APPROVER))
    typed = {"text": "Geht doch.", "until": "1.2.2030", "on": "1.10.2026", "state": "approved", "amount_cents": "99999"}
    for slug in set(claim_actions.BY_SLUG) - {"fallen-lassen", "uebernehmen"}:
        assert post(client, claim, slug, seen=f"{claim.version_id}.0", approved_by_id="1", **typed) in (403, 422), slug
    assert (claim.state, claim.amount_cents, claim.approved_by_id) == (ClaimState.EXAMINING, None, None)


def test_what_was_typed_stays_when_it_is_refused(desk: FlaskClient) -> None:
    claim = make_demanded()
    slug = "stunden"
    answer = desk.post(
        f"/forderungen/{claim.id}/{slug}", data={"stunden-until": "1.1.2020", "stunden-text": "Hart getroffen"}
    )
    assert answer.status_code == 422
    assert "Hart getroffen" in answer.text
    assert "bis zu einem Tag in der Zukunft" in answer.text


def test_a_second_person_decides_on_a_waiver(client: FlaskClient) -> None:
    claim, asks = make_demanded(), make_user(Role.CLAIMS_APPROVER)
    relief.ask_waiver(actor_for(asks), claim, "Familie in Not", MONDAY_9AM)
    sign_in(client, asks)
    assert "Jetzt ist eine zweite Person dran" in read(client, claim)
    assert post(client, claim, "erlassen", seen=f"{claim.version_id}.11370") == 403
    sign_in(client, make_user(Role.CLAIMS_APPROVER))
    assert "Familie in Not" in read(client, claim)
    assert post(client, claim, "erlassen", seen=seen(client, claim, "erlassen")) == 303
    assert claim.state is ClaimState.WAIVED


def test_who_agrees_to_a_waiver_sees_the_amount_and_waives_no_other(client: FlaskClient) -> None:
    claim = make_demanded()
    paid = pay(claim, 10_000)
    relief.ask_waiver(clerk(), claim, "Familie in Not", MONDAY_9AM)
    sign_in(client, make_user(Role.CLAIMS_APPROVER))
    assert "den Rest von 13,70 € zu erlassen" in read(client, claim)
    old = seen(client, claim, "erlassen")
    payments.take_back(clerk(), paid, "Rücklastschrift", MONDAY_9AM)
    db.session.commit()
    assert post(client, claim, "erlassen", seen=old) == 409
    assert "den Rest von 113,70 € zu erlassen" in read(client, claim)


def test_the_page_reads_in_every_state(desk: FlaskClient) -> None:
    claim = make_demanded()
    for state in ClaimState:
        claim.state, claim.over_at = state, MONDAY_9AM if state in CLAIM_OVER else None
        db.session.commit()
        assert "Verjährung" in read(desk, claim), state


def test_a_minor_is_written_to_through_the_guardians(desk: FlaskClient) -> None:
    claim = make_claim()
    make_debtor(claim, born_on=date(2012, 5, 4), guardian="Toni und Alex Beispiel", insight="Kannte die Regel.")
    db.session.refresh(claim)
    assert "Briefe an: Toni und Alex Beispiel" in read(desk, claim)


def test_no_name_of_a_debtor_stands_in_the_history(desk: FlaskClient, session: scoped_session) -> None:
    claim = make_ready()
    debtor = claim.debtors[0]
    me = clerk()
    claiming.drop(me, claim, "Nicht zu beweisen.", MONDAY_9AM)
    claiming.take_up(me, claim, "Neue Zeugin.", MONDAY_9AM)
    assert all(debtor.name not in entry.text for entry in claim.entries)
    assert debtor.ground is Ground.PUPIL


def test_an_approver_is_named_only_where_one_may_approve(desk: FlaskClient) -> None:
    both: User = make_user(Role.CLAIMS_APPROVER, name="Selbst Vorschlag")
    claim = make_proposed(actor_for(both))
    assert approver().user_id != both.id
    card = read(desk, claim).split("Jetzt ist eine zweite Person dran")[1].split("</section>")[0]
    assert "Selbst Vorschlag" not in card
