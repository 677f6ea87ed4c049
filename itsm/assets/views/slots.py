"""What other pages show of devices: search results, and the devices of a school."""

from typing import Any

from flask import render_template

from itsm.assets import device_queries, kinds, policy, states, stock
from itsm.assets.device_words import STATE_KINDS
from itsm.core.access import Actor, Verb
from itsm.core.web import actor as person
from itsm.org.models import School


def results(actor: Actor, text: str, **_: Any) -> str:
    """Show devices with this number or model, and for who may know those somebody of this name has."""
    if not actor.may_somewhere(Verb.DEVICE_SEE):
        return ""
    return render_template(
        "assets/_found.html",
        rows=device_queries.found(actor, text),
        text=text,
        state_labels=states.LABELS,
        state_kinds=STATE_KINDS,
    )


def devices_of_school(school: School, **_: Any) -> str:
    """Show how many working devices of each class a school has."""
    if not policy.may_see_at(person(), school):
        return ""
    counts = stock.counts([school.id])[school.id]
    return render_template(
        "assets/_school.html",
        school=school,
        counts=[(kind, counts[kind]) for kind in kinds.Kind if counts[kind]],
        plurals=kinds.PLURALS,
        labels=kinds.LABELS,
        may_add=policy.may_add_at(person(), school),
    )
