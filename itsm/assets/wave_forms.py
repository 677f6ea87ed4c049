"""Forms of the exchange."""

import re

import wtforms as w
from wtforms.validators import InputRequired, NumberRange

from itsm.assets import wave_stock
from itsm.assets.kinds import PLURALS, Kind
from itsm.assets.models import Fairness
from itsm.assets.wave_planning import Draft
from itsm.assets.words import FAIRNESS
from itsm.core.errors import DomainError
from itsm.core.forms import Count, Euros, Form, Line

SAVE = "speichern"
_YEARS = NumberRange(2000, 2100, "Bitte geben Sie eine Jahreszahl ein, zum Beispiel 2027.")
_OF_YEAR = re.compile(r"(\d{4})\s*[:=]\s*(\d{1,3}(?:\.\d{3})+|\d{1,7})")


class WaveForm(Form):
    """What somebody wants of an exchange."""

    kind = w.RadioField(
        "Was wird ausgetauscht?",
        [InputRequired("Bitte wählen Sie die Geräteklasse.")],
        choices={kind.value: label for kind, label in PLURALS.items()},
    )
    first_year = w.IntegerField("Erstes Jahr", [InputRequired("Bitte ausfüllen."), _YEARS])
    last_year = w.IntegerField("Letztes Jahr", [InputRequired("Bitte ausfüllen."), _YEARS])
    quantity = Count("Stückzahl", required=False, description="So viele Geräte, oder …")
    budget = Euros(
        "Budget in Euro", required=False, most_cents=100_000_000_000, description="… so viele, wie das Geld reicht."
    )
    price = Euros(
        "Preis je Gerät in Euro", required=False, description="Brutto. Leer gilt der Preis des neuesten Modells."
    )
    per_year = Line(
        "Feste Stückzahl in einzelnen Jahren",
        required=False,
        description="Zum Beispiel „2026: 30.000“. Alle anderen Jahre teilen sich den Rest gleichmäßig.",
    )
    fairness = w.RadioField(
        "Wer kommt zuerst?",
        [InputRequired("Bitte wählen Sie, wer zuerst kommt.")],
        choices={fairness.value: label for fairness, label in FAIRNESS.items()},
    )
    name = Line("Name", required=False, longest=80)
    step = w.HiddenField()

    @property
    def is_final(self) -> bool:
        """Whether the plan is to be saved, not only shown."""
        return bool(self.step.data == SAVE)

    def title(self) -> str:
        """Return the name of the plan.

        Raises: DomainError without one.
        """
        if not self.name.data:
            raise DomainError("Bitte geben Sie dem Austausch einen Namen.")
        return str(self.name.data)

    def draft(self) -> Draft:
        """Return what was entered; an empty price becomes that of the newest model, and shows.

        Raises: DomainError for what does not fit together.
        """
        kind = Kind(self.kind.data)
        if (self.quantity.data is None) == (self.budget.data is None):
            raise DomainError("Bitte geben Sie entweder eine Stückzahl oder ein Budget an.")
        self.price.data = self.price.data or wave_stock.price_cents(kind)
        if self.price.data is None:
            raise DomainError("Kein Modell dieser Klasse hat einen Preis. Bitte geben Sie den Preis je Gerät an.")
        return Draft(
            kind=kind,
            first_year=self.first_year.data,
            last_year=self.last_year.data,
            price_cents=self.price.data,
            fairness=Fairness(self.fairness.data),
            quantity=self.quantity.data,
            budget_cents=self.budget.data,
            per_year=_per_year(self.per_year.data or ""),
        )


class CompareForm(Form):
    """Two plans side by side."""

    class Meta(Form.Meta):
        csrf = False

    a = w.SelectField("Der eine Plan", coerce=int)
    b = w.SelectField("Der andere Plan", coerce=int)

    def offer(self, known: list[tuple[int, str]]) -> "CompareForm":
        """Set what can be chosen; what nobody has chosen becomes the newest plan that is not chosen yet."""
        self.a.choices = self.b.choices = known
        for field, other in ((self.a, self.b), (self.b, self.a)):
            if not field.data:
                field.data = next((wave_id for wave_id, _ in known if wave_id != other.data), None)
        return self

    @property
    def chosen(self) -> list[int]:
        """The two plans; none of them if there are no two."""
        found = [self.a.data, self.b.data]
        return found if all(found) else []


def _per_year(typed: str) -> dict[int, int]:
    """Read "2026: 30.000, 2027: 20.000"."""
    found = {int(year): int(count.replace(".", "")) for year, count in _OF_YEAR.findall(typed)}
    if _OF_YEAR.sub("", typed).strip(" ,;"):
        raise DomainError("Die Stückzahlen je Jahr bitte so eingeben: 2026: 30.000, 2027: 20.000")
    return found
