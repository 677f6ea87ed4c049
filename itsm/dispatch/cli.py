"""The command that plans a week from a file, without a database."""

import sys
from typing import BinaryIO

import click

from itsm.dispatch.planner.week import format as week_format
from itsm.dispatch.planner.week.solve import Budget, solve, solve_districts


class Refused(click.ClickException):
    """An input that cannot be planned, as one sentence."""

    exit_code = 2


@click.command("solve", help="Eine Woche aus einer JSON-Datei planen; der Plan erscheint als JSON.")
@click.argument("file", type=click.File("rb"), default="-")
@click.option(
    "--seconds",
    type=click.FloatRange(0, 3600),
    default=5.0,
    show_default=True,
    help="Rechenzeit je Bezirk in Sekunden; mit --cross für alle zusammen.",
)
@click.option("--iterations", type=click.IntRange(0, 10**12), help="Statt der Zeit so viele Schritte suchen.")
@click.option("--seed", type=click.IntRange(0, 2**32), default=1, show_default=True, help="Zahl, die den Zufall lenkt.")
@click.option("--start", type=click.File("rb"), help="Von diesem Plan ausgehen; das Ergebnis ist nie teurer.")
@click.option("--district", type=int, help="Nur diesen Bezirk planen.")
@click.option("--cross", is_flag=True, help="Fahrten in fremde Bezirke zu ihrem Preis erlauben.")
@click.option("--absent", type=int, help="Die Person mit dieser Nummer fehlt die ganze Woche (gezählt ab 0).")
@click.option("--threads", type=click.IntRange(1, 64), default=1, show_default=True, help="So viele Bezirke zugleich.")
def solve_week(
    file: BinaryIO,
    seconds: float,
    iterations: int | None,
    seed: int,
    start: BinaryIO | None,
    district: int | None,
    cross: bool,
    absent: int | None,
    threads: int,
) -> None:
    """Read a week, plan it and write the plan."""
    try:
        problem = week_format.read(file.read(), district=district, with_foreign=cross, absent=absent)
        given = week_format.read_plan(start.read(), problem) if start else None
    except week_format.Unreadable as error:
        raise Refused(str(error)) from None
    budget = Budget(iterations=iterations) if iterations is not None else Budget(cpu_seconds=seconds)
    if cross:
        plan = solve(problem, budget, seed, given)
    else:
        plan = solve_districts(problem, budget, seed, given, workers=threads)
    sys.stdout.write(week_format.write_plan(problem, plan) + "\n")
