"""The way to take a device list over on the page, and by the command."""

import json
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session
from werkzeug.test import TestResponse

from itsm.assets import cli
from itsm.assets.importing import uploads
from itsm.assets.models import Device, DeviceImport, DeviceUpload
from itsm.core.access import Role
from itsm.core.errors import DomainError
from tests.assets.lists import csv_of
from tests.people import MONDAY_9AM, make_user, sign_in
from tests.places import make_school

HEAD = "Seriennummer;Klasse;Modell;Schule"


@pytest.fixture
def desk(client: FlaskClient, session: scoped_session) -> FlaskClient:
    return sign_in(client, make_user(Role.SECOND_LEVEL))


def upload(client: FlaskClient, content: bytes, mapping: str = "") -> TestResponse:
    data = {"file": (BytesIO(content), "../<b>liste</b>.csv"), "mapping": mapping}
    return client.post("/geraete/einlesen", data=data, content_type="multipart/form-data")


def devices(session: scoped_session) -> int:
    return session.scalar(sa.select(sa.func.count(Device.id))) or 0


def test_a_list_is_looked_at_taken_over_and_undone(desk: FlaskClient, session: scoped_session) -> None:
    content = csv_of(HEAD, f"SERIAL0001;iPad;X;{make_school().number}", "KURZ;iPad;=1+1;")
    check = upload(desk, content).location
    page = desk.get(check).text
    assert "Zeile 3: „KURZ“ ist keine Seriennummer" in page
    assert "&lt;b&gt;liste&lt;/b&gt;" in page
    assert desk.get(f"{check}/fehler.csv").text.splitlines()[1].startswith("3;„KURZ“")
    assert devices(session) == 0
    assert desk.post(f"{check}/uebernehmen").status_code == 422
    assert devices(session) == 0
    assert desk.post(f"{check}/uebernehmen", data={"partial": "y"}).status_code == 303
    assert devices(session) == 1
    assert desk.get(check).location == "/geraete/einlesen"
    assert desk.post(f"{check}/uebernehmen").status_code == 409
    assert "/zuruecknehmen" in desk.get("/geraete/einlesen").text
    last = session.scalars(sa.select(DeviceImport)).one()
    assert desk.post(f"/geraete/einlesen/{last.id}/zuruecknehmen").status_code == 303
    assert devices(session) == 0
    assert desk.post(f"/geraete/einlesen/{last.id}/zuruecknehmen").status_code == 422


def test_columns_can_be_chosen(desk: FlaskClient, session: scoped_session) -> None:
    check = upload(desk, csv_of("Nr;Art;Bezeichnung", "SERIAL0001;iPad;X")).location
    assert "Keine Spalte nennt die Seriennummer" in desk.get(check).text
    assert desk.post(f"{check}/spalten", data={"model": "Bezeichnung"}).status_code == 422
    chosen = {"serial": "Nr", "kind": "Art", "model": "Bezeichnung"}
    assert desk.post(f"{check}/spalten", data=chosen).status_code == 303
    desk.post(f"{check}/uebernehmen")
    assert devices(session) == 1


def test_a_long_list_is_taken_over_by_the_worker(desk: FlaskClient, session: scoped_session) -> None:
    rows = [f"SERIAL{n:05};iPad;X;" for n in range(uploads.MOST_ROWS_AT_ONCE + 1)]
    check = upload(desk, csv_of(HEAD, *rows)).location
    assert desk.post(f"{check}/uebernehmen").location == check
    assert "wird übernommen" in desk.get(check).text
    assert desk.get(f"{check}/stand").json["waits"] is True  # type: ignore[index]
    assert desk.post(f"{check}/uebernehmen").status_code == 409
    waiting = session.scalars(sa.select(DeviceUpload)).one()
    uploads.run(waiting.id, lambda: MONDAY_9AM)
    assert devices(session) == len(rows)
    assert desk.get(f"{check}/stand").json["waits"] is False  # type: ignore[index]
    uploads.run(waiting.id, lambda: MONDAY_9AM)
    assert devices(session) == len(rows)


def test_what_stops_the_worker_stands_beside_the_list(desk: FlaskClient, session: scoped_session) -> None:
    rows = [f"SERIAL{n:05};iPad;X;" for n in range(uploads.MOST_ROWS_AT_ONCE + 1)]
    check = upload(desk, csv_of(HEAD, *rows, "KURZ;iPad;X;")).location
    desk.post(f"{check}/uebernehmen")
    uploads.run(session.scalars(sa.select(DeviceUpload.id)).one(), lambda: MONDAY_9AM)
    assert devices(session) == 0
    assert "Nichts wurde übernommen: 1 Zeilen sind fehlerhaft" in desk.get(check).text


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n", b"<html>"])
def test_what_is_no_list_is_refused_at_once(desk: FlaskClient, session: scoped_session, content: bytes) -> None:
    assert upload(desk, content).status_code == 422
    assert session.scalars(sa.select(DeviceUpload)).all() == []


def run(command: str, *arguments: str) -> str:
    result = CliRunner().invoke(getattr(cli, command), [*arguments, "--json"], catch_exceptions=False)
    return result.stdout


def test_the_command_takes_a_list_over_and_back(session: scoped_session, tmp_path: Path) -> None:
    listed = tmp_path / "liste.csv"
    listed.write_bytes(csv_of(HEAD, "SERIAL0001;iPad;X;"))
    assert json.loads(run("import_devices", str(listed), "--dry-run"))["taken_over"] is False
    assert devices(session) == 0
    assert json.loads(run("import_devices", str(listed)))["added"] == 1
    assert json.loads(run("import_devices", str(listed)))["unchanged"] == 1
    assert json.loads(run("undo_devices"))["deleted"] == 1
    assert devices(session) == 0


def test_the_command_refuses_a_list_with_a_bad_row(session: scoped_session, tmp_path: Path) -> None:
    listed = tmp_path / "liste.csv"
    listed.write_bytes(csv_of(HEAD, "SERIAL0001;iPad;X;", "KURZ;iPad;X;"))
    with pytest.raises(DomainError, match="Nichts wurde übernommen"):
        run("import_devices", str(listed))
    assert devices(session) == 0
    assert json.loads(run("import_devices", str(listed), "--partial"))["rejected"] == 1


def test_without_a_terminal_an_unclear_header_needs_a_mapping(session: scoped_session, tmp_path: Path) -> None:
    listed = tmp_path / "liste.csv"
    listed.write_bytes(csv_of("Seriennummer;SN;Klasse;Modell", "SERIAL0001;x;iPad;X"))
    with pytest.raises(DomainError, match="Mehrere Spalten kommen in Frage"):
        run("import_devices", str(listed))
    own = tmp_path / "eigene.toml"
    own.write_text('[columns]\nserial = "Seriennummer"\nkind = "Klasse"\nmodel = "Modell"\n', "utf-8")
    assert json.loads(run("import_devices", str(listed), "--map", str(own)))["added"] == 1
