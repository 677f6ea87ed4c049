"""The form on which a school reports what happened to a device, and the small forms for what comes later."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import wtforms as w
from wtforms.validators import InputRequired, Optional, ValidationError

from itsm.assets.models import Device
from itsm.claims import papers
from itsm.claims.kinds import ACCESSORIES, KINDS, MISSING, PLACES, Kind, Place
from itsm.claims.papers import Upload
from itsm.claims.reporting import FOUND, MOST_DEVICES, Filled
from itsm.claims.service.cases import Told
from itsm.core.errors import DomainError
from itsm.core.forms import Day, Form, Line, Text, Ticks, single_line

NO_NAMES = "Bitte keine Angaben zu Gesundheit oder Verhalten, keine Namen von Kindern."
YES, NO = "yes", "no"
_LONGEST_TAG = 200
_KEY = re.compile(r"[0-9a-f]{32}")
_WITH_POLICE = frozenset({Kind.THEFT, Kind.LOSS})
_OWN_WORDS = {Kind.NOT_RETURNED: "Nach der Ausgabe nicht zurückgegeben."}


def _photos() -> w.MultipleFileField:
    return w.MultipleFileField(
        "Fotos",
        [Optional()],
        description="Bis zu 10 Bilder vom Schaden. Bitte fotografieren Sie keine Kinder.",
        render_kw={"accept": "image/jpeg,image/png,image/heic,.heic", "data-photos": ""},
    )


def _station() -> Line:
    return Line("Polizeidienststelle", required=False, longest=120, description="Zum Beispiel Wache Nord")


class ReportForm(Form):
    """One page: what, which device, when, where, and what it needs."""

    school = w.IntegerField("Schule", [InputRequired("Bitte wählen Sie Ihre Schule.")], widget=w.widgets.HiddenInput())
    form_key = w.HiddenField("Schlüssel", [InputRequired("Bitte laden Sie die Seite neu.")])
    kind = w.RadioField("Was ist passiert?", [InputRequired("Bitte wählen Sie, was passiert ist.")])
    picked = Ticks("Aus dem Bestand", [Optional()], choices=(), coerce=single_line, validate_choice=False)
    devices = Text(
        "Nummer des Geräts",
        required=False,
        longest=5000,
        description="Vom Aufkleber oder die Seriennummer. Mehrere Geräte mit Komma oder in neuen Zeilen.",
        render_kw={"rows": 1, "autocapitalize": "characters", "spellcheck": "false", "data-scan": ""},
    )
    search_for = Line(
        "Im Bestand suchen", required=False, longest=60, description="Raum, Modell oder ein Teil der Nummer"
    )
    label = Line(
        "Das Gerät steht nicht im Bestand",
        required=False,
        longest=120,
        description="Beschreiben Sie es kurz, zum Beispiel: iPad ohne Aufkleber, schwarze Hülle",
    )
    happened_on = Day("Wann ist es passiert?", required=False)
    happened_to = Day("Bis zu welchem Tag?", required=False, description="Wenn es irgendwann in einem Zeitraum geschah")
    discovered_on = Day("Wann haben Sie es bemerkt?")
    place = w.SelectField(
        "Wo ist es passiert?", [Optional()], choices={"": "Bitte wählen", **{p.value: PLACES[p] for p in Place}}
    )
    description = Text("Was ist geschehen?", required=False, longest=3000, description=NO_NAMES, render_kw={"rows": 3})
    photos = _photos()
    was_locked_away = w.RadioField(
        "War das Gerät eingeschlossen?",
        [Optional()],
        choices={YES: "Ja", NO: "Nein", "": "Weiß ich nicht"},
        default="",
        description="Gibt es Spuren eines Einbruchs, schreiben Sie das bitte oben dazu.",
    )
    police_station = _station()
    police_reference = Line(
        "Aktenzeichen", required=False, longest=60, description="Wenn Sie es noch nicht haben, reichen Sie es nach."
    )
    police_reported_on = Day("Angezeigt am", required=False)
    is_usable = w.RadioField(
        "Lässt sich das Gerät noch benutzen?", [Optional()], choices={YES: "Ja", NO: "Nein"}, default=NO
    )
    needs_replacement = w.BooleanField("Wir brauchen ein Ersatzgerät", default=True)
    accessories = Ticks("Welches Zubehör ist auch betroffen?", choices=ACCESSORIES)
    third_party = w.BooleanField("Jemand von außerhalb war beteiligt")
    witnesses = w.BooleanField("Es gibt Zeuginnen oder Zeugen")

    def offer(self, may_report_return: bool) -> None:
        """Set what can have happened; that something was not returned only for who may say so."""
        shown = {kind.value: label for kind, label in KINDS.items() if kind is not Kind.NOT_RETURNED}
        if may_report_return:
            shown[Kind.NOT_RETURNED.value] = KINDS[Kind.NOT_RETURNED]
        labels = {value: label[0].upper() + label[1:] for value, label in shown.items()}
        self.kind.choices = labels | {FOUND: "Wiedergefunden"}

    def offer_devices(self, found: Sequence[Device]) -> None:
        """Let these be ticked; what was ticked before stays ticked."""
        known = {device.tag: _line(device) for device in found}
        self.picked.choices = {tag: tag for tag in self.picked.data or ()} | known

    def begin(self, form_key: str, today: date, device: Device | None, kind: str) -> None:
        """Fill in what is known before anybody has typed."""
        self.form_key.data = form_key
        self.happened_on.data = self.discovered_on.data = today
        # Most often something broke.
        self.kind.data = kind if kind in dict(self.kind.choices) else Kind.DAMAGE.value
        if device is not None:
            self.picked.data = [device.tag]

    @property
    def tags(self) -> tuple[str, ...]:
        """The devices that were ticked or typed, each once."""
        typed = (part.strip() for part in re.split(r"[,;\n]", self.devices.data or ""))
        return tuple(dict.fromkeys(tag for tag in (*(self.picked.data or ()), *typed) if tag))

    def validate_form_key(self, field: w.Field) -> None:
        """Refuse a key no page of ours has made."""
        if not _KEY.fullmatch(field.data):
            raise ValidationError("Bitte laden Sie die Seite neu.")

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask what depends on what happened: which devices, and a sentence."""
        valid: bool = super().validate(extra_validators)
        missing = {"devices": self._wrong_with_devices(), "description": self._wrong_with_description()}
        for name, sentence in missing.items():
            if sentence and not self[name].errors:
                self[name].errors = [sentence]
                valid = False
        return valid

    def _wrong_with_devices(self) -> str:
        if not self.tags and (not self.label.data or self.kind.data == FOUND):
            return "Bitte scannen oder tippen Sie die Nummer des Geräts, oder wählen Sie es aus."
        if len(self.tags) > MOST_DEVICES:
            return f"Bitte höchstens {MOST_DEVICES} Geräte in einer Meldung."
        if any(len(tag) > _LONGEST_TAG for tag in self.tags):
            return "Eine Gerätenummer ist zu lang. Bitte trennen Sie Nummern mit Komma."
        return ""

    def _wrong_with_description(self) -> str:
        if self.description.data or self.kind.data in (FOUND, Kind.NOT_RETURNED.value):
            return ""
        return "Bitte schreiben Sie in einem Satz, was geschehen ist."

    def filled_in(self) -> Filled:
        """Return what was filled in; what does not matter for what happened is left out.

        Raises: DomainError for too many photos.
        """
        is_found = self.kind.data == FOUND
        return Filled(
            form_key=self.form_key.data,
            tags=self.tags,
            told=None if is_found else self._told(Kind(self.kind.data)),
            found_on=_asked(self.discovered_on),
            label="" if self.tags else self.label.data or "",
            photos=() if is_found else papers.sent_in(self.photos.data),
        )

    def _told(self, kind: Kind) -> Told:
        happened = kind is not Kind.NOT_RETURNED
        police = kind in _WITH_POLICE
        return Told(
            kind=kind,
            discovered_on=_asked(self.discovered_on),
            happened_on=self.happened_on.data if happened else None,
            happened_to=self.happened_to.data if happened else None,
            place=Place(self.place.data) if self.place.data and happened else Place.ELSEWHERE,
            description=self.description.data or _OWN_WORDS.get(kind, ""),
            was_locked_away={YES: True, NO: False}.get(self.was_locked_away.data) if police else None,
            police_station=(self.police_station.data or "") if police else "",
            police_reference=(self.police_reference.data or "") if police else "",
            police_reported_on=self.police_reported_on.data if police else None,
            is_usable=kind not in MISSING and self.is_usable.data == YES,
            needs_replacement=bool(self.needs_replacement.data),
            accessories=tuple(self.accessories.data or ()),
            third_party=happened and bool(self.third_party.data),
            witnesses=happened and bool(self.witnesses.data),
        )


class PoliceForm(Form):
    """Where the police keeps it, under which number, since when."""

    police_station = _station()
    police_reference = Line("Aktenzeichen", longest=60)
    police_reported_on = Day("Angezeigt am", required=False)


class PhotosForm(Form):
    """More photos of an open case."""

    photos = _photos()

    def uploads(self) -> tuple[Upload, ...]:
        """Return the files that were chosen.

        Raises: DomainError for too many.
        """
        return papers.sent_in(self.photos.data)


class FoundForm(Form):
    """The day a missing device was there again."""

    found_on = Day("Wieder da seit")

    @property
    def day(self) -> date:
        """The day; asked only of a form that was checked."""
        return _asked(self.found_on)


class MistakeForm(Form):
    """Why a report was a mistake."""

    reason = Line("Warum war das ein Irrtum?", longest=300, description="Ein Satz genügt. " + NO_NAMES)


class HandOverForm(Form):
    """As what a ticket goes to the claims staff; who works on tickets does not say that somebody kept a device."""

    kind = w.RadioField(
        "Was ist mit dem Gerät?",
        [Optional()],
        choices={kind.value: KINDS[kind] for kind in (Kind.DAMAGE, Kind.THEFT, Kind.LOSS)},
        default=Kind.DAMAGE.value,
    )

    @property
    def chosen(self) -> Kind:
        """What was chosen.

        Raises: DomainError for anything that is not on the list.
        """
        if self.kind.data not in dict(self.kind.choices):
            raise DomainError("Bitte wählen Sie, was mit dem Gerät ist.")
        return Kind(self.kind.data)


class BackForm(Form):
    """Why a case is only a fault after all."""

    reason = Line("Warum?", required=False, longest=300, description="Das liest auch die Schule. " + NO_NAMES)


def _asked(field: Day) -> date:
    """The day of a field that must be filled in, of a form that was checked."""
    if field.data is None:
        raise DomainError("Bitte geben Sie den Tag ein.")
    return field.data


def _line(device: Device) -> str:
    return " · ".join([device.tag, device.model.label, *([f"Raum {device.room.name}"] if device.room else [])])
