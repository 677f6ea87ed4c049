"""Each worked example has the same cents wherever they are read: command, case, claim, letter, its code, the file."""

import csv
import io
import json

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import scoped_session

from itsm import cli
from itsm.claims.models import Channel, Claim, Fault, LetterKind
from itsm.claims.service import claiming, letters
from itsm.claims.service.letters import Order
from itsm.claims.valuation import Inputs, value
from itsm.config import read as read_settings
from itsm.core.access import Actor, Role
from itsm.core.db import db
from itsm.core.german import euros, plain_euros
from tests.claims.factories import make_claim, make_debtor, make_examined, make_paper, make_valuation
from tests.claims.paper import one_line, read
from tests.claims.steps import approver
from tests.claims.test_valuation import E1, E2, E3, E4, E7, E8, E9, E10, E11
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user, sign_in
from tests.saving import at_once

SENDER = read_settings({}).sender
ROWS = {
    "E1": (E1, 11_370),
    "E2": (E2, 37_900),
    "E3": (E3, 37_268),
    "E4": (E4, 29_688),
    "E7": (E7, 37_500),
    "E8": (E8, 81_225),
    "E9": (E9, 4_697),
    "E10": (E10, 18_958),
    "E11": (E11, 18_953),
}


@at_once()
def approved(inputs: Inputs, me: Actor, other: Actor) -> Claim:
    """Take a claim over a device of an example to its approval."""
    case = make_examined(by=me, happened_on=inputs.damaged_on, discovered_on=inputs.damaged_on)
    found, given = value(inputs), ("base_cents", "in_service_on", "damaged_on", "life_months")
    make_valuation(
        case, **{name: getattr(inputs, name) for name in given}, months=found.months, value_cents=found.cents
    )
    claim = make_claim(case, by=me, fault=Fault.GROSS, evidence_id=make_paper(case).id)
    make_debtor(claim, born_on=inputs.damaged_on.replace(year=2000, day=1))
    claiming.heard(me, claim, MONDAY, MONDAY, MONDAY_9AM)
    claiming.answered(me, claim, MONDAY, "", MONDAY_9AM)
    claiming.propose(me, claim, MONDAY_9AM)
    claiming.approve(other, claim, MONDAY_9AM)
    return claim


def by_command(inputs: Inputs, capsys: pytest.CaptureFixture[str]) -> str:
    days = ["--in-service", f"{inputs.in_service_on}", "--damaged", f"{inputs.damaged_on}"]
    price = ["--base", f"{inputs.base_cents // 100}.{inputs.base_cents % 100:02}"]
    assert cli.run(["claims", "value", *price, *days, "--life-months", str(inputs.life_months), "--json"]) == 0
    return json.loads(capsys.readouterr().out)["claim"]


def cells(browser: FlaskClient, address: str, head: str) -> list[object]:
    """Return a column of an Excel file without its head."""
    sheet = load_workbook(io.BytesIO(browser.get(address).data)).active
    assert sheet is not None
    columns = {column[0].value: [cell.value for cell in column[1:]] for column in sheet.columns}
    return columns[head]


def test_an_example_has_the_same_cents_everywhere(
    client: FlaskClient, session: scoped_session, capsys: pytest.CaptureFixture[str], subtests: pytest.Subtests
) -> None:
    person, other = make_user(Role.CLAIMS_CLERK), approver()
    browser, me = sign_in(client, person), actor_for(person)
    for name, (inputs, cents) in ROWS.items():
        with subtests.test(name):
            assert by_command(inputs, capsys) == f"{cents // 100}.{cents % 100:02}"
            _has_the_cents_on_paper_and_pages(browser, approved(inputs, me, other), me, cents)
    rows = csv.reader(io.StringIO(browser.get("/forderungen/buchungen.csv").text.lstrip("\ufeff")), delimiter=";")
    assert sorted(row[4] for row in list(rows)[1:]) == sorted(plain_euros(cents) for _, cents in ROWS.values())


def _has_the_cents_on_paper_and_pages(browser: FlaskClient, claim: Claim, me: Actor, cents: int) -> None:
    letter = letters.make(me, claim, Order(LetterKind.DEMAND, claim.debtors[0].id), SENDER, MONDAY_9AM)
    letters.send(me, letter, Channel.POST, SENDER, MONDAY_9AM)
    db.session.commit()
    paper = read(letters.stored(letter))
    assert f"Bitte zahlen Sie {cents // 100},{cents % 100:02} €" in one_line(paper.shown)
    assert f"EUR{cents // 100}.{cents % 100:02}" in paper.codes[0].split("\n")
    for page in (f"/schaeden/{claim.items[0].case_id}", f"/forderungen/{claim.id}"):
        assert euros(cents) in browser.get(page).text
