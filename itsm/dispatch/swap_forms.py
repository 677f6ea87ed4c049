"""The one form of a swap."""

import wtforms as w
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from itsm.assets.service.swaps import Whereabouts
from itsm.core.forms import Form, Line
from itsm.dispatch.service.swaps import Said

TAKES, STAYS = "ja", "nein"
_SCAN = {"data-scan": "fill", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class SwapForm(Form):
    """Defect out, replacement in."""

    defect = Line("Defektes Gerät", longest=200, description="Nummer vom Aufkleber oder Seriennummer", render_kw=_SCAN)
    replacement = Line(
        "Ersatzgerät", longest=200, description="Aus dem Lager der Stadt oder dieser Schule", render_kw=_SCAN
    )
    whereabouts = w.RadioField(
        "Wohin mit dem defekten Gerät?",
        [InputRequired("Bitte wählen Sie, wohin das defekte Gerät geht.")],
        choices=[
            SelectChoice(Whereabouts.REPAIR.value, "Ich nehme es mit zur Reparatur"),
            SelectChoice(Whereabouts.CITY.value, "Ich bringe es beschädigt ins Lager der Stadt"),
            SelectChoice(Whereabouts.STAYS.value, "Es bleibt beschädigt an der Schule"),
        ],
        default=Whereabouts.REPAIR.value,
    )
    loan = w.RadioField(
        "Das defekte Gerät ist ausgegeben. Was wird aus der Ausleihe?",
        [Optional()],
        choices=[
            SelectChoice(TAKES, "Ausleihe mit übernehmen: Wer das Gerät hatte, bekommt das Ersatzgerät"),
            SelectChoice(STAYS, "Ausleihe nicht ändern: Die Schule nimmt das defekte Gerät selbst zurück"),
        ],
    )
    is_solved = w.BooleanField("Die Störung ist damit gelöst", default=True)

    def read(self) -> Said:
        """What was filled in, in the words of the domain."""
        takes = None if self.loan.data is None else self.loan.data == TAKES
        return Said(
            self.defect.data or "",
            self.replacement.data or "",
            Whereabouts(self.whereabouts.data),
            takes_loan=takes,
            is_solved=self.is_solved.data,
        )
