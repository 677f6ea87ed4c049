"""The command line: plain German, one sentence for every mistake, exit code 0 only on success."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from itsm import cli
from itsm.operations import schema

EVERY_VERB = [[name] for name in cli.VERBS] + [
    [group, name] for group, (_, verbs) in cli.GROUPS.items() for name in verbs
]


@pytest.fixture
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, empty_database: str) -> None:
    """The environment of an operator with an empty database of their own."""
    monkeypatch.setenv("ITSM_DATABASE_URL", empty_database)
    monkeypatch.setenv("ITSM_INSTANCE", str(tmp_path))


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, migrated_database: str) -> None:
    """The environment of an operator in production, with a database at the newest schema."""
    monkeypatch.setenv("ITSM_DATABASE_URL", migrated_database)
    monkeypatch.setenv("ITSM_INSTANCE", str(tmp_path))
    monkeypatch.setenv("ITSM_ENV", "production")
    monkeypatch.setenv("ITSM_SECRET_KEY", "z" * 40)
    monkeypatch.setenv("ITSM_BASE_URL", "https://it.example.org")
    monkeypatch.setenv("ITSM_MAIL_HOST", "127.0.0.1")


@pytest.mark.parametrize("verb", EVERY_VERB, ids=" ".join)
def test_every_verb_explains_itself_in_german(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*verb, "--help"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("Aufruf: itsm ") and "Diese Hilfe zeigen." in page
    assert len(page.splitlines()[2].strip()) > 10


def test_the_overview_lists_every_verb_without_loading_the_application() -> None:
    code = "import sys; from itsm import cli; cli.run(['--help']); assert 'flask' not in sys.modules"
    page = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert all(name in page for name in [*cli.VERBS, *cli.GROUPS])


@pytest.mark.parametrize(
    "words",
    [
        ["zaubern"],
        ["import", "devices"],
        ["check", "--schnell"],
        ["jobs", "run"],
        ["import", "schools", "/gibt/es/nicht.csv"],
        ["districts", "propose", "--count", "elf"],
        ["demo", "--seed", "x"],
        ["check", "zu", "viel"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_one_sentence_and_a_code(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(words) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert len(output.err.splitlines()) == 1 and output.err.strip().endswith((".", "--help"))
    assert "Error" not in output.err and "Traceback" not in output.err


def test_an_unknown_schema_is_named_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["migrate", "--to", "9999"]) == 1
    assert "„9999“ gibt es nicht. Es gibt: " in capsys.readouterr().err


def test_a_wrong_setting_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ITSM_PORT", "achttausend")
    assert cli.run(["migrate"]) == 1
    assert capsys.readouterr().err == "ITSM_PORT muss eine ganze Zahl sein.\n"


def test_a_folder_that_cannot_be_made_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ITSM_INSTANCE", str(tmp_path / "file" / "below"))
    monkeypatch.delenv("ITSM_DATABASE_URL", raising=False)
    assert cli.run(["migrate"]) == 1
    assert "lässt sich nicht anlegen" in capsys.readouterr().err


def test_a_database_that_does_not_answer_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ITSM_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    assert cli.run(["migrate"]) == 1
    assert capsys.readouterr().err.startswith("Die Datenbank antwortet nicht")
    assert cli.run(["check"]) == 1


@pytest.mark.usefixtures("own_environment")
def test_an_operators_database_is_migrated_only_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["jobs", "list"]) == 1
    assert "itsm migrate" in capsys.readouterr().err
    assert cli.run(["migrate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"before": None, "after": schema.newest()}
    assert cli.run(["migrate"]) == 0
    assert "schon" in capsys.readouterr().out
    assert cli.run(["jobs", "list", "--json"]) == 0
    jobs = json.loads(capsys.readouterr().out)
    assert jobs and all(job["next_due_at"] for job in jobs)
    assert cli.run(["jobs", "run", jobs[0]["name"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"name": jobs[0]["name"], "rows": 0}
    assert cli.run(["jobs", "run", "nichts"]) == 1
    assert jobs[0]["name"] in capsys.readouterr().err


@pytest.mark.usefixtures("own_environment")
def test_check_says_what_is_missing_until_nothing_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ITSM_MAIL_HOST", "127.0.0.1")
    monkeypatch.setenv("ITSM_MAIL_PORT", "1")
    assert cli.run(["check", "--json"]) == 1
    findings = {finding["subject"]: finding["ok"] for finding in json.loads(capsys.readouterr().out)}
    assert findings == {"Geheimnisse": True, "Datenbank": True, "Schema": False, "Mail": False, "Fahrzeiten": True}
    monkeypatch.delenv("ITSM_MAIL_HOST")
    cli.run(["migrate"])
    assert cli.run(["check"]) == 0
    monkeypatch.setenv("ITSM_OSRM_URL", "http://127.0.0.1:1")
    capsys.readouterr()
    assert cli.run(["check"]) == 1
    assert "FEHLER  Fahrzeiten: Der Routendienst ist nicht erreichbar." in capsys.readouterr().out
    monkeypatch.setenv("ITSM_ENV", "production")
    assert cli.run(["check"]) == 1
    assert "ITSM_SECRET_KEY" in capsys.readouterr().out


@pytest.mark.usefixtures("production")
def test_production_never_gets_the_demo_city(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["demo"]) == 1
    assert "production" in capsys.readouterr().err
