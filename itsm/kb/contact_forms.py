"""Forms of the overview: an office, and a new edition."""

from typing import Any

import wtforms as w
from wtforms.validators import Optional, Regexp

from itsm.core.forms import Form, Line, Ticks
from itsm.org.school_forms import SCHOOL_FORMS

# The forms a city has as schools of its own, in the order of the list.
_FORMS = ("02", "04", "08", "10", "15", "20", "25", "30")
_NOT_KEPT = frozenset({"version", "csrf_token"})


class OfficeForm(Form):
    """An office and the questions it answers; `version` is the one the person has seen."""

    version = w.IntegerField(default=0, widget=w.widgets.HiddenInput())
    topic = Line(
        "Ich habe eine Frage zu …",
        longest=160,
        description="So, wie eine Schule es sagt: „Verleih von Kameras und Robotern“.",
    )
    name = Line("Wer hilft?", longest=80, description="Die Stelle, zum Beispiel „Medienzentrum, Verleih“.")
    unit = Line("Sachgebiet", required=False, longest=20, description="Zum Beispiel 40/6.", render_kw={"size": 10})
    person = Line("Ansprechperson", required=False, longest=80)
    phone = Line(
        "Telefon",
        required=False,
        longest=40,
        validators=[Optional(), Regexp(r"[0-9 +()/-]+\Z", message="Bitte nur Ziffern, Leerzeichen, + und - eingeben.")],
        render_kw={"type": "tel"},
    )
    email = Line(
        "E-Mail",
        required=False,
        longest=120,
        validators=[Optional(), Regexp(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z", message="Das ist keine Mailadresse.")],
        render_kw={"type": "email"},
    )
    school_forms = Ticks(
        "Nur für diese Schulformen?",
        choices={key: SCHOOL_FORMS[key] for key in _FORMS},
        description="Ohne Auswahl gilt die Stelle für alle.",
    )

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as the table keeps it."""
        # A field that was not sent is as empty as one that nobody filled in.
        return {name: value or "" for name, value in self.data.items() if name not in _NOT_KEPT} | {
            "school_forms": self.school_forms.data or []
        }


class EditionForm(Form):
    """A word on the new edition, and whether schools are told."""

    note = Line("Anlass", required=False, longest=200, description="Steht über der Liste der Änderungen.")
    tell = w.BooleanField("Schulleitungen und Medienkoordinationen, für die sich etwas ändert, per Mail informieren")
