"""What is typed about an attempt to repair a device."""

import wtforms as w

from itsm.claims.handling_forms import NO_NAMES
from itsm.claims.models import DamageCase, Repair
from itsm.claims.service.repairs import Told
from itsm.core.actions import ActionForm
from itsm.core.forms import Day, Euros, Line

_MOST_CENTS = 10_000_000
NAMES = (
    "supplier",
    "supplier_reference",
    "quote_net_cents",
    "quoted_on",
    "ordered_on",
    "is_declined",
    "returned_on",
    "invoice_gross_cents",
    "invoiced_on",
    "note",
)


class RepairForm(ActionForm):
    """Supplier, quote, order, return and invoice, as they become known one after another."""

    supplier = Line("Wer repariert?", longest=120)
    supplier_reference = Line("Nummer dort", required=False, longest=80)
    quote_net_cents = Euros("Angebot, netto", required=False, most_cents=_MOST_CENTS)
    quoted_on = Day("Angebot vom", required=False)
    ordered_on = Day("Beauftragt am", required=False)
    is_declined = w.BooleanField("Angebot abgelehnt, das Gerät wird hier nicht repariert.")
    returned_on = Day("Gerät zurück am", required=False)
    invoice_gross_cents = Euros("Rechnung, brutto", required=False, most_cents=_MOST_CENTS)
    invoiced_on = Day("Rechnung vom", required=False)
    note = Line("Notiz", required=False, longest=300, description=NO_NAMES)

    @classmethod
    def of(cls, case: DamageCase, repair: Repair) -> "RepairForm":
        """Return the form of an attempt as it stands."""
        form = cls(formdata=None, obj=repair, prefix=prefix_of(repair))
        form.seen.data = str(case.version_id)
        return form

    @property
    def told(self) -> Told:
        """What was typed."""
        values = {name: self[name].data for name in NAMES}
        texts = ("supplier", "supplier_reference", "note")
        return Told(**(values | {name: values[name] or "" for name in texts}))


def prefix_of(repair: Repair) -> str:
    """Return what the fields of an attempt begin with."""
    return f"reparatur-{repair.id}"
