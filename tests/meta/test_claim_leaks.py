"""Nobody reads of a damage, a claim or a person what they need not know, by any path.

Every text of two schools' cases and claims is a word of its own. The table says which of them each person may read
(docs/rules/claims.md, CL-4); every one of them is read by that person somewhere, and no other by any address.
"""

import csv
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from itsm.assets.models import DeviceChange
from itsm.claims.models import CaseEntry, ClaimEntry
from itsm.claims.service import deadline_watch, overdue
from itsm.core import clock
from itsm.core.db import Model
from itsm.core.outbox import Mail
from tests.claims.paper import one_line, read
from tests.meta.marked_claims import (
    CASE,
    DEBTOR,
    HOLDER,
    HOSTILE,
    LATITUDE,
    LONGITUDE,
    MONEY,
    NOTES,
    OF_PERSONS,
    REPORT,
    SIDES,
    Their,
    marked,
    words,
)
from tests.meta.test_access import is_refused, parts_of, rules
from tests.meta.world import World
from tests.people import sign_in

OUR, THEIR = SIDES[:1], SIDES[1:]
ALL = words(SIDES, CASE, HOLDER, REPORT, NOTES, DEBTOR, MONEY)
WORDS = {word.casefold(): word for word in ALL}
WORD = re.compile("|".join(sorted(WORDS, key=len, reverse=True)))
# What a person reads; each of it somewhere.
READS: dict[str, frozenset[str]] = {
    "anonymous": frozenset(),
    "reporter": words(OUR, CASE, REPORT),
    "colleague": frozenset(),
    "foreign_reporter": frozenset(),
    "lead": words(OUR, CASE, HOLDER, REPORT),
    "head": words(OUR, CASE, HOLDER, REPORT),
    "foreign_lead": words(THEIR, CASE, HOLDER, REPORT),
    "manager": words(OUR, CASE),
    "foreign_manager": words(THEIR, CASE),
    "second_level": words(SIDES, CASE),
    "dispatcher": words(SIDES, CASE),
    "auditor": words(SIDES, CASE),
    "administrator": words(SIDES, CASE),
    "editor": frozenset(),
    "approver": ALL,
}
ELSEWHERE = ("home.", "tickets.index", "tickets.show", "org.show_school", "assets.show")
# What others than the claims staff are shown (test_access says so). All about damages is asked for nevertheless by one
# of the school, one on site and the widest rights without names; every address there is by a stranger.
SHOWN = ("claims.case", "claims.paper", "claims.report", "claims.statistics", *ELSEWHERE)
ASKED: dict[str, tuple[str, ...]] = dict.fromkeys(READS, SHOWN) | {
    "anonymous": ("",),
    "lead": ("claims.", *ELSEWHERE),
    "head": ("claims.case", "claims.paper", "claims.claim", "claims.letter"),
    "manager": ("claims.", *ELSEWHERE),
    "auditor": (*SHOWN, "operations."),
    # Packages that know of damages, or are told of them: the others have no place for them (pyproject, importlinter).
    "administrator": ("claims.", "assets.", "tickets.", "operations.", *ELSEWHERE),
    "approver": ("claims.",),
}
# What is refused by a sentence is asked for by one of the school and one on site: the sentence is the same for all.
SEES_SENTENCES = ("anonymous", "lead", "manager")
# Articles know nothing of damages: the packages are strangers to each other.
NOTHING_TO_SHOW = ("static", "operations.mailbox", "kb.")
BY_NAME = tuple(f"q={word}" for word in OF_PERSONS)
# Whoever sees these things may do this with them as well (docs/rules/claims.md, CL-8 and CL-96).
GRANTED = {
    "dispatcher": {"claims.say_found"},
    "administrator": {"claims.say_found", "claims.back_to_ticket"},
}
BODY = {
    "police_reference": "AZ 1", "found_on": "2026-11-16", "text": "X", "purpose": "Probe", "reason": "Probe",
    "channel": "post", "name": "X", "supplier": "X", "kind": "payment", "amount": "5,00", "cents": "5,00",
}  # fmt: skip


@pytest.fixture
def world(session: scoped_session) -> World:
    """The world in which everything about damages carries its word."""
    return marked()


def _paths(app: Flask, world: World, person: str) -> Iterator[str]:
    """Every address of the application, with the things of our school and of the other, and every search."""
    their: Their = world.things["their"]
    with app.test_request_context():
        for row, rule in rules(app).items():
            shown = rule.endpoint.startswith(ASKED[person]) and not rule.endpoint.startswith(NOTHING_TO_SHOW)
            if not row.startswith("GET ") or not shown or (person not in SEES_SENTENCES and is_refused(row, person)):
                continue
            yield app.url_for(rule.endpoint, **parts_of(world, rule))
            if READS[person] != ALL and rule.endpoint.startswith("claims.") and their.parts.keys() & rule.arguments:
                yield app.url_for(rule.endpoint, **_their_parts(world, rule))
    for case_id in (world.things["repair"].case_id, world.things["theft"].id, their.theft_id, their.case_id):
        yield f"/schaeden/{case_id}"
    for claim_id in (world.things["in_rates"].id, world.things["letter"].claim_id, their.claim_id):
        yield f"/forderungen/{claim_id}"
    yield from (f"/geraete/{their.device_id}", f"/g/{their.device_number}", f"/schulen/{world.foreign_school.number}")
    yield f"/schaeden/{their.theft_id}/standort"
    yield from (f"/schaeden?tab={tab}" for tab in ("meine", "alle"))
    yield "/forderungen?tab=alle"
    for page in ("/suche?q=", "/schaeden?tab=alle&q="):
        yield from (page + word for word in ("holder", "label"))
    yield f"/schaeden?tab=alle&q={OF_PERSONS[1]}"


def _their_parts(world: World, rule: Rule) -> dict[str, object]:
    their: Their = world.things["their"]
    theft = rule.endpoint in ("claims.positions_of", "claims.say_found", "claims.add_police", "claims.ask_order")
    parts = parts_of(world, rule) | {name: their.parts[name] for name in rule.arguments & their.parts.keys()}
    return parts | ({"case_id": their.theft_id} if theft else {})


def _shown(answer: TestResponse) -> str:
    """Everything an answer says: body, whatever is packed in it, and headers."""
    body = answer.data
    if answer.status_code == 200 and answer.mimetype.endswith("spreadsheetml.sheet"):
        with zipfile.ZipFile(BytesIO(body)) as packed:
            body = b"".join(packed.read(name) for name in packed.namelist())
            assert b"<f>" not in body
    text = body.decode(errors="replace")
    if answer.status_code == 200 and answer.mimetype == "application/pdf" and b"%%EOF" in body:
        text = one_line(read(body).shown).replace(" ", "")
    return f"{text}\n{answer.headers}"


def _words(answer: TestResponse, typed: str = "") -> set[str]:
    """Which words an answer shows that were not typed."""
    typed = typed.casefold()
    return {WORDS[found] for found in WORD.findall(_shown(answer).casefold()) if found not in typed}


def _client(app: Flask, world: World, person: str) -> FlaskClient:
    client = app.test_client()
    return client if person == "anonymous" else sign_in(client, world.people[person])


def test_nobody_reads_more_than_they_need_by_any_address(
    app: Flask, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    wrong: list[str] = []
    with caplog.at_level(logging.INFO):
        for person, reads in READS.items():
            client, seen = _client(app, world, person), set[str]()
            for path in dict.fromkeys(_paths(app, world, person)):
                answer = client.get(path, buffered=True)
                assert answer.status_code < 500, path
                found = _words(answer, path)
                seen |= found
                wrong += [f"{person}: GET {path} shows {word}" for word in sorted(found - reads)]
                if path.endswith(BY_NAME) and found & words(SIDES, CASE):
                    wrong.append(f"{person}: GET {path} finds a case by a name or a story")
                wrong += [f"{person}: GET {path} {sentence}" for sentence in _untrue(answer)]
            # Of the claims staff both schools are the same.
            missing = _kinds(reads) - _kinds(seen) if reads == ALL else reads - seen
            wrong += [f"{person} reads {word} nowhere" for word in sorted(missing)]
    wrong += [f"log: {word}" for word in words(SIDES, OF_PERSONS) if word in caplog.text]
    assert not wrong, "\n".join(wrong)


def _kinds(found: Iterable[str]) -> set[str]:
    return {word.removeprefix("Our").removeprefix("Their") for word in found}


def _untrue(answer: TestResponse) -> Iterator[str]:
    """Say where a text is not a text, or a position stands that nobody asked to look at."""
    if answer.mimetype == "text/html" and HOSTILE[6:] in answer.text:
        yield "has a tag somebody typed"
    if answer.mimetype == "text/csv":
        cells = (cell for row in csv.reader(io.StringIO(answer.text), delimiter=";") for cell in row)
        if any(cell.startswith("=") for cell in cells):
            yield "has a formula somebody typed"
    if answer.mimetype in ("text/html", "text/csv") and (str(LATITUDE) in answer.text or str(LONGITUDE) in answer.text):
        yield "says where a device is"


def test_no_form_with_ids_of_others_changes_anything_or_mixes_up_claims_and_schools(
    app: Flask, session: scoped_session, world: World
) -> None:
    _send_ids_of_others(app, session, world)
    _mix_up_claims(app, session, world)
    _report_a_device_of_another_school(app, session, world)


def _send_ids_of_others(app: Flask, session: scoped_session, world: World) -> None:
    wrong: list[str] = []
    before = _standing(session)
    with app.test_request_context():
        posts = [
            (rule.endpoint, app.url_for(rule.endpoint, **_their_parts(world, rule)))
            for row, rule in rules(app).items()
            if row.startswith("POST claims.") and rule.endpoint not in ("claims.report", "claims.from_ticket")
        ]
    # Second level and auditors are refused each of them by test_access, before anything sent is read.
    for person in ("anonymous", "reporter", "lead", "manager", "dispatcher", "administrator", "editor"):
        client = _client(app, world, person)
        for endpoint, path in posts:
            if endpoint in GRANTED.get(person, ()):
                continue
            answer = client.post(path, data=BODY, buffered=True)
            if answer.status_code not in (401, 403, 404):
                wrong.append(f"{person}: POST {path} gets {answer.status_code}")
            wrong += [f"{person}: POST {path} shows {word}" for word in _words(answer) - READS[person]]
        if (now := _standing(session)) != before:
            wrong.append(f"{person} changes {sorted(name for name in now if now[name] != before[name])}")
            before = now
    assert not wrong, "\n".join(wrong)


def _mix_up_claims(app: Flask, session: scoped_session, world: World) -> None:
    things, their, client = world.things, world.things["their"], _client(app, world, "clerk")
    theirs, ours = their.parts, f"/forderungen/{things['owed'].id}"
    before = _standing(session)
    crossed = (
        f"{ours}/buchungen/{theirs['booking_id']}/zuruecknehmen",
        f"{ours}/personen/{theirs['debtor_id']}",
        f"{ours}/personen/{theirs['debtor_id']}/heraus",
        f"{ours}/geraete/{theirs['item_id']}",
        f"{ours}/geraete/{theirs['item_id']}/heraus",
        f"{ours}/briefe/forderung/{theirs['debtor_id']}",
        f"/schaeden/{things['case'].id}/reparaturen/{theirs['repair_id']}",
    )
    found = {path: client.post(path, data=BODY).status_code for path in crossed}
    papers = client.get(f"/schaeden/{things['case'].id}/unterlagen/{theirs['token']}").status_code
    assert papers == 404
    assert set(found.values()) == {404}, found
    evidence = session.scalar(sa.text("SELECT max(id) FROM damage_paper"))
    fault = {"verschulden-fault": "gross", "verschulden-evidence": evidence, "verschulden-legal_basis": "private"}
    assert client.post(f"/forderungen/{things['claim'].id}/verschulden", data=fault).status_code == 422
    joined = client.post(f"/forderungen/{things['claim'].id}/geraete/fall/{their.theft_id}")
    assert joined.status_code in (404, 409, 422)
    assert _standing(session) == before


def _report_a_device_of_another_school(app: Flask, session: scoped_session, world: World) -> None:
    their: Their = world.things["their"]
    client, before = _client(app, world, "lead"), _standing(session)
    told = {"kind": "damage", "place": "lesson", "description": "X", "is_usable": "no", "go": "send"}
    days = dict.fromkeys(("happened_on", "discovered_on"), "16.11.2025")
    for number, school in enumerate((world.school, world.foreign_school)):
        form = told | days | {"school": school.id, "devices": their.device_number, "form_key": f"{number:032x}"}
        answer = client.post("/schaeden/melden", data=form)
        assert answer.status_code in (403, 404, 422)
        assert not _words(answer) - READS["lead"]
    assert _standing(session) == before
    own = told | days | {"school": world.school.id, "devices": world.things["device"].tag, "form_key": f"{2:032x}"}
    assert client.post("/schaeden/melden", data=own).status_code == 303


def test_names_are_in_no_mail_but_the_debtors_and_in_no_history(
    app: Flask, session: scoped_session, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    things, client = world.things, _client(app, world, "clerk")
    with caplog.at_level(logging.INFO):
        sent = client.post(f"/forderungen/briefe/{things['letter'].id}/versenden", data={"channel": "mail"})
        assert sent.status_code == 303
        answer = {"antwort-on": "2026-11-16", "antwort-text": "Ouranswer"}
        client.post(f"/forderungen/{things['letter'].claim_id}/antwort", data=answer)
        client.post(f"/schaeden/{things['theft'].id}/aktenzeichen", data={"police_reference": "Ourpolicenumber"})
        client.post(f"/schaeden/{things['theft'].id}/wieder-da", data={"found_on": "2026-11-16"})
        client.post(f"/forderungen/{things['claim'].id}/personen/{things['debtor'].id}/heraus")
        deadline_watch.warn(clock.now())
        overdue.tell(clock.now())
    persons = {word.casefold() for word in words(SIDES, OF_PERSONS)}
    wrong: list[str] = []
    for mail in session.scalars(sa.select(Mail)):
        if "mail@example.org" in mail.to_address:
            continue
        text = f"{mail.to_name} {mail.subject} {json.dumps(mail.items)}".casefold()
        wrong += [f"{mail.template} to {mail.to_address}: {word}" for word in persons if word in text]
    histories: tuple[Any, ...] = (
        sa.select(CaseEntry.text).where(CaseEntry.text.not_like(f"{HOSTILE}%")),
        sa.select(ClaimEntry.text),
        sa.select(sa.func.concat(DeviceChange.text, DeviceChange.before, DeviceChange.after)),
    )
    for select in histories:
        text = "\n".join(session.scalars(select)).casefold()
        wrong += [f"history: {word}" for word in persons if word in text]
    wrong += [f"log: {word}" for word in persons if word in caplog.text.casefold()]
    assert not wrong, "\n".join(wrong)
    assert session.scalar(sa.select(Mail.id).where(Mail.to_address == "ourmail@example.org"))


KEPT = ("damage_", "claim", "mdm_", "bank_", "valuation_policy", "loan", "device", "ticket", "mail")


def _standing(session: scoped_session) -> dict[str, str]:
    """The rows of every table a form about damages could change, in short."""
    session.expire_all()
    names = [table.name for table in Model.metadata.sorted_tables if table.name.startswith(KEPT)]
    sums = [
        f"(SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM \"{name}\" t)"
        for name in names
    ]
    row = session.execute(sa.text(f"SELECT {', '.join(sums)}")).one()
    return dict(zip(names, row, strict=True))
