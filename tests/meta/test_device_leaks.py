"""No school sees another school's devices or who has them, by any path; names of holders stay with the school.

Everything about one school, about the stock of the city and about what only planners see carries a word of its own.
Whatever a person asks for, no answer shows a word that person may not see; what was typed may be repeated.
"""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session
from werkzeug.test import TestResponse

from itsm.assets.models import Device, DeviceTask, Loan, LoanTerms, Stocktake, StocktakeLine, Wave
from itsm.core.db import db
from itsm.core.outbox import Mail
from itsm.dispatch.models import VisitTask
from tests.meta.marked_world import (
    CITY,
    DRAFT,
    FILE,
    HOLDERS,
    MODEL,
    OUR_HOLDERS,
    OURS,
    STOCK,
    THEIRS,
    WORDS,
    Their,
    marked,
)
from tests.meta.test_access import _undone, is_refused, parts_of, rules
from tests.meta.world import World
from tests.people import sign_in

HIDDEN: dict[str, tuple[str, ...]] = {
    "anonymous": (*THEIRS, *MODEL, *OURS),
    "reporter": (*THEIRS, *MODEL, *OURS),
    "lead": (*THEIRS, *MODEL),
    "foreign_lead": (*OURS, *STOCK, *CITY, *DRAFT),
    # Leads one school and reports for the other, where number, model and room may be picked.
    "two_schools": (*FILE, *HOLDERS, *STOCK, *CITY, *DRAFT),
    # Models belong to no school: whoever enters devices sees them all.
    "manager": (*THEIRS, *OUR_HOLDERS),
    "second_level": (*HOLDERS, *OUR_HOLDERS),
    "auditor": (*HOLDERS, *OUR_HOLDERS, *CITY),
    "administrator": (*HOLDERS, *OUR_HOLDERS),
    "clerk": CITY,
}
# The mailbox is open only where no mail leaves the house.
NOTHING_TO_SHOW = ("static.", "operations.mailbox")
SHOWS_DEVICES = ("assets.", "tickets.", "dispatch.visit", "dispatch.report", "operations.status", "org.show_school")
SHOWS_PEOPLE = (
    *("assets.show", "assets.index", "assets.export", "assets.stocktake", "assets.tasks", "assets.imports"),
    *("assets.sync", "assets.check", "tickets.show", "dispatch.visit", "operations.status"),
)
AT_HOME = (*SHOWS_DEVICES, "home.", "dispatch.day", "dispatch.next", "dispatch.swap", "dispatch.my")
# Which pages of their own school somebody is asked for, beside those of the other one.
ASKED: dict[str, tuple[str, ...]] = {
    "anonymous": ("",),
    "reporter": AT_HOME,
    "lead": AT_HOME,
    "foreign_lead": SHOWS_DEVICES,
    "two_schools": (),
    "manager": AT_HOME,
    "second_level": SHOWS_PEOPLE,
    "auditor": SHOWS_PEOPLE,
    "administrator": SHOWS_DEVICES,
    "clerk": SHOWS_PEOPLE,
}
# What is refused by a sentence is asked for by those who are shown most of it: the sentence is the same for all.
SEES_SENTENCES = ("anonymous", "lead", "foreign_lead", "manager")
OF_CITY = frozenset({"second_level", "auditor", "administrator", "clerk"})
PAPERS = ("aufkleber.pdf", "polizei.pdf")
FOLDED = {word.casefold(): word for word in WORDS}


@pytest.fixture
def world(session: scoped_session) -> World:
    """The world in which everything carries its word."""
    return marked()


def _own_paths(app: Flask, world: World, person: str) -> Iterator[str]:
    """Every page, file and picture, of the person's own school where an address names one."""
    with app.test_request_context():
        for row, rule in rules(app).items():
            asked = rule.endpoint.startswith(ASKED[person])
            if not row.startswith("GET ") or not asked or rule.endpoint.startswith(NOTHING_TO_SHOW):
                continue
            if person in SEES_SENTENCES or not is_refused(row, person):
                yield app.url_for(rule.endpoint, **parts_of(world, rule))


def _traces(world: World) -> Iterator[str]:
    """Where a device that left our school is still remembered."""
    for stocktake in db.session.scalars(sa.select(Stocktake).where(Stocktake.school_id == world.school.id)):
        yield f"/geraete/inventur/{stocktake.id}"
        yield f"/geraete/inventur/{stocktake.id}.csv"
    for loan in db.session.scalars(sa.select(Loan).where(Loan.school_id == world.school.id)):
        yield f"/geraete/ausgabe/{loan.id}"
    for tag in ("CAME-1", "LEFT-1", "STOCKTAG"):
        device = db.session.scalars(sa.select(Device).where(Device.tag == tag)).one()
        yield f"/geraete/{device.id}"
    yield "/geraete/ausgabe?tab=zurueck"
    yield "/geraete/ausgabe.csv?tab=zurueck"
    yield "/geraete/aufgaben?tab=erledigt"


def _their_paths(their: Their) -> Iterator[str]:
    """Every address that names something of the other school, by its id or by what stands on a device."""
    device, number = their.device, their.school.number
    yield from (f"/geraete/{device.id}", f"/geraete/{their.case.id}", f"/geraete/ausgabe/{their.loan.id}")
    yield f"/geraete/ausgabe/{their.earlier.id}"
    yield from (f"/geraete/inventur/{their.stocktake.id}{ending}" for ending in ("", ".csv", ".pdf"))
    yield from (f"/geraete/austausch/{their.wave.id}{ending}" for ending in ("", ".csv", ".xlsx"))
    yield from (f"/schulen/{number}", f"/schulen/{number}/ausstattung", f"/geraete/inventur?schule={number}")
    yield from (f"/geraete/aufgaben?schule={number}", f"/geraete/ausgabe/bedingungen?schule={their.school.id}")
    yield from (f"/geraete/{page}?ids={device.id}" for page in ("aufkleber", "polizei", "polizei.csv"))
    yield from (f"/stoerungen/{their.ticket.id}", f"/stoerungen/{their.ticket.id}/tausch")
    yield from (f"/melden?schule={their.school.id}", f"/geraete/ausstattung?q={number}")
    for typed in ("THEIRTAG", "THEIRSER01", "STOCKTAG"):
        yield from (f"/g/{typed}", f"/scannen?nummer={typed}", f"/suche?q={typed}")
    for typed in ("THEIRTAG", "STOCKTAG"):
        yield from (f"/geraete/ausgabe/neu?number={typed}", f"/stoerungen?q=geraet:{typed}", f"/melden?geraet={typed}")
    searches = ("THEIRT", "Theirroom", "Theirmodel", "Theirholder", "wer:Theirholder", "koffer:THEIRCASE",
                "raum:Theirroom", f"schule:{number}", "schule:keine", "f%C3%B6rderung:Theirfunding")  # fmt: skip
    yield from (f"/geraete?tab=alle&q={q}" for q in searches)
    yield from (f"/suche?q={q}" for q in ("Theirholder", "Theirmodel", "Theirroom", "Theirticket"))
    for page in ("geraete.csv", "geraete.xlsx", "geraete/aufkleber", "geraete/polizei"):
        yield f"/{page}?tab=alle&q=schule:{number}"
    yield from (f"/geraete/ausgabe{ending}?q=Theirholder" for ending in ("", ".csv"))


def _posts(world: World, their: Their) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every form that could be sent with an id or a number of the other school."""
    ours, loan, stocktake = world.things["device"], their.loan.id, world.things["stocktake"]
    line, device = their.stocktake.lines[0].id, their.device
    for slug in ("bestaetigen", "aendern", "zurueck", "nicht-zurueck"):
        data = {"way": "paper", "kind": "pupil", "name": "X", "condition": "good"}
        yield f"/geraete/ausgabe/{loan}/{slug}", data
    hold = {"kind": "pupil", "name": "X", "way": "later"}
    for number in ("THEIRTAG", "STOCKTAG"):
        yield "/geraete/ausgabe/neu", hold | {"number": number}
        yield "/geraete/ausgabe/klasse", {"kind": "pupil", "lines": f"{number}; X"}
        yield "/geraete/ausgabe/zurueck", {"condition": "good", "numbers": number}
        yield f"/geraete/inventur/{stocktake.id}/scan", {"number": number}
        yield f"/stoerungen/{world.ticket.id}/tausch", {
            "defect": number, "replacement": number, "whereabouts": "city", "loan": "ja",
        }  # fmt: skip
        yield f"/stoerungen/{world.ticket.id}/tausch", {
            "defect": ours.tag, "replacement": number, "whereabouts": "stays", "loan": "nein",
        }  # fmt: skip
        yield "/melden", _report(world, number)
    yield "/geraete/inventur", {"school": their.school.number}
    yield "/geraete/inventur", {"school": world.school.number, "room": their.room_id}
    yield "/geraete/inventur", {"school": world.school.number, "case": their.case.id}
    for count, slug in ((their.stocktake.id, "hierher"), (stocktake.id, "hierher"), (stocktake.id, "loeschen")):
        yield f"/geraete/inventur/{count}/zeilen/{line}/{slug}", {}
    yield f"/geraete/inventur/{their.stocktake.id}/scan", {"number": ours.tag}
    yield f"/geraete/inventur/{their.stocktake.id}/abschliessen", {}
    yield f"/geraete/inventur/{their.stocktake.id}/abbrechen", {}
    yield f"/geraete/aufgaben/{their.task.id}/erledigt", {"outcome": "X"}
    yield f"/geraete/aufgaben/{their.task.id}/offen", {}
    yield f"/besuche/{world.visit.id}/geraeteaufgaben/{their.task.id}", {}
    for slug in ("lager", "verloren", "notiz", "ort", "schule", "kosten"):
        yield f"/geraete/{device.id}/{slug}", {f"{slug}-version_id": device.version_id, f"{slug}-text": "X"}
    yield f"/geraete/{ours.id}/kosten/{their.cost_id}/entfernen", {}
    place = {"ort-version_id": ours.version_id, "ort-site_id": ours.site_id}
    yield f"/geraete/{ours.id}/ort", place | {"ort-case": "THEIRCASE"}
    yield f"/geraete/{ours.id}/ort", place | {"ort-site_id": device.site_id, "ort-room": "Theirroom"}
    give = {"schule-version_id": ours.version_id, "schule-school": their.school.number}
    yield f"/geraete/{ours.id}/schule", give
    yield f"/geraete/{ours.id}/nummern", {
        "nummern-version_id": ours.version_id, "nummern-tag": "THEIRTAG", "nummern-model_id": ours.model_id,
    }  # fmt: skip
    yield "/geraete/neu", {"tag": "THEIRTAG", "model_id": ours.model_id, "school": world.school.number}
    yield "/geraete/neu", {"tag": "NEW-1", "model_id": ours.model_id, "school": their.school.number}
    yield f"/geraete/austausch/{their.wave.id}/loeschen", {}
    yield f"/geraete/ausgabe/bedingungen?schule={their.school.id}", {"text": "X"}


def _report(world: World, number: str) -> dict[str, Any]:
    return {
        "school": world.school.id, "site": world.site.id, "fault": world.ticket.fault_type_id, "devices": number,
        "impact": 2, "urgency": 2, "description": "X", "idempotency_key": f"{number:x<20}".lower(), "go": "stuck",
    }  # fmt: skip


def _shown(answer: TestResponse) -> str:
    """Everything an answer says: body, whatever is packed in it, and headers."""
    body = answer.data
    if answer.status_code == 200 and answer.mimetype.endswith("spreadsheetml.sheet"):
        with zipfile.ZipFile(BytesIO(body)) as packed:
            body = b"".join(packed.read(name) for name in packed.namelist())
    return f"{body.decode(errors='replace')}\n{answer.headers}".casefold()


def _words(answer: TestResponse, typed: str) -> set[str]:
    """Which words an answer shows that were not typed."""
    shown, typed = _shown(answer), typed.casefold()
    return {word for folded, word in FOLDED.items() if folded in shown and folded not in typed}


def _client(app: Flask, world: World, person: str) -> FlaskClient:
    client = app.test_client()
    return client if person == "anonymous" else sign_in(client, world.people[person])


def test_no_page_or_file_shows_what_is_not_ones_own(app: Flask, world: World) -> None:
    their: Their = world.things["their"]
    wrong: list[str] = []
    seen: set[str] = set()
    for person, hidden in HIDDEN.items():
        client, papers = _client(app, world, person), [f"/geraete/{page}?ids={their.device.id}" for page in PAPERS]
        paths = [*_own_paths(app, world, person), *_traces(world)]
        paths += [] if person in OF_CITY else [*_their_paths(their), *papers]
        for path in dict.fromkeys(paths):
            answer = client.get(path, buffered=True)
            assert answer.status_code < 500, path
            words = _words(answer, path)
            wrong += [f"{person}: GET {path} shows {word}" for word in words.intersection(hidden)]
            if path in papers and answer.mimetype == "application/pdf" and person != "foreign_lead":
                wrong.append(f"{person}: GET {path} is printed")
            seen |= words
    assert not wrong, "\n".join(wrong)
    # Every word is shown to somebody, or this would say nothing.
    assert seen == set(WORDS)


def test_no_form_with_ids_or_numbers_of_others_shows_or_changes_anything(
    app: Flask, session: scoped_session, world: World
) -> None:
    their: Their = world.things["their"]
    posts, before = list(_posts(world, their)), _standing(session, their)
    wrong: list[str] = []
    for person in ("reporter", "lead", "two_schools", "manager"):
        signed_in = _client(app, world, person).get_cookie("session")
        for path, data in posts:
            with _undone(session):
                client = app.test_client()
                if signed_in:
                    client.set_cookie("session", signed_in.value, domain="localhost")
                answer = client.post(path, data=data, buffered=True, follow_redirects=True)
                words = _words(answer, f"{path} {data}").intersection(HIDDEN[person])
                wrong += [f"{person}: POST {path} {data} shows {word}" for word in words]
                # What was refused has been undone by its own transaction.
                if answer.status_code >= 500 or (answer.history and _standing(session, their) != before):
                    wrong.append(f"{person}: POST {path} {data} changes something ({answer.status_code})")
    assert not wrong, "\n".join(wrong)


def _standing(session: scoped_session, their: Their) -> list[Any]:
    """Everything about the other school a form could have changed, and how many mails there are."""
    ids = sa.select(Device.id).where(Device.school_id == their.school.id)
    selects: list[Any] = [
        sa.select(Device.tag, Device.version_id, Device.school_id).where(Device.school_id == their.school.id),
        sa.select(Loan.id, Loan.version_id, Loan.returned_at).where(Loan.device_id.in_(ids)),
        sa.select(DeviceTask.id, DeviceTask.done_at).where(DeviceTask.school_id == their.school.id),
        sa.select(Stocktake.id, Stocktake.finished_at, Stocktake.cancelled_at).where(
            Stocktake.school_id == their.school.id
        ),
        sa.select(sa.func.count(StocktakeLine.id)).where(StocktakeLine.stocktake_id == their.stocktake.id),
        sa.select(sa.func.count(VisitTask.id)).where(VisitTask.device_task_id == their.task.id),
        sa.select(sa.func.count(LoanTerms.id)).where(LoanTerms.school_id == their.school.id),
        sa.select(sa.func.count(Wave.id)),
        sa.select(sa.func.count(Mail.id)).where(Mail.template.startswith("loan")),
    ]
    return [sorted(map(tuple, session.execute(select)), key=repr) for select in selects]
