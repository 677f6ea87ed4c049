"""Who owes: added, changed, taken out; to whom the letters go; and no name where it does not belong."""

from datetime import date, timedelta

import pytest

from itsm.claims.addressing import Addressee, addressee
from itsm.claims.models import Ground, PaperKind
from itsm.claims.service import debtors
from itsm.claims.service.debtors import Person
from itsm.claims.states import ClaimState
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from tests.claims.factories import make_claim, make_debtor, make_paper
from tests.claims.steps import clerk, make_demanded, make_proposed, person
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user

pytestmark = pytest.mark.usefixtures("session")
KIM = Person(Ground.PUPIL, "Kim Beispiel", street="Weg 1", postcode="44135", city="Dortmund", born_on=date(2010, 5, 4))


def test_the_same_person_twice_is_one_debtor() -> None:
    claim = make_claim()
    for _ in range(2):
        debtors.add(clerk(), claim, KIM, MONDAY_9AM)
    assert [debtor.name for debtor in claim.debtors] == ["Kim Beispiel"]


def test_a_birthday_is_kept_of_those_only_whose_age_decides() -> None:
    claim = make_claim()
    for ground in (Ground.STATE, Ground.GUARDIAN_CONTRACT, Ground.SUPERVISION):
        other = Person(ground, "Wer anderes", born_on=date(1980, 1, 1), is_of_age=True, insight="x", guardian="y")
        added = debtors.add(clerk(), claim, other, MONDAY_9AM)
        assert (added.born_on, added.is_of_age, added.insight, added.guardian) == (None, False, "", "")


def test_the_tick_stands_for_the_birthday_of_a_third_person_alone() -> None:
    claim, by, day, kept = make_claim(), clerk(), date(2012, 1, 1), []
    told = ((Ground.THIRD_PARTY, None), (Ground.THIRD_PARTY, day), (Ground.PUPIL, None))
    for number, (ground, born_on) in enumerate(told):
        robin = Person(ground, f"Robin {number}", born_on=born_on, is_of_age=True)
        added = debtors.add(by, claim, robin, MONDAY_9AM)
        kept.append((added.born_on, added.is_of_age))
    assert kept == [(None, True), (day, False), (None, False)]


def test_a_birthday_to_come_and_a_paper_of_another_case_are_refused() -> None:
    claim = make_claim()
    with pytest.raises(DomainError, match="in der Zukunft"):
        debtors.add(clerk(), claim, person(make_debtor(claim), born_on=MONDAY + timedelta(days=1)), MONDAY_9AM)
    other = make_paper(make_claim().items[0].case, PaperKind.INSIGHT)
    with pytest.raises(DomainError, match="gehört nicht zum Fall"):
        debtors.add(clerk(), claim, person(make_debtor(claim), insight_paper_id=other.id), MONDAY_9AM)


def test_a_change_after_the_proposal_sends_the_claim_back_and_the_same_again_does_not() -> None:
    claim = make_proposed()
    debtor = claim.debtors[0]
    debtors.change(clerk(), claim, debtor.id, person(debtor), MONDAY_9AM)
    assert claim.state is ClaimState.PROPOSED
    debtors.change(clerk(), claim, debtor.id, person(debtor, street="Neu 1"), MONDAY_9AM)
    assert claim.state is ClaimState.HEARING


def test_after_the_demand_only_the_address_changes() -> None:
    claim = make_demanded()
    debtor = claim.debtors[0]
    debtors.change(clerk(), claim, debtor.id, person(debtor, street="Neu 1", email="a@example.org"), MONDAY_9AM)
    assert (debtor.street, claim.state) == ("Neu 1", ClaimState.DEMANDED)
    for changed in ({"name": "Wer anderes"}, {"ground": Ground.STATE}, {"born_on": date(2001, 1, 1)}):
        with pytest.raises(DomainError, match="nur noch die Anschrift"):
            debtors.change(clerk(), claim, debtor.id, person(debtor, **changed), MONDAY_9AM)
    with pytest.raises(DomainError, match="schon verschickt"):
        debtors.remove(clerk(), claim, debtor.id, MONDAY_9AM)
    with pytest.raises(DomainError, match="schon verschickt"):
        debtors.add(clerk(), claim, KIM, MONDAY_9AM)


def test_a_debtor_of_another_claim_is_not_found_and_nobody_else_may() -> None:
    claim, other = make_claim(), make_debtor(make_claim())
    with pytest.raises(NotFound):
        debtors.remove(clerk(), claim, other.id, MONDAY_9AM)
    with pytest.raises(NotAllowed):
        debtors.add(actor_for(make_user(Role.ADMINISTRATOR)), claim, KIM, MONDAY_9AM)


def test_the_history_tells_the_ground_and_no_name() -> None:
    claim = make_claim()
    debtor = debtors.add(clerk(), claim, KIM, MONDAY_9AM)
    debtors.change(clerk(), claim, debtor.id, person(debtor, street="Neu 1"), MONDAY_9AM)
    debtors.remove(clerk(), claim, debtor.id, MONDAY_9AM)
    db.session.refresh(claim, ["entries"])
    assert [entry.text for entry in claim.entries if entry.what.startswith("debtor")] == ["Schüler*in"] * 3


# Born on → the day of the letter → to whom it goes.
LETTERS = [
    (date(2008, 11, 16), MONDAY, Addressee("Kim Beispiel")),
    (date(2008, 11, 17), MONDAY, Addressee("Toni Beispiel", "Kim Beispiel")),
    (date(2008, 2, 29), date(2026, 2, 28), Addressee("Toni Beispiel", "Kim Beispiel")),
    (date(2008, 2, 29), date(2026, 3, 1), Addressee("Kim Beispiel")),
]


def test_who_is_of_age_on_the_day_of_the_letter_is_written_to_directly() -> None:
    debtor = make_debtor(make_claim(), guardian="Toni Beispiel")
    found = []
    for born_on, day, _ in LETTERS:
        debtor.born_on = born_on
        found.append((born_on, day, addressee(debtor, day)))
    assert found == LETTERS


def test_without_a_named_guardian_the_letter_goes_to_the_guardians_of() -> None:
    debtor = make_debtor(make_claim(), born_on=date(2012, 1, 1))
    assert addressee(debtor, MONDAY).name == "Erziehungsberechtigte von Kim Beispiel"


def test_the_letter_of_a_third_person_under_18_goes_to_the_guardians() -> None:
    debtor = make_debtor(make_claim(), ground=Ground.THIRD_PARTY, born_on=date(2012, 1, 1), guardian="Toni Beispiel")
    assert addressee(debtor, MONDAY) == Addressee("Toni Beispiel", "Kim Beispiel")


def test_everybody_else_is_written_to_themselves(subtests: pytest.Subtests) -> None:
    claim = make_claim()
    for ground in set(Ground) - {Ground.PUPIL}:
        debtor = make_debtor(claim, ground=ground, name="Empfänger", born_on=None, guardian="Niemand")
        with subtests.test(f"{ground}"):
            assert addressee(debtor, MONDAY) == Addressee("Empfänger")
