"""The commands that read lists and cut districts, as one calls them."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlalchemy.orm import scoped_session

from itsm.core.errors import DomainError
from itsm.org.cli import import_districts, import_schools, propose_districts
from itsm.org.models import District, School
from tests.org.lists import OFFICIAL_2021, make_line, make_list, needs_lists
from tests.places import make_district, make_school, make_site


def run(command: click.Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def data(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.exception
    found = json.loads(result.output)
    assert isinstance(found, dict)
    return found


@needs_lists
def test_the_official_list_by_command_twice(session: scoped_session) -> None:
    first = data(run(import_schools, str(OFFICIAL_2021), "--carrier", "10297", "--json"))
    assert (len(first["added"]), first["changed"], first["rejected"]) == (155, [], [])
    second = data(run(import_schools, str(OFFICIAL_2021), "--carrier", "10297", "--json"))
    assert (second["added"], second["changed"], second["closed"], len(second["unchanged"])) == ([], [], [], 155)


def test_a_dry_run_writes_nothing_and_says_so(session: scoped_session, tmp_path: Path) -> None:
    file = tmp_path / "schuldaten.csv"
    file.write_bytes(make_list(make_line(), make_line(Schulnummer="x")))
    spoken = run(import_schools, str(file), "--dry-run").output
    assert "Probelauf, nichts wurde geschrieben." in spoken
    assert "Zeile 4: „x“ ist keine sechsstellige Schulnummer." in spoken
    assert session.scalars(sa.select(School)).all() == []
    assert data(run(import_schools, str(file), "--dry-run", "--json"))["rejected"] == [
        {"line": 4, "reason": "„x“ ist keine sechsstellige Schulnummer."}
    ]


def test_changes_are_spoken_old_and_new(session: scoped_session, tmp_path: Path) -> None:
    file = tmp_path / "schuldaten.csv"
    file.write_bytes(make_list(make_line()))
    run(import_schools, str(file))
    file.write_bytes(make_list(make_line(Fax="1")))
    assert "100132 Fax: „5010230“ → „1“" in run(import_schools, str(file)).output


def test_a_wrong_file_is_an_error_of_the_domain(session: scoped_session, tmp_path: Path) -> None:
    file = tmp_path / "falsch.csv"
    file.write_bytes(b"PK\x03\x04")
    result = run(import_schools, str(file))
    assert isinstance(result.exception, DomainError)
    assert run(import_schools, str(tmp_path / "gibt-es-nicht.csv")).exit_code == 2


def test_districts_by_command(session: scoped_session, tmp_path: Path) -> None:
    school, district = make_school(), make_district()
    file = tmp_path / "bezirke.csv"
    file.write_text(f"{school.number};{district.number}\n000000;1\n", encoding="utf-8")
    spoken = run(import_districts, str(file)).output
    assert "1 Schulen zugeordnet" in spoken
    assert "Zeile 2: Die Schule „000000“ ist nicht bekannt." in spoken
    assert school.district is district
    assert data(run(import_districts, str(file), "--json"))["unchanged"] == [school.number]


def test_an_impossible_count_is_a_sentence(session: scoped_session) -> None:
    result = run(propose_districts, "--count", "0")
    assert isinstance(result.exception, DomainError)
    assert result.exception.sentence == "Bitte eine Zahl von 1 bis 60 Bezirken angeben."


@pytest.mark.parametrize("save", [False, True])
def test_a_proposal_by_command_is_saved_only_on_demand(session: scoped_session, save: bool) -> None:
    for _ in range(3):
        make_school().district = None
    before = session.scalar(sa.select(sa.func.count(School.id)).where(School.district_id.is_not(None)))
    assert before == 0
    districts_before = session.scalar(sa.select(sa.func.count(District.id)))
    found = data(run(propose_districts, "--count", "1", "--json", *(["--save"] if save else [])))
    assert (found["districts"][0]["count"], found["saved"]) == (3, save)
    after = session.scalar(sa.select(sa.func.count(School.id)).where(School.district_id.is_not(None)))
    assert after == (3 if save else 0)
    assert session.scalar(sa.select(sa.func.count(District.id))) == districts_before
    assert "Nicht gespeichert" in run(propose_districts, "--count", "1").output


def test_the_command_names_moved_schools_and_emptied_districts(session: scoped_session) -> None:
    first, second = make_school(), make_school(site=make_site(latitude=51.6))
    kept, emptied = first.district.number, second.district.number
    found = data(run(propose_districts, "--count", "1", "--json"))
    assert found["moved"] == [{"number": second.number, "name": second.name, "from": emptied, "to": kept}]
    spoken = run(propose_districts, "--count", "1").output
    assert f"Danach ohne Schulen: Bezirk {emptied}" in spoken
    assert f"{second.number} {second.name}: {emptied} → {kept}" in spoken


def test_wishes_by_command(session: scoped_session) -> None:
    first, second = make_school(), make_school(site=make_site(latitude=51.6))
    there = second.district.number
    found = data(run(propose_districts, "--count", "2", "--fix", first.number, "--capacity", f"{there}=1,5", "--json"))
    assert [one["capacity"] for one in found["districts"]] == [1.0, 1.5]
    assert found["moved"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("--count", "500"),
        ("--count", "0"),
        ("--count", "5"),
        ("--count", "2", "--fix", "999999"),
        ("--count", "2", "--capacity", "1=0"),
        ("--count", "2", "--capacity", "1=-1"),
        ("--count", "2", "--capacity", "1=1e9"),
        ("--count", "2", "--keep", "-5"),
    ],
)
def test_impossible_wishes_are_errors_of_the_domain(session: scoped_session, arguments: tuple[str, ...]) -> None:
    make_school(), make_school(site=make_site(latitude=51.6))
    assert isinstance(run(propose_districts, *arguments).exception, DomainError)
