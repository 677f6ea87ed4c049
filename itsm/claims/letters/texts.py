"""What the letters say: one function per kind, in plain words; what happened, what is asked, until when.

Source: docs/rules/claims.md, CL-53 and CL-55.
"""

from collections.abc import Callable

from itsm.claims.kinds import Kind
from itsm.claims.letters import address, blocks, state_texts
from itsm.claims.letters.amounts import day, label, money, reckoned, row
from itsm.claims.letters.blocks import Block
from itsm.claims.letters.facts import Facts
from itsm.claims.models import ClaimItem, Fault, Ground, LetterKind

_HAPPENED = {
    Kind.DAMAGE: "beschädigt worden",
    Kind.THEFT: "gestohlen worden",
    Kind.LOSS: "verloren gegangen",
    Kind.NOT_RETURNED: "nicht zurückgegeben worden",
}
_FAULT: dict[Fault | None, str] = {Fault.GROSS: "grob fahrlässig", Fault.INTENT: "vorsätzlich"}
_GROUNDS = {
    Ground.PUPIL: "Wer ein geliehenes Gerät vorsätzlich oder grob fahrlässig beschädigt oder verliert, muss den "
    "Schaden ersetzen (Leihvertrag, § 280 Abs. 1 und § 823 Abs. 1 BGB; bei Minderjährigen auch § 828 Abs. 3 BGB).",
    Ground.GUARDIAN_CONTRACT: "Sie haben den Leihvertrag mit unterschrieben. Danach stehen Sie für Schäden ein, die "
    "vorsätzlich oder grob fahrlässig verursacht wurden (§ 280 Abs. 1 BGB).",
    Ground.SUPERVISION: "Wer ein Kind zu beaufsichtigen hat, muss einen Schaden ersetzen, wenn er die Aufsicht "
    "verletzt hat (§ 832 BGB). Haben Sie Ihre Aufsicht erfüllt oder wäre der Schaden auch sonst entstanden, schreiben "
    "Sie uns das bitte: Dann müssen Sie nicht zahlen.",
    Ground.THIRD_PARTY: "Nach allem, was wir wissen, haben Sie den Schaden verursacht. Dafür haften Sie nach "
    "§ 823 Abs. 1 BGB.",
}
_THIRD_MINOR = (
    "Nach allem, was wir wissen, hat Ihr Kind den Schaden verursacht. Dafür haftet es nach § 823 Abs. 1 und "
    "§ 828 Abs. 3 BGB."
)
_NEXT_ONLY = (
    "Der QR-Code gilt nur für die nächste Rate. Die weiteren Raten überweisen Sie bitte an dasselbe Konto mit "
    "demselben Verwendungszweck und dem Betrag aus der Tabelle."
)
_JOINT = "Für den Schaden kommen mehrere Personen gemeinsam auf. Bezahlt werden muss er zusammen nur einmal."


def subject(facts: Facts) -> str:
    """Return what a letter is about."""
    if facts.to_state:
        return state_texts.subject(facts, about(facts))
    public = {
        LetterKind.HEARING: "Anhörung nach § 28 VwVfG NRW",
        LetterKind.DEMAND: "Leistungsbescheid: Schadenersatz",
        LetterKind.REMINDER: "Mahnung",
        LetterKind.INSTALMENTS: "Bescheid über Ratenzahlung",
        LetterKind.DEFERRAL: "Bescheid über Stundung",
        LetterKind.WAIVER: "Bescheid über Erlass",
        LetterKind.WITHDRAWAL: "Rücknahme des Leistungsbescheids",
    }
    private = {
        LetterKind.HEARING: "Wir möchten Ihre Sicht hören",
        LetterKind.DEMAND: "Zahlungsaufforderung",
        LetterKind.REMINDER: "Mahnung",
        LetterKind.INSTALMENTS: "Vereinbarung über Ratenzahlung",
        LetterKind.DEFERRAL: "Stundung: Sie können später zahlen",
        LetterKind.WAIVER: "Erlass: Sie müssen nichts mehr zahlen",
        LetterKind.RECEIPT: "Quittung",
        LetterKind.WITHDRAWAL: "Wir nehmen unsere Forderung zurück",
    }
    words = (private | public if facts.is_public else private)[facts.kind]
    return f"{words} – {about(facts)}"


def about(facts: Facts) -> str:
    """Return which devices it is about, in a few words."""
    items = facts.claim.items
    kind = "Schaden an" if items[0].case.kind is Kind.DAMAGE else "Verlust von"
    return f"{kind} {label(items[0]) if len(items) == 1 else f'{len(items)} Geräten'}"


def body(facts: Facts) -> list[Block]:
    """Return what a letter says between salutation and greeting."""
    if facts.to_state:
        return state_texts.body(facts, happened(facts), reckoning(facts))
    said = _BODIES[facts.kind](facts)
    if not address.is_minor(facts.debtor, facts.on):
        return said
    child = address.cut(address.clean(facts.debtor.name))
    return [
        blocks.text(
            f"Sie erhalten diesen Brief, weil Sie {child} gesetzlich vertreten. Es geht um einen Anspruch gegen Ihr "
            "Kind, nicht gegen Sie selbst."
        ),
        *said,
    ]


def happened(facts: Facts) -> str:
    """Return what happened to which device, and when."""
    items = facts.claim.items
    incident = items[0].case.incident
    on = day(incident.day)
    known = f"Am {on}" if incident.happened_on else f"Wie am {on} bemerkt wurde,"
    what = _HAPPENED[items[0].case.kind]
    if len(items) == 1:
        return f"{known} ist ein Gerät der {facts.sender.city} {what}: {label(items[0])}."
    return f"{known} sind {len(items)} Geräte der {facts.sender.city} {what}."


def reckoning(facts: Facts) -> list[Block]:
    """Return how the amount comes about: sentences for one device, a table for several."""
    items: list[ClaimItem] = facts.claim.items
    if len(items) == 1:
        return [blocks.text(*reckoned(items[0]))]
    rows = [row(item) for item in items]
    total = ["Zusammen", "", "", money(sum(item.amount_cents for item in items))]
    labels = ("Gerät", "Preis", "Wert am Tag", "Betrag")
    return [
        blocks.table(labels, [*rows, total]),
        *(blocks.text(f"{label(item)}:", *reckoned(item)) for item in items),
    ]


def _hearing(facts: Facts) -> list[Block]:
    law = "Das ist eine Anhörung nach § 28 VwVfG NRW." if facts.is_public else ""
    return [
        blocks.text(happened(facts)),
        blocks.text(
            "Wir prüfen, ob der Schaden zu ersetzen ist. Das verlangen wir nur, wenn er vorsätzlich oder grob "
            f"fahrlässig verursacht wurde; nach dem, was uns vorliegt, war das {_fault(facts)}.",
            "Bevor wir entscheiden, möchten wir Ihre Sicht hören.",
            law,
        ),
        blocks.strong(f"Bitte schreiben Sie uns bis zum {_until(facts)}, was passiert ist."),
        blocks.text(
            "Sie müssen sich nicht äußern. Dann entscheiden wir nach dem, was wir wissen.",
            "Bitte machen Sie keine Angaben zur Gesundheit.",
        ),
        blocks.heading("Um welchen Betrag es geht"),
        blocks.text(f"Es geht um höchstens {money(facts.account.open_cents)}."),
        *reckoning(facts),
        blocks.text(_ground(facts), _joint(facts)),
        blocks.text(
            "Haben Sie eine private Haftpflichtversicherung? Dann melden Sie ihr den Schaden bitte und nennen Sie uns "
            "die Versicherung und die Schadennummer."
        ),
        blocks.strong("Dieser Brief ist noch keine Rechnung. Bitte überweisen Sie jetzt nichts."),
    ]


def _demand(facts: Facts) -> list[Block]:
    claim = facts.claim
    heard = f" auf unser Schreiben vom {day(claim.heard_on)}" if claim.heard_on else ""
    if not claim.answered_on:
        answer = f"Eine Antwort{heard} haben wir nicht erhalten."
    elif facts.is_joint:
        # Which of them wrote is not kept.
        answer = "Was uns auf die Anhörung geschrieben wurde, haben wir berücksichtigt."
    else:
        answer = f"Ihre Antwort vom {day(claim.answered_on)} haben wir berücksichtigt."
    asked = f"Bitte zahlen Sie {money(facts.account.open_cents)} bis zum {_until(facts)}."
    if facts.is_public:
        asked = f"Wir setzen den Schadenersatz auf {money(claim.amount_cents or 0)} fest. {asked}"
    late = (
        "Zahlen Sie nicht rechtzeitig, kommt eine Mahngebühr dazu."
        if facts.is_public
        else "Zahlen Sie bis dahin nicht, geraten Sie in Verzug; spätestens tritt er 30 Tage nach Fälligkeit und "
        "Zugang dieses Briefes ein. Dann können Zinsen dazukommen (§§ 286, 288 BGB)."
    )
    return [
        blocks.text(happened(facts)),
        blocks.strong(asked),
        blocks.payment(facts, facts.account.open_cents, "So überweisen Sie", _until(facts)),
        blocks.heading("Begründung" if facts.is_public else "Warum wir das fordern"),
        blocks.text(f"Wir haben den Fall geprüft. {answer} Der Schaden wurde {_fault(facts)} verursacht."),
        blocks.text(_ground(facts), _joint(facts)),
        blocks.heading("So kommt der Betrag zustande"),
        *reckoning(facts),
        blocks.text(
            f"{late} Können Sie nicht alles auf einmal zahlen? Melden Sie sich bitte vorher bei uns: Raten oder mehr "
            "Zeit sind möglich."
        ),
    ]


def _reminder(facts: Facts) -> list[Block]:
    account = facts.account
    rows = [
        ["Schadenersatz", money(account.claimed_cents)],
        *([["Mahngebühr", money(account.fees_cents)]] if account.fees_cents else []),
        *([["Zinsen", money(account.interest_cents)]] if account.interest_cents else []),
        *([["schon bezahlt", f"−{money(account.paid_cents)}"]] if account.paid_cents else []),
        ["noch offen", money(account.open_cents)],
    ]
    then = (
        "Danach müssen wir die Vollstreckung einleiten."
        if facts.is_public
        else "Danach können wir einen gerichtlichen Mahnbescheid beantragen. Das verursacht weitere Kosten."
    )
    return [
        blocks.text(happened(facts)),
        blocks.text("Unsere Forderung ist noch nicht ganz bezahlt. Vielleicht haben Sie es nur übersehen."),
        blocks.table(("Stand", "Betrag"), rows),
        blocks.strong(f"Bitte zahlen Sie {money(account.open_cents)} bis zum {_until(facts)}."),
        blocks.payment(facts, account.open_cents, "So überweisen Sie", _until(facts)),
        blocks.text(f"{then} Können Sie nicht zahlen? Rufen Sie uns bitte an: Gemeinsam finden wir einen Weg."),
        blocks.text("Haben Sie in den letzten Tagen schon gezahlt, ist dieser Brief erledigt.", _joint(facts)),
    ]


def _instalments(facts: Facts) -> list[Block]:
    rows = [[f"{number}. Rate", day(rate.due_on), money(rate.cents)] for number, rate in enumerate(facts.rates, 1)]
    first = facts.rates[0]
    return [
        blocks.text(
            happened(facts),
            f"Offen sind {money(facts.account.open_cents)}. Sie können diesen Betrag in Raten zahlen:",
        ),
        blocks.table(("Rate", "zahlbar bis", "Betrag"), rows),
        blocks.text(
            "Bitte geben Sie bei jeder Rate den Verwendungszweck an. Zahlen Sie eine Rate nicht rechtzeitig, wird der "
            "ganze Rest auf einmal fällig. Sie dürfen jederzeit mehr oder alles auf einmal zahlen."
        ),
        blocks.payment(facts, first.cents, "Die nächste Rate", day(first.due_on)),
        *([blocks.text(_NEXT_ONLY)] if len(facts.rates) > 1 else []),
        blocks.text("Wird es einmal eng, rufen Sie uns bitte vor dem Zahltag an.", _joint(facts)),
    ]


def _deferral(facts: Facts) -> list[Block]:
    return [
        blocks.text(happened(facts)),
        blocks.strong(f"Sie können die offenen {money(facts.account.open_cents)} bis zum {_until(facts)} zahlen."),
        blocks.text("Bis dahin mahnen wir nicht. Sie dürfen auch früher zahlen, ganz oder in Teilen.", _joint(facts)),
        blocks.payment(facts, facts.account.open_cents, "So überweisen Sie", _until(facts)),
        blocks.text("Ist es Ihnen auch dann nicht möglich zu zahlen, melden Sie sich bitte vor diesem Tag bei uns."),
    ]


def _waiver(facts: Facts) -> list[Block]:
    return [
        blocks.text(happened(facts)),
        blocks.strong(f"Wir erlassen den offenen Betrag von {money(facts.account.waived_cents)}."),
        blocks.text(
            f"Die Forderung ist damit erledigt. Sie müssen nichts mehr zahlen.{_paid_back(facts)}",
            "Bitte heben Sie diesen Brief auf.",
        ),
    ]


def _receipt(facts: Facts) -> list[Block]:
    return [
        blocks.text(happened(facts)),
        blocks.strong(
            f"Wir haben {money(facts.account.paid_cents)} erhalten. Unsere Forderung ist damit vollständig bezahlt."
        ),
        blocks.text(f"Vielen Dank.{_paid_back(facts)} Bitte heben Sie diesen Brief als Quittung auf."),
    ]


def _withdrawal(facts: Facts) -> list[Block]:
    what = "unseren Bescheid" if facts.is_public else "unsere Forderung"
    return [
        blocks.text(happened(facts)),
        blocks.strong(f"Wir nehmen {what} zurück. Sie müssen dafür nichts zahlen."),
        blocks.text(f"Der Fall ist für Sie erledigt.{_paid_back(facts)}"),
    ]


def _paid_back(facts: Facts) -> str:
    if not facts.account.overpaid_cents:
        return ""
    return (
        f" Sie haben {money(facts.account.overpaid_cents)} zu viel gezahlt. Bitte nennen Sie uns Ihre Bankverbindung, "
        "damit wir Ihnen das Geld zurückzahlen."
    )


def _fault(facts: Facts) -> str:
    return _FAULT.get(facts.claim.fault, "schuldhaft")


def _ground(facts: Facts) -> str:
    if facts.debtor.ground is Ground.THIRD_PARTY and address.is_minor(facts.debtor, facts.on):
        return _THIRD_MINOR
    return _GROUNDS[facts.debtor.ground]


def _joint(facts: Facts) -> str:
    return _JOINT if facts.is_joint else ""


def _until(facts: Facts) -> str:
    return day(facts.until) if facts.until else day(facts.on)


_BODIES: dict[LetterKind, Callable[[Facts], list[Block]]] = {
    LetterKind.HEARING: _hearing,
    LetterKind.DEMAND: _demand,
    LetterKind.REMINDER: _reminder,
    LetterKind.INSTALMENTS: _instalments,
    LetterKind.DEFERRAL: _deferral,
    LetterKind.WAIVER: _waiver,
    LetterKind.RECEIPT: _receipt,
    LetterKind.WITHDRAWAL: _withdrawal,
}
