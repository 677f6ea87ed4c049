"""What other pages show of damage cases: the device, the school, the ticket, the menu, the search."""

from collections.abc import Sequence
from typing import Any

from flask import render_template

from itsm.assets.models import Device
from itsm.assets.states import OVER
from itsm.claims import listing, policy, queries, states, words
from itsm.claims.kinds import MISSING
from itsm.claims.service import papers
from itsm.claims.views import from_ticket
from itsm.claims.views.cases import photo_links
from itsm.core.access import Actor, Verb
from itsm.core.web import NavEntry, add_nav, fill_slot
from itsm.core.web import actor as person
from itsm.org.models import School


def next_on_device(device: Device, actor: Actor, **_: Any) -> str:
    """Offer to report this very device, or lead to its open case."""
    if device.school is None or device.state in OVER or not policy.may_report_at(actor, device.school):
        return ""
    case = queries.open_case_of(device)
    if case is not None and not policy.may_see(actor, case):
        case = None
    is_missing = case is not None and case.kind in MISSING
    return render_template("claims/list/_device_next.html", device=device, case=case, is_missing=is_missing)


def cases_of_device(device: Device, actor: Actor, **_: Any) -> str:
    """Show what happened to a device before, with the photos for who may read them."""
    rows = listing.of_device(actor, device.id)
    if not rows:
        return ""
    photos = papers.photos_of(actor, [row.id for row in rows])
    links = [link for case, photo in photos for link in photo_links(case, [photo])]
    return _rows("claims/list/_of_device.html", rows, photos=links)


def cases_of_school(school: School, **_: Any) -> str:
    """Show the last cases of a school."""
    rows = listing.of_school(person(), school.id)
    return _rows("claims/list/_of_school.html", rows, school=school) if rows else ""


def instead_of_fault(school: School, tags: Sequence[str], actor: Actor, **_: Any) -> str:
    """Lead whoever reports a fault to the report of a damage, with the device of a scanned label."""
    if not policy.may_report_at(actor, school):
        return ""
    return render_template("claims/list/_instead.html", school=school, tag=tags[0] if len(tags) == 1 else None)


def results(actor: Actor, text: str, **_: Any) -> str:
    """Show cases with this number or device in the one search box; never by a holder's name."""
    rows = listing.found(actor, text)
    return _rows("claims/list/_found.html", rows, text=text) if rows else ""


def init() -> None:
    """Register what other pages show of cases, and the entry of the menu."""
    add_nav(NavEntry("Schäden", "claims.cases", "warning", _has_list, 35))
    fill_slot("device.next", next_on_device)
    fill_slot("device.main", cases_of_device)
    fill_slot("school.main", cases_of_school)
    fill_slot("search.results", results)
    fill_slot("ticket.aside", from_ticket.offer_on_ticket)
    fill_slot("case.aside", from_ticket.offer_on_case)
    fill_slot("report.below", instead_of_fault)


def _has_list(me: Actor) -> bool:
    """The claims staff has its desk instead."""
    return not policy.may_work(me) and (me.may_somewhere(Verb.CASE_SEE) or me.may_somewhere(Verb.CASE_REPORT))


def _rows(template: str, rows: Any, **more: Any) -> str:
    return render_template(template, rows=rows, words=words, state_labels=states.LABELS, **more)
