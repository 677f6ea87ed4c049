"""The small forms of the claims staff on the page of a case."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

import wtforms as w
from wtforms.validators import InputRequired

from itsm.assets.models import Device
from itsm.assets.service import swaps
from itsm.claims import kinds
from itsm.claims.handling import REASONS
from itsm.claims.kinds import Cause, Kind, StatisticsClass
from itsm.claims.models import DamageCase
from itsm.claims.service import replacements
from itsm.claims.service.handling import Facts
from itsm.core.actions import ActionForm
from itsm.core.forms import Day, Line

S = TypeVar("S", bound=StrEnum)
NO_NAMES = "Bitte keine Namen von Kindern oder Eltern."


def _words(labels: Mapping[S, str]) -> dict[str, str]:
    return {one.value: label for one, label in labels.items()}


class FactsForm(ActionForm):
    """What a clerk finds out; what happened and as what it counts are two questions."""

    kind = w.RadioField("Was ist geschehen?", [InputRequired("Bitte wählen.")], choices=_words(kinds.KINDS))
    statistics_class = w.RadioField(
        "Als was zählt es im Jahresbericht?", [InputRequired("Bitte wählen.")], choices=_words(kinds.CLASSES)
    )
    cause = w.SelectField("Ursache", choices=_words(kinds.CAUSES))
    is_usable = w.BooleanField("Das Gerät ist noch nutzbar.")
    needs_replacement = w.BooleanField("Die Schule braucht ein Ersatzgerät.")
    returned_on = Day(
        "Wann kam das defekte Gerät zurück?",
        required=False,
        description="Zur Stadt oder zur Schule. Von da an läuft die Frist von sechs Monaten für eine Forderung.",
    )

    def offer(self, case: DamageCase) -> None:
        """Fill in what the case says now."""
        for name in ("kind", "statistics_class", "cause", "is_usable", "needs_replacement", "returned_on"):
            self[name].data = getattr(case, name)

    @property
    def facts(self) -> Facts:
        """What was typed; of a device that is gone the page does not ask when it came back."""
        kind = Kind(self.kind.data)
        return Facts(
            kind=kind,
            statistics_class=StatisticsClass(self.statistics_class.data),
            cause=Cause(self.cause.data),
            is_usable=bool(self.is_usable.data),
            needs_replacement=bool(self.needs_replacement.data),
            returned_on=None if kind in kinds.MISSING else self.returned_on.data,
        )


class ReasonForm(ActionForm):
    """Why; whether it may be blank is a rule of the verb."""

    text = Line("Warum?", required=False, longest=300, description=NO_NAMES)


class WriteOffForm(ActionForm):
    """Why a device is written off, in fixed words: they go into its history."""

    reason = w.RadioField("Warum?", [InputRequired("Bitte wählen.")], choices=dict(REASONS))


class FoundForm(ActionForm):
    """When a device turned up again."""

    found_on = Day("Wann war das Gerät wieder da?")

    def offer(self, case: DamageCase) -> None:
        """Fill in the day the school has named."""
        self.found_on.data = case.found_on


class ReplaceForm(ActionForm):
    """Which device replaces that of the case, and how it gets to the school."""

    way = w.RadioField(
        "Wie kommt das Ersatzgerät zur Schule?",
        [InputRequired("Bitte wählen.")],
        choices={"visit": "mit dem nächsten Besuch", "now": "es ist schon getauscht oder übergeben"},
    )
    number = Line(
        "Nummer des Ersatzgeräts",
        required=False,
        longest=60,
        description="Aus dem Lager der Stadt oder der Schule. Für den nächsten Besuch kann die Nummer noch offen sein.",
    )
    takes_loan = w.RadioField(
        "Das defekte Gerät ist ausgegeben. Übernimmt das Ersatzgerät die Ausleihe?",
        choices={"yes": "ja, dieselbe Person bekommt es", "no": "nein, die Ausleihe läuft weiter"},
        validate_choice=False,
    )

    def choose(self, case: DamageCase) -> None:
        """Ask about the loan only where there is one."""
        if case.device is None or case.kind is not Kind.DAMAGE or not swaps.is_lent(case.device):
            del self.takes_loan

    def offer(self, case: DamageCase) -> None:
        """Fill in what is planned already."""
        self.way.data = "visit"
        if case.replacement is not None:
            self.number.data = case.replacement.tag

    @property
    def loan_is_taken(self) -> bool | None:
        """What was said about the loan; None if nothing was."""
        return {"yes": True, "no": False}.get(self.takes_loan.data or "") if self.takes_loan else None

    def device(self, case: DamageCase) -> Device | None:
        """Return the device of the typed number; None if none was typed.

        Raises: DomainError for a number nothing in stock has.
        """
        return replacements.find(case, self.number.data) if self.number.data else None
