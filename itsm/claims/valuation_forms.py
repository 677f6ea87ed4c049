"""What a clerk types for a value, and how values are reckoned from a day on."""

from datetime import date

import wtforms as w
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from itsm.claims.kinds import Accessory
from itsm.claims.models import DamageCase, Valuation
from itsm.claims.service.valuations import Typed
from itsm.claims.valuation import CONVENTIONS, LONGEST_LIFE, Convention, Rules
from itsm.core.forms import Count, Day, Euros, Form, Line


class ValueForm(Form):
    """What the file of a device does not say, and a lower price of a replacement."""

    price = Euros("Kaufpreis, mit Mehrwertsteuer", required=False)
    in_service_on = Day("In Betrieb seit", required=False)
    life_months = Count("Erwartete Nutzung in Monaten", required=False, most=LONGEST_LIFE)
    replacement = Euros(
        "Heutiger Preis eines gleichwertigen Ersatzes",
        required=False,
        description="Mit Mehrwertsteuer. Ist er niedriger als der Kaufpreis, wird mit ihm gerechnet.",
    )

    @classmethod
    def of(cls, case: DamageCase, accessory: Accessory | None, latest: Valuation | None) -> "ValueForm":
        """Return the form with the questions the file does not answer, and what was typed the last time."""
        form = cls(**_typed_before(latest))
        device = case.device
        if accessory is None and device is not None:
            del form.life_months
            if device.price_cents is not None:
                del form.price
            if device.in_service_on is not None:
                del form.in_service_on
        if accessory is not None:
            del form.life_months
            if device is not None and device.in_service_on and form.in_service_on.raw_data is None and latest is None:
                form.in_service_on.data = device.in_service_on
        return form

    def typed(self, accessory: Accessory | None) -> Typed:
        """Return what was typed."""
        data = self.data
        return Typed(
            accessory, data.get("price"), data.get("replacement"), data.get("in_service_on"), data.get("life_months")
        )


class RulesForm(Form):
    """From when on, how the age counts, and what always remains."""

    valid_from = Day("Gilt für Schäden ab")
    convention = w.RadioField(
        "Wie das Alter gezählt wird",
        [InputRequired("Bitte wählen Sie, wie gezählt wird.")],
        choices=[SelectChoice(one.value, label) for one, label in CONVENTIONS.items()],
    )
    floor_percent = Count(
        "Mindestwert in Prozent",
        least=0,
        most=100,
        description="So viel vom Preis bleibt immer, auch nach der erwarteten Nutzung. 0 heißt: nichts.",
    )
    reason = Line("Warum", description="Zum Beispiel: Verfügung der Amtsleitung vom 3.11.2026")

    @property
    def says_how(self) -> bool:
        """Whether the way of counting and the floor are right, so that examples can be shown, whatever else is."""
        return all([self.convention.validate(self), self.floor_percent.validate(self)])

    @property
    def rules(self) -> Rules:
        """The typed rules; before they are entered, those of a day to come."""
        first_on, floor_percent = self.valid_from.data or date.max, self.floor_percent.data or 0
        return Rules(first_on, Convention(self.convention.data), floor_percent * 100)


def _typed_before(latest: Valuation | None) -> dict[str, object]:
    if latest is None:
        return {}
    base, sources = latest.base_cents, latest.sources
    return {
        "price": base if sources.get("base") == "typed" else None,
        "replacement": base if sources.get("base") == "replacement" else None,
        "in_service_on": latest.in_service_on,
        "life_months": latest.life_months,
    }
