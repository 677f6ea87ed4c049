"""The paper of a letter: what it says, how a reader for the blind hears it, and what a banking app reads."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pypdfium2
import pytest

from itsm.claims.kinds import Kind
from itsm.claims.letters import paper, texts
from itsm.claims.letters.facts import Account, Facts, Rate
from itsm.claims.models import (
    Claim,
    ClaimItem,
    DamageCase,
    Debtor,
    Fault,
    Ground,
    Incident,
    LegalBasis,
    LetterKind,
    Valuation,
)
from itsm.config import read as read_settings
from itsm.core.errors import DomainError
from tests.claims.paper import Paper, one_line, read

SENDER = read_settings({}).sender
ON, UNTIL = date(2026, 11, 16), date(2026, 12, 16)
IBAN = "DE02120300000000202051"
WITH_PAYMENT = (LetterKind.DEMAND, LetterKind.REMINDER, LetterKind.INSTALMENTS, LetterKind.DEFERRAL)
HOSTILE = (
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.3.0"',
    "@import <label> $x^2$ *fett* _kursiv_ `roh` = Titel",
    "\\ \\u{41} \\n // Kommentar /* auch */ [a] {b}",
    "<b>fett</b> &amp; </script>",
    "Nguyễn Łukasz Ænigma Çelik Ünal",
)


def make_facts(kind: LetterKind = LetterKind.DEMAND, devices: int = 1, **more: object) -> Facts:
    """Return the facts of example E1: an iPad of 379 euros, 42 months old, worth 113.70."""
    values: dict[str, object] = {
        "ground": Ground.PUPIL, "legal_basis": LegalBasis.PRIVATE, "name": "Kim Beispiel", "guardian": "",
        "born_on": date(2007, 5, 4), "street": "Musterweg 1", "city": "Dortmund", "label": "DO-12345 · Apple iPad 9",
    }  # fmt: skip
    values |= more
    incident = Incident(happened_on=date(2026, 3, 17), discovered_on=date(2026, 3, 17))
    case = DamageCase(incident=incident, kind=Kind.DAMAGE, device_label=values["label"])
    valuation = Valuation(
        base_cents=37_900, value_cents=11_370, damaged_on=date(2026, 3, 17), life_months=60, months=42,
        convention="calendar", floor_basis_points=0, in_service_on=date(2022, 9, 12), accessory="", sources={},
    )  # fmt: skip
    debtor = Debtor(
        postcode="44135", **{name: values[name] for name in ("ground", "name", "guardian", "born_on", "street", "city")}
    )
    items = [
        ClaimItem(
            case=case,
            valuation=valuation,
            wreck_cents=0,
            quota_basis_points=10_000,
            insurer_cents=0,
            amount_cents=11_370,
        )
        for _ in range(devices)
    ]
    claim = Claim(
        id=12, reference="123456789014", legal_basis=values["legal_basis"], fault=Fault.GROSS, items=items,
        debtors=[debtor], heard_on=date(2026, 10, 1), amount_cents=11_370 * devices,
    )  # fmt: skip
    cents = 11_370 * devices
    account = Account(claimed_cents=cents, open_cents=cents, paid_cents=0, waived_cents=cents)
    rates = [Rate(date(2026, 12, 15), cents // 3)] * 3 if kind is LetterKind.INSTALMENTS else []
    return Facts(kind, claim, debtor, ON, UNTIL, account, SENDER, rates)


def written(*facts: Facts) -> Paper:
    return read(paper.write([paper.compose(one) for one in facts]))


@pytest.mark.parametrize("kind", LetterKind)
def test_every_letter_to_everybody_is_tagged_named_and_in_german(kind: LetterKind) -> None:
    for number, ground in enumerate(Ground):
        both = [paper.compose(make_facts(kind, legal_basis=basis, ground=ground)) for basis in LegalBasis]
        # The words are for each ground and each law; a paper of every pair would show nothing more.
        found = read(paper.write([both[number % 2]]))
        assert (found.is_tagged, found.language) == (True, "de-DE")
        assert found.title and found.title in one_line(found.shown)
        assert {"Document", "H1", "P"} <= set(found.tags)
        assert len(found.codes) == len(found.alternatives) == (kind in WITH_PAYMENT)


def test_a_demand_is_heard_in_the_order_of_a_letter() -> None:
    found = written(make_facts())
    spoken = one_line(found.spoken)
    parts = (
        "Stadt Dortmund Medienzentrum", "Kim Beispiel Musterweg 1 44135 Dortmund", "Kassenzeichen 1234 5678 9014",
        "Zahlungsaufforderung – Schaden an DO-12345", "Guten Tag Kim Beispiel,", "Am 17.03.2026 ist ein Gerät",
        "Bitte zahlen Sie 113,70 € bis zum 16.12.2026.", "IBAN DE02 1203 0000 0000 2020 51",
        "So kommt der Betrag zustande", "379,00 € × 18 von 60 Monaten = 113,70 €", "Haben Sie Fragen?",
        "Mit freundlichen Grüßen",
    )  # fmt: skip
    places = [spoken.index(part) for part in parts]
    assert all(first < second for first, second in pairwise(places)), spoken


def test_the_code_says_what_stands_beside_it() -> None:
    found = written(make_facts())
    assert found.codes == [f"BCD\n002\n1\nSCT\n\nStadt Dortmund\n{IBAN}\nEUR113.70\n\n\n123456789014"]
    assert all(part in found.alternatives[0] for part in ("DE02 1203", "113,70", "1234 5678 9014"))


@pytest.mark.parametrize("ground", [Ground.PUPIL, Ground.STATE])
def test_the_code_of_instalments_asks_for_the_next_rate_alone_and_says_so(ground: Ground) -> None:
    found = written(make_facts(LetterKind.INSTALMENTS, ground=ground))
    shown = one_line(found.shown)
    assert "EUR37.90\n" in found.codes[0] and "Der QR-Code gilt nur für d" in shown
    assert "15.12.2026 37,90 €" in shown


def test_the_last_rate_says_nothing_of_others() -> None:
    facts = make_facts(LetterKind.INSTALMENTS)
    assert "Der QR-Code gilt nur" not in one_line(written(replace(facts, rates=facts.rates[:1])).shown)


def test_the_letter_keeps_its_places_for_the_window_of_the_envelope() -> None:
    document = pypdfium2.PdfDocument(paper.write([paper.compose(make_facts())]))
    words = document[0].get_textpage()
    millimetres = 72 / 25.4
    top = 297 * millimetres
    inside = words.get_text_bounded(25 * millimetres, top - 90 * millimetres, 105 * millimetres, top - 45 * millimetres)
    assert inside.split("\r\n")[1:] == ["Kim Beispiel", "Musterweg 1", "44135 Dortmund"]
    words.close()
    document.close()


def test_public_law_brings_a_notice_of_the_remedy_and_private_law_none() -> None:
    public = one_line(written(make_facts(legal_basis=LegalBasis.PUBLIC)).shown)
    private = one_line(written(make_facts()).shown)
    assert "Leistungsbescheid" in public and "Rechtsbehelfsbelehrung" in public and "Klage erheben" in public
    assert "Zahlungsaufforderung" in private and "Verzug" in private
    assert not any(word in private for word in ("Bescheid", "Klage", "Mahngebühr"))


def test_a_minor_is_written_to_through_those_who_bring_it_up() -> None:
    born_on = date(2012, 5, 4)
    plain = one_line(written(make_facts(born_on=born_on)).shown)
    named = one_line(written(make_facts(born_on=born_on, guardian="Alex Beispiel")).shown)
    assert "An die Erziehungsberechtigten von Kim Beispiel Musterweg 1" in plain
    assert "Sehr geehrte Erziehungsberechtigte," in plain and "nicht gegen Sie selbst" in plain
    assert "Alex Beispiel als gesetzliche Vertretung von Kim Beispiel Musterweg 1" in named


def test_the_guardians_of_a_third_person_under_age_are_not_told_that_they_did_it() -> None:
    said = str(texts.body(make_facts(ground=Ground.THIRD_PARTY, born_on=date(2012, 1, 1), guardian="Toni Beispiel")))
    assert "hat Ihr Kind den Schaden verursacht" in said and "haben Sie den Schaden" not in said


def test_who_came_of_age_before_the_letter_is_written_to() -> None:
    found = one_line(written(make_facts(born_on=date(2008, 11, 16), guardian="Alex Beispiel")).shown)
    assert "Guten Tag Kim Beispiel," in found and "Alex" not in found


@pytest.mark.parametrize("kind", LetterKind)
def test_the_state_never_gets_the_letter_of_a_pupil(kind: LetterKind) -> None:
    facts = make_facts(kind, ground=Ground.STATE, name="Land Nordrhein-Westfalen", legal_basis=LegalBasis.PUBLIC)
    found = one_line(written(facts).shown)
    assert "einer beim Land beschäftigten Person" in found and "Sehr geehrte Damen und Herren," in found
    assert not any(word in found for word in ("Erziehungsberechtigte", "Leihvertrag", "Rechtsbehelf", "Haftpflicht"))


def test_several_devices_stand_in_a_table_with_their_sum() -> None:
    found = written(make_facts(devices=3))
    assert "Zusammen 341,10 €" in one_line(found.shown)
    assert "Table" in found.tags and "TH" in found.tags


def test_joint_debtors_are_told_that_the_amount_is_paid_once() -> None:
    facts = make_facts()
    facts.claim.debtors.append(Debtor(ground=Ground.PUPIL, name="Robin Anders"))
    found = one_line(written(facts).shown)
    assert "Bezahlt werden muss er zusammen nur einmal." in found and "Robin" not in found


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_somebody_has_typed_is_printed_as_text(text: str) -> None:
    facts = make_facts(name=text, street=text, city="Ort", label=text)
    shown = one_line(written(facts).shown)
    assert shown.count(one_line(text)) >= 4
    assert "root:" not in shown


@pytest.mark.parametrize(
    "text", ["Kim 😀", "\u202eKim\u202c", "كيم", "汉字", "Kim\x00\x07", "\ud83d", "A" * 10_000, "A b" * 3_000]
)
def test_what_no_font_has_and_what_no_line_holds_makes_a_letter_too(text: str) -> None:
    found = written(make_facts(name=text, guardian=text, born_on=date(2012, 5, 4), label=text))
    assert found.is_tagged and found.pages < 20
    assert "\u202e" not in found.shown


def test_a_line_break_in_a_name_adds_no_line() -> None:
    facts = make_facts(name="Kim\nDE44 5001 0517 5407 3249 31")
    assert "Kim DE44 5001 0517 5407 3249 31 Musterweg 1" in one_line(written(facts).shown)


def test_many_letters_are_one_paper_with_pages_of_their_own() -> None:
    found = written(make_facts(legal_basis=LegalBasis.PUBLIC), make_facts(LetterKind.HEARING), make_facts())
    assert found.shown.count("Seite 1 von") == 3
    assert found.pages == sum(int(rest[0]) for rest in found.shown.split("Seite 1 von ")[1:])
    assert len(found.codes) == 2 and found.tags.count("H1") == 3


def test_the_same_letter_is_the_same_to_the_byte() -> None:
    words = paper.compose(make_facts())
    assert paper.write([words]) == paper.write([words])


def test_a_preview_says_that_it_is_none() -> None:
    found = read(paper.write([paper.compose(make_facts(), paper.PREVIEW)]))
    assert "Vorschau – noch kein Brief" in found.shown


def test_a_missing_setting_is_named() -> None:
    facts = make_facts(legal_basis=LegalBasis.PUBLIC)
    bare = replace(facts, sender=replace(SENDER, iban="", court="", phone=""))
    with pytest.raises(DomainError, match=r"ITSM_LETTER_PHONE, ITSM_LETTER_IBAN, ITSM_LETTER_COURT"):
        paper.compose(bare)


def test_in_production_nothing_of_the_sender_is_invented() -> None:
    bare = read_settings(
        {"ITSM_ENV": "production", "ITSM_SECRET_KEY": "x" * 32, "ITSM_BASE_URL": "https://a.example.org"}
        | {"ITSM_MAIL_HOST": "mail.example.org", "ITSM_CITY_NAME": "Teststadt"}
    ).sender
    assert (bare.iban, bare.court, bare.creditor) == ("", "", "Teststadt")
    assert len(bare.missing) == 6


def test_a_wrong_account_is_refused() -> None:
    with pytest.raises(DomainError, match="keine gültige IBAN"):
        paper.compose(replace(make_facts(), sender=replace(SENDER, iban="DE03120300000000202051")))


def test_joint_debtors_are_told_that_an_answer_came_and_not_whose_it_was() -> None:
    alone, joint = make_facts(), make_facts()
    joint.claim.debtors.append(Debtor(ground=Ground.PUPIL, name="Robin Anders"))
    alone.claim.answered_on = joint.claim.answered_on = date(2026, 10, 5)
    said = [" ".join(block.get("text", "") for block in texts.body(one)) for one in (alone, joint)]
    assert "Ihre Antwort vom 05.10.2026 haben wir berücksichtigt." in said[0]
    assert "Was uns auf die Anhörung geschrieben wurde, haben wir berücksichtigt." in said[1]
    assert "Ihre Antwort" not in said[1]
