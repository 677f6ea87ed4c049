"""Weeks and plans as JSON."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from itsm.dispatch.planner.week.evaluate import cost
from itsm.dispatch.planner.week.format import Unreadable, read, read_plan, write_plan
from itsm.dispatch.planner.week.model import Plan, Route
from tests.dispatch.planner.week.weeks import week_check

JOB = {
    "id": "J1",
    "site": 1,
    "district": 0,
    "dur": 3600,
    "prio": 2,
    "due": 0,
    "skills": [],
    "fixed": False,
    "windows": [[28800, 57600]],
}
WEEK: dict[str, Any] = {
    "meta": {"days": 2},
    "sites": [{"id": "S0", "district": 0}, {"id": "S1", "district": 0}],
    "managers": [
        {
            "id": "M1",
            "district": 0,
            "base": 0,
            "skills": [],
            "shifts": [[0, 27000, 57600], [1, 27000, 46800]],
            "break_min": 30,
            "break_earliest": 39600,
            "break_latest": 48600,
        }
    ],
    "jobs": [JOB],
    "travel_s": [[0, 600], [700, 0]],
    "travel_m": [[0, 4000], [4500, 0]],
}


def text_with(path: str, value: Any) -> str:
    """The little week as JSON with one value replaced."""
    week = copy.deepcopy(WEEK)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = week
    for part in way:
        place = place[part]
    place[last] = value
    return json.dumps(week)


def test_a_week_is_read_with_its_prices_and_breaks() -> None:
    problem = read(json.dumps(WEEK))
    long, short = problem.workers[0].shifts
    assert long.pause is not None and short.pause is None
    assert problem.jobs[0].leave_cents == 15_000 + 2 * 3_000
    assert problem.jobs[0].late_cents == (0, 3_000)
    assert problem.rates.foreign_cents is None
    assert read(json.dumps(WEEK), with_foreign=True).rates.foreign_cents == 600


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("meta", None),
        ("meta.days", 0),
        ("meta.days", True),
        ("meta.cost", [float("nan"), 1]),
        ("meta.cost", [1]),
        ("sites", []),
        ("sites.0", 3),
        ("managers.0.base", 9),
        ("managers.0.base", -1),
        ("managers.0.shifts", []),
        ("managers.0.shifts", [[0, 500, 500]]),
        ("managers.0.shifts", [[0, 600, 500]]),
        ("managers.0.shifts", [[5, 500, 600]]),
        ("managers.0.shifts", [[0, 500]]),
        ("managers.0.shifts", [[0, 500, 600], [0, 700, 800]]),
        ("managers.0.skills", "netz"),
        ("managers.0.break_latest", 5),
        ("managers", [WEEK["managers"][0], WEEK["managers"][0]]),
        ("jobs", {}),
        ("jobs", [JOB, JOB]),
        ("jobs", [{**JOB, "id": f"J{number}"} for number in range(401)]),
        ("jobs", [{**JOB, "id": f"J{number}"} for number in range(10_000)]),
        ("jobs.0.id", 7),
        ("jobs.0.site", 99),
        ("jobs.0.site", "S1"),
        ("jobs.0.dur", -60),
        ("jobs.0.dur", 1.5),
        ("jobs.0.dur", 10**30),
        ("jobs.0.prio", 9),
        ("jobs.0.due", None),
        ("jobs.0.penalty", -1),
        ("jobs.0.windows", [[57600, 28800]]),
        ("jobs.0.windows", [[1, 2, 3]]),
        ("jobs.0.windows", "immer"),
        ("travel_s", [[0, 600]]),
        ("travel_s", [[0, 600], [700]]),
        ("travel_s", [[0, -600], [700, 0]]),
        ("travel_s", [[0, float("inf")], [700, 0]]),
        ("travel_m", None),
    ],
)
def test_what_cannot_be_a_week_is_refused_in_one_sentence(path: str, value: Any) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text_with(path, value))
    assert str(refused.value).endswith(".") and "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", "NaN", b"\xff\xfe", "[" * 100_000])
def test_what_is_no_json_object_is_refused(text: str | bytes) -> None:
    with pytest.raises(Unreadable):
        read(text)


def test_one_district_and_a_missing_person_are_cut_out() -> None:
    assert read(json.dumps(WEEK), district=0).jobs
    assert read(json.dumps(WEEK), absent=0).workers == ()
    for wrong in ({"district": 4}, {"absent": 1}, {"absent": -1}):
        with pytest.raises(Unreadable):
            read(json.dumps(WEEK), **wrong)


def test_a_written_plan_is_read_again() -> None:
    problem = read(json.dumps(WEEK))
    plan = Plan((Route("M1", 0, ("J1",)),))
    written = write_plan(problem, plan)
    assert read_plan(written, problem) == plan
    assert json.loads(written)["cost"]["total"] == cost(problem, plan).total
    assert json.loads(write_plan(problem, Plan()))["left_out"][0]["job"] == "J1"


@pytest.mark.parametrize(
    "routes",
    [
        None,
        [3],
        [{"manager": "M1", "day": 0}],
        [{"manager": "M1", "day": "0", "jobs": []}],
        [{"manager": "M1", "day": 0, "jobs": [3]}],
        [{"manager": "M1", "day": 0, "jobs": []}] * 2,
    ],
)
def test_what_cannot_be_a_plan_is_refused(routes: Any) -> None:
    with pytest.raises(Unreadable):
        read_plan(json.dumps({"routes": routes}), read(json.dumps(WEEK)))


def test_the_public_checker_has_the_same_prices(shared: Path) -> None:
    folder = shared / "data" / "dispatch"
    text = (folder / "week_s203_l1.3.json").read_text("utf-8")
    theirs, ours = week_check(folder).Week(json.loads(text), [3]), read(text, district=3)
    assert [job.leave_cents for job in ours.jobs] == theirs.U
    assert [list(job.late_cents) for job in ours.jobs] == theirs.late
