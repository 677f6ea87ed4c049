"""`itsm plan solve` as a command."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from itsm.cli import run
from tests.dispatch.planner.week.test_format import WEEK

ROOT = Path(__file__).parents[2]


def solve(text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command as its user does, on a machine without any database."""
    environment = {**os.environ, "ITSM_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    call = [sys.executable, "-c", "from itsm.cli import main; main()", "plan", "solve", *options]
    return subprocess.run(call, input=text, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)


def test_a_week_becomes_a_plan_and_the_plan_a_start() -> None:
    first = solve(json.dumps(WEEK), "--iterations", "50")
    assert (first.returncode, first.stderr) == (0, "")
    assert json.loads(first.stdout)["routes"] == [{"manager": "M1", "day": 0, "jobs": ["J1"]}]
    again = solve(json.dumps(WEEK), "--iterations", "50", "--cross", "--start", "/dev/null")
    assert (again.returncode, again.stdout) == (2, "")


@pytest.mark.parametrize("text", ["{", json.dumps({**WEEK, "jobs": [{**WEEK["jobs"][0], "dur": -5}]})])
def test_hostile_input_gets_one_sentence_and_code_two(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ITSM_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert run(["plan", "solve"]) == 2
    refused = capsys.readouterr()
    assert refused.out == ""
    assert len(refused.err.splitlines()) == 1 and refused.err.endswith(".\n")


def test_the_application_does_not_load_the_compiler() -> None:
    code = "import sys, itsm.app; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
