"""Forms of money: payments, taking back, interest, instalments, statements of the bank."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO

from flask_wtf.file import FileField
from wtforms import Field, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from itsm.claims.instalments import MOST
from itsm.claims.models import BookingKind
from itsm.claims.service import movements, plans
from itsm.claims.service.matching import Share
from itsm.claims.service.payments import Money
from itsm.claims.service.plans import Rate
from itsm.core.access import Actor
from itsm.core.errors import DomainError
from itsm.core.forms import Count, Day, Euros, Form, Line
from itsm.core.german import euros

# 20 million euros: more fits into no booking.
_MOST_CENTS = 2_000_000_000
# More claims are paid by no movement.
MOST_SHARES = 20
KIND_CHOICES = [
    SelectChoice(BookingKind.PAYMENT.value, "Zahlung ist eingegangen"),
    SelectChoice(BookingKind.INSURER.value, "Versicherung hat gezahlt"),
    SelectChoice(BookingKind.REFUND.value, "Geld ist zurückgezahlt"),
]
WAYS = [SelectChoice("count", "Zahl der Raten"), SelectChoice("monthly", "Betrag im Monat")]


class MoneyForm(Form):
    """Money that came or was paid back."""

    kind = SelectField("Was", choices=KIND_CHOICES)
    amount = Euros("Betrag in Euro", most_cents=_MOST_CENTS)
    on = Day("Tag", description="An dem das Geld auf dem Konto war.")
    text = Line("Notiz", required=False, longest=120, description="Bitte keine Namen.")
    # The last booking the clerk saw: whoever sends the form twice books once.
    seen = HiddenField()

    def __init__(self, **kwargs: Any) -> None:
        # The form stands on the page of a claim beside others: its fields have names of their own.
        super().__init__(prefix="konto-", **kwargs)

    def money(self) -> Money:
        """Return what is to be booked; a form that does not say what its reader saw saw nothing."""
        seen = str((self.seen.raw_data or [""])[0])
        seen_id = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else 0
        return Money(
            BookingKind(self.kind.data), self.amount.data or 0, self.on.data or date.min, self.text.data or "", seen_id
        )


class ReasonForm(Form):
    """Why something is taken back, or made due."""

    reason = Line("Grund", longest=200, description="Bitte keine Namen.")


class InterestForm(Form):
    """Up to which day interest is booked."""

    until = Day("Zinsen bis einschließlich")


class PlanForm(Form):
    """Instalments: how many or how much a month, and from when."""

    way = RadioField("Wie teilen?", choices=WAYS, default="count")
    count = Count("Zahl der Raten", required=False, most=MOST)
    monthly = Euros("Betrag im Monat in Euro", required=False, most_cents=_MOST_CENTS)
    first_on = Day("Erste Rate am", description="Die weiteren Raten sind am selben Tag der nächsten Monate fällig.")

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Want the number of rates or the amount a month, whichever decides."""
        is_fine = super().validate(extra_validators)
        wanted = self.monthly if self.way.data == "monthly" else self.count
        if wanted.data is None and not wanted.errors:
            wanted.errors = ["Bitte ausfüllen."]
        return is_fine and not wanted.errors

    @property
    def chosen(self) -> dict[str, str]:
        """What was typed, to be sent again with the agreement."""
        fields = (self.way, self.count, self.monthly, self.first_on)
        return {field.name: (field.raw_data or [""])[0] for field in fields}

    def rates(self, open_cents: int) -> tuple[Rate, ...]:
        """Return the rates over what is open.

        Raises: DomainError if nothing is open, or for rates that do not work.
        """
        if not open_cents:
            raise DomainError(f"Offen sind {euros(0)}. Es gibt nichts in Raten zu zahlen.")
        first_on = self.first_on.data or date.min
        if self.way.data == "monthly":
            return plans.by_month(open_cents, self.monthly.data or 1, first_on)
        return plans.in_rates(open_cents, self.count.data or 1, first_on)


class StatementForm(Form):
    """A file of the bank."""

    file = FileField(
        "Kontoauszug",
        description="CAMT.053 (XML) oder CSV aus dem Online-Banking, höchstens 50 MB.",
        render_kw={"accept": ".xml,.csv,.txt,.053,.c53"},
    )

    def content(self) -> tuple[str, BinaryIO]:
        """Return the name and the contents of the file.

        Raises: DomainError if no file was chosen.
        """
        if not self.file.data:
            raise DomainError("Bitte wählen Sie zuerst die Datei der Bank aus.")
        return self.file.data.filename or "", self.file.data.stream


class AssignForm(Form):
    """To which claims a movement belongs, and how much of it to each; what stays blank is no part of it."""

    # Which button was pressed: one more claim is wanted before anything is booked.
    more = HiddenField()

    @property
    def rows(self) -> list[tuple[Field, Field]]:
        """The claims that are asked for: those that were filled in, the first, and one more if it is wanted."""
        filled = [place for place, row in enumerate(self._all(), start=1) if any(_typed(field) for field in row)]
        return self._all()[: max(filled, default=1) + self.wants_more]

    @property
    def wants_more(self) -> bool:
        """Whether one more claim is wanted instead of booking."""
        return bool(self.more.raw_data and self.more.raw_data[0])

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Want both, the number and the amount, of each claim."""
        is_fine = super().validate(extra_validators)
        blank = [field for row in self.rows for field in row if not _typed(field)]
        for field in blank:
            field.errors = ["Bitte ausfüllen."]
        return is_fine and not blank

    def shares(self, actor: Actor) -> list[Share]:
        """Return the claims with their amounts.

        Raises: DomainError for a claim that does not exist.
        """
        return [Share(movements.claim_named(actor, number.data), amount.data) for number, amount in self.rows]

    def _all(self) -> list[tuple[Field, Field]]:
        return [(self[f"number_{place}"], self[f"amount_{place}"]) for place in range(1, MOST_SHARES + 1)]


def _typed(field: Field) -> bool:
    return field.data is not None if field.raw_data is None else any(str(one).strip() for one in field.raw_data)


# One line for each claim; a class that wrote them down would be all lines.
for _place in range(1, MOST_SHARES + 1):
    setattr(AssignForm, f"number_{_place}", Line("Kassenzeichen oder Nummer", required=False, longest=40))
    setattr(AssignForm, f"amount_{_place}", Euros("Betrag in Euro", required=False, most_cents=_MOST_CENTS))


class PeriodForm(Form):
    """From when to when bookings are wanted."""

    class Meta(Form.Meta):
        csrf = False

    von = Day("Von", required=False)
    bis = Day("Bis", required=False)
