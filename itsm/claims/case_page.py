"""What the page of a case says, as far as the person may read it.

Source: docs/rules/claims.md, CL-4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.claims import lock_states, policy
from itsm.claims.kinds import ACCESSORIES, MISSING, PLACES, Kind
from itsm.claims.models import CaseEntry, DamageCase, Paper, PaperKind
from itsm.claims.service import papers, supplements
from itsm.claims.states import MOVES, State
from itsm.core import clock, german
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.states import names_from

# What a line of the history is called.
ENTRIES = {
    "report": "Gemeldet",
    "police": "Aktenzeichen eingetragen",
    "photos": "Fotos ergänzt",
    "say-found": "Wieder da, sagt die Schule",
    "examine": "Geprüft",
    "repair": "Zur Reparatur",
    "replace": "Wird ersetzt",
    "write-off": "Wird ausgesondert",
    "close": "Abgeschlossen",
    "reopen": "Wieder geöffnet",
    "find": "Wiedergefunden",
    "withdraw": "Zurückgezogen",
    "take-over": "Übernommen",
    "correct": "Angaben geändert",
    "hold": "Daten bleiben länger",
    "let-go": "Aufbewahrung beendet",
    "repair-begun": "Reparatur begonnen",
    "repair-changed": "Reparatur ergänzt",
    "repair-returned": "Von der Reparatur zurück",
    "swap-planned": "Ersatz kommt mit dem nächsten Besuch",
    "swap-missed": "Tausch beim Besuch nicht erledigt",
    "swap-placed": "Ersatz steht auf einem Besuch",
    "swap-off": "Tausch beim Besuch abgesagt",
    "swap-open-again": "Tausch doch noch offen",
    "swap-unclear": "Tausch bitte prüfen",
    "replaced": "Ersatzgerät übergeben",
    "value": "Zeitwert berechnet",
    "no-claim": "Keine Forderung",
    "undecided-warning": "Noch nicht entschieden, ob gefordert wird",
    **lock_states.ENTRIES,
}
# What comes next, in words for the school.
NEXT = {
    State.REPORTED: "Das Medienzentrum prüft die Meldung.",
    State.EXAMINED: "Wir entscheiden, ob das Gerät repariert oder ersetzt wird.",
    State.REPAIR: "Das Gerät wird repariert. Wir melden uns, wenn es zurückkommt.",
    State.REPLACEMENT: "Wir besorgen Ersatz. Meist kommt er mit dem nächsten Besuch.",
    State.WRITE_OFF: "Das Gerät wird ausgesondert. Bitte benutzen Sie es nicht mehr.",
    State.CLOSED: "Dieser Fall ist abgeschlossen. Sie müssen nichts mehr tun.",
    State.FOUND: "Das Gerät ist wieder da. Sie müssen nichts mehr tun.",
    State.WITHDRAWN: "Die Meldung ist zurückgezogen.",
}


@dataclass(frozen=True)
class Line:
    """A line of the history as the timeline shows it."""

    at: datetime
    who: str
    title: str
    text: str
    internal: bool
    kind: str | None = None
    photos: tuple[str, ...] = ()
    body: str | None = None


@dataclass(frozen=True)
class CasePage:
    """A case for one person; what they may not read is None or empty."""

    case: DamageCase
    facts: list[tuple[str, str | None]]
    story: str | None
    photos: Sequence[Paper]
    holder: str | None
    lines: list[Line]
    next: str
    asks_police: bool
    may_add_police: bool
    may_add_photos: bool
    may_say_found: bool
    may_take_back: bool
    is_said_found: bool


def of(actor: Actor, case: DamageCase) -> CasePage:
    """Return what this person reads of a case they see."""
    reads, works = policy.may_read_report(actor, case), policy.may_work(actor)
    is_missing = case.kind in MISSING
    can_be_found = is_missing and "find" in names_from(MOVES, case.state)
    is_said_found = can_be_found and case.found_on is not None
    return CasePage(
        case=case,
        facts=_facts(case, reads=reads),
        story=case.incident.description if reads else None,
        photos=[paper for paper in papers.papers_of(actor, case) if paper.kind is PaperKind.PHOTO],
        holder=case.loan.holder_name if case.loan and policy.may_see_holder(actor, case) else None,
        lines=_lines(actor, case) if reads else [],
        next=_next(case, is_said_found=is_said_found),
        asks_police=is_missing and case.lacks_police_reference and case.over_at is None,
        may_add_police=is_missing and policy.may_add_police(actor, case),
        may_add_photos=policy.may_add_paper(actor, case, PaperKind.PHOTO),
        # The claims staff has a step of its own for it, which undoes everything.
        may_say_found=can_be_found and not is_said_found and policy.may_say_found(actor, case) and not works,
        # The claims staff has a step of its own for it.
        may_take_back=supplements.is_untouched(case) and policy.may_take_report_back(actor, case) and not works,
        is_said_found=is_said_found,
    )


def _next(case: DamageCase, *, is_said_found: bool) -> str:
    if is_said_found:
        return "Die Schule hat das Gerät wieder. Das Medienzentrum hebt die Sperre auf und schließt den Fall."
    return NEXT[case.state]


def _facts(case: DamageCase, *, reads: bool) -> list[tuple[str, str | None]]:
    incident = case.incident
    facts: list[tuple[str, str | None]] = [
        ("Passiert", _when(case)),
        ("Bemerkt", german.local_date(incident.discovered_on)),
    ]
    if not reads:
        return facts
    reporter = incident.reporter.name if incident.reporter else incident.reporter_name
    said = german.local_date(clock.local_day(incident.reported_at))
    also = ", ".join(ACCESSORIES[one] for one in ACCESSORIES if one.value in case.accessories)
    return [
        *facts,
        ("Wo", PLACES[incident.place] if case.kind is not Kind.NOT_RETURNED else None),
        ("Gemeldet", f"{reporter}, {said}" if reporter else said),
        ("Zubehör", also or None),
        ("Eingeschlossen", _yes_no(incident.was_locked_away)),
        ("Beteiligte", _others(case)),
        ("Noch benutzbar", _yes_no(case.is_usable) if case.kind is Kind.DAMAGE else None),
        ("Ersatz nötig", _yes_no(case.needs_replacement)),
        ("Polizei", _police(case)),
    ]


def _when(case: DamageCase) -> str:
    incident = case.incident
    if incident.happened_on is None:
        return "Tag unbekannt"
    first = german.local_date(incident.happened_on)
    return f"{first} bis {german.local_date(incident.happened_to)}" if incident.happened_to else first


def _others(case: DamageCase) -> str | None:
    said = [("jemand von außerhalb", case.incident.third_party), ("Zeuginnen oder Zeugen", case.incident.witnesses)]
    return ", ".join(words for words, is_so in said if is_so) or None


def _police(case: DamageCase) -> str | None:
    incident = case.incident
    if case.kind not in MISSING:
        return None
    day = f"angezeigt am {german.local_date(incident.police_reported_on)}" if incident.police_reported_on else ""
    number = f"Aktenzeichen {incident.police_reference}" if incident.police_reference else ""
    return ", ".join(part for part in (number, incident.police_station, day) if part) or None


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else ("ja" if value else "nein")


def _lines(actor: Actor, case: DamageCase) -> list[Line]:
    select = sa.select(CaseEntry).where(CaseEntry.case_id == case.id).order_by(CaseEntry.id)
    if not policy.may_work(actor):
        select = select.where(CaseEntry.is_public)
    found = db.session.scalars(select.options(joinedload(CaseEntry.author))).all()
    return [
        Line(
            at=entry.at,
            who=entry.author.name if entry.author else "System",
            title=ENTRIES.get(entry.what, ""),
            text=entry.text,
            internal=not entry.is_public,
        )
        for entry in found
    ]
