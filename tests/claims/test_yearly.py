"""Yearly figures of a report: read from a list, by command and by page; hostile files change nothing."""

import json
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask.testing import FlaskClient

from itsm.claims import yearly
from itsm.claims.models import DamageYear
from itsm.claims.service import yearly as service
from itsm.claims.yearly import Stated
from itsm.claims.yearly_cli import import_years
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from tests.people import actor_for, make_user, sign_in

HEAD = "jahr,ipads,schadensfaelle,diebstahl_verlust"
GOOD = f"{HEAD}\n2021,27315,123,51\n2022,38640,285,60\n".encode()


def rows() -> dict[int, tuple[int, int, int, str]]:
    found = db.session.execute(sa.select(DamageYear.__table__))
    return {row.year: (row.devices, row.damaged, row.missing, row.source) for row in found}


def test_a_list_may_come_from_a_german_spreadsheet() -> None:
    content = "Jahr;Geräte;Schäden;Diebstahl/Verlust\r\n2025;83.596;1.525;121\r\n".encode("cp1252")
    assert yearly.read(content) == [Stated(2025, 83_596, 1_525, 121)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "leer"),
        (b"jahr,ipads\n2021,1\n", "schadensfaelle, diebstahl_verlust"),
        (f"{HEAD}\n".encode(), "kein Jahr"),
        (f"{HEAD}\n2021,100,1\n".encode(), "keine ganze Zahl"),
        (f"{HEAD}\n2021,100,-1,0\n".encode(), "keine ganze Zahl"),
        (f"{HEAD}\n2021,100,1.5,0\n".encode(), "keine ganze Zahl"),
        (f"{HEAD}\n2021,100,=1+1,0\n".encode(), "keine ganze Zahl"),
        (f"{HEAD}\n2021,100,٣,0\n".encode(), "keine ganze Zahl"),
        (f"{HEAD}\n1789,100,1,0\n".encode(), "kein Jahr zwischen"),
        (f"{HEAD}\n2021,100,101,0\n".encode(), "mehr Fälle als Geräte"),
        (f"{HEAD}\n2021,99999999,1,0\n".encode(), "mehr Fälle als Geräte"),
        (f"{HEAD}\n2021,100,1,0\n2021,100,1,0\n".encode(), "steht zweimal"),
        (b"%PDF-1.7", "PDF"),
        (b"<html>", "HTML"),
        (b"PK\x03\x04nothing", ""),
        (GOOD + b"x" * yearly.LARGEST_BYTES, "1 MB"),
        (HEAD.encode() + b'\n"2021,1', "Anführungszeichen"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(DomainError) as refused:
        yearly.read(content)
    assert said in refused.value.sentence and refused.value.sentence.endswith(".")


@pytest.mark.usefixtures("session")
def test_a_year_that_is_there_is_replaced_and_the_same_again_changes_nothing() -> None:
    clerk = actor_for(make_user(Role.CLAIMS_CLERK))
    first = service.take_over(clerk, [Stated(2021, 10, 2, 1), Stated(2022, 10, 2, 1)], "Bericht 2022")
    assert (first.added, first.changed, first.unchanged) == (2, 0, 0)
    again = service.take_over(clerk, [Stated(2021, 10, 2, 1), Stated(2022, 11, 2, 1)], " Bericht 2022 ")
    assert (again.added, again.changed, again.unchanged) == (0, 1, 1)
    assert rows() == {2021: (10, 2, 1, "Bericht 2022"), 2022: (11, 2, 1, "Bericht 2022")}
    with pytest.raises(DomainError, match="Quelle"):
        service.take_over(clerk, [Stated(2023, 1, 0, 0)], " ")


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.DISPATCHER, Role.CAMPUS_MANAGER])
def test_only_the_claims_staff_reads_figures_in(role: Role) -> None:
    with pytest.raises(NotAllowed):
        service.take_over(actor_for(make_user(role)), [Stated(2021, 1, 0, 0)], "Bericht")


def test_the_page_takes_a_list_and_says_what_came_of_it(client: FlaskClient) -> None:
    browser = sign_in(client, make_user(Role.CLAIMS_CLERK))
    address = "/schaeden/zahlen/einlesen"
    sent = {"file": (BytesIO(GOOD), "jahre.csv"), "source": "Jahresbericht 2022"}
    assert browser.post(address, data=sent).location.endswith("/schaeden/zahlen")
    assert rows()[2022] == (38_640, 285, 60, "Jahresbericht 2022")
    page = browser.get("/schaeden/zahlen").text
    assert "2 neu, 0 geändert" in page and "0,74 %" in page and "Jahresbericht 2022" in page
    refused = browser.post(address, data={"file": (BytesIO(b"%PDF-1"), "a.pdf"), "source": "Bericht"})
    assert refused.status_code == 422 and "PDF-Datei" in refused.text and len(rows()) == 2
    assert "wählen Sie zuerst" in browser.post(address, data={"source": "Bericht"}).text


@pytest.mark.usefixtures("session")
def test_the_command_takes_all_or_nothing(tmp_path: Path) -> None:
    file = tmp_path / "jahre.csv"
    file.write_bytes(GOOD)
    outcome = CliRunner().invoke(import_years, [str(file), "--source", "Jahresbericht 2022", "--json"])
    assert json.loads(outcome.output) == {"added": 2, "changed": 0, "unchanged": 0}
    file.write_bytes(GOOD + b"2023,1,2,3\n")
    refused = CliRunner().invoke(import_years, [str(file)])
    assert refused.exit_code == 2 and "Nichts wurde übernommen." in refused.output
    assert sorted(rows()) == [2021, 2022]


def test_the_seed_of_the_report_can_be_read(shared: Path) -> None:
    assert yearly.read((shared / "data/seed/schaeden_ipads.csv").read_bytes())[-1] == Stated(2025, 83_596, 1_525, 121)
