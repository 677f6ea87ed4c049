"""Forms of people: shape and spelling of what is typed."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import wtforms as w
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import Option, PasswordInput, Select

from itsm.accounts import addresses, passwords
from itsm.accounts.models import User
from itsm.accounts.service.people import Right
from itsm.core.access import ROLE_LABELS, Role
from itsm.core.errors import DomainError
from itsm.core.forms import Day, Form, Line, single_line

# More choices than these are a list to pull down instead of cards.
MOST_CARDS = 6


class Address(w.EmailField):
    """A mail address; the shape is checked where it is kept, not where it is only compared."""

    def __init__(self, label: str, *, autocomplete: str = "off", checked: bool = True, **kwargs: Any) -> None:
        rules = [InputRequired("Bitte ausfüllen."), Length(max=addresses.LONGEST, message="Diese Adresse ist zu lang.")]
        keywords = {"autocomplete": autocomplete, "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(
            label, [*rules, *([_looks_right] if checked else [])], filters=[single_line], render_kw=keywords, **kwargs
        )


def _looks_right(form: w.Form, field: w.Field) -> None:
    try:
        field.data = addresses.clean(field.data or "")
    except DomainError as error:
        raise ValidationError(error.sentence) from error


class Password(w.PasswordField):
    """A password; `autocomplete` tells the browser's safe whether to fill in or to offer a new one."""

    def __init__(self, label: str, *, new: bool = False, **kwargs: Any) -> None:
        too_long = f"Bitte höchstens {passwords.LONGEST} Zeichen."
        super().__init__(
            label,
            [InputRequired("Bitte ausfüllen."), Length(max=passwords.LONGEST, message=too_long)],
            render_kw={"autocomplete": "new-password" if new else "current-password"},
            **kwargs,
        )


class SignInForm(Form):
    """Who are you?"""

    email = Address("E-Mail-Adresse", autocomplete="username", checked=False)
    password = Password("Kennwort")

    def fill_in(self, email: str, password: str) -> None:
        """Fill in a person of the demo; a real password is never written into a page."""
        self.email.data = email
        self.password.widget = PasswordInput(hide_value=False)
        self.password.data = password


class ForgottenForm(Form):
    """Where shall the link go?"""

    email = Address("E-Mail-Adresse", autocomplete="username")


class NewPasswordForm(Form):
    """The password of a person who came by a link."""

    password = Password(
        "Neues Kennwort",
        new=True,
        description=f"Mindestens {passwords.SHORTEST} Zeichen, empfohlen {passwords.RECOMMENDED}. "
        "Gut sind mehrere Wörter, die nicht zusammengehören.",
    )


class ChangePasswordForm(NewPasswordForm):
    """A new password of a person who knows the old one."""

    old = Password("Bisheriges Kennwort")


class ProfileForm(Form):
    """What a person tells about themselves."""

    name = Line("Name", render_kw={"autocomplete": "name"})
    phone = Line(
        "Telefon",
        required=False,
        longest=40,
        description="Unter dieser Nummer erreichen wir Sie bei Rückfragen.",
        render_kw={"autocomplete": "tel", "type": "tel"},
    )


class PlaceChoices(Form):
    """A role, where it holds, and from when to when."""

    role = w.RadioField("Rolle", validators=[InputRequired("Bitte wählen Sie eine Rolle.")])
    place = w.SelectField("Wo", validators=[InputRequired("Bitte wählen Sie einen Ort.")])
    is_deputy = w.BooleanField("Nur in Vertretung", description="Steht in der Liste hinter den Zuständigen.")
    from_on = Day("Gilt ab", required=False, description="Leer heißt: ab heute. Beispiel: 1.2.2027")
    until_on = Day("Gilt bis", required=False, description="Leer heißt: ohne Ende.")

    def offer(
        self,
        roles: Iterable[Role],
        districts: Iterable[tuple[int, str]],
        schools: Iterable[tuple[int, str, str]],
        *,
        city: bool,
    ) -> None:
        """Set what can be chosen; anything else that is sent is refused."""
        self.role.choices = [(role.value, ROLE_LABELS[role]) for role in roles]
        if len(self.role.choices) > MOST_CARDS:
            self.role.widget, self.role.option_widget = Select(), Option()
        at_schools = [(f"school:{id_}", f"{name} ({number})") for id_, number, name in schools]
        if not city:
            self.place.choices = at_schools
            return
        self.place.choices = {
            "Stadt": [("city:0", "Ganze Stadt")],
            "Bezirke": [(f"district:{id_}", name) for id_, name in districts],
            "Schulen": at_schools,
        }

    @property
    def right(self) -> Right:
        """The right that was chosen."""
        kind, _, number = self.place.data.partition(":")
        return Right(
            role=Role(self.role.data),
            school_id=int(number) if kind == "school" else None,
            district_id=int(number) if kind == "district" else None,
            is_deputy=self.is_deputy.data,
            from_on=self.from_on.data,
            until_on=self.until_on.data,
        )


class GrantForm(PlaceChoices):
    """One more right of a person."""


class NewPersonForm(PlaceChoices):
    """A person to invite, with the first right."""

    name = Line("Vor- und Nachname")
    email = Address("E-Mail-Adresse", description="An diese Adresse geht die Einladung.")
    phone = Line("Telefon", required=False, longest=40, render_kw={"type": "tel"})


class PersonForm(ProfileForm):
    """What the administration corrects of a person."""

    email = Address("E-Mail-Adresse")


class AbsenceForm(Form):
    """Who is away, when, and who stands in."""

    person = w.SelectField("Wer ist abwesend?", coerce=int, validators=[InputRequired("Bitte wählen Sie eine Person.")])
    first_on = Day("Erster Tag", description="Zum Beispiel 21.12.2026")
    last_on = Day("Letzter Tag", description="Dieser Tag zählt noch dazu.")
    deputy = w.SelectField(
        "Wer vertritt?",
        coerce=int,
        description="Ohne Angabe vertritt, wer im Bezirk als Nächstes zuständig ist.",
    )
    note = Line("Bemerkung", required=False, description="Nur für die Person selbst und die Teamleitung sichtbar.")

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        first, last = self.first_on.data, self.last_on.data
        if first is None or last is None:
            raise DomainError("Bitte nennen Sie den ersten und den letzten Tag.")
        return first, last

    def offer(self, people: Sequence[User], deputies: Sequence[User]) -> None:
        """Set who can be chosen."""
        self.person.choices = [(user.id, user.name) for user in people]
        self.deputy.choices = [(0, "Wer als Nächstes zuständig ist"), *((user.id, user.name) for user in deputies)]
