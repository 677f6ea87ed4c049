"""`itsm claims value`: the same cents as everywhere, and one sentence for what cannot be reckoned."""

import json
from typing import Any

import pytest

from itsm import cli

GIVEN = {"--base": "479.00", "--in-service": "2023-02-28", "--damaged": "2026-08-31", "--life-months": "60"}


def _words(changed: dict[str, str]) -> list[str]:
    return ["claims", "value", *(word for pair in (GIVEN | changed).items() for word in pair)]


def _json(capsys: pytest.CaptureFixture[str], **changed: str) -> dict[str, Any]:
    assert cli.run([*_words({f"--{name}": value for name, value in changed.items()}), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_it_prints_every_input_the_result_and_the_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert _json(capsys) == {
        "value": "143.70",
        "months": 42,
        "left": 18,
        "of": 60,
        "floor_applied": False,
        "base": "479.00",
        "in_service": "2023-02-28",
        "damaged": "2026-08-31",
        "life_months": 60,
        "convention": "calendar",
        "floor_percent": "0.00",
        "repair": None,
        "wreck": "0.00",
        "quota_percent": "100.00",
        "insurer": "0.00",
        "claim": "143.70",
        "total_loss": False,
        "rule": "CL-12",
        "claim_rule": "CL-15",
    }


@pytest.mark.parametrize(
    ("convention", "worth"),
    [("elapsed_full", "143.70"), ("started", "135.72"), ("days", "143.23"), ("yearly", "191.60")],
)
def test_other_conventions(capsys: pytest.CaptureFixture[str], convention: str, worth: str) -> None:
    found = _json(capsys, convention=convention)
    assert (found["value"], found["rule"]) == (worth, "CL-13")


def test_repair_wreck_quota_and_insurer_make_the_claim(capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, repair="143.71", wreck="20,00", quota="50", insurer="1.5", floor="12.5")
    assert (found["claim"], found["total_loss"], found["floor_percent"]) == ("60.35", True, "12.50")


def test_without_json_it_says_it_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(_words({"--repair": "200"})) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Das Gerät hat 479,00 € gekostet, gerechnet wird mit 60 Monaten Nutzung. "
        "Am 31.08.2026 waren davon noch 18 übrig: 479,00 € × 18 von 60 Monaten = 143,70 €.",
        "Gefordert werden können 143,70 €. Eine Reparatur kostet mehr: wirtschaftlicher Totalschaden.",
        "Regel CL-12, Unterschied der Kalendermonate.",
    ]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"--base": "1.234,56"}, "keine Zahl ab 0"),
        ({"--base": "-5"}, "keine Zahl ab 0"),
        ({"--base": "1e3"}, "keine Zahl ab 0"),
        ({"--damaged": "31.08.2026"}, "ist kein Tag"),
        ({"--damaged": "2023-02-27"}, "nicht vor der Inbetriebnahme"),
        ({"--damaged": "2099-08-31"}, "liegt in der Zukunft"),
        ({"--life-months": "0"}, "zwischen 1 und 600"),
        ({"--life-months": "fünf"}, "ganze Zahl"),
        ({"--convention": "afa"}, "passt hier nicht"),
        ({"--quota": "100.01"}, "Quote"),
        ({"--floor": "101"}, "Mindestwert"),
    ],
)
def test_what_cannot_be_reckoned_is_one_sentence_and_code_2(
    capsys: pytest.CaptureFixture[str], changed: dict[str, str], words: str
) -> None:
    assert cli.run(_words(changed)) == 2
    shown = capsys.readouterr()
    assert words in shown.err and shown.err.count("\n") == 1 and not shown.out
