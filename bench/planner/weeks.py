"""The public weeks and technician-routing instances beside the project, and what is known of them."""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from itsm.dispatch.planner.week import format
from itsm.dispatch.planner.week.check import check
from itsm.dispatch.planner.week.evaluate import cost
from itsm.dispatch.planner.week.model import Plan, Problem

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "dispatch"
MISSING = f"Keine Planungsdaten in {FOLDER}: dieser Teil wird übersprungen."


def weeks() -> list[str]:
    """Names of the weeks that have a reference."""
    return sorted(path.name.removesuffix(".ref.json") for path in FOLDER.glob("week_*.ref.json"))


def public() -> list[str]:
    """Names of the public technician-routing instances."""
    return sorted(path.stem for path in FOLDER.glob("strsp_*.json"))


def districts(name: str) -> list[int]:
    """Districts of a week."""
    return sorted({worker.district for worker in read(name).workers})


@cache
def text(name: str) -> str:
    """The file as it is."""
    return (FOLDER / f"{name}.json").read_text()


@cache
def reference(name: str) -> Mapping[int, int]:
    """Avoidable cents of the best plan known, by district."""
    found = json.loads(text(f"{name}.ref"))
    return {int(district): one["best"] - one["off"] for district, one in found.items()}


@cache
def read(name: str, district: int | None = None, with_foreign: bool = False) -> Problem:
    """A week, or one of its districts."""
    return format.read(text(name), district=district, with_foreign=with_foreign)


@dataclass(frozen=True)
class Judged:
    """What a plan costs and how many rules it breaks, by our checker and by the one that comes with the data."""

    cents: int
    broken: int


def judge(problem: Problem, plan: Plan, name: str, district: int | None = None) -> Judged:
    """Price a plan; the checker that comes with the data must find the same price and no broken rule."""
    broken = len(check(problem, plan))
    price = cost(problem, plan)
    if _total(name, district, plan) != price.total:
        broken += 1
    return Judged(price.avoidable, broken)


def _total(name: str, district: int | None, plan: Plan) -> int | None:
    """The price the checker beside the data finds; None if the plan breaks a rule there."""
    checker = _checker()
    week = checker.Week(json.loads(text(name)), None if district is None else [district])
    jobs = {job["id"]: number for number, job in enumerate(week.jobs)}
    days = {(week.mans[one["m"]]["id"], one["day"]): number for number, one in enumerate(week.veh)}
    routes = {days[route.worker, route.day]: [jobs[key] for key in route.jobs] for route in plan.routes}
    try:
        total: int = week.evaluate(routes)["Z"]
    except AssertionError:
        return None
    return total


@cache
def _checker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("week_check", FOLDER / "week_check.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(FOLDER / "week_check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
