"""The gates of a claim: what must be there before a step, each with the sentence for whoever comes too early.

Every path asks here, because every verb does: a page, a forged post, a job.

Source: docs/rules/claims.md, CL-22 to CL-29.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from itsm.claims import ages, figures
from itsm.claims.ages import Capacity
from itsm.claims.models import BY_AGE, Claim, Debtor, Fault, Ground
from itsm.claims.states import State
from itsm.core import clock
from itsm.core.errors import DomainError
from itsm.core.german import euros

STEPS = ("hear", "propose", "approve", "demand", "dun")
GRAVE = frozenset({Fault.GROSS, Fault.INTENT})

_Look = Callable[[Claim, date], list[str]]


@dataclass(frozen=True)
class Gate:
    """One gate: from which step on it stands, and what is missing; nothing if it is passed."""

    slug: str
    label: str
    step: str
    missing: tuple[str, ...]


def missing(claim: Claim, on: date, step: str) -> list[str]:
    """Return the sentences of the gates a claim has not passed for a step; none if it may go on."""
    return [sentence for gate in gates(claim, on, step) for sentence in gate.missing]


def check(claim: Claim, on: date, step: str) -> None:
    """Let a claim go on only with every gate of the step passed.

    Raises: DomainError with all that is missing.
    """
    if sentences := missing(claim, on, step):
        raise DomainError(" ".join(sentences))


def gates(claim: Claim, on: date, step: str = "demand") -> list[Gate]:
    """Return the gates up to a step, in the order in which they are passed."""
    reached = STEPS[: STEPS.index(step) + 1]
    return [Gate(slug, label, first, tuple(look(claim, on))) for slug, label, first, look in _GATES if first in reached]


def limit_cents(claim: Claim, on: date) -> int:
    """Return up to which amount nothing is claimed, as it held when the amount was proposed."""
    return figures.cents(figures.WAIVER_LIMIT, clock.local_day(claim.proposed_at) if claim.proposed_at else on)


def sum_cents(claim: Claim) -> int:
    """Return what the devices of a claim come to."""
    return sum(item.amount_cents for item in claim.items)


def incomplete(debtor: Debtor) -> list[str]:
    """Return what of a debtor is still to be filled in."""
    parts = {"der Name": debtor.name, "die Straße": debtor.street, "die Postleitzahl": debtor.postcode}
    wanted = [label for label, value in (parts | {"der Ort": debtor.city}).items() if not value.strip()]
    if debtor.ground not in BY_AGE or debtor.born_on is not None:
        return wanted
    if debtor.ground is Ground.PUPIL:
        return [*wanted, "der Geburtstag"]
    return wanted if debtor.is_of_age else [*wanted, "der Geburtstag oder das Häkchen „Erwachsene Person oder Firma“"]


def _fault(claim: Claim, on: date) -> list[str]:
    if claim.fault is None:
        return ["Der Grad des Verschuldens fehlt. Bitte legen Sie ihn fest."]
    if claim.fault not in GRAVE:
        return ["Gefordert wird nur bei Vorsatz oder grober Fahrlässigkeit. Bitte lassen Sie die Forderung fallen."]
    return []


def _evidence(claim: Claim, on: date) -> list[str]:
    cases = {item.case_id for item in claim.items}
    if claim.evidence is None or claim.evidence.case_id not in cases:
        return ["Der Nachweis für das Verschulden fehlt. Bitte legen Sie ein Schriftstück zum Fall und wählen Sie es."]
    return []


def _devices(claim: Claim, on: date) -> list[str]:
    if not claim.items:
        return ["Die Forderung hat kein Gerät. Bitte nehmen Sie einen Fall des Ereignisses auf."]
    found = [item.case.number for item in claim.items if item.case.state is State.FOUND]
    without = [item.case.number for item in claim.items if item.valuation_id is None]
    sentences = [f"Das Gerät aus Fall {number} ist wieder da. Dafür wird nichts gefordert." for number in found]
    taken_back = [item.case.number for item in claim.items if item.case.state is State.WITHDRAWN]
    sentences += [f"Der Fall {number} wurde zurückgezogen. Dafür wird nichts gefordert." for number in taken_back]
    return sentences + [f"Zum Fall {number} fehlt der Zeitwert. Bitte berechnen Sie ihn im Fall." for number in without]


def _debtors(claim: Claim, on: date) -> list[str]:
    if not claim.debtors:
        return ["Es fehlt, wer zahlen soll und auf welcher Grundlage. Bitte tragen Sie jemanden ein."]
    return [
        f"Bei Person {number} fehlt: {', '.join(parts)}. Bitte ergänzen Sie das."
        for number, debtor in enumerate(claim.debtors, 1)
        if (parts := incomplete(debtor))
    ]


def _age(claim: Claim, on: date) -> list[str]:
    if not claim.items:
        return []
    day = claim.items[0].case.incident.day
    sentences = []
    for number, debtor in enumerate(claim.debtors, 1):
        if debtor.ground not in BY_AGE or debtor.born_on is None:
            continue
        if debtor.born_on > day:
            sentences.append(f"Der Geburtstag von Person {number} liegt nach dem Schaden. Bitte prüfen Sie ihn.")
            continue
        capacity = ages.capacity(debtor.born_on, day)
        if capacity is Capacity.NONE:
            sentences.append(
                f"Person {number} war am Tag des Schadens noch nicht 7 Jahre alt und haftet nicht. "
                "Bitte nehmen Sie sie heraus."
            )
        elif capacity is Capacity.NEEDS_INSIGHT and not debtor.insight.strip():
            sentences.append(
                f"Person {number} war am Tag des Schadens zwischen 7 und 17 Jahre alt. Bitte halten Sie fest, "
                "warum sie verstehen konnte, was sie tat."
            )
    return sentences


def _heard(claim: Claim, on: date) -> list[str]:
    if claim.heard_on is None or claim.hearing_until is None:
        return ["Die Anhörung ist noch nicht verschickt. Bitte senden Sie sie zuerst."]
    unheard = [number for number, debtor in enumerate(claim.debtors, 1) if debtor.heard_until is None]
    if unheard:
        return [
            f"Person {number} ist noch nicht angehört. Bitte senden Sie auch ihr die Anhörung." for number in unheard
        ]
    is_joint = len(claim.debtors) > 1
    if on > claim.hearing_until or (claim.answered_on is not None and not is_joint):
        return []
    runs = f"Die Frist der Anhörung läuft bis {claim.hearing_until:%d.%m.%Y}."
    # One person does not answer for another.
    if is_joint:
        return [f"{runs} Bis dahin können alle antworten, die zahlen sollen."]
    return [f"{runs} Bitte warten Sie die Antwort ab oder tragen Sie sie ein."]


def _limit(claim: Claim, on: date) -> list[str]:
    amount, limit = sum_cents(claim), limit_cents(claim, on)
    if amount > max(limit, 0):
        return []
    return [
        f"Es geht um {euros(amount)}. Beträge bis {euros(limit)} werden nicht gefordert. "
        "Bitte lassen Sie die Forderung fallen."
    ]


def _fixed(claim: Claim, on: date) -> list[str]:
    if claim.amount_cents is None or claim.proposed_at is None:
        return ["Der Betrag ist noch nicht vorgeschlagen."]
    if claim.amount_cents != sum_cents(claim):
        return ["Der Betrag hat sich seit dem Vorschlag geändert. Bitte geben Sie die Forderung zurück."]
    return []


def _approved(claim: Claim, on: date) -> list[str]:
    if claim.approved_by_id is None or claim.approved_by_id in claim.amount_people:
        return ["Der Betrag ist noch nicht von einer zweiten Person freigegeben."]
    return []


def _overdue(claim: Claim, on: date) -> list[str]:
    if claim.due_on is None:
        return ["Die Forderung ist noch nicht verschickt."]
    if on <= claim.due_on:
        return [f"Zur Zahlung ist Zeit bis {claim.due_on:%d.%m.%Y}. Vorher wird nicht gemahnt."]
    return []


_GATES: tuple[tuple[str, str, str, _Look], ...] = (
    ("verschulden", "Vorsatz oder grobe Fahrlässigkeit", "hear", _fault),
    ("nachweis", "Nachweis für das Verschulden", "hear", _evidence),
    ("geraete", "Geräte mit Zeitwert, keines wieder da", "hear", _devices),
    ("personen", "Wer zahlen soll, mit Grundlage und Anschrift", "hear", _debtors),
    ("alter", "Alter am Tag des Schadens", "hear", _age),
    ("anhoerung", "Anhörung verschickt und abgewartet", "propose", _heard),
    ("bagatelle", "Betrag über der Bagatellgrenze", "propose", _limit),
    ("betrag", "Betrag vorgeschlagen", "approve", _fixed),
    ("freigabe", "Freigabe durch eine zweite Person", "demand", _approved),
    ("frist", "Zahlungsfrist vorbei", "dun", _overdue),
)
