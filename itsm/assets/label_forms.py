"""Questions before printing labels and before writing the list for the police; both are asked by GET."""

import wtforms as w
from wtforms.validators import NumberRange

from itsm.assets.label_formats import GRIDS, Format
from itsm.core.forms import Form, Line

_PLACES = max(grid.labels for grid in GRIDS.values())


class LabelForm(Form):
    """Which sheet, and where on it the first label goes."""

    class Meta(Form.Meta):
        csrf = False

    bogen = w.RadioField(
        "Welcher Bogen?",
        choices={sheet.value: f"Avery Zweckform {sheet.value}" for sheet in Format},
        default=Format.L4773.value,
    )
    platz = w.IntegerField(
        "Erster freier Platz auf dem Bogen",
        [NumberRange(1, _PLACES, f"Bitte eine Zahl von 1 bis {_PLACES}.")],
        default=1,
        description="Bei einem angebrochenen Bogen: zeilenweise von links oben gezählt.",
        render_kw={"inputmode": "numeric"},
    )


class PoliceForm(Form):
    """What stands above the list."""

    class Meta(Form.Meta):
        csrf = False

    anlass = Line("Anlass", required=False, longest=200, description="Zum Beispiel: Einbruch am 14.11.2026")
    zeichen = Line("Aktenzeichen oder Vorgangsnummer der Polizei", required=False, longest=60)
