"""The small forms of the page of a claim, and who owes it."""

from typing import Any

import wtforms as w
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from itsm.claims import papers as kept_papers
from itsm.claims.addressing import GROUNDS
from itsm.claims.models import Claim, Debtor, Fault, Ground, LegalBasis, PaperKind
from itsm.claims.service import examining
from itsm.claims.service.debtors import Person
from itsm.claims.service.examining import Finding
from itsm.claims.service.items import Deduction
from itsm.claims.service.relief import MOST_SUSPENDED_DAYS
from itsm.core.actions import ActionForm
from itsm.core.forms import Count, Day, Euros, Form, Line, Text

FAULTS = {
    Fault.INTENT: "Vorsatz",
    Fault.GROSS: "grobe Fahrlässigkeit",
    Fault.LIGHT: "leichte Fahrlässigkeit",
    Fault.NONE: "kein Verschulden",
}
FAULT_HINTS = {
    Fault.INTENT: "Jemand wollte den Schaden oder nahm ihn hin.",
    Fault.GROSS: "Jemand hat missachtet, was in dieser Lage jedem einleuchten muss.",
    Fault.LIGHT: "Ein Missgeschick, wie es passieren kann. Dann wird nichts gefordert.",
    Fault.NONE: "Niemand konnte etwas dafür. Dann wird nichts gefordert.",
}
BASES = {
    LegalBasis.PRIVATE: "privatrechtlich (Zahlungsaufforderung)",
    LegalBasis.PUBLIC: "öffentlich-rechtlich (Bescheid)",
}
GROUND_HINTS = {
    Ground.PUPIL: "Ab 7 Jahren, bis 17 nur mit festgehaltener Einsicht.",
    Ground.GUARDIAN_CONTRACT: "Im Leihvertrag haben sie sich mit verpflichtet.",
    Ground.SUPERVISION: "Nur wenn sie ihre Aufsicht verletzt haben, nie während der Schulzeit.",
    Ground.THIRD_PARTY: "Jemand von außen war es. Auch hier zählt das Alter.",
    Ground.STATE: "Lehrkräfte zahlen nicht selbst an die Stadt: Der Brief geht an das Land.",
}
WITHOUT_NAMES = "Bitte ohne Namen: Der Satz steht im Verlauf und bleibt, wenn die Namen gelöscht sind."
_NO_PAPER = "0"


class TextForm(ActionForm):
    """One text; whether it may be empty is a rule of the verb."""

    text = Text("Text", required=False, longest=2000, description=WITHOUT_NAMES)


class AnswerForm(ActionForm):
    """What came back on the hearing."""

    on = Day("Eingegangen am")
    text = Text(
        "Was steht darin?",
        required=False,
        longest=5000,
        description="Kurz und sachlich. Keine Angaben zu Gesundheit oder Verhalten.",
    )


class DeferForm(ActionForm):
    """Until when, and why."""

    until = Day("Bis wann?")
    text = Text("Warum?", required=False, longest=2000, description=WITHOUT_NAMES)


class LimitationForm(ActionForm):
    """What holds the limitation."""

    suspended_days = Count("Tage, in denen verhandelt wurde", least=0, most=MOST_SUSPENDED_DAYS)
    is_at_court = w.BooleanField("Klage oder Mahnbescheid läuft (hemmt die Verjährung)")

    def offer(self, claim: Claim) -> None:
        """Fill in what holds it now."""
        self.suspended_days.data, self.is_at_court.data = claim.suspended_days, claim.is_at_court


class FindingForm(ActionForm):
    """The grade of fault, what proves it, and the law the claim stands on."""

    fault = w.RadioField(
        "Wie schwer wiegt das Verschulden?",
        [InputRequired("Bitte wählen Sie.")],
        choices={fault.value: label for fault, label in FAULTS.items()},
    )
    evidence = w.RadioField("Was belegt das?", [InputRequired("Bitte wählen Sie.")])
    legal_basis = w.RadioField(
        "Worauf stützt sich die Forderung?",
        [InputRequired("Bitte wählen Sie.")],
        choices={basis.value: label for basis, label in BASES.items()},
    )

    def choose(self, claim: Claim) -> None:
        """Offer the papers of the cases that may prove something."""
        found = [
            SelectChoice(str(paper.id), f"{kept_papers.LABELS[paper.kind]}: {paper.name}")
            for paper in examining.papers(claim)
        ]
        self.evidence.choices = [*found, SelectChoice(_NO_PAPER, "noch kein Schriftstück")]

    def offer(self, claim: Claim) -> None:
        """Fill in what was found out."""
        self.fault.data = claim.fault.value if claim.fault else None
        self.evidence.data = str(claim.evidence_id or _NO_PAPER)
        self.legal_basis.data = claim.legal_basis.value

    @property
    def finding(self) -> Finding:
        """What was chosen."""
        paper = self.evidence.data if self.evidence.data != _NO_PAPER else None
        return Finding(Fault(self.fault.data), int(paper) if paper else None, LegalBasis(self.legal_basis.data))


class DeductionForm(Form):
    """What goes off the value of a device."""

    wreck = Euros("Was ist das kaputte Gerät noch wert?", required=False)
    quota = Count(
        "Anteil in Prozent", most=100, description="Weniger als 100, wenn andere den Schaden mit verursacht haben."
    )
    insurer = Euros("Was zahlt eine Versicherung?", required=False)

    @property
    def deduction(self) -> Deduction:
        """What was typed; a blank is nothing."""
        return Deduction(self.wreck.data or 0, (self.quota.data or 0) * 100, self.insurer.data or 0)


class ReasonForm(Form):
    """Why something is so."""

    text = Text("Warum?", required=False, longest=2000, description=WITHOUT_NAMES)


class DebtorForm(Form):
    """Who is to pay, on which ground, and where they live."""

    ground = w.RadioField(
        "Wer soll zahlen?",
        [InputRequired("Bitte wählen Sie.")],
        choices={ground.value: label for ground, label in GROUNDS.items()},
    )
    name = Line("Name", longest=120)
    street = Line("Straße und Hausnummer", longest=120)
    postcode = Line("Postleitzahl", longest=10)
    city = Line("Ort", longest=80)
    email = Line("E-Mail", required=False, longest=200, render_kw={"type": "email"})
    born_on = Day(
        "Geburtstag",
        required=False,
        description="Bei Schüler*innen und dritten Personen: Das Alter am Tag des Schadens zählt.",
    )
    is_of_age = w.BooleanField(
        "Erwachsene Person oder Firma", description="Nur bei dritten Personen. Dann ist kein Geburtstag nötig."
    )
    guardian = Line(
        "Erziehungsberechtigte",
        required=False,
        longest=160,
        description="Nur bei Minderjährigen: An sie gehen die Briefe.",
    )
    insight = Text(
        "Warum konnte das Kind verstehen, was es tat?",
        required=False,
        longest=2000,
        description="Nur bei 7 bis 17 Jahren. Zum Beispiel: Die Klasse hatte die Regeln besprochen und unterschrieben.",
    )
    insight_paper = w.RadioField("Schriftstück dazu", [InputRequired("Bitte wählen Sie.")], default=_NO_PAPER)
    insurer = Line("Haftpflichtversicherung", required=False, longest=120)
    insurer_reference = Line("Schadennummer der Versicherung", required=False, longest=80)

    def choose(self, claim: Claim) -> None:
        """Offer the papers about insight; where there is none, nothing is asked."""
        found = examining.papers(claim, frozenset({PaperKind.INSIGHT}))
        self.insight_paper.choices = [
            *(SelectChoice(str(paper.id), paper.name) for paper in found),
            SelectChoice(_NO_PAPER, "keines"),
        ]
        if not found:
            del self.insight_paper

    def offer(self, debtor: Debtor) -> None:
        """Fill in what is known."""
        for name, value in _typed(debtor).items():
            if self[name] is not None:
                self[name].data = value

    @property
    def person(self) -> Person:
        """What was typed."""
        paper = int(self.insight_paper.data) if self.insight_paper else 0
        texts = ("name", "guardian", "street", "postcode", "city", "email", "insight", "insurer", "insurer_reference")
        words = {name: self[name].data or "" for name in texts}
        return Person(
            Ground(self.ground.data),
            born_on=self.born_on.data,
            is_of_age=self.is_of_age.data,
            insight_paper_id=paper or None,
            **words,
        )


def _typed(debtor: Debtor) -> dict[str, Any]:
    names = ("name", "guardian", "street", "postcode", "city", "email", "insight", "insurer", "insurer_reference")
    return {name: getattr(debtor, name) for name in names} | {
        "ground": debtor.ground.value,
        "born_on": debtor.born_on,
        "is_of_age": debtor.is_of_age,
    }
