"""What is typed when devices are handed out and taken back."""

from collections.abc import Mapping
from typing import Any

import wtforms as w
from wtforms.validators import InputRequired, ValidationError

from itsm.accounts import addresses
from itsm.accounts.models import User
from itsm.assets.models import Acknowledgement, Condition, HolderKind, Loan
from itsm.assets.service.loan_batches import MOST_LINES, Entry
from itsm.assets.service.loans import Holder
from itsm.assets.signatures import LONGEST
from itsm.assets.words import CONDITIONS, HOLDERS
from itsm.core.errors import DomainError
from itsm.core.forms import Day, Form, Line, Text

LATER = "later"
WAYS = {
    Acknowledgement.SIGNATURE: "Hier unterschreiben",
    Acknowledgement.PAPER: "Auf Papier unterschrieben",
    Acknowledgement.LINK: "Link per E-Mail schicken",
}
NO_MORE = "Bitte keine Angaben zu Gesundheit oder Verhalten."
_SCANNED = {"data-scan": "fill", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


def _way(choices: dict[Any, str]) -> w.RadioField:
    return w.RadioField(
        "Wie wird bestätigt?",
        [InputRequired("Bitte wählen Sie, wie bestätigt wird.")],
        choices=choices,
        default=Acknowledgement.SIGNATURE,
    )


class _NumberForm(Form):
    """Which device."""

    number = Line("Gerätenummer", longest=200, render_kw=_SCANNED | {"data-next": "name", "enterkeyhint": "next"})


class _LikeForm(Form):
    """What the loans of a class have in common."""

    kind = w.RadioField(
        "Wer bekommt es?",
        [InputRequired("Bitte wählen Sie, wer es bekommt.")],
        choices=HOLDERS,
        default=HolderKind.PUPIL,
        coerce=HolderKind,
    )
    group = Line("Klasse", required=False, longest=20, render_kw={"autocomplete": "off"})
    due_on = Day("Zurück bis", required=False, description="Zum Beispiel 16.7.2027", render_kw={"autocomplete": "off"})
    accessories = Line(
        "Zubehör", required=False, longest=200, description="Zum Beispiel Hülle, Netzteil, Stift. " + NO_MORE
    )


class HolderForm(_LikeForm):
    """Who has a device, and until when."""

    name = Line("Vor- und Nachname", longest=120, render_kw={"autocomplete": "off", "list": "staff"})
    email = Line(
        "E-Mail-Adresse",
        required=False,
        longest=addresses.LONGEST,
        description="Für Link und Erinnerung; bei jüngeren Kindern die der Eltern",
        render_kw={"type": "email", "inputmode": "email", "autocomplete": "off", "autocapitalize": "none"},
    )

    def validate_email(self, field: w.Field) -> None:
        """Refuse what is no address."""
        field.data = _address(field.data)

    def holder(self, staff: Mapping[str, User]) -> Holder:
        """Return who gets the device; a member of staff chosen by name is known by the account."""
        user = staff.get(self.name.data) if self.kind.data is HolderKind.STAFF else None
        name = user.name if user else self.name.data
        return Holder(self.kind.data, name, self.group.data or "", self.email.data or "", user)


class WayForm(Form):
    """How the holder agrees."""

    way = _way(WAYS)
    signature = w.HiddenField("Unterschrift", default="")

    def validate_signature(self, field: w.Field) -> None:
        """Refuse what is longer than any signature."""
        if len(field.data or "") > LONGEST:
            raise ValidationError("Die Unterschrift ist zu lang. Bitte unterschreiben Sie noch einmal.")

    @property
    def chosen(self) -> Acknowledgement | None:
        """The way that was chosen; None for later."""
        return None if self.way.data == LATER else Acknowledgement(self.way.data)


class HandOutForm(_NumberForm, HolderForm, WayForm):
    """One device for one person."""

    way = _way(WAYS | {LATER: "Später bestätigen"})


class ClassForm(_LikeForm):
    """Devices for a whole class."""

    lines = Text(
        "Geräte und Namen",
        longest=30_000,
        description="Je Zeile: Nummer; Name. Wer den Link bekommen soll: Nummer; Name; E-Mail-Adresse",
        render_kw={"rows": 12, "autocomplete": "off", "spellcheck": "false", "placeholder": "D-00012; Kim Beispiel"},
    )

    def validate_lines(self, field: w.Field) -> None:
        """Read the lines, or say which of them cannot be read."""
        self.entries: list[Entry] = []
        for number, line in enumerate(_lines(field.data), 1):
            parts = [" ".join(part.split()) for part in line.replace("\t", ";").split(";")]
            if not 2 <= len(parts) <= 3 or not all(parts[:2]) or len(parts[1]) > 120:
                raise ValidationError(f"Zeile {number}: Bitte so eingeben: Nummer; Name")
            try:
                self.entries.append(Entry(parts[0], parts[1], _address("".join(parts[2:]))))
            except ValidationError as error:
                raise ValidationError(f"Zeile {number}: {error}") from error

    def holder(self) -> Holder:
        """Return what all holders of the list have in common."""
        return Holder(self.kind.data, "", self.group.data or "")


class ReturnForm(Form):
    """In what condition a device comes back."""

    condition = w.RadioField(
        "Wie kommt es zurück?",
        [InputRequired("Bitte wählen Sie den Zustand.")],
        choices=CONDITIONS,
        default=Condition.GOOD,
        coerce=Condition,
    )
    note = Text(
        "Bemerkung",
        required=False,
        longest=500,
        description="Was ist beschädigt, was fehlt? " + NO_MORE,
        render_kw={"rows": 2},
    )


class ReturnManyForm(Form):
    """Many devices that come back in the same condition."""

    numbers = Text(
        "Gerätenummern",
        longest=20_000,
        description="Eine je Zeile; mit einem Scanner geht es von selbst weiter",
        render_kw=_SCANNED | {"rows": 10},
    )
    condition = w.RadioField(
        "Wie kommen sie zurück?",
        [InputRequired("Bitte wählen Sie den Zustand.")],
        choices={key: label for key, label in CONDITIONS.items() if key is not Condition.DAMAGED},
        default=Condition.GOOD,
        coerce=Condition,
        description="Beschädigte Geräte nehmen Sie bitte einzeln zurück.",
    )

    def validate_numbers(self, field: w.Field) -> None:
        """Refuse more lines than one answer can take."""
        self.lines = _lines(field.data)


class TermsForm(Form):
    """The terms of a loan from a day on."""

    text = Text("Bedingungen", longest=10_000, render_kw={"rows": 16})
    valid_from = Day(
        "Gilt ab",
        required=False,
        description="Leer: ab heute. Wer schon ein Gerät hat, behält die bisherigen Bedingungen.",
    )


def correct_form(loan: Loan) -> HolderForm:
    """Return the form that corrects a loan, filled with what is known."""
    return HolderForm(
        formdata=None,
        kind=loan.holder_kind,
        name=loan.holder_name,
        group=loan.holder_group,
        email=loan.holder_email,
        due_on=loan.due_on,
        accessories=loan.accessories,
    )


def _lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise ValidationError(f"Bitte höchstens {MOST_LINES} Zeilen auf einmal.")
    return lines


def _address(typed: str | None) -> str:
    try:
        return addresses.clean(typed) if typed else ""
    except DomainError as error:
        raise ValidationError(error.sentence) from error
