"""The short form of what is said about an article besides its texts."""

from collections.abc import Iterable

import wtforms as w
from wtforms.validators import InputRequired, Optional, ValidationError

from itsm.accounts.models import User
from itsm.assets import kinds
from itsm.core.forms import Day, Form, Line, Ticks
from itsm.kb.models import Article, Audience, Category
from itsm.kb.service import details
from itsm.kb.service.details import Details
from itsm.kb.words import AUDIENCES
from itsm.org.school_forms import SCHOOL_FORMS
from itsm.tickets.models import FaultType

# The forms of schools a city runs; others show where an article names them.
_USUAL_FORMS = frozenset({"02", "04", "08", "10", "14", "15", "20", "25", "30"})
MOST_TAGS = 12
LONGEST_TAG = 40


def _number(value: object) -> int | None:
    return int(str(value)) if value else None


class DetailsForm(Form):
    """For whom, where, about what, who looks after it, and until when."""

    version = w.IntegerField(
        "Fassung", [InputRequired("Bitte laden Sie die Seite neu.")], widget=w.widgets.HiddenInput()
    )
    audience = w.RadioField(
        "Wer darf den Artikel lesen?",
        [InputRequired("Bitte wählen Sie, wer den Artikel lesen darf.")],
        choices={audience.value: label for audience, label in AUDIENCES.items()},
    )
    category_id = w.SelectField("Bereich", [Optional()], coerce=_number)
    tags = Line(
        "Schlagwörter",
        required=False,
        longest=500,
        description="Mit Komma getrennt, zum Beispiel: WLAN, iPad, Passwort",
    )
    fault_ids = Ticks("Bei welchen Störungen hilft er?", coerce=int)
    device_kinds = Ticks(
        "Für welche Geräte?",
        choices={kind.value: label for kind, label in kinds.LABELS.items()},
        description="Nichts angekreuzt heißt: für alle.",
    )
    school_forms = Ticks("Für welche Schulformen?", description="Nichts angekreuzt heißt: für alle.")
    owner_id = w.SelectField("Verantwortlich", [Optional()], coerce=_number)
    deputy_id = w.SelectField("Vertretung", [Optional()], coerce=_number)
    team = Line(
        "Wer steht unter dem Artikel?",
        required=False,
        longest=80,
        description="Ein Team, kein Name. Zum Beispiel: Redaktion Medienzentrum",
    )
    review_on = Day("Wieder prüfen am", required=False, description="Dann erinnern wir die verantwortliche Person.")
    valid_until = Day("Gültig bis", required=False, description="Danach finden Leser*innen den Artikel nicht mehr.")

    def offer(
        self, article: Article, categories: Iterable[Category], faults: Iterable[FaultType], people: Iterable[User]
    ) -> "DetailsForm":
        """Set what can be chosen; what the article has stays on offer."""
        self.category_id.choices = {"": "keiner"} | {str(one.id): one.name for one in categories}
        self.fault_ids.choices = {one.id: one.name for one in (*faults, *article.faults)}
        self.school_forms.choices = {
            key: name for key, name in SCHOOL_FORMS.items() if key in _USUAL_FORMS or key in article.school_forms
        }
        names = {str(one.id): one.name for one in (*people, article.owner, article.deputy) if one}
        self.owner_id.choices = self.deputy_id.choices = {"": "niemand"} | names
        return self

    def validate_tags(self, field: w.Field) -> None:
        """Refuse what is no handful of words."""
        if len(self.words) > MOST_TAGS or any(len(word) > LONGEST_TAG for word in self.words):
            raise ValidationError(f"Bitte höchstens {MOST_TAGS} Schlagwörter mit je bis zu {LONGEST_TAG} Zeichen.")

    @property
    def words(self) -> list[str]:
        """The tags, each once, as they were typed."""
        typed = (word.strip() for word in (self.tags.data or "").split(","))
        return list({word.casefold(): word for word in typed if word}.values())

    @property
    def details(self) -> Details:
        """What was filled in."""
        plain = {name: self[name].data for name in details.LABELS if name not in ("audience", "tags", "team")}
        return Details(audience=Audience(self.audience.data), tags=self.words, team=self.team.data or "", **plain)


def filled_in(article: Article) -> dict[str, object]:
    """Return what the form begins with."""
    now = details.of(article)
    return vars(now) | {"tags": ", ".join(now.tags), "audience": now.audience.value, "version": article.version_id}
