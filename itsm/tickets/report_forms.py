"""The three screens of a report: where and what, how bad, what was tried."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import wtforms as w
from wtforms.validators import InputRequired, Optional, ValidationError

from itsm.assets.models import Device
from itsm.core.errors import DomainError
from itsm.core.forms import Form, Line, Text, Ticks, single_line
from itsm.core.pictures import LARGEST_BYTES, MOST_PICTURES, Picture, read
from itsm.org.models import School
from itsm.tickets.models import FaultType, FirstLevelStep, Outcome
from itsm.tickets.priority import IMPACTS, URGENCIES
from itsm.tickets.words import OUTCOMES

OTHER = "other"
STEP = "step_"
MOST_DEVICES = 200
LONGEST_TAG = 40
LONGEST_TITLE = 90


class WhereForm(Form):
    """Which building, which room, which kind of fault."""

    school = w.IntegerField("Schule", [InputRequired("Bitte wählen Sie Ihre Schule.")], widget=w.widgets.HiddenInput())
    idempotency_key = w.HiddenField("Schlüssel", [InputRequired("Bitte laden Sie die Seite neu.")])
    site = w.RadioField(
        "In welchem Gebäude?", [InputRequired("Bitte wählen Sie das Gebäude.")], coerce=int, validate_choice=True
    )
    room = Line(
        "In welchem Raum?",
        required=False,
        longest=60,
        description="Zum Beispiel 2.14, Aula oder Lehrerzimmer",
        render_kw={"list": "rooms", "autocomplete": "off", "autocapitalize": "off"},
    )
    fault = w.IntegerField(
        "Was ist gestört?", [InputRequired("Bitte tippen Sie an, was gestört ist.")], widget=w.widgets.HiddenInput()
    )

    def offer(self, school: School, fault: FaultType | None) -> None:
        """Set what can be chosen at this school, and the kind of fault that was tapped if it is on the list."""
        self.site.choices = {place.site_id: place.site.label for place in school.places}
        self._fault = fault

    def validate_fault(self, field: w.Field) -> None:
        """Refuse a kind of fault that is not on the list."""
        if self._fault is None:
            raise ValidationError("Bitte tippen Sie an, was gestört ist.")

    def validate_idempotency_key(self, field: w.Field) -> None:
        """Refuse a key no page of ours has made."""
        if not (16 <= len(field.data) <= 64 and field.data.isalnum()):
            raise ValidationError("Bitte laden Sie die Seite neu.")


class HowForm(Form):
    """Whom it hits, how urgent it is, which devices, in one's own words."""

    impact = w.RadioField(
        "Wen trifft es?",
        [InputRequired("Bitte wählen Sie, wen es trifft.")],
        coerce=int,
        choices=IMPACTS,
        default=2,
    )
    urgency = w.RadioField(
        "Wie dringend ist es?",
        [InputRequired("Bitte wählen Sie, wie dringend es ist.")],
        coerce=int,
        choices=URGENCIES,
    )
    is_exam = w.BooleanField("Gerade läuft eine Prüfung oder Klassenarbeit")
    description = Text(
        "Was ist passiert?",
        required=False,
        longest=5000,
        description="Ein Satz genügt. Bitte keine Namen oder Gesundheitsdaten von Kindern.",
        render_kw={"rows": 3},
    )
    picked = Ticks("Welche Geräte?", [Optional()], choices=(), coerce=single_line, validate_choice=False)
    devices = Text(
        "Welche Geräte?",
        required=False,
        longest=5000,
        description="Nummern vom Aufkleber, mehrere mit Komma oder in neuen Zeilen",
        render_kw={"rows": 2, "autocapitalize": "characters", "spellcheck": "false", "data-scan": ""},
    )

    def offer(self, fault: FaultType | None) -> None:
        """Ask for words where the kind of fault says nothing."""
        self._needs_words = fault is not None and fault.key == OTHER
        if self._needs_words:
            self.description.flags.required = True

    def settle(self) -> None:
        """Ask nothing more of somebody who has mended it already, and for whom it can wait."""
        self._needs_words = False
        if not self.urgency.data:
            self.urgency.data, self.urgency.raw_data = max(URGENCIES), [str(max(URGENCIES))]

    def validate_description(self, field: w.Field) -> None:
        """Ask for words where the kind of fault says nothing."""
        if self._needs_words and not field.data:
            raise ValidationError("Bitte schreiben Sie in einem Satz, was gestört ist.")

    def offer_devices(self, found: Sequence[Device]) -> None:
        """Let these be ticked; what was ticked in another room stays ticked."""
        known = {device.tag: f"{device.tag} · {device.model.label}" for device in found}
        self.picked.choices = {tag: tag for tag in self.picked.data or ()} | known

    @property
    def named(self) -> tuple[str, ...]:
        """The devices that were ticked or typed, each once."""
        return tuple(dict.fromkeys((*(self.picked.data or ()), *tags_in(self.devices.data or ""))))

    def validate_devices(self, field: w.Field) -> None:
        """Refuse what cannot be device numbers."""
        tags = self.named
        if len(tags) > MOST_DEVICES:
            raise ValidationError(f"Bitte höchstens {MOST_DEVICES} Geräte in einer Meldung.")
        if any(len(tag) > LONGEST_TAG for tag in tags):
            raise ValidationError("Eine Gerätenummer ist zu lang. Bitte trennen Sie Nummern mit Komma.")


class TriedForm(Form):
    """What was tried, and photos; the steps of the kind of fault are added as fields."""

    wants_answers = False

    photos = w.MultipleFileField(
        "Fotos",
        [Optional()],
        description="Bis zu 10 Bilder. Bitte fotografieren Sie keine Kinder.",
        render_kw={"accept": "image/jpeg,image/png,image/heic,.heic", "data-photos": ""},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for an answer to every step, in one sentence, unless the person cannot get any further."""
        valid: bool = super().validate(extra_validators)
        steps = [field for field in self if field.name.startswith(STEP)]
        if self.wants_answers and not all(field.data for field in steps):
            self.form_errors.append(
                "Bitte antworten Sie bei jedem Schritt, oder tippen Sie auf „Ich komme nicht weiter“."
            )
            return False
        return valid

    def pictures(self) -> tuple[Picture, ...]:
        """Return the photos, checked and re-encoded.

        Raises: DomainError with a sentence for a file that is no photo, or too many of them.
        """
        files = [file for file in self.photos.data or [] if getattr(file, "filename", "")]
        if len(files) > MOST_PICTURES:
            raise DomainError(f"Bitte höchstens {MOST_PICTURES} Fotos in einer Meldung.")
        return tuple(read(file.stream.read(LARGEST_BYTES + 1)) for file in files)

    def outcomes(self, steps: Sequence[FirstLevelStep], helped: int | None) -> tuple[tuple[str, Outcome], ...]:
        """Return the steps that were answered with what came of them."""
        found = []
        for step in steps:
            answer = Outcome.HELPED if step.id == helped else self[name_of(step)].data
            if answer:
                found.append((step.text, Outcome(answer)))
        return tuple(found)


def tried_form(steps: Sequence[FirstLevelStep], *, wants_answers: bool) -> TriedForm:
    """Return the last screen with one question for each step; it may want them all answered."""
    form = _class_for(tuple((name_of(step), step.text) for step in steps))()
    form.wants_answers = wants_answers
    return form


# Making a class is slow, and there are only as many as kinds of faults.
@lru_cache(maxsize=256)
def _class_for(questions: tuple[tuple[str, str], ...]) -> type[TriedForm]:
    answers = {outcome.value: OUTCOMES[outcome] for outcome in (Outcome.NOT_HELPED, Outcome.NOT_POSSIBLE)}
    fields: dict[str, Any] = {name: w.RadioField(text, [Optional()], choices=answers) for name, text in questions}
    return type("TriedFormOfFault", (TriedForm,), fields)


def name_of(step: FirstLevelStep) -> str:
    """Return the name of the field that asks for this step."""
    return f"{STEP}{step.id}"


def tags_in(typed: str) -> tuple[str, ...]:
    """Return the device numbers in a typed text, each once, in the order they were typed."""
    parts = (part.strip() for line in typed.splitlines() for part in line.replace(";", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def title_of(fault: FaultType, description: str) -> str:
    """Return the title of a report: the kind of fault and the first line of what was written."""
    first = description.strip().split("\n", 1)[0].strip()
    if not first:
        return f"{fault.name} gestört"
    title = first if fault.key == OTHER else f"{fault.name}: {first}"
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"
