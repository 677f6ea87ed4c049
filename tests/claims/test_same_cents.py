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
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.german import euros, plain_euros
from tests.claims.factories import make_claim, make_debtor, make_examined, make_paper, make_valuation
from tests.claims.paper import one_line, read
from tests.claims.steps import approver, clerk
from tests.claims.test_valuation import E1, E2, E3, E4, E7, E8, E9, E10, E11
from tests.people import MONDAY, MONDAY_9AM, make_user, sign_in

SENDER = read_settings({}).sender
WORTH = (11_370, 37_900, 37_268, 29_688, 37_500, 81_225, 4_697, 18_958, 18_953)
ROWS = list(zip((E1, E2, E3, E4, E7, E8, E9, E10, E11), WORTH, strict=True))


def approved(inputs: Inputs) -> Claim:
    """Take a claim over a device of an example to its approval."""
    case, found = make_examined(happened_on=inputs.damaged_on, discovered_on=inputs.damaged_on), value(inputs)
    given = ("base_cents", "in_service_on", "damaged_on", "life_months")
    make_valuation(
        case, **{name: getattr(inputs, name) for name in given}, months=found.months, value_cents=found.cents
    )
    claim = make_claim(case, fault=Fault.GROSS, evidence_id=make_paper(case).id)
    make_debtor(claim, born_on=inputs.damaged_on.replace(year=2000, day=1))
    db.session.refresh(claim)
    claiming.heard(clerk(), claim, MONDAY, MONDAY, MONDAY_9AM)
    claiming.answered(clerk(), claim, MONDAY, "", MONDAY_9AM)
    claiming.propose(clerk(), claim, MONDAY_9AM)
    claiming.approve(approver(), claim, MONDAY_9AM)
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


@pytest.mark.parametrize(("inputs", "cents"), ROWS, ids=["E1", "E2", "E3", "E4", "E7", "E8", "E9", "E10", "E11"])
def test_an_example_has_the_same_cents_everywhere(
    client: FlaskClient, session: scoped_session, capsys: pytest.CaptureFixture[str], inputs: Inputs, cents: int
) -> None:
    assert by_command(inputs, capsys) == f"{cents // 100}.{cents % 100:02}"
    claim = approved(inputs)
    letter = letters.make(clerk(), claim, Order(LetterKind.DEMAND, claim.debtors[0].id), SENDER, MONDAY_9AM)
    letters.send(clerk(), letter, Channel.POST, SENDER, MONDAY_9AM)
    db.session.commit()
    paper = read(letters.stored(letter))
    assert f"Bitte zahlen Sie {cents // 100},{cents % 100:02} €" in one_line(paper.shown)
    assert f"EUR{cents // 100}.{cents % 100:02}" in paper.codes[0].split("\n")
    browser = sign_in(client, make_user(Role.CLAIMS_CLERK))
    for page in (f"/schaeden/{claim.items[0].case_id}", f"/forderungen/{claim.id}"):
        assert euros(cents) in browser.get(page).text
    rows = csv.reader(io.StringIO(browser.get("/forderungen/buchungen.csv").text.lstrip("\ufeff")), delimiter=";")
    assert [row[4] for row in rows][1:] == [plain_euros(cents)]
    assert cells(browser, "/forderungen/buchungen.xlsx", "Soll") == [cents / 100]
    for head in ("Betrag (€)", "noch offen (€)"):
        found = cells(browser, "/schaeden/zahlen.xlsx?ansicht=forderungen", head)
        assert [value for value in found if value] == [cents / 100]
