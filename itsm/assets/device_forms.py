"""The small forms of the device page, and the form of a new device."""

from collections.abc import Iterable, Sequence
from typing import Any

import wtforms as w
from wtforms.validators import InputRequired, NumberRange, Optional

from itsm.assets.kinds import LABELS, Kind
from itsm.assets.models import CostKind, Device, DeviceModel
from itsm.assets.serials import LONGEST_TAG, clean
from itsm.assets.service.entry import Entry
from itsm.assets.words import COSTS
from itsm.core.forms import Day, Euros, Form, Line, Text

MOST_SLOTS = 200


def _number(value: Any) -> int | None:
    return int(value) if value else None


class DeviceForm(Form):
    """A form about one device; nothing to fill in unless a subclass says so."""

    def offer(self, device: Device, models: Sequence[DeviceModel]) -> None:
        """Set what can be chosen."""


class ReasonForm(DeviceForm):
    """One text; whether it may be empty is a rule of the verb."""

    text = Text("Was ist geschehen?", required=False, longest=2000)


class EditForm(DeviceForm):
    """Something about the device; `version_id` is the one the person has seen."""

    version_id = w.HiddenField(validators=[InputRequired("Bitte laden Sie die Seite neu.")])

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by column."""
        return {name: value for name, value in self.data.items() if name not in ("version_id", "csrf_token")}

    @property
    def version(self) -> int:
        """The version the person has seen; 0 for what is no number."""
        typed = str(self.version_id.data)
        return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


class PlaceForm(EditForm):
    """Where in its school a device belongs."""

    site_id = w.RadioField("Gebäude", [InputRequired("Bitte wählen Sie das Gebäude.")], coerce=int)
    room = Line("Raum", required=False, longest=40, description="Wie er an der Tür heißt; ein neuer wird angelegt.")
    case = Line("Ladekoffer", required=False, longest=LONGEST_TAG, description="Gerätenummer des Koffers.")
    slot = w.IntegerField("Platz im Koffer", [Optional(), NumberRange(1, MOST_SLOTS, "Bitte eine Zahl ab 1.")])

    def offer(self, device: Device, models: Sequence[DeviceModel]) -> None:
        """Offer the buildings of the school."""
        places = device.school.places if device.school else []
        self.site_id.choices = [(place.site_id, place.site.label) for place in places]
        if not self.is_submitted():
            self.room.data = device.room.name if device.room else ""
            self.case.data = device.case.tag if device.case else ""


class SchoolForm(EditForm):
    """Whom the device is given to."""

    school = Line(
        "An welche Schule?",
        required=False,
        longest=200,
        description="Schulnummer oder Name; leer: ins Lager der Stadt. Raum und Koffer werden dabei geleert.",
    )
    text = Line("Warum?", required=False, longest=300)


class NumbersForm(EditForm):
    """What the device is called."""

    tag = Line("Gerätenummer", longest=LONGEST_TAG, description="Wie sie auf dem Etikett steht.")
    serial = Line("Seriennummer", required=False, longest=30, description="8 bis 14 Buchstaben und Ziffern.")
    model_id = w.SelectField("Modell", coerce=int)
    mdm_id = Line("Kennung im MDM", required=False, longest=60)

    def offer(self, device: Device, models: Sequence[DeviceModel]) -> None:
        """Offer the models of the same class."""
        self.model_id.choices = [(model.id, model.label) for model in models if model.kind is device.kind]

    @property
    def values(self) -> dict[str, Any]:
        """The numbers as the file keeps them."""
        typed = super().values
        return typed | {
            "tag": clean(typed["tag"]),
            "serial": clean(typed["serial"] or "") or None,
            "mdm_id": typed["mdm_id"] or None,
        }


class PurchaseForm(EditForm):
    """When and from what money a device was bought."""

    purchased_on = Day("Gekauft am", required=False)
    price_cents = Euros("Preis brutto in Euro", required=False)
    order_number = Line("Bestellnummer", required=False, longest=60)
    funding = Line("Fördertopf", required=False, longest=80)
    in_service_on = Day("In Betrieb seit", required=False)
    warranty_until = Day("Garantie bis", required=False)

    @property
    def values(self) -> dict[str, Any]:
        """The purchase as the file keeps it."""
        typed = super().values
        return typed | {name: typed[name] or "" for name in ("order_number", "funding")}


class NoteForm(EditForm):
    """What else is worth knowing; no names of pupils."""

    note = Text("Notiz", required=False, longest=2000, description="Bitte keine Namen von Schüler*innen.")

    @property
    def values(self) -> dict[str, Any]:
        """The note as the file keeps it."""
        return {"note": self.note.data or ""}


class CostForm(DeviceForm):
    """Money spent on the device."""

    kind = w.RadioField(
        "Wofür?",
        [InputRequired("Bitte wählen Sie, wofür.")],
        choices={kind.value: label for kind, label in COSTS.items()},
    )
    cents = Euros("Betrag brutto in Euro", most_cents=10_000_000)
    spent_on = Day("Tag der Rechnung")
    text = Line("Was genau?", required=False, longest=200)

    @property
    def chosen(self) -> CostKind:
        """What the money was spent on."""
        return CostKind(self.kind.data)


class NewDeviceForm(Form):
    """A device entered by hand; the purchase may follow on its page."""

    tag = Line("Gerätenummer", longest=LONGEST_TAG, description="Wie sie auf dem Etikett steht.")
    serial = Line(
        "Seriennummer",
        required=False,
        longest=30,
        description="8 bis 14 Buchstaben und Ziffern. Setzt Ihr Scanner ein S davor, löschen Sie es bitte.",
    )
    model_id = w.SelectField("Modell", [InputRequired("Bitte wählen Sie das Modell.")], coerce=_number)
    school = Line(
        "Schule", required=False, longest=200, description="Schulnummer oder Name; leer: ins Lager der Stadt."
    )
    room = Line("Raum", required=False, longest=40, description="Wie er an der Tür heißt; ein neuer wird angelegt.")
    is_in_use = w.RadioField(
        "Stand",
        [InputRequired("Bitte wählen.")],
        choices={"ja": "Es ist im Einsatz", "nein": "Es liegt im Lager"},
        default="ja",
    )
    purchased_on = Day("Gekauft am", required=False)
    price_cents = Euros("Preis brutto in Euro", required=False)
    funding = Line("Fördertopf", required=False, longest=80)
    warranty_until = Day("Garantie bis", required=False)

    def offer(self, models: Sequence[DeviceModel]) -> None:
        """Offer every model, class by class."""
        named = [(model.id, f"{LABELS[model.kind]}: {model.label}") for model in models]
        self.model_id.choices = [("", "Bitte wählen"), *named]

    @property
    def entry(self) -> Entry:
        """What was typed, as the verb takes it."""
        return Entry(
            tag=clean(self.tag.data),
            serial=clean(self.serial.data or ""),
            model_id=self.model_id.data,
            school=self.school.data or "",
            room=self.room.data or "",
            is_in_use=self.is_in_use.data == "ja",
            purchased_on=self.purchased_on.data,
            price_cents=self.price_cents.data,
            funding=self.funding.data or "",
            warranty_until=self.warranty_until.data,
        )


class ModelForm(Form):
    """A model and what one costs today."""

    maker = Line("Hersteller", required=False, longest=80)
    name = Line("Modell", longest=120)
    identifier = Line("Kennung des Geräts", required=False, longest=60, description="Zum Beispiel iPad12,1.")
    price_cents = Euros("Preis heute, brutto in Euro", required=False)
    slots = w.IntegerField(
        "Plätze (bei Ladekoffern)", [Optional(), NumberRange(1, MOST_SLOTS, "Bitte eine Zahl ab 1.")]
    )

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as the verb takes it."""
        typed = {name: getattr(self, name).data for name in ("maker", "name", "identifier", "price_cents", "slots")}
        return typed | {name: typed[name] or "" for name in ("maker", "identifier")}


class NewModelForm(ModelForm):
    """A model of a class."""

    kind = w.RadioField(
        "Art", [InputRequired("Bitte wählen Sie die Art.")], choices={kind.value: LABELS[kind] for kind in Kind}
    )

    def __iter__(self) -> Iterable[w.Field]:
        """Ask for the class first."""
        fields = list(super().__iter__())
        return iter(sorted(fields, key=lambda field: field.short_name != "kind"))
