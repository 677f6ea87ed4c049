"""What the letters to the state say: a teacher is never asked, the state settles for them (Drittschadensliquidation).

Source: docs/rules/claims.md, CL-56.
"""

from itsm.claims.letters import blocks
from itsm.claims.letters.amounts import day, money
from itsm.claims.letters.blocks import Block
from itsm.claims.letters.facts import Facts
from itsm.claims.models import LetterKind

_SUBJECTS = {
    LetterKind.HEARING: "Bitte um Stellungnahme",
    LetterKind.DEMAND: "Drittschadensliquidation: Bitte um Ausgleich",
    LetterKind.REMINDER: "Erinnerung an unsere Bitte um Ausgleich",
    LetterKind.INSTALMENTS: "Ausgleich in Teilbeträgen",
    LetterKind.DEFERRAL: "Ausgleich zu einem späteren Tag",
    LetterKind.WAIVER: "Verzicht auf den Ausgleich",
    LetterKind.RECEIPT: "Eingang Ihrer Zahlung",
    LetterKind.WITHDRAWAL: "Rücknahme unserer Bitte um Ausgleich",
}
_BY = (
    "Das Gerät war einer beim Land beschäftigten Person für den Unterricht überlassen. Landesbeschäftigte haften nur "
    "bei Vorsatz und grober Fahrlässigkeit, und nur gegenüber dem Land. Der Schulträger wendet sich deshalb an Sie und "
    "nicht an die Person."
)


def subject(facts: Facts, about: str) -> str:
    """Return what a letter to the state is about."""
    return f"{_SUBJECTS[facts.kind]} – {about}"


def body(facts: Facts, happened: str, reckoning: list[Block]) -> list[Block]:
    """Return what a letter to the state says."""
    start = [blocks.text(happened, _BY)]
    open_cents = facts.account.open_cents
    until = day(facts.until or facts.on)
    match facts.kind:
        case LetterKind.HEARING:
            return [
                *start,
                blocks.strong(f"Bitte nehmen Sie bis zum {until} dazu Stellung."),
                blocks.text(f"Es geht um höchstens {money(open_cents)}."),
                *reckoning,
            ]
        case LetterKind.DEMAND:
            return [
                *start,
                blocks.strong(
                    "Wir bitten, den Schaden im Wege der Drittschadensliquidation gegenüber der beschäftigten Person "
                    f"zu prüfen und uns {money(open_cents)} bis zum {until} auszugleichen."
                ),
                blocks.payment(facts, open_cents, "Angaben zur Überweisung", until),
                blocks.heading("So kommt der Betrag zustande"),
                *reckoning,
            ]
        case LetterKind.WAIVER:
            return [*start, blocks.strong(f"Auf den Ausgleich von {money(facts.account.waived_cents)} verzichten wir.")]
        case LetterKind.RECEIPT:
            paid = money(facts.account.paid_cents)
            return [*start, blocks.strong(f"Wir haben {paid} erhalten. Der Schaden ist damit ausgeglichen.")]
        case LetterKind.WITHDRAWAL:
            return [*start, blocks.strong("Unsere Bitte um Ausgleich nehmen wir zurück.")]
    return [*start, *_to_pay(facts, until)]


def _to_pay(facts: Facts, until: str) -> list[Block]:
    open_cents = facts.account.open_cents
    if facts.rates:
        rows = [[f"{number}. Betrag", day(one.due_on), money(one.cents)] for number, one in enumerate(facts.rates, 1)]
        first = facts.rates[0]
        return [
            blocks.text(f"Die offenen {money(open_cents)} können in Teilbeträgen ausgeglichen werden:"),
            blocks.table(("Teilbetrag", "zahlbar bis", "Betrag"), rows),
            blocks.payment(facts, first.cents, "Der nächste Teilbetrag", day(first.due_on)),
            *([blocks.text("Der QR-Code gilt nur für den nächsten Teilbetrag.")] if len(facts.rates) > 1 else []),
        ]
    return [
        blocks.strong(f"Bitte gleichen Sie {money(open_cents)} bis zum {until} aus."),
        blocks.payment(facts, open_cents, "Angaben zur Überweisung", until),
    ]
